"""The common part of the commands that read access logs."""

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import click

from service.cli.terminal import say, say_error
from service.core.access_logs.formats import FORMATS
from service.core.access_logs.reader import AccessLog, LogSummary, first_time
from service.core.errors import LogUnreadable

STANDARD_INPUT = Path("-")

log_arguments = click.argument(
    "logs", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False, allow_dash=True)
)
format_option: Callable[[Any], Any] = click.option(
    "--format",
    "format_name",
    type=click.Choice(list(FORMATS)),
    metavar="NAME",
    help=f"The format of the logs: {', '.join(FORMATS)}. Default: recognized by the first lines.",
)


def read_logs(
    paths: Iterable[Path], format_name: str | None, count: Callable[[AccessLog], LogSummary], nothing: str
) -> None:
    """Count each log, the oldest first, and print a line with the result, or with `nothing` if it counted nothing.

    A log that cannot be read does not stop the others; the exit code is then 1.
    """
    failed = False
    with _opened(paths, format_name or "") as logs:
        for log in sorted(logs, key=first_time):  # as they were written: the shell puts the newest `access.log*` first
            try:
                say(_summary(log, count(log), nothing))
            except LogUnreadable as error:
                say_error(str(error))
                failed = True
    if failed:
        raise SystemExit(1)


@contextmanager
def _opened(paths: Iterable[Path], format_name: str) -> Iterator[list[AccessLog]]:
    """The logs. Standard input is copied to a file, since a log is read from a position on."""
    with NamedTemporaryFile(prefix="warta-log-") as copy:
        logs = []
        for path in paths:
            if path == STANDARD_INPUT:
                shutil.copyfileobj(sys.stdin.buffer, copy)
                copy.flush()
                logs.append(AccessLog(Path(copy.name), format_name, "standard input"))
            else:
                logs.append(AccessLog(path, format_name))
        yield logs


def _summary(log: AccessLog, tally: LogSummary, nothing: str) -> str:
    for number, reason in tally.unreadable:
        say(f"{log}: {tally.place(number)} {reason}", err=True)
    if tally.only_client:
        advice = "if it is a proxy's, let the server log the IP addresses of clients, or name it in trusted_proxies"
        say(f"{log}: all requests come from {tally.only_client}: {advice}", err=True)
    fates = ", ".join(f"{times:,} {fate}" for fate, times in sorted(tally.outcomes.items()))
    return f"{log}: {tally.lines:,} lines; {fates or nothing}"
