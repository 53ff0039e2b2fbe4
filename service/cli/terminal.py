"""The output of all commands. It escapes control characters, so that foreign text cannot control the terminal."""

import sys
from collections.abc import Sequence

import click

from service.core.logging import plain_line
from service.core.printable import json_text, visible

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON. In a pipe, lines have tabs between cells, and no headers."
)

CLEAR_LINE = "\r\x1b[K"  # clears the current line of the terminal


def say(*cells: str, err: bool = False) -> None:
    """Print the cells on one line, with tabs between them. Unprintable characters in a cell, also tabs, are escaped."""
    click.echo("\t".join(map(visible, cells)), err=err)


def say_over(line: str, *, stay: bool = False) -> None:
    """Replace the current line of the terminal, on standard error. With `stay` the cursor stays on the line."""
    click.echo(f"{CLEAR_LINE}{visible(line)}", err=True, nl=not stay)


def say_json(value: object, *, indent: int | None = None) -> None:
    """Print the value as JSON. It is safe for a terminal, and a program that parses it gets the same value."""
    click.echo(json_text(value, indent=indent))


def say_error(message: str) -> None:
    """Print an error message on standard error, in one line."""
    click.echo(plain_line(message), err=True)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], words: Sequence[int] = (0,)) -> list[str]:
    """The lines of a table. The columns with the indexes `words` are left-aligned, the others right-aligned."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if number in words else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (head, *rows)
    ]


def say_table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, as_json: bool = False) -> None:
    """Print a list: aligned below its column headers on a terminal; in a pipe or file with tabs, and without headers.

    `as_json` prints a JSON list of objects instead. Their keys are the headers in lower case, with `_` for blanks. None
    is an empty cell.
    """
    if as_json:
        keys = [column.lower().replace(" ", "_") for column in columns]
        say_json([dict(zip(keys, row, strict=True)) for row in rows], indent=2)
        return
    cells = [[_cell(value) for value in row] for row in rows]
    if not sys.stdout.isatty():
        for row in cells:
            say(*row)
        return
    lines = [columns, *cells]
    widths = [max(map(len, map(visible, column))) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = [visible(cell).ljust(width) for cell, width in zip(line, widths, strict=True)]
        click.echo("  ".join(padded).rstrip())


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else str(value)
