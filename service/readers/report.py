"""The report on a newsroom's readers, from the counts in the store."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TypeVar

from service.articles.characters import xml_safe
from service.core.errors import NotFound
from service.core.settings.model import Settings
from service.feeds.catalogue import FeedCatalogue
from service.readers import ClientReaders, FeedClient, FeedDayReport, FeedReaders, PollDay, PollerReport, ReadersReport
from service.readers.advice import Advice, advice
from service.readers.report_model import MAX_LISTED
from service.readers.user_agents import classify_unknown, find_known
from service.storage import ArticleStore, ReadershipStore, ReaderSums, ReportPart
from service.storage.reader_reports import MAX_ADDED_IDS, SUBSCRIBERS_VALID_DAYS
from service.storage.readers import ClientDay, FeedSums, PollerGroup, SubscribersDay

Row = TypeVar("Row", FeedSums, ClientDay, SubscribersDay)


class ReportBuilder:
    """Makes reports. It only reads the store."""

    def __init__(
        self,
        settings: Settings,
        store: ReadershipStore,
        sums: ReaderSums,
        articles: ArticleStore,
        catalogue: FeedCatalogue,
    ) -> None:
        self._settings = settings
        self._store = store
        self._sums = sums
        self._articles = articles
        self._catalogue = catalogue

    def report(self, until: date, days: int, part: ReportPart) -> ReadersReport:
        """Return the report on the `days` days up to and including `until` (UTC), with a part of the feeds.

        Raises NotFound if nobody has polled the feed of the part, StoreUnavailable.
        """
        since = until - timedelta(days=days - 1)
        if xml_safe(part.feed) != part.feed:  # drivers fail at such a name
            raise NotFound(f"there is no feed {part.feed!r}")
        ranking = self._sums.ranking(since, until, part)
        if part.feed and not ranking.feeds:
            raise NotFound(f"nobody has polled a feed {part.feed!r} since {since}; warta feeds lists all feeds")
        return ReadersReport(
            since=since,
            until=until,
            feed_count=ranking.feed_count,
            hosted=ranking.hosted,
            single=ranking.single,
            days=[PollDay(*sums) for sums in self._sums.days_of_all(since, until)],
            clients=[ClientReaders(*sums) for sums in self._sums.clients_of_all(until, MAX_LISTED)],
            feeds=self._feeds([feed.feed for feed in ranking.feeds], since, until),
            pollers=self._pollers(since, until, part.feed),
        )

    def _feeds(self, names: Sequence[str], since: date, until: date) -> list[FeedReaders]:
        """Return the feeds with these names, in their order."""
        sums = _by_feed(self._sums.days(names, since, until))
        valid = timedelta(days=SUBSCRIBERS_VALID_DAYS)
        subscribers = _by_feed(self._sums.subscribers(names, since - valid, until))
        clients = _by_feed(self._sums.clients(names, since - timedelta(days=1), until))
        return [self._feed(name, sums[name], clients[name], subscribers[name], since, until) for name in names]

    def _feed(
        self,
        feed: str,
        sums: Sequence[FeedSums],
        clients: Sequence[ClientDay],
        subscribers: Sequence[SubscribersDay],
        since: date,
        until: date,
    ) -> FeedReaders:
        hosted = _hosted(subscribers, until)
        single: defaultdict[date, Counter[str]] = defaultdict(Counter)
        for row in clients:
            single[row.day][row.client] = row.single
        # Today may have just begun: then yesterday has the more useful number.
        last = max((until, until - timedelta(days=1)), key=lambda day: single[day].total())
        polls: Counter[str] = Counter()
        for row in clients:
            if row.day >= since:
                polls[row.client] += row.polls
        listed = [
            FeedClient(name, hosted.get(name, 0), single[last][name], polls[name])
            for name in {*polls, *hosted, *single[last]}
        ]
        listed.sort(key=lambda client: (-client.hosted - client.single, -client.polls, client.name))
        readers = [(sum(_hosted(subscribers, each.day).values()), single[each.day].total()) for each in sums]
        days = [FeedDayReport(each.day, *each[2:], *both) for each, both in zip(sums, readers, strict=True)]
        title, url = self._named(feed)
        return FeedReaders(feed, title, url, sum(hosted.values()), single[last].total(), listed[:MAX_LISTED], days)

    def _named(self, feed: str) -> tuple[str, str]:
        """Return the title and the URL of a feed. The title of a feed that does not exist any more is its name."""
        try:
            name = self._catalogue.parse(feed)
        except NotFound:
            return feed, f"{self._settings.base_url}/{feed}"
        try:
            return self._catalogue.label(name, self._articles.article_list(name.list_name)), self._catalogue.url(name)
        except NotFound:
            return feed, self._catalogue.url(name)

    def _pollers(self, since: date, until: date, feed: str) -> list[PollerReport]:
        """Return the pollers of all feeds, or of one feed."""
        told = [(group, self._advice(group)) for group in self._store.groups(since, until, feed)]
        told.sort(key=lambda pair: (-pair[0].wasted, not pair[1], -pair[0].polls))
        return [
            PollerReport(
                client=(find_known(group.agent) or classify_unknown(group.agent)).client,
                agent=group.agent,
                feed=group.feed,
                addresses=group.addresses,
                polls=group.polls,
                interval=_interval(group),
                conditional=group.conditional / group.polls,
                wasted=group.wasted,
                advice=found,
            )
            for group, found in told[:MAX_LISTED]
        ]

    def _advice(self, group: PollerGroup) -> Advice:
        return advice(
            polls=group.polls,
            interval=_interval(group),
            conditional=group.conditional / group.polls,
            wasted=group.wasted / group.days,
            max_age=self._settings.http.max_age,
        )


def _interval(group: PollerGroup) -> float | None:
    return group.seconds / group.gaps if group.gaps else None


def _hosted(rows: Iterable[SubscribersDay], day: date) -> dict[str, int]:
    """Return the subscribers by client, from the last reports before the end of the day. `rows` are oldest first.

    A client may report a feed under several URLs and ids. The numbers of the MAX_ADDED_IDS most reported ones are
    added.
    """
    latest: dict[tuple[str, str], int] = {}
    times: Counter[tuple[str, str]] = Counter()
    for row in rows:
        if day - timedelta(days=SUBSCRIBERS_VALID_DAYS) < row.day <= day:
            latest[row.client, row.id] = row.subscribers
            times[row.client, row.id] += row.polls
    found: dict[str, list[int]] = {}
    for (client, id_), _ in sorted(times.items(), key=lambda pair: (-pair[1], pair[0])):
        found.setdefault(client, []).append(latest[client, id_])
    return {client: sum(numbers[:MAX_ADDED_IDS]) for client, numbers in found.items()}


def _by_feed(rows: Iterable[Row]) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.feed].append(row)
    return found
