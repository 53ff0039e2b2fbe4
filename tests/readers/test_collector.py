"""Readership: polls are counted alike by Flask and the warm path, in every process, and none is lost or doubled."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis import Redis
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from service.app import create_app
from service.bootstrap import Services
from service.core.errors import StoreUnavailable
from service.core.settings.model import Settings
from service.core.settings.serving import Http
from service.readers import FeedClient, FeedDayReport, ReadersReport
from service.readers.advice import TooFrequent
from service.storage.reader_counts import FeedDay, PollSums, ReaderCounts
from service.web.http.fast_path import FastPath
from service.web.pageviews import PageViews
from tests.publishing.test_publisher import at_once
from tests.support.articles import submission

FEEDLY = "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers; like FeedFetcher-Google)"
READER = "NetNewsWire (RSS Reader; https://netnewswire.com/)"
GZIP = {"Accept-Encoding": "gzip"}


class Process:
    """The applications of one process: the warm path with Flask behind it, and Flask alone."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.flask: Any = create_app(services.settings, services)
        beacon = PageViews(services).fast_beacon
        self.warm: Any = FastPath(self.flask, services.metrics, beacon, services.readership.polls)

    def ask(
        self,
        path: str = "/latest.rss",
        agent: str = READER,
        address: str = "203.0.113.9",
        *,
        method: str = "GET",
        app: Any = None,
        **headers: str,
    ) -> tuple[str, bytes, Mapping[str, str]]:
        sent = Headers({"User-Agent": agent, **{name.replace("_", "-"): value for name, value in headers.items()}})
        environ = EnvironBuilder(path=path, method=method, headers=sent).get_environ()
        body, status, found = run_wsgi_app(app or self.warm, {**environ, "REMOTE_ADDR": address})
        return status, b"".join(body), dict(found)

    def report(self, days: int = 1) -> ReadersReport:
        self.services.readership.store()
        return self.services.readership.report(days)

    def day(self, feed: str = "latest") -> FeedDayReport:
        [found] = [each for each in self.report().feeds if each.feed == feed]
        return found.days[-1]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"http": Http(delta_agents=("NetNewsWire",))})


@pytest.fixture
def process(services: Services) -> Process:
    services.publisher.put([submission("satu"), submission("dua", tags=["ASEAN"])])
    time.sleep(max(0.0, 1.1 - time.time() % 1))  # so that Last-Modified is not in the future
    return Process(services)


@pytest.fixture
def other(settings: Settings, process: Process) -> Iterator[Process]:
    with closing(Services.build(settings)) as services:
        yield Process(services)


