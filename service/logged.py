"""Access logs, each line read once: in portions, from where the reading ended the last time.

A log is known by its first line, so that it may have another name by now, or be compressed with gzip.
"""

import gzip
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NamedTuple, cast

from service.access_log import LONGEST, Hit, parse
from service.errors import LogUnreadable

PORTION = 20_000  # lines that are counted together
SHOWN = 5  # unreadable lines that are told


@dataclass
class LogTally:
    """What the lines of a log came to. `unreadable` are the first of them, with their number and the reason."""

    lines: int = 0
    fates: Counter[str] = field(default_factory=Counter)
    unreadable: list[tuple[int, str]] = field(default_factory=list)


class Portion(NamedTuple):
    """Lines of the `log` of that name, from `start` to `end` in bytes of what is not compressed."""

    log: str
    start: int
    end: int
    lines: Sequence[bytes]

    @property
    def token(self) -> str:
        """The same for the portion that begins there, whenever it is read."""
        return hashlib.sha256(f"{self.log} {self.start}".encode()).hexdigest()[:32]


def portions(path: Path, position: Callable[[str], int], purpose: str = "") -> Iterator[Portion]:
    """What the log holds beyond `position(name)`, which is asked once. The name is another for every `purpose`.

    A last line without its end is left for the next time. Raises LogUnreadable.
    """
    try:
        with _opened(path) as file:
            name = purpose + hashlib.sha256(file.readline(LONGEST)).hexdigest()[:32]
            start = file.seek(position(name))
            for lines in _lines(file):
                end = start + sum(map(len, lines))
                yield Portion(name, start, end, lines)
                start = end
    except (OSError, EOFError, gzip.BadGzipFile) as error:
        reason = getattr(error, "strerror", None) or str(error) or "cannot be read"
        raise LogUnreadable(f"{path}: {reason}") from None


def hits(portion: Portion, tally: LogTally) -> Iterator[Hit]:
    """The requests of the portion; lines that are none are tallied."""
    for line in portion.lines:
        tally.lines += 1
        try:
            yield parse(line.decode(errors="replace"))
        except ValueError as error:
            tally.fates["unreadable"] += 1
            if len(tally.unreadable) < SHOWN:
                tally.unreadable.append((tally.lines, str(error)))


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
