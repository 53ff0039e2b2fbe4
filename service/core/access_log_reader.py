"""Access logs, each line read once: in portions, from where the reading ended the last time.

A log is known by its first line, and by what stands before the place where the reading ended: it may have another name
by now, or be compressed with gzip, and two servers' logs may begin with the same line.
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

PORTION = 20_000  # lines that are counted together
SHOWN = 5  # unreadable lines that are told
TAIL = 1_024  # bytes before the place where the reading ended, by which a log is known again
TO_COME = 24 * 3600  # seconds that a server's clock may be ahead
_BEGINNING = 100  # lines of which one should be readable

_UNREADABLE = (OSError, EOFError, zlib.error)


@dataclass
class LogTally:
    """What the lines of a log came to. `unreadable` are the first of them, with their number and the reason; `begun` is
    whether others had been read before, which are not among these lines."""

    lines: int = 0
    begun: bool = False
    fates: Counter[str] = field(default_factory=Counter)
    unreadable: list[tuple[int, str]] = field(default_factory=list)


class Read(NamedTuple):
    """How far the log of that name was read: up to a position in bytes of what is not compressed. `mark` stands for the
    TAIL bytes before it; empty in what an older release has noted."""

    log: str
    position: int
    mark: str


class Portion(NamedTuple):
    """Lines of a log, from `start` in bytes of what is not compressed; once they are counted it is `read` so far."""

    start: int
    lines: Sequence[bytes]
    read: Read

    @property
    def token(self) -> str:
        """The same for the portion that begins there, whenever it is read."""
        return hashlib.sha256(f"{self.read.log} {self.start}".encode()).hexdigest()[:32]


def portions(path: Path, known: Callable[[str], Read | None], purpose: str = "") -> Iterator[Portion]:
    """What the log holds beyond what is `known` of its name. The name is another for every `purpose`.

    A last line without its end is left for the next time. Raises LogUnreadable.
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
    """When the log's first request was, in seconds since the epoch: for logs to be read in their order. 0 where that
    cannot be told."""
    with suppress(*_UNREADABLE), _opened(path) as file:
        for _ in range(_BEGINNING):
            with suppress(ValueError):
                return parse(file.readline(LONGEST).decode(errors="replace")).at
    return 0.0


def hits(portion: Portion, tally: LogTally, now: float) -> Iterator[Hit]:
    """The requests of the portion; lines that are none, or of a time to come, are tallied."""
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
    """The log's name, where it is to be read from, which is where the file stands then, and the bytes before that."""
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
    """Whole lines; one that is too long comes in pieces, which no parser takes for a line."""
    lines: list[bytes] = []
    while line := file.readline(LONGEST):
        if not line.endswith(b"\n") and len(line) < LONGEST:
            break  # it is still being written
        lines.append(line)
        if len(lines) == PORTION:
            yield lines
            lines = []
    if lines:
        yield lines
