"""The polls of feeds, by client and by poller: adds counts from processes and access logs, and reads them for reports.

Days are days of UTC.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Connection, case, func, select, true, tuple_

from service.core.access_logs.reader import LogPosition
from service.storage import idempotency
from service.storage.database import Database
from service.storage.reader_counts import FeedDay, ReaderCounts
from service.storage.tables import feed_clients, feed_days, pollers, subscribers

MAX_POLLERS_A_DAY = 20_000  # pollers of a day that are kept, over all feeds: those that poll most
POLLERS_RETENTION = timedelta(days=8)
SUBSCRIBERS_RETENTION = timedelta(days=100)
MAX_PORTION_POLLERS = 1_000  # pollers that one transaction adds
MAX_GROUPS = 1_000  # pairs of a feed and a user agent that are reported, at most

UniqueCounts = Mapping[tuple[FeedDay, str], int]  # number of IP addresses by feed, day and client


class FeedSums(NamedTuple):
    """The counts of a feed on one day; see `report_model.Day`."""

    day: date
    feed: str
    polls: int
    conditional: int
    unchanged: int
    sent: int
    saved_by_conditions: int
    saved_by_compression: int


class ClientDay(NamedTuple):
    day: date
    feed: str
    client: str
    polls: int
    single: int


class SubscribersDay(NamedTuple):
    """The number of subscribers that a hosted reader reported last on a day, under one id, and its number of polls.

    The id has the end of the feed's URL (`rss`, `atom?limit=5`) and the id that the reader sends, if it sends one.
    """

    day: date
    feed: str
    client: str
    id: str
    subscribers: int
    polls: int


class PollerGroup(NamedTuple):
    """A user agent that polls a feed, with its sums over all IP addresses and days.

    `days` is the number of days with a poll. `addresses` is the number of IP addresses on the day with most of them.
    `seconds` is the time between the first and the last poll of an IP address on a day, `gaps` the number of polls that
    followed another one from it. `wasted` is in bytes.
    """

    feed: str
    agent: str
    days: int
    addresses: int
    polls: int
    conditional: int
    wasted: int
    seconds: int
    gaps: int


class ReadershipStore:
    """Stores and reads the counts of readers. Every method may raise StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, token: str, sums: ReaderCounts, single: UniqueCounts, now: datetime, log: LogPosition | None = None
    ) -> bool:
        """Add increments, and raise the numbers of single readers to those in `single` where these are higher.

        Returns False, and adds nothing, if the increments with this token were added before. `log` is how far a log was
        read: its increments are added in one transaction, since another run may count them differently. Others are
        added in portions; after a failure, call it again with the same token and increments.
        """
        pollers_in_order = sorted(sums.pollers)
        size = len(pollers_in_order) if log else MAX_PORTION_POLLERS
        portions: list[Callable[[Connection], None]] = [
            lambda connection: _add_feeds(connection, sums),
            lambda connection: _add_clients(connection, sums, single),
            lambda connection: _add_subscribers(connection, sums),
            *(
                partial(_add_pollers, sums, pollers_in_order[first : first + size])
                for first in range(0, len(pollers_in_order), size or 1)
            ),
        ]

        def last(connection: Connection) -> None:
            for day in sorted({day.day for day, _, _ in sums.pollers}):
                _delete_smallest_pollers(connection, day)
            _delete_old(connection, now)
            if log:
                idempotency.note(connection, log, now)

        def together(connection: Connection) -> None:
            for add in (*portions, last):
                add(connection)

        in_portions = [together] if log or len(pollers_in_order) <= size else [*portions, last]
        return idempotency.add_in_portions(self._database, token, in_portions, now)

    def log_read(self, log: str) -> LogPosition | None:
        """The position to which the log was read. None for a new log."""
        with self._database.reading() as connection:
            return idempotency.log_read(connection, log)

    def groups(self, since: date, until: date, feed: str = "") -> list[PollerGroup]:
        """At most MAX_GROUPS pairs of a feed and a user agent: most wasted bytes first, then most polls.

        With `feed`, only pairs with this feed.
        """
        c = pollers.c
        chosen_feeds = c.feed == feed if feed else true()
        daily = (
            select(
                *(c.feed, c.agent, c.day, func.count().label("addresses")),
                *(func.sum(c[name]).label(name) for name in ("polls", "conditional", "wasted")),
                func.sum(c.last - c.first).label("seconds"),
                func.sum(c.polls - 1).label("gaps"),
            )
            .where(c.day.between(since, until), chosen_feeds)
            .group_by(c.feed, c.agent, c.day)
            .subquery()
        )
        d = daily.c
        sums = {name: func.sum(d[name]) for name in ("polls", "conditional", "wasted", "seconds", "gaps")}
        chosen = (
            select(d.feed, d.agent, func.count(), func.max(d.addresses), *sums.values())
            .group_by(d.feed, d.agent)
            .order_by(sums["wasted"].desc(), sums["polls"].desc(), d.feed, d.agent)
            .limit(MAX_GROUPS)
        )
        with self._database.reading(long=True) as connection:
            return [PollerGroup(feed, agent, *map(int, rest)) for feed, agent, *rest in connection.execute(chosen)]