def poll_in_all_ways(process: Process, app: Any, before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Every kind of answer, by a client that has the document of `before`, and one that has that of `now`."""
    statuses = []
    for method in ("GET", "HEAD"):
        for conditions in (
            {},
            {"Accept-Encoding": "gzip"},
            {"If-None-Match": now["ETag"]},
            {"If-None-Match": "*", "Accept-Encoding": "br"},
            {"If-Modified-Since": now["Last-Modified"]},
            {"If-Modified-Since": before["Last-Modified"]},
            {"If-None-Match": '"lain"', "Accept-Encoding": "gzip"},
            {"If-None-Match": before["ETag"], "A-IM": "feed"},
            {"If-None-Match": before["ETag"], "A-IM": "feed", "Accept-Encoding": "gzip"},
            {"If-Match": '"lain"'},
            {"Accept-Encoding": "identity;q=0, *;q=0"},
        ):
            status, *_ = process.ask("/latest.json", app=app, method=method, **conditions)
            statuses.append(status[:3])
    return statuses


def test_polls_through_a_proxy_that_is_not_trusted_are_counted(process: Process) -> None:
    process.ask(X_Forwarded_For="198.51.100.1")
    process.ask(X_Forwarded_For="198.51.100.2")
    process.services.readership.store()
    assert b'warta_forwarding_problems_total{problem="untrusted"} 1.0' in process.services.metrics.text()


def test_the_warm_path_and_flask_count_alike(process: Process) -> None:
    _, _, before = process.ask("/latest.json", app=process.flask)
    process.services.publisher.put([submission("tiga")])
    time.sleep(1.1)  # so that its Last-Modified is of the past, too
    _, _, now = process.ask("/latest.json", app=process.warm)  # from now on it is warm
    counted = []
    for app in (process.flask, process.warm):
        earlier = vars(process.day())
        statuses = poll_in_all_ways(process, app, before, now)
        counted.append(
            (statuses, {name: value - earlier[name] for name, value in vars(process.day()).items() if name != "day"})
        )
    [(statuses, sums), warm] = counted
    assert warm == (statuses, sums)
    assert Counter(statuses) == {"200": 8, "304": 6, "226": 4, "412": 2, "406": 2}
    assert (sums["polls"], sums["conditional"], sums["unchanged"]) == (18, 14, 6)


def test_the_report_has_the_bytes_that_were_sent_and_saved(process: Process) -> None:
    _, whole, _ = process.ask()
    _, gzipped, _ = process.ask(**GZIP)
    process.ask(**GZIP, If_None_Match="*")
    process.ask(method="HEAD")
    assert process.day() == FeedDayReport(
        day=datetime.now(UTC).date(),
        polls=4,
        conditional=1,
        unchanged=1,
        sent=len(whole) + len(gzipped),
        saved_by_conditions=len(gzipped),
        saved_by_compression=len(whole) - len(gzipped),
        hosted=0,
        single=1,
    )


def test_feeds_are_polled_and_nothing_else(process: Process) -> None:
    for path in (
        *("/latest.rss?limit=1", "/latest.atom", "/latest.msn.rss", "/latest.json", "/latest"),
        *("/category/dinamika/popular/24h.rss", "/tag/asean.json", "/popular.rss"),
        *("/", "/feeds.opml", "/feeds.json", "/sitemap-news.xml", "/embed.js", "/robots.txt", "/healthz"),
        *("/tag/tiada.rss", "/latest.rss?x=1", "/articles/satu", "/latest.headlines.json", "/popular.headlines.json"),
    ):
        process.ask(path)
    process.ask("/latest", Accept="text/html")
    report = process.report()
    assert {feed.feed: feed.days[0].polls for feed in report.feeds} == {
        "latest": 5,
        "category/dinamika/popular/24h": 1,
        "tag/asean": 1,
        "popular": 1,
    }
    [latest] = [feed for feed in report.feeds if feed.feed == "latest"]
    assert (latest.title, latest.url) == ("Terbaru", "https://feeds.example/latest")


def test_hosted_and_single_readers(process: Process) -> None:
    for address in ("203.0.113.1", "203.0.113.2"):
        process.ask(agent=FEEDLY, address=address)
    process.ask("/latest.atom", agent=FEEDLY.replace("12", "30"))
    for n in range(5):
        process.ask(address=f"10.0.0.{n}")
        process.ask(address=f"10.0.0.{n}", agent="Pembaca/1.0 (999999 subscribers)")
    process.ask(address="2001:db8::1")
    process.ask(address="2001:db8::2")  # the same household
    process.ask(agent="Googlebot/2.1")
    [latest] = process.report().feeds
    assert (latest.hosted, latest.single) == (42, 11)
    assert latest.clients == [
        FeedClient("Feedly", 42, 0, 3),
        FeedClient("NetNewsWire", 0, 6, 7),
        FeedClient("Pembaca", 0, 5, 5),
        FeedClient("Googlebot", 0, 0, 1),
    ]


def test_names_may_be_in_any_script(process: Process) -> None:
    process.ask(agent="新聞/1.0".encode().decode("latin-1"))
    process.ask(agent="\xff\xfe/1.0")
    [latest] = process.report().feeds
    assert {client.name for client in latest.clients} == {"新聞", "\ufffd\ufffd"}


def test_whom_to_talk_to(process: Process) -> None:
    _, whole, _ = process.ask(agent="Boros/1.0", address="10.0.0.1")
    for n in range(40):
        process.ask(agent="Boros/1.0", address=f"10.0.0.{n % 2}")
    for _ in range(12):
        process.ask(agent=READER, If_None_Match="*")
    report = process.report()
    first, second = report.pollers
    assert (first.client, first.feed, first.addresses, first.polls) == ("Boros", "latest", 2, 41)
    assert (first.wasted, first.conditional, second.conditional) == (39 * len(whole), 0, 1)
    assert first.interval == 0
    assert first.advice == (TooFrequent(0, 60),)
    assert report.as_json()["pollers"][0]["advice"] == (
        "asks every second or less; the feed says 60 s (Cache-Control: max-age)"
    )


# --- processes -------------------------------------------------------------------------------------------------


def test_two_processes_add_up(process: Process, other: Process) -> None:
    for n in range(3):
        process.ask(address=f"10.0.0.{n}", **GZIP)
        other.ask(address=f"10.0.0.{n + 1}", **GZIP)
    at_once(2, process.services.readership.store)
    other.services.readership.store()
    day = process.day()
    assert (day.polls, day.single) == (6, 4)


def test_what_waits_is_kept_when_a_process_ends(settings: Settings, process: Process) -> None:
    with closing(Services.build(settings)) as services:
        Process(services).ask()
    assert process.day().polls == 1


def test_polls_are_stored_each_minute(process: Process) -> None:
    readership = process.services.readership
    process.ask()
    readership.run_if_due()
    assert process.services.readership.report(1).feeds == []
    readership._store_at = 0
    readership.run_if_due()
    assert process.services.readership.report(1).feeds[0].days[0].polls == 1


# --- outages ---------------------------------------------------------------------------------------------------


def test_while_the_store_is_away_polls_wait_and_are_kept_once(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = process.services.kept_readers
    add = store.add

    def is_away(*arguments: Any, **options: Any) -> bool:
        raise StoreUnavailable("away")

    def leaves(*arguments: Any, **options: Any) -> bool:
        add(*arguments, **options)
        raise StoreUnavailable("the answer is lost")

    for failing in (is_away, leaves, is_away):
        process.ask()
        monkeypatch.setattr(store, "add", failing)
        with pytest.raises(StoreUnavailable):
            process.services.readership.store()
    monkeypatch.setattr(store, "add", add)
    assert (process.day().polls, process.day().single) == (3, 1)


def test_a_redis_that_has_lost_everything_costs_no_history(process: Process, redis_url: str) -> None:
    for n in range(5):
        process.ask(address=f"10.0.0.{n}")
    assert process.day().single == 5
    with Redis.from_url(redis_url) as client:
        client.flushall()
    process.ask(address="10.0.0.1")
    assert (process.day().polls, process.day().single) == (6, 5)


def test_without_redis_polls_are_kept_and_single_readers_counted_later(
    settings: Settings, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    process.ask()
    link = process.services.redis
    with monkeypatch.context() as away:
        away.setattr(link._breaker, "allows", lambda _: False)
        assert (process.day().polls, process.day().single) == (1, 0)
    assert (process.day().polls, process.day().single) == (1, 1)


# --- spans -----------------------------------------------------------------------------------------------------


def test_the_end_of_the_span_counts(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    readership = process.services.readership
    now = datetime.now(UTC)
    for ago, agents in ((8, [FEEDLY, READER]), (6, [FEEDLY.replace("12", "20"), READER]), (1, [READER]), (0, [READER])):
        monkeypatch.setattr(readership, "_clock", lambda ago=ago: now - timedelta(days=ago))
        for n, agent in enumerate(agents):
            process.ask(agent=agent, address=f"10.0.{ago}.{n}")
        if ago == 1:
            process.ask(address="10.9.9.9")
        readership.store()
    [latest] = readership.report(9).feeds
    assert [(day.day, day.hosted, day.single) for day in latest.days] == [
        (now.date() - timedelta(days=8), 12, 1),
        (now.date() - timedelta(days=6), 20, 1),
        (now.date() - timedelta(days=1), 20, 2),
        (now.date(), 20, 1),
    ]
    assert (latest.hosted, latest.single) == (20, 2)  # yesterday was a whole day
    [latest] = readership.report(1).feeds
    assert (len(latest.days), latest.hosted, latest.single) == (1, 20, 2)
    monkeypatch.setattr(readership, "_clock", lambda: now + timedelta(days=1))
    [latest] = readership.report(7).feeds
    assert latest.hosted == 0  # nobody has said so for a week


def test_a_feed_that_is_there_no_more_is_called_by_its_name(process: Process) -> None:
    gone = FeedDay(datetime.now(UTC).date(), "feed/lama")
    process.services.kept_readers.add("1", ReaderCounts(feeds={gone: PollSums(polls=1)}), {}, datetime.now(UTC))
    [feed] = process.report().feeds
    assert (feed.feed, feed.title, feed.url) == ("feed/lama", "feed/lama", "https://feeds.example/feed/lama")
