"""Reader of access logs. It reads each line once, in portions, from the position where the last reading ended.

A log is recognized by its first line, and by the bytes before that position. Its file name does not count: log rotation
renames files, and compresses them. The first line alone is not enough: the logs of two servers may begin with the same
line. Comments at the beginning are not enough either: they are the same in all logs of CloudFront.
"""

import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NamedTuple

from service.core.access_logs.files import UNREADABLE, open_log
from service.core.access_logs.formats import line_parser
from service.core.access_logs.request import LineParser, LoggedRequest, OtherFormat
from service.core.errors import LogUnreadable
from service.core.plain_errors import plain_message

LINES_PER_PORTION = 5_000  # lines that are counted in one step, and stored in one transaction
MAX_LINE_BYTES = 16_384  # bytes of a line
MAX_SHOWN_UNREADABLE = 5  # unreadable lines that are reported
TAIL_BYTES = 1_024  # bytes before the position where the last reading ended; they identify the log
MAX_CLOCK_AHEAD_SECONDS = 24 * 3600  # seconds that a server's clock may be ahead of ours
MIN_REQUESTS_OF_ONE_CLIENT = 50  # requests from one IP address, and from no other, that make it look like a proxy's
_FIRST_LINES = 100  # lines at the beginning of a log by which its format is recognized
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NULS = b"\0"  # a file that was truncated while a server wrote to it begins with them

Known = Callable[[str], "LogPosition | None"]


@dataclass(frozen=True)
class AccessLog:
    """An access log: its file, its format, and its name in messages.

    An empty `format_name` means that the format is recognized. An empty `name` means the path.
    """

    path: Path
    format_name: str = ""
    name: str = ""

    def __str__(self) -> str:
        return self.name or str(self.path)


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
    _clients: Counter[str] = field(default_factory=Counter)

    def add_unreadable(self, reason: str) -> None:
        """Count the current line as unreadable."""
        self.outcomes["unreadable"] += 1
        if len(self.unreadable) < MAX_SHOWN_UNREADABLE:
            self.unreadable.append((self.lines, reason))

    def add_client(self, ip_address: str) -> None:
        """Count a request of the client. Only the first two clients are remembered."""
        if ip_address in self._clients or len(self._clients) < 2:
            self._clients[ip_address] += 1

    @property
    def only_client(self) -> str:
        """The client of all requests, if it looks like a proxy; otherwise empty."""
        [(client, requests)] = self._clients.items() if len(self._clients) == 1 else [("", 0)]
        return client if requests >= MIN_REQUESTS_OF_ONE_CLIENT else ""

    def place(self, number: int) -> str:
        """The line with this number, for a message."""
        return f"line {number} of what is new" if self.is_continued else f"line {number}"


class LogPosition(NamedTuple):
    """The position up to which a log was read, in uncompressed bytes.

    `log` is the name that `portions` gives the log. `tail_digest` is a hash of the TAIL_BYTES bytes before the
    position; older releases stored an empty one.
    """

    log: str
    position: int
    tail_digest: str


class LogPortion(NamedTuple):
    """The requests of a log from position `start`, in uncompressed bytes.

    `position` is to be stored when they are counted.
    """

    start: int
    requests: Sequence[LoggedRequest]
    position: LogPosition

    @property
    def token(self) -> str:
        """A hash of the log's name and `start`. The same portion has the same token in each reading."""
        return hashlib.sha256(f"{self.position.log} {self.start}".encode()).hexdigest()[:32]


