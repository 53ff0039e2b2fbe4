"""Readers from access logs: each line once, with the numbers that live counting gives, as far as a log can tell."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.bootstrap import Services
from service.core.access_logs.reader import AccessLog
from service.core.errors import LogUnreadable
from service.readers import ReadersReport
from service.readers.from_logs import ReadersFromLogs
from service.views.from_logs import ViewsFromLogs
from tests.readers.test_collector import FEEDLY, READER, Process
from tests.support.articles import submission

NOW = datetime.now(UTC)


@pytest.fixture
def newsroom(services: Services) -> Services:
    services.publisher.put([submission("satu"), submission("dua", tags=["ASEAN"])])
    return services


def log_reader(services: Services, **settings: object) -> ReadersFromLogs:
    ours = services.settings.model_copy(update=settings)
    return ReadersFromLogs(services.kept_readers, services.singles, services.documents.catalogue, ours)


def line(
    target: str = "/latest.rss",
    address: str = "203.0.113.9",
    agent: str = READER,
    *,
    method: str = "GET",
    status: int = 200,
    size: object = 1000,
    seconds: int = 0,
) -> bytes:
    at = NOW.replace(minute=0, second=seconds).strftime("%d/%b/%Y:%H:%M:%S +0000")
    return f'{address} - - [{at}] "{method} {target} HTTP/1.1" {status} {size} "-" "{agent}"\n'.encode()


def polls(report: ReadersReport) -> dict[str, int]:
    return {feed.feed: sum(day.polls for day in feed.days) for feed in report.feeds}


def test_only_polls_of_feeds_count(newsroom: Services, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(
        b"".join(
            [
                *(line("/latest.rss?limit=5"), line("/latest.msn.rss"), line("/latest.atom", status=304)),
                *(line("/tag/asean.json", method="HEAD"), line("/latest.json", status=226)),
                *(line("/latest"), line("/latest.rss?x=1"), line("/latest.rss?limit=0"), line("/latest.html")),
                *(line("/tag/tiada.rss", status=404), line("/tiada.rss"), line("/feeds.json"), line(method="POST")),
                line("/latest.headlines.json"),
                b"rusak\n",
            ]
        )
    )
    tally = log_reader(newsroom).count_log(AccessLog(log))
    assert (tally.lines, tally.outcomes) == (15, {"polls": 5, "unreadable": 1})
    assert polls(newsroom.readership.report(1)) == {"latest": 4, "tag/asean": 1}


def test_a_log_gives_what_live_counting_gives(newsroom: Services, tmp_path: Path) -> None:
    """Of one newsroom live, and of its requests as nginx would have logged them."""
    process = Process(newsroom)
    lines = []
    for n, (path, agent, headers) in enumerate(
        [
            ("/latest.rss", READER, {}),
            ("/latest.rss", READER, {}),
            ("/latest.rss", READER, {"If-None-Match": "*"}),
            ("/latest.rss", FEEDLY, {}),
            ("/latest.atom", FEEDLY.replace("12", "30"), {}),
            ("/latest.atom?limit=1", "Googlebot/2.1", {}),
            ("/tag/asean.json", READER, {"If-None-Match": "*"}),
            ("/latest.rss", "Boros/1", {}),
            ("/latest.rss", "Boros/1", {}),
        ]
    ):
        address = f"203.0.113.{n // 3}"
        status, body, _ = process.ask(path, agent, address, **headers)
        lines.append(line(path, address, agent, status=int(status[:3]), size=len(body), seconds=n))
    live = process.report()
    with newsroom.database.writing() as connection:
        for table in ("feed_days", "feed_clients", "subscribers", "pollers"):
            connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608
    with newsroom.redis.use() as redis:
        redis.delete(*redis.keys("warta:{readers}:*"))
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(lines))
    log_reader(newsroom).count_log(AccessLog(log))
    logged = newsroom.readership.report(1)
    assert [(feed.feed, feed.hosted, feed.single, feed.clients) for feed in logged.feeds] == [
        (feed.feed, feed.hosted, feed.single, feed.clients) for feed in live.feeds
    ]
    for there, here in zip(logged.feeds, live.feeds, strict=True):
        expected = {**vars(here.days[0]), "saved_by_compression": 0}
        if here.feed == "tag/asean":  # nobody was sent it in this log
            expected["saved_by_conditions"] = 0
        assert vars(there.days[0]) == expected

    def waste(report: ReadersReport) -> dict[tuple[str, str], tuple[int, int, int]]:
        return {(each.feed, each.agent): (each.polls, each.addresses, each.wasted) for each in report.pollers}

    assert waste(logged) == waste(live)


def test_a_log_that_is_read_again_counts_only_its_new_lines(newsroom: Services, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    whole = b"".join(line(address=f"10.0.0.{n}", seconds=n) for n in range(4))
    log.write_bytes(whole + line()[:-10])  # still being written
    assert log_reader(newsroom).count_log(AccessLog(log)).outcomes == {"polls": 4}
    rotated = tmp_path / "access.log.1.gz"
    rotated.write_bytes(gzip.compress(whole + line(address="10.0.0.1")))
    assert log_reader(newsroom).count_log(AccessLog(rotated)).outcomes == {
        "polls": 1
    }  # by another run, which knows the address again
    [latest] = newsroom.readership.report(1).feeds
    assert (latest.days[0].polls, latest.single) == (5, 4)
    views = ViewsFromLogs(newsroom.view_store, newsroom.counter, newsroom.redis_views, newsroom.settings)
    assert views.count(AccessLog(rotated)).lines == 5  # whether views were counted is another matter


def test_a_run_that_breaks_off_goes_on(newsroom: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.core.access_logs.reader.LINES_PER_PORTION", 7)
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(line(address=f"10.0.0.{n}") for n in range(20)))
    add = newsroom.kept_readers.add
    calls = iter((add, None))

    def breaks(*arguments: object) -> bool:
        if (call := next(calls)) is None:
            raise KeyboardInterrupt
        return call(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(newsroom.kept_readers, "add", breaks)
    with pytest.raises(KeyboardInterrupt):
        log_reader(newsroom).count_log(AccessLog(log))
    monkeypatch.setattr(newsroom.kept_readers, "add", add)
    assert log_reader(newsroom).count_log(AccessLog(log)).outcomes == {"polls": 13}
    [latest] = newsroom.readership.report(1).feeds
    assert (latest.days[0].polls, latest.single) == (20, 20)


def test_intervals_are_those_of_the_log(newsroom: Services, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(line(seconds=20 * n, agent="Boros/1") for n in range(3)))
    log_reader(newsroom).count_log(AccessLog(log))
    [poller] = newsroom.readership.report(1).pollers
    assert (poller.interval, poller.wasted, poller.conditional) == (20, 2000, 0)


def test_an_address_under_a_path_is_understood(newsroom: Services, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(line("/feeds/latest.rss") + line("/feeds/latest.rss", status=304, size="-"))
    assert log_reader(newsroom, base_url="https://news.example/feeds").count_log(AccessLog(log)).outcomes == {
        "polls": 2
    }
    assert newsroom.readership.report(1).feeds[0].days[0].saved_by_conditions == 1000


def test_what_cannot_be_read_is_named(newsroom: Services, tmp_path: Path) -> None:
    with pytest.raises(LogUnreadable, match=r"tiada.log: "):
        log_reader(newsroom).count_log(AccessLog(tmp_path / "tiada.log"))
