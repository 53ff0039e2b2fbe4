"""What the statistics' tests look at: a newsroom with views over weeks, and a report of its readers."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from math import cos, pi
from random import Random

from flask import Flask

from service.app import create_app
from service.bootstrap import Services
from service.readers import (
    ClientReaders,
    FeedClient,
    FeedDayReport,
    FeedReaders,
    PollDay,
    PollerReport,
    ReadersReport,
)
from service.readers.advice import Refetches, TooFrequent
from service.web.http.static_files import StaticFiles
from service.web.stats.page import Stats

FEEDS = ("latest", "popular", "category/dinamika", "category/politik", "trending", "category/olahraga", "feed/pilihan")
TITLES = ("Terbaru", "Populer", "Dinamika", "Politik", "Sedang ramai", "Olahraga", "Pilihan Redaksi")
CLIENTS = ("Feedly", "Inoreader", "NetNewsWire", "Miniflux", "FreshRSS", "Thunderbird", "NewsBlur", "Feeder")
HOSTED = {"Feedly", "Inoreader", "NewsBlur"}


def report(
    days: int, until: date, base_url: str, feeds: Sequence[tuple[str, str]] = tuple(zip(FEEDS, TITLES, strict=True))
) -> ReadersReport:
    """Readers of the feeds, the same for the same arguments."""
    dice = Random("readers")  # noqa: S311 - sample data, not a secret
    dates = [until - timedelta(days=days - 1 - n) for n in range(days)]
    of_feeds = [_feed(dice, name, title, base_url, 1 / (place + 1), dates) for place, (name, title) in enumerate(feeds)]
    return ReadersReport(
        since=dates[0],
        until=until,
        feed_count=len(of_feeds),
        hosted=sum(feed.hosted for feed in of_feeds),
        single=sum(feed.single for feed in of_feeds),
        days=[_sum_of_day([feed.days[place] for feed in of_feeds]) for place in range(days)],
        clients=_sums_of_clients(of_feeds),
        feeds=of_feeds,
        pollers=POLLERS,
    )


def _sum_of_day(days: Sequence[FeedDayReport]) -> PollDay:
    names = ("polls", "conditional", "unchanged", "sent", "saved_by_conditions", "saved_by_compression")
    return PollDay(days[0].day, *(sum(getattr(day, name) for day in days) for name in names))


def _sums_of_clients(feeds: Sequence[FeedReaders]) -> list[ClientReaders]:
    of_all = [client for feed in feeds for client in feed.clients]
    sums = [
        ClientReaders(
            name, sum(c.hosted for c in of_all if c.name == name), sum(c.single for c in of_all if c.name == name)
        )
        for name in CLIENTS
    ]
    return sorted(sums, key=lambda client: -client.hosted - client.single)


def _feed(dice: Random, name: str, title: str, base_url: str, part: float, dates: Sequence[date]) -> FeedReaders:
    clients = [
        FeedClient(
            client,
            int(part * dice.randint(300, 1400) / (place + 1)) if client in HOSTED else 0,
            0 if client in HOSTED else int(part * dice.randint(60, 260)),
            int(part * dice.randint(2_000, 9_000)),
        )
        for place, client in enumerate(CLIENTS)
    ]
    hosted, single = sum(c.hosted for c in clients), sum(c.single for c in clients)
    days = [_day(dice, each, int(single * 30 * dice.uniform(0.85, 1.15)), hosted, single) for each in dates]
    return FeedReaders(name, f"Warta – {title}", f"{base_url}/{name}", hosted, single, clients, days)


def _day(dice: Random, day: date, polls: int, hosted: int, single: int) -> FeedDayReport:
    if day.weekday() > 4:
        polls = polls * 3 // 4
    conditional = int(polls * dice.uniform(0.78, 0.9))
    unchanged = int(conditional * dice.uniform(0.82, 0.93))
    sent = (polls - unchanged) * 9_400
    return FeedDayReport(day, polls, conditional, unchanged, sent, unchanged * 9_400, sent * 3, hosted, single)


POLLERS = (
    PollerReport("Berita Cepat", "BeritaCepat/1.2", "latest", 3, 25_920, 30.0, 0.0, 243_648_000,
           (TooFrequent(30.0, 60), Refetches(17_403_400, 0.0))),
    PollerReport("Kumpulan Kabar", "kumpulan (python-requests/2.31)", "popular", 12, 9_870, 310.0, 0.34, 61_200_000,
           (Refetches(4_371_000, 0.34),)),
    PollerReport("Inoreader", "Inoreader/1.0 (+http://www.inoreader.com/feed-fetcher; 214 subscribers; )", "latest", 2,
           4_030, 600.0, 0.71, 8_100_000, ()),
    PollerReport("Feedly", "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 1201 subscribers)", "latest", 8, 6_720,
           900.0, 0.98, 320_000, ()),
    PollerReport("NetNewsWire", "NetNewsWire (RSS Reader; https://netnewswire.com/)", "category/dinamika", 184, 11_200,
           1_820.0, 1.0, 0, ()),
    PollerReport("Laman Uji", "curl/8.5.0", "latest", 1, 1, None, 0.0, 0, ()),
)  # fmt: skip


def fill(services: Services, now: datetime, ids: Sequence[str], scale: float = 1.0) -> None:
    """Views of the articles over 32 days, with the rhythm of a day, in Redis and in the store."""
    dice = Random("views")  # noqa: S311 - sample data, not a secret
    counted: dict[tuple[str, int], int] = {}
    at = int(now.timestamp()) // 300 * 300
    weights = [1 / (place + 1) ** 0.9 for place in range(len(ids))]
    for step in range(32 * 288):
        when = at - step * 300
        hour = datetime.fromtimestamp(when, UTC).hour + 7 + (when % 3600) / 3600
        busy = 1.3 - cos((hour - 3) / 24 * 2 * pi) - 0.4 * cos((hour - 20) / 12 * 2 * pi) * 0.5
        trend = 1 + 0.25 * cos(step / 288 / 5)
        for id_ in dice.choices(ids, weights, k=max(1, int(scale * busy * trend * dice.uniform(2, 4)))):
            counted[id_, when] = counted.get((id_, when), 0) + dice.randint(1, 9)
    for id_ in ids:  # none is without views of the last hour, whatever the time of day
        counted[id_, at - 600] = counted.get((id_, at - 600), 0) + 1
    for place, id_ in enumerate(ids[4:7]):  # three that are on their way up
        for step in range(2, 11):
            counted[id_, at - step * 300] = counted.get((id_, at - step * 300), 0) + int(
                scale * (14 - step) * (4 - place) / 3
            )
    services.view_store.add_once("stats newsroom", counted, now)
    services.redis_views.restore(
        (view.article_id, view.step, view.start, view.views) for part in services.view_store.shown(now) for view in part
    )


def app_with_readers(services: Services, known: ReadersReport | None) -> Flask:
    """The application, for a newsroom of whose readers this is known."""
    app = create_app(services.settings, services)
    if known:
        stats = Stats(services, StaticFiles(services.settings), readers=lambda _days: known)
        app.view_functions["Stats_page"] = stats.page
        app.view_functions["Stats_api"] = stats.api
        app.view_functions["Stats_table"] = stats.table
    return app