# Rows are written in the order of their keys, and deleted last, so that no two writers wait for each other.


def _add_feeds(connection: Connection, sums: ReaderCounts) -> None:
    rows = ({**day._asdict(), **vars(sums.feeds[day])} for day in sorted(sums.feeds))
    idempotency.upsert(connection, feed_days, rows, lambda old, new: _added(old, new, *FeedSums._fields[2:]))


def _add_clients(connection: Connection, sums: ReaderCounts, single: UniqueCounts) -> None:
    rows = (
        {**day._asdict(), "client": client, "polls": sums.clients[day, client], "single": single.get((day, client), 0)}
        for day, client in sorted(sums.clients.keys() | single.keys())
    )
    idempotency.upsert(
        connection,
        feed_clients,
        rows,
        lambda old, new: {"polls": old.polls + new.polls, "single": _greater(old.single, new.single)},
    )


def _add_subscribers(connection: Connection, sums: ReaderCounts) -> None:
    rows = (
        {**day._asdict(), "client": client, "id": id_, **asdict(sums.subscribers[day, client, id_])}
        for day, client, id_ in sorted(sums.subscribers)
    )
    idempotency.upsert(
        connection,
        subscribers,
        rows,
        lambda old, new: {
            "subscribers": case((new.at >= old.at, new.subscribers), else_=old.subscribers),
            "at": _greater(old.at, new.at),
            "polls": old.polls + new.polls,
        },
    )


def _add_pollers(sums: ReaderCounts, some: Sequence[tuple[FeedDay, str, bytes]], connection: Connection) -> None:
    rows = (
        {**day._asdict(), "agent": agent, "source": source.hex(), **asdict(sums.pollers[day, agent, source])}
        for day, agent, source in some
    )
    idempotency.upsert(
        connection,
        pollers,
        rows,
        lambda old, new: {
            **_added(old, new, "polls", "conditional", "wasted"),
            "first": case((new.first < old.first, new.first), else_=old.first),
            "last": _greater(old.last, new.last),
        },
    )


def _delete_smallest_pollers(connection: Connection, day: date) -> None:
    """Delete the pollers with the fewest polls, if the day has more than MAX_POLLERS_A_DAY."""
    c = pollers.c
    if connection.execute(select(func.count()).where(c.day == day)).scalar_one() <= MAX_POLLERS_A_DAY:
        return
    key = (c.feed, c.agent, c.source)
    too_many = (
        select(*key)
        .where(c.day == day)
        .order_by(c.polls.desc(), c.wasted.desc(), *key)
        .offset(MAX_POLLERS_A_DAY)
        .subquery()
    )
    idempotency.delete_free(connection, pollers, (c.day == day) & tuple_(*key).in_(select(too_many)))


def _delete_old(connection: Connection, now: datetime) -> None:
    today = now.date()
    idempotency.delete_free(connection, pollers, pollers.c.day <= today - POLLERS_RETENTION)
    idempotency.delete_free(connection, subscribers, subscribers.c.day <= today - SUBSCRIBERS_RETENTION)
    idempotency.delete_old_tokens(connection, now)


def _added(old: Any, new: Any, *names: str) -> dict[str, Any]:
    return {name: old[name] + new[name] for name in names}


def _greater(old: Any, new: Any) -> Any:
    return case((new > old, new), else_=old)
