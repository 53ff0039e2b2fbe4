"""The sums of readers for reports, added up by the database: a report reads rows only of the feeds that it shows.

Days are days of UTC. Every query names its days one by one, so that the database finds the rows of a feed by the key
(day, feed) without reading the other feeds of those days.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, func, literal, select, union_all

from service.storage.database import Database
from service.storage.readers import ClientDay, FeedSums, SubscribersDay
from service.storage.tables import feed_clients, feed_days, subscribers

SUBSCRIBERS_VALID_DAYS = 7  # days for which a number of subscribers stands that a hosted reader does not report again
MAX_ADDED_IDS = 8  # URLs and ids of a feed that count for one hosted reader: those that it reports most often
DEFAULT_FEEDS = 100  # feeds of a report by default
_ZERO = literal(0)
_SUMS = FeedSums._fields[2:]


@dataclass(frozen=True)
class ReportPart:
    """The part of a report's feeds to read: `limit` feeds from the place `offset` on; or one `feed`, by its name."""

    offset: int = 0
    limit: int = DEFAULT_FEEDS
    feed: str = ""


class RankedFeed(NamedTuple):
    """A feed with its readers at the end of a report, and its polls in all days of the report."""

    feed: str
    hosted: int
    single: int
    polls: int


class DaySums(NamedTuple):
    """The sums of one day over all feeds; see `FeedSums`."""

    day: date
    polls: int
    conditional: int
    unchanged: int
    sent: int
    saved_by_conditions: int
    saved_by_compression: int


class ClientSums(NamedTuple):
    """A program with its readers of all feeds at the end of a report."""

    client: str
    hosted: int
    single: int


class Ranking(NamedTuple):
    """The feeds of one page of a report, and the sums over all feeds."""

    feeds: Sequence[RankedFeed]
    feed_count: int
    hosted: int
    single: int


