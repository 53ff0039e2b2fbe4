"""The report on a newsroom's readers, from the counts in the store."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import TypeVar

from service.core.errors import NotFound
from service.core.settings.model import Settings
from service.feeds.catalogue import FeedCatalogue
from service.feeds.names import ArticleList
from service.readers import FeedClient, FeedDayReport, FeedReaders, PollerReport, ReadersReport
from service.readers.advice import Advice, advice
from service.readers.report_model import MAX_LISTED
from service.readers.user_agents import classify_unknown, find_known
from service.storage import ArticleStore, ReadershipStore
from service.storage.readers import ClientDay, FeedSums, PollerGroup, SubscribersDay

SUBSCRIBERS_VALID = timedelta(days=7)  # validity of a number of subscribers that a hosted reader does not report again
MAX_ADDED_IDS = 8  # URLs and ids of a feed that count for one hosted reader: those that it reports most often

Row = TypeVar("Row", ClientDay, SubscribersDay)


class ReportBuilder:
    """Makes reports. It only reads the store."""

    def __init__(
        self, settings: Settings, store: ReadershipStore, articles: ArticleStore, catalogue: FeedCatalogue
    ) -> None:
        self._settings = settings
        self._store = store
        self._articles = articles
        self._catalogue = catalogue

    def report(self, until: date, days: int) -> ReadersReport:
        """Return the report on the `days` days up to and including `until` (UTC), for all feeds polled in them.

        Raises StoreUnavailable.
        """
        since = until - timedelta(days=days - 1)
        article_lists = {article_list.name: article_list for article_list in self._articles.all_lists()}
        subscribers = _by_feed(self._store.subscribers(since - SUBSCRIBERS_VALID, until))
        clients = _by_feed(self._store.clients(since - timedelta(days=1), until))
        feeds = [
            self._feed(feed, list(sums), clients[feed], subscribers[feed], since, until, article_lists)
            for feed, sums in groupby(self._store.days(since, until), key=lambda sums: sums.feed)
        ]
        feeds.sort(key=lambda feed: (-feed.hosted - feed.single, -sum(day.polls for day in feed.days), feed.feed))
        return ReadersReport(since, until, feeds, self._pollers(since, until))

    def _feed(
        self,
        feed: str,
        sums: Sequence[FeedSums],
        clients: Sequence[ClientDay],
        subscribers: Sequence[SubscribersDay],
        since: date,
        until: date,
        article_lists: Mapping[str, ArticleList],
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
        title, url = self._named(feed, article_lists)
        return FeedReaders(feed, title, url, sum(hosted.values()), single[last].total(), listed[:MAX_LISTED], days)

    def _named(self, feed: str, article_lists: Mapping[str, ArticleList]) -> tuple[str, str]:
        """Return the title and the URL of a feed. The title of a feed that does not exist any more is its name."""
        try:
            name = self._catalogue.parse(feed)
        except NotFound:
            return feed, f"{self._settings.base_url}/{feed}"
        article_list = article_lists.get(name.list_name)
        return self._catalogue.label(name, article_list) if article_list else feed, self._catalogue.url(name)

    def _pollers(self, since: date, until: date) -> list[PollerReport]:
        told = [(group, self._advice(group)) for group in self._store.groups(since, until)]
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
        if day - SUBSCRIBERS_VALID < row.day <= day:
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
