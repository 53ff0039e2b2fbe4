"""The reader of access logs: what is no text of a server does no harm, and nothing is marked that was not read."""

from pathlib import Path

import pytest

from service.core.access_logs import reader
from service.core.access_logs.reader import (
    MAX_LINE_BYTES,
    MIN_REQUESTS_OF_ONE_CLIENT,
    AccessLog,
    LogPosition,
    LogSummary,
    first_time,
    portions,
)
from service.core.access_logs.request import LoggedRequest
from service.core.errors import LogUnreadable
from tests.core.access_logs.test_formats import AT, CLOUDFRONT, ENCODED, VIEW, cloudfront, combined

NOW = AT + 60


class Reading:
    """The store of positions, and what the readings found."""

    def __init__(self) -> None:
        self.positions: dict[str, LogPosition] = {}
        self.hits: list[LoggedRequest] = []

    def read(self, path: Path, format_name: str = "") -> LogSummary:
        tally = LogSummary()
        for portion in portions(AccessLog(path, format_name), self.positions.get, tally, NOW):
            self.hits += portion.requests
            self.positions[portion.position.log] = portion.position
        return tally


def lines(*addresses: str) -> bytes:
    return "".join(f"{combined(VIEW, address=address)}\n" for address in addresses).encode()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "access.log"


@pytest.mark.parametrize(
    "before", [b"\xef\xbb\xbf", bytes(7), bytes(3 * MAX_LINE_BYTES - 5), b"\n\n", bytes(9) + b"\n"]
)
def test_what_stands_before_the_first_line_does_not_count(log: Path, before: bytes) -> None:
    reading = Reading()
    log.write_bytes(before + lines("203.0.113.9", "203.0.113.8"))
    assert reading.read(log).outcomes == {}
    assert [hit.ip_address for hit in reading.hits] == ["203.0.113.9", "203.0.113.8"]
    log.write_bytes(log.read_bytes() + lines("203.0.113.7")[:-9])
    assert reading.read(log).lines == 0
    log.write_bytes(before + lines("203.0.113.9", "203.0.113.8", "203.0.113.7"))
    reading.read(log)
    assert [hit.ip_address for hit in reading.hits[2:]] == ["203.0.113.7"]


def test_readable_lines_are_read_and_the_others_counted(log: Path) -> None:
    log.write_bytes(lines("phone.example", "203.0.113.9", "-"))
    reading = Reading()
    tally = reading.read(log)
    assert (tally.lines, tally.outcomes, len(reading.hits)) == (3, {"unreadable": 2}, 1)
    assert tally.unreadable[0] == (1, "has no IP address of a client, but phone.example")


def test_a_log_of_which_nothing_was_read_can_be_read_again(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LINES_PER_PORTION", 2)
    reading = Reading()
    log.write_bytes(lines(*["-"] * 7))
    message = r"access.log: no line could be read: line 1 has no IP address of a client, but -; try --format$"
    with pytest.raises(LogUnreadable, match=message):
        reading.read(log)
    assert reading.positions == {}
    log.write_bytes(log.read_bytes() + lines("203.0.113.9", "-", "-", "-"))
    assert reading.read(log).outcomes == {"unreadable": 10}
    assert len(reading.hits) == 1
    [position] = reading.positions.values()
    assert position.position == log.stat().st_size


def test_the_wrong_format_reads_nothing(log: Path) -> None:
    log.write_bytes(lines("203.0.113.9"))
    with pytest.raises(LogUnreadable, match="line 1 is not a line of the format caddy; try --format"):
        Reading().read(log, "caddy")


def test_a_log_of_comments_is_no_error(log: Path) -> None:
    log.write_text("".join(CLOUDFRONT))
    assert Reading().read(log).lines == 2
    assert first_time(AccessLog(log)) == 0


def test_logs_of_cloudfront_are_told_apart_and_read_on(tmp_path: Path) -> None:
    """Their first lines are the same, and the columns stand in them."""
    reading = Reading()
    for n in range(3):
        log = tmp_path / f"{n}.log"
        log.write_text("".join(CLOUDFRONT) + cloudfront(VIEW._replace(ip_address=f"203.0.113.{n}"), ENCODED) + "\n")
        assert first_time(AccessLog(log)) == AT
        reading.read(log)
    assert len(reading.positions) == 3
    assert not any("-" in name for name in reading.positions)
    log.write_text(log.read_text() + cloudfront(VIEW._replace(ip_address="203.0.113.9"), ENCODED) + "\n")
    reading.read(log)
    assert [hit.ip_address for hit in reading.hits] == ["203.0.113.0", "203.0.113.1", "203.0.113.2", "203.0.113.9"]


def test_a_time_to_come_is_unreadable(log: Path) -> None:
    log.write_bytes(lines("203.0.113.9").replace(b"/2026:", b"/2027:"))
    with pytest.raises(LogUnreadable, match="line 1 has a time in the future"):
        Reading().read(log)


def test_a_line_that_is_too_long_is_one_of_pieces(log: Path) -> None:
    log.write_bytes(lines("203.0.113.9") + b"x" * 2 * MAX_LINE_BYTES + b"\n" + lines("203.0.113.8"))
    reading = Reading()
    reading.read(log)
    assert len(reading.hits) == 2


def test_one_client_alone_looks_like_a_proxy() -> None:
    tally = LogSummary()
    for _ in range(MIN_REQUESTS_OF_ONE_CLIENT):
        assert not tally.only_client
        tally.add_client("198.51.100.1")
    assert tally.only_client == "198.51.100.1"
    tally.add_client("203.0.113.1")
    assert not tally.only_client