class ReaderSums:
    """Reads the sums of readers. Every method may raise StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ranking(self, since: date, until: date, part: ReportPart) -> Ranking:
        """A part of the feeds polled from `since` to `until`: most readers first, then most polls, then by name."""
        hosted, single = _hosted(until).subquery(), _last_days(until).subquery()
        # Added up from one union: SQLite would join three subqueries row by row.
        numbers = union_all(
            select(hosted.c.feed, hosted.c.subscribers.label("hosted"), _ZERO.label("single"), _ZERO.label("polls")),
            select(single.c.feed, _ZERO, single.c.readers, _ZERO),
            select(feed_days.c.feed, _ZERO, _ZERO, feed_days.c.polls).where(feed_days.c.day.in_(_days(since, until))),
        ).subquery()
        n = numbers.c
        feeds = (
            select(n.feed, *(func.sum(n[name]).label(name) for name in ("hosted", "single", "polls")))
            .group_by(n.feed)
            .having(func.sum(n.polls) > 0)
            .subquery()
        )
        f = feeds.c
        sums = (func.count(), func.sum(f.hosted), func.sum(f.single))
        # The database adds up all feeds once, for the page and for the sums.
        ranked = select(f.feed, f.hosted, f.single, f.polls, *(each.over() for each in sums)).subquery()
        r = ranked.c
        page = select(ranked).order_by((r.hosted + r.single).desc(), r.polls.desc(), r.feed)
        if part.feed:
            page = page.where(r.feed == part.feed)
        with self._database.reading(long=True) as connection:
            rows = connection.execute(page.offset(part.offset).limit(part.limit)).all()
            count, *readers = rows[0][4:] if rows else connection.execute(select(*sums).select_from(feeds)).one()
        hosted_sum, single_sum = (int(number or 0) for number in readers)
        return Ranking([RankedFeed(row[0], *map(int, row[1:4])) for row in rows], count, hosted_sum, single_sum)

    def clients_of_all(self, until: date, limit: int) -> list[ClientSums]:
        """The programs with the most readers of all feeds at the end of `until`, most first."""
        hosted, last = _hosted(until).subquery(), _last_days(until).subquery()
        singles = (
            select(feed_clients.c.client, func.sum(feed_clients.c.single))
            .join(last, (feed_clients.c.day == last.c.day) & (feed_clients.c.feed == last.c.feed))
            .group_by(feed_clients.c.client)
        )
        reported = select(hosted.c.client, func.sum(hosted.c.subscribers)).group_by(hosted.c.client)
        with self._database.reading(long=True) as connection:
            by_hosted = {client: int(number) for client, number in connection.execute(reported)}
            by_single = {client: int(number) for client, number in connection.execute(singles)}
        found = [ClientSums(name, by_hosted.get(name, 0), by_single.get(name, 0)) for name in {*by_hosted, *by_single}]
        found.sort(key=lambda client: (-client.hosted - client.single, client.client))
        return [client for client in found if client.hosted + client.single][:limit]

    def days_of_all(self, since: date, until: date) -> list[DaySums]:
        """The sums over all feeds, by day, oldest first. Days without polls are left out."""
        c = feed_days.c
        sums = select(c.day, *(func.sum(c[name]) for name in _SUMS)).where(c.day.between(since, until))
        with self._database.reading(long=True) as connection:
            rows = connection.execute(sums.group_by(c.day).order_by(c.day))
            return [DaySums(day, *map(int, rest)) for day, *rest in rows]

    def days(self, feeds: Sequence[str], since: date, until: date) -> list[FeedSums]:
        """The days on which these feeds were polled: by feed, oldest first."""
        rows = self._rows(feed_days, FeedSums, feeds, since, until)
        return sorted((FeedSums(*row) for row in rows), key=lambda sums: (sums.feed, sums.day))

    def clients(self, feeds: Sequence[str], since: date, until: date) -> list[ClientDay]:
        """The programs that polled these feeds, by day."""
        return [ClientDay(*row) for row in self._rows(feed_clients, ClientDay, feeds, since, until)]

    def subscribers(self, feeds: Sequence[str], since: date, until: date) -> list[SubscribersDay]:
        """The numbers of subscribers that hosted readers reported for these feeds, oldest day first."""
        rows = self._rows(subscribers, SubscribersDay, feeds, since, until)
        return sorted((SubscribersDay(*row) for row in rows), key=lambda row: row.day)

    def _rows(self, table: Any, kind: Any, feeds: Sequence[str], since: date, until: date) -> Sequence[Any]:
        columns = [table.c[name] for name in kind._fields]
        chosen = select(*columns).where(table.c.day.in_(_days(since, until)), table.c.feed.in_(feeds))
        with self._database.reading(long=True) as connection:
            return connection.execute(chosen).all()


def _days(since: date, until: date) -> list[date]:
    return [since + timedelta(days=number) for number in range((until - since).days + 1)]


def _hosted(until: date) -> Select[Any]:
    """The subscribers of each feed by client, as its last reports of the valid days say.

    A client may report a feed under several URLs and ids. The numbers of the most reported ones are added.
    """
    c = subscribers.c
    of_id = (c.feed, c.client, c.id)
    reports = (
        select(
            *(c.feed, c.client, c.id, c.subscribers),
            func.sum(c.polls).over(partition_by=of_id).label("times"),
            func.row_number().over(partition_by=of_id, order_by=c.day.desc()).label("age"),
        )
        .where(c.day.in_(_days(until - timedelta(days=SUBSCRIBERS_VALID_DAYS - 1), until)))
        .subquery()
    )
    r = reports.c
    placed = (
        select(
            *(r.feed, r.client, r.subscribers),
            func.row_number().over(partition_by=(r.feed, r.client), order_by=(r.times.desc(), r.id)).label("place"),
        )
        .where(r.age == 1)
        .subquery()
    )
    p = placed.c
    sums = select(p.feed, p.client, func.sum(p.subscribers).label("subscribers"))
    return sums.where(p.place <= MAX_ADDED_IDS).group_by(p.feed, p.client)


def _last_days(until: date) -> Select[Any]:
    """The single readers of each feed, today or yesterday: the day with more. Today may have just begun."""
    c = feed_clients.c
    days = (
        select(c.feed, c.day, func.sum(c.single).label("readers"))
        .where(c.day.in_(_days(until - timedelta(days=1), until)))
        .group_by(c.feed, c.day)
        .subquery()
    )
    d = days.c
    placed = select(
        *(d.feed, d.day, d.readers),
        func.row_number().over(partition_by=d.feed, order_by=(d.readers.desc(), d.day.desc())).label("place"),
    ).subquery()
    return select(placed.c.feed, placed.c.day, placed.c.readers).where(placed.c.place == 1)
