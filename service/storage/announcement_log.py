"""The log of announcements, and the cursor of each consumer in it.

A transaction that changes articles or lists writes one announcement: the articles and lists that it touched. Consumers
(the caches, the view counter, each cache of the edge) read the log at their own pace. A cursor is the key of the last
announcement that its consumer has handled. Keys rise in the order of the commits, see database.py.

An announcement is deleted when all consumers have read it. A consumer that falls MAX_BACKLOG behind the others loses
its cursor, so that a removed consumer does not keep the log forever. A consumer without a cursor starts over: it brings
itself to the present state, and reads the announcements from there.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, delete, func, insert, select, true, update
from sqlalchemy.dialects import postgresql, sqlite

from service.articles.dates import utc_now
from service.storage.database import Database
from service.storage.tables import announcements, cursors

MAX_ANNOUNCEMENTS_PER_READ = 200
MAX_BACKLOG = 10_000  # announcements that the log keeps for a consumer behind the others


@dataclass(frozen=True)
class Announcement:
    """The articles that one transaction changed, and all lists that it touched, before and after the change.

    `at` is the time of the change, in UTC; None for one that the release before has written.
    """

    key: int
    article_ids: tuple[str, ...]
    list_names: tuple[str, ...]
    at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Backlog:
    """The unread announcements of each consumer, oldest first. `starting` are the consumers that have to start over.

    `more`: whether a consumer may have further unread announcements.
    """

    unread: Mapping[str, Sequence[Announcement]]
    starting: Sequence[str]
    more: bool

    @property
    def is_empty(self) -> bool:
        return not self.starting and not any(self.unread.values())


def log_announcement(
    connection: Connection, list_names: Iterable[str], article_ids: Iterable[str] = ()
) -> list[Announcement]:
    """Write an announcement of the lists and articles, and return it; without lists there is none."""
    row = {"article_ids": list(article_ids), "list_names": sorted(list_names), "at": utc_now()}
    if not row["list_names"]:
        return []
    return [_to_announcement(connection.execute(insert(announcements).returning(announcements), row).one())]


class AnnouncementLog:
    """The log of one store. Safe to share between threads and processes. Every method may raise StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def backlog(self, consumers: Collection[str], limit: int = MAX_ANNOUNCEMENTS_PER_READ) -> Backlog:
        """At most `limit` unread announcements of each consumer."""
        with self._database.reading() as connection:
            ready = select(cursors.c.consumer, cursors.c.position).where(
                cursors.c.consumer.in_(consumers), cursors.c.is_ready
            )
            positions = {row.consumer: row.position for row in connection.execute(ready)}
            after = {position: announcements_after(connection, position, limit) for position in set(positions.values())}
        unread = {consumer: after[position] for consumer, position in positions.items()}
        starting = [consumer for consumer in consumers if consumer not in positions]
        return Backlog(unread, starting, any(len(found) == limit for found in after.values()))

    def register(self, consumers: Collection[str]) -> dict[str, int]:
        """Create cursors at the end of the log for consumers that are about to start over. Returns their positions.

        From now on the log keeps the announcements after these cursors. A consumer has started over when `advance` is
        called. After a crash before that, its next `backlog` says again that it has to start over.
        """
        with self._database.writing() as connection:
            newest = connection.execute(select(func.max(announcements.c.key))).scalar()
            furthest = connection.execute(select(func.max(cursors.c.position))).scalar()
            end = max(newest or 0, furthest or 0)
            dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
            # Another process may be starting over for the same consumer: the log keeps what follows the earlier cursor.
            connection.execute(
                dialect.insert(cursors).on_conflict_do_nothing(index_elements=[cursors.c.consumer]),
                [{"consumer": consumer, "position": end, "is_ready": False} for consumer in consumers],
            )
            registered = select(cursors.c.consumer, cursors.c.position).where(cursors.c.consumer.in_(consumers))
            return {row.consumer: row.position for row in connection.execute(registered)}

    def advance(self, positions: Mapping[str, int]) -> None:
        """Move the cursors forward, and delete the announcements that all consumers have read.

        A cursor never moves back: another process may have moved it further. A consumer that has lost its cursor in the
        meantime gets none, so that it starts over.
        """
        if not positions:
            return
        with self._database.writing() as connection:
            for position in set(positions.values()):
                theirs = [consumer for consumer, reached in positions.items() if reached == position]
                further = case((cursors.c.position < position, position), else_=cursors.c.position)
                connection.execute(
                    update(cursors).where(cursors.c.consumer.in_(theirs)).values(position=further, is_ready=true())
                )
            connection.execute(delete(cursors).where(cursors.c.position < max(positions.values()) - MAX_BACKLOG))
            read_by_all = select(func.min(cursors.c.position)).scalar_subquery()
            connection.execute(delete(announcements).where(announcements.c.key <= read_by_all))


def announcements_after(connection: Connection, position: int, limit: int) -> list[Announcement]:
    """At most `limit` announcements after the one with the key `position`, oldest first."""
    rows = connection.execute(
        select(announcements).where(announcements.c.key > position).order_by(announcements.c.key).limit(limit)
    )
    return [_to_announcement(row) for row in rows]


def _to_announcement(row: Row[Any]) -> Announcement:
    return Announcement(row.key, tuple(row.article_ids), tuple(row.list_names), row.at)
