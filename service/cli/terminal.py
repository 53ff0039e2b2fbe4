"""All that commands print goes through here, so that no text of a stranger commands the terminal."""

import click

from service.core.logging import plain_line
from service.core.printable import json_text, visible

ANEW = "\r\x1b[K"  # empties the line of the terminal


def say(*cells: str, err: bool = False) -> None:
    """Print one line: the cells, with tabs between them. What is not printable in a cell is escaped, tabs included."""
    click.echo("\t".join(map(visible, cells)), err=err)


def say_over(line: str, *, stay: bool = False) -> None:
    """Print on standard error in place of the terminal's present line; `stay` leaves the next one on this line."""
    click.echo(f"{ANEW}{visible(line)}", err=True, nl=not stay)


def say_json(value: object, *, indent: int | None = None) -> None:
    """Print the value as JSON: safe to look at, and the same value for the program that reads it."""
    click.echo(json_text(value, indent=indent))


def complain(message: str) -> None:
    """Say on standard error what went wrong, in one line."""
    click.echo(plain_line(message), err=True)
