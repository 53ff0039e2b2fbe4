"""The common part of the commands that read access logs."""

from collections.abc import Callable, Iterable
from pathlib import Path

from service.cli.terminal import say, say_error
from service.core.access_log_reader import LogSummary, first_time
from service.core.errors import LogUnreadable


def read_logs(paths: Iterable[Path], count: Callable[[Path], LogSummary], nothing: str) -> None:
    """Count each log, the oldest first, and print a line with the result, or with `nothing` if it counted nothing.

    A log that cannot be read does not stop the others; the exit code is then 1.
    """
    failed = False
    for path in sorted(paths, key=first_time):  # as they were written: the shell puts the newest `access.log*` first
        try:
            say(_summary(path, count(path), nothing))
        except LogUnreadable as error:
            say_error(str(error))
            failed = True
    if failed:
        raise SystemExit(1)


def _summary(path: Path, tally: LogSummary, nothing: str) -> str:
    for number, reason in tally.unreadable:
        place = f"line {number} of what is new" if tally.is_continued else f"line {number}"
        say(f"{path}: {place} {reason}", err=True)
    fates = ", ".join(f"{times:,} {fate}" for fate, times in sorted(tally.outcomes.items()))
    return f"{path}: {tally.lines:,} lines; {fates or nothing}"
