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

from service.core.access_log import LONGEST, Hit, parse
from service.core.errors import LogUnreadable

PORTION = 20_000  # lines that are counted in one step
SHOWN = 5  # unreadable lines that are reported
TAIL = 1_024  # bytes before the position where the last reading ended; they identify the log
TO_COME = 24 * 3600  # seconds that a server's clock may be ahead of ours
_BEGINNING = 100  # lines at the beginning of a log in which `begins` searches for a time

_UNREADABLE = (OSError, EOFError, zlib.error)


@dataclass
class LogTally:
    """Counts of the lines that one reading of a log found.

    `lines` is their number, and `fates` counts them by outcome. `unreadable` has the first unreadable lines: number and
    reason. `begun` says whether an earlier reading has read the beginning of the log; its lines are not in `lines`.
    """

    lines: int = 0
    begun: bool = False
    fates: Counter[str] = field(default_factory=Counter)
    unreadable: list[tuple[int, str]] = field(default_factory=list)


class Read(NamedTuple):
    """The position up to which a log was read, in uncompressed bytes.

    `log` is the name that `portions` gives the log. `mark` is a hash of the TAIL bytes before the position; older
    releases stored an empty one.
    """

    log: str
    position: int
    mark: str


class Portion(NamedTuple):
    """Lines of a log from position `start`, in uncompressed bytes. `read` is to be stored when they are counted."""

    start: int
    lines: Sequence[bytes]
    read: Read

    @property
    def token(self) -> str:
        """A hash of the log's name and `start`. The same portion has the same token in each reading."""
        return hashlib.sha256(f"{self.read.log} {self.start}".encode()).hexdigest()[:32]


def portions(path: Path, known: Callable[[str], Read | None], purpose: str = "") -> Iterator[Portion]:
    """The portions of the log that were not read before.

    `known` returns the stored position for the name of a log, None if there is none. The name is computed from the
    log's first line and from `purpose`: logs are read once for each purpose. An incomplete last line is left for the
    next reading. Raises LogUnreadable.
    """
    try:
        with _opened(path) as file:
            name, start, tail = _begun(file, known, purpose)
            for lines in _lines(file):
                end = start + sum(map(len, lines))
                tail = (tail + b"".join(lines[-TAIL:]))[-TAIL:]
                yield Portion(start, lines, Read(name, end, _digest(tail)))
                start = end
    except _UNREADABLE as error:
        reason = getattr(error, "strerror", None) or str(error) or "cannot be read"
        raise LogUnreadable(f"{path}: {reason}") from None


def begins(path: Path) -> float:
    """The time of the log's first request, in seconds since the epoch; 0 if unknown. Logs are read in this order."""
    with suppress(*_UNREADABLE), _opened(path) as file:
        for _ in range(_BEGINNING):
            with suppress(ValueError):
                return parse(file.readline(LONGEST).decode(errors="replace")).at
    return 0.0


def hits(portion: Portion, tally: LogTally, now: float) -> Iterator[Hit]:
    """The requests in the portion. `tally` counts the lines; unreadable are also times more than TO_COME ahead."""
    tally.begun = tally.begun or (portion.start > 0 and not tally.lines)
    for line in portion.lines:
        tally.lines += 1
        try:
            hit = parse(line.decode(errors="replace"))
            if hit.at > now + TO_COME:
                raise ValueError("is of a time to come")
            yield hit
        except ValueError as error:
            tally.fates["unreadable"] += 1
            if len(tally.unreadable) < SHOWN:
                tally.unreadable.append((tally.lines, str(error)))


def _begun(file: IO[bytes], known: Callable[[str], Read | None], purpose: str) -> tuple[str, int, bytes]:
    """The log's name, the position to read from, and the bytes before it. The file is then at that position."""
    first = purpose + _digest(file.readline(LONGEST))
    for number in itertools.count():
        name = f"{first}-{number}" if number else first
        read = known(name)
        if read is None:
            return name, file.seek(0), b""
        file.seek(max(read.position - TAIL, 0))
        tail = file.read(min(read.position, TAIL))
        if read.mark in ("", _digest(tail)):
            return name, file.seek(read.position), tail
    raise AssertionError


def _digest(some: bytes) -> str:
    return hashlib.sha256(some).hexdigest()[:32]


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
    return cast("IO[bytes]", gzip.open(path, "rb")) if compressed else path.open("rb")


def _lines(file: IO[bytes]) -> Iterator[list[bytes]]:
    """Lists of up to PORTION complete lines. A line longer than LONGEST comes in pieces, which no parser accepts."""
    lines: list[bytes] = []
    while line := file.readline(LONGEST):
        if not line.endswith(b"\n") and len(line) < LONGEST:
            break  # the server is still writing this line
        lines.append(line)
        if len(lines) == PORTION:
            yield lines
            lines = []
    if lines:
        yield lines