def portions(log: AccessLog, known: Known, tally: LogSummary, now: float, purpose: str = "") -> Iterator[LogPortion]:
    """The portions of the log that were not read before. `tally` counts their lines.

    `known` returns the stored position for the name of a log, None if there is none. The name is computed from the
    log's first line and from `purpose`: logs are read once for each purpose. An incomplete last line is left for the
    next reading. A line with a time more than MAX_CLOCK_AHEAD_SECONDS after `now` is unreadable.

    Raises LogUnreadable, also if no line could be read: then no portion came, so the log can be read again.
    """
    try:
        with open_log(log.path) as file:
            first_lines = _read_first_lines(file)
            parse = _parser(first_lines, log)
            name, start, tail = _find_position(file, first_lines, known, purpose)
            tally.is_continued = start > 0
            is_read = False
            for lines in _lines(file):
                requests = list(_requests(lines, parse, tally, now))
                end = start + sum(map(len, lines))
                tail = (tail + b"".join(lines[-TAIL_BYTES:]))[-TAIL_BYTES:]
                is_read = is_read or bool(requests)
                if is_read:
                    yield LogPortion(start, requests, LogPosition(name, end, _digest(tail)))
                start = end
    except OtherFormat as error:
        raise LogUnreadable(f"{log}: {error}") from None
    except UNREADABLE as error:
        raise LogUnreadable(f"{log}: {plain_message(error)}") from None
    if tally.unreadable and not is_read:
        number, reason = tally.unreadable[0]
        raise LogUnreadable(f"{log}: no line could be read: {tally.place(number)} {reason}; try --format")


def first_time(log: AccessLog) -> float:
    """The time of the log's first request, in seconds since the epoch; 0 if unknown. Logs are read in this order."""
    with suppress(*UNREADABLE, OtherFormat), open_log(log.path) as file:
        first_lines = _read_first_lines(file)
        parse = _parser(first_lines, log)
        for line in first_lines:
            with suppress(ValueError):
                if request := parse(_text(line)):
                    return request.at
    return 0.0


def _parser(first_lines: Sequence[bytes], log: AccessLog) -> LineParser:
    return line_parser([_text(line) for line in first_lines], log.format_name)


def _requests(lines: Sequence[bytes], parse: LineParser, tally: LogSummary, now: float) -> Iterator[LoggedRequest]:
    for line in lines:
        tally.lines += 1
        text = _text(line)
        if not text.strip():
            continue
        try:
            request = parse(text)
            if request and request.at > now + MAX_CLOCK_AHEAD_SECONDS:
                raise ValueError("has a time in the future")
        except ValueError as error:
            tally.add_unreadable(str(error))
        else:
            if request:
                yield request


def _text(line: bytes) -> str:
    return line.lstrip(_NULS).removeprefix(_BYTE_ORDER_MARK).decode(errors="replace")


def _find_position(file: IO[bytes], first_lines: Sequence[bytes], known: Known, purpose: str) -> tuple[str, int, bytes]:
    """The log's name, the position to read from, and the bytes before it. The file is then at that position."""
    line = next((line for line in first_lines if not line.startswith(b"#")), b"".join(first_lines))
    first = purpose + _digest(line)
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


def _read_first_lines(file: IO[bytes]) -> list[bytes]:
    """The first lines that are not empty, at most _FIRST_LINES."""
    lines = iter(lambda: _read_line(file), b"")
    return list(itertools.islice((line for line in lines if line.strip(_NULS + b"\r\n")), _FIRST_LINES))


def _lines(file: IO[bytes]) -> Iterator[list[bytes]]:
    """Lists of up to LINES_PER_PORTION complete lines.

    A line longer than MAX_LINE_BYTES comes in pieces, which no parser accepts.
    """
    lines: list[bytes] = []
    while line := _read_line(file):
        if not line.endswith(b"\n") and (len(line) < MAX_LINE_BYTES or 0 < len(line.lstrip(_NULS)) < MAX_LINE_BYTES):
            break  # the server is still writing this line
        lines.append(line)
        if len(lines) == LINES_PER_PORTION:
            yield lines
            lines = []
    if lines:
        yield lines


def _read_line(file: IO[bytes]) -> bytes:
    """The next line with its end, or MAX_LINE_BYTES of it. NULs in front of a line do not count."""
    line = file.readline(MAX_LINE_BYTES)
    text = line.lstrip(_NULS)
    if 0 < len(text) < len(line) and not line.endswith(b"\n"):
        line += file.readline(MAX_LINE_BYTES - len(text))
    return line
