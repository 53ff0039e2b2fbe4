"""The common part of the commands that read access logs."""

from collections.abc import Callable, Iterable
from pathlib import Path

from service.cli.terminal import complain, say
from service.core.access_log_reader import LogTally, begins
from service.core.errors import LogUnreadable


def read_logs(paths: Iterable[Path], count: Callable[[Path], LogTally], nothing: str) -> None:
    """Count each log, the oldest first, and print a line with the result, or with `nothing` if it counted nothing.

    A log that cannot be read does not stop the others; the exit code is then 1.
    """
    failed = False
    for path in sorted(paths, key=begins):  # as they were written: the shell puts the newest `access.log*` first
        try:
            say(_told(path, count(path), nothing))
        except LogUnreadable as error:
            complain(str(error))
            failed = True
    if failed:
        raise SystemExit(1)


def _told(path: Path, tally: LogTally, nothing: str) -> str:
    for number, reason in tally.unreadable:
        place = f"line {number} of what is new" if tally.begun else f"line {number}"
        say(f"{path}: {place} {reason}", err=True)
    fates = ", ".join(f"{times:,} {fate}" for fate, times in sorted(tally.fates.items()))
    return f"{path}: {tally.lines:,} lines; {fates or nothing}"
