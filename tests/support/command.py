"""`warta` within this process: the same as the program, without its start; and the list of its commands."""

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import click

from service import cli
from tests.support.server import Done, environment, without_new_store


def run(data_dir: Path, *arguments: str, stdin: bytes | str = b"", **settings: str) -> Done:
    """Run a command to its end. Give WARTA_CONFIG for a configuration file; there is none otherwise."""
    output, errors = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    typed = io.TextIOWrapper(io.BytesIO(stdin.encode() if isinstance(stdin, str) else stdin))
    with (
        patch.dict(os.environ, environment(data_dir, **settings), clear=True),
        patch.object(sys, "argv", ["warta", *arguments]),
        patch.object(sys, "stdin", typed),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(errors),
        contextlib.chdir("/"),
    ):
        before = os.umask(0o022)
        code: object = None
        try:
            cli.main()
        except SystemExit as stop:
            code = stop.code
        finally:
            os.umask(before)
    told, complained = (stream.buffer.getvalue().decode() for stream in (output, errors))
    return Done(int(str(code or 0)), told, without_new_store(complained))


def every_command(
    command: click.Command = cli.warta, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """All commands and groups with the names that lead to them. `warta` itself has no name."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            known = command.get_command(context, name)
            assert known
            yield from every_command(known, (*path, name))
