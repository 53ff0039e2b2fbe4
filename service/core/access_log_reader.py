"""Reader of access logs. It reads each line once, in portions, from the position where the last reading ended.

A log is recognized by its first line, and by the bytes before that position. Its file name does not count: log rotation
renames files, and compresses them with gzip. The first line alone is not enough: the logs of two servers may begin with
the same line.
"""

import gzip
import hashlib
import itertools
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NamedTuple, cast

from service.core.access_log import MAX_LINE_BYTES, LoggedRequest, parse
from service.core.errors import LogUnreadable

LINES_PER_PORTION = 20_000  # lines that are counted in one step
MAX_SHOWN_UNREADABLE = 5  # unreadable lines that are reported
TAIL_BYTES = 1_024  # bytes before the position where the last reading ended; they identify the log
MAX_CLOCK_AHEAD_SECONDS = 24 * 3600  # seconds that a server's clock may be ahead of ours
_FIRST_LINES = 100  # lines at the beginning of a log in which `first_time` searches for a time

_UNREADABLE = (OSError, EOFError, zlib.error)


@dataclass
class LogSummary:
    """Counts of the lines that one reading of a log found.

    `lines` is their number, and `outcomes` counts them by outcome. `unreadable` has the first unreadable lines: number
    and reason. `is_continued` says whether an earlier reading has read the beginning of the log; its lines are not in
    `lines`.
    """

    lines: int = 0
    is_continued: bool = False
    outcomes: Counter[str] = field(default_factory=Counter)
    unreadable: list[tuple[int, str]] = field(default_factory=list)


class LogPosition(NamedTuple):
    """The position up to which a log was read, in uncompressed bytes.

    `log` is the name that `portions` gives the log. `tail_digest` is a hash of the TAIL_BYTES bytes before the
    position; older releases stored an empty one.
    """

    log: str
    position: int
    tail_digest: str


class LogPortion(NamedTuple):
    """Lines of a log from position `start`, in uncompressed bytes. `position` is to be stored when they are counted."""

    start: int
    lines: Sequence[bytes]
    position: LogPosition

    @property
    def token(self) -> str:
        """A hash of the log's name and `start`. The same portion has the same token in each reading."""
        return hashlib.sha256(f"{self.position.log} {self.start}".encode()).hexdigest()[:32]


def portions(path: Path, known: Callable[[str], LogPosition | None], purpose: str = "") -> Iterator[LogPortion]:
    """The portions of the log that were not read before.

    `known` returns the stored position for the name of a log, None if there is none. The name is computed from the
    log's first line and from `purpose`: logs are read once for each purpose. An incomplete last line is left for the
    next reading. Raises LogUnreadable.
    """
    try:
        with _open(path) as file:
            name, start, tail = _find_position(file, known, purpose)
            for lines in _lines(file):
                end = start + sum(map(len, lines))
                tail = (tail + b"".join(lines[-TAIL_BYTES:]))[-TAIL_BYTES:]
                yield LogPortion(start, lines, LogPosition(name, end, _digest(tail)))
                start = end
    except _UNREADABLE as error:
        reason = getattr(error, "strerror", None) or str(error) or "cannot be read"
        raise LogUnreadable(f"{path}: {reason}") from None


def first_time(path: Path) -> float:
    """The time of the log's first request, in seconds since the epoch; 0 if unknown. Logs are read in this order."""
    with suppress(*_UNREADABLE), _open(path) as file:
        for _ in range(_FIRST_LINES):
            with suppress(ValueError):
                return parse(file.readline(MAX_LINE_BYTES).decode(errors="replace")).at
    return 0.0


def requests(portion: LogPortion, tally: LogSummary, now: float) -> Iterator[LoggedRequest]:
    """The requests in the portion. `tally` counts the lines.

    A line with a time more than MAX_CLOCK_AHEAD_SECONDS after `now` counts as unreadable.
    """
    tally.is_continued = tally.is_continued or (portion.start > 0 and not tally.lines)
    for line in portion.lines:
        tally.lines += 1
        try:
            hit = parse(line.decode(errors="replace"))
            if hit.at > now + MAX_CLOCK_AHEAD_SECONDS:
                raise ValueError("has a time in the future")
            yield hit
        except ValueError as error:
            tally.outcomes["unreadable"] += 1
            if len(tally.unreadable) < MAX_SHOWN_UNREADABLE:
                tally.unreadable.append((tally.lines, str(error)))


def _find_position(file: IO[bytes], known: Callable[[str], LogPosition | None], purpose: str) -> tuple[str, int, bytes]:
    """The log's name, the position to read from, and the bytes before it. The file is then at that position."""
    first = purpose + _digest(file.readline(MAX_LINE_BYTES))
    for number in itertools.count():
        name = f"{first}-{number}" if number else first
        read = known(name)
        if read is None:
            return name, file.seek(0), b""
        file.seek(max(read.position - TAIL_BYTES, 0))
        tail = file.read(min(read.position, TAIL_BYTES))
        if read.tail_digest in ("", _digest(tail)):
            return name, file.seek(read.position), tail
    raise AssertionError


def _digest(some: bytes) -> str:
    return hashlib.sha256(some).hexdigest()[:32]


def _open(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
    return cast("IO[bytes]", gzip.open(path, "rb")) if compressed else path.open("rb")


def _lines(file: IO[bytes]) -> Iterator[list[bytes]]:
    """Lists of up to LINES_PER_PORTION complete lines.

    A line longer than MAX_LINE_BYTES comes in pieces, which no parser accepts.
    """
    lines: list[bytes] = []
    while line := file.readline(MAX_LINE_BYTES):
        if not line.endswith(b"\n") and len(line) < MAX_LINE_BYTES:
            break  # the server is still writing this line
        lines.append(line)
        if len(lines) == LINES_PER_PORTION:
            yield lines
            lines = []
    if lines:
        yield lines
