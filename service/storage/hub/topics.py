"""The topics of the hub: which of them have changed, and which have subscriptions that lack the newest version.

The hub follows the log of announcements with a cursor of its own. One transaction marks the touched topics as changed
and moves the cursor. So each announcement counts once, also after a crash.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from service.feeds.names import ENTERED
from service.storage.announcement_log import Announcement, announcements_after
from service.storage.database import Database
from service.storage.hub.clock import store_now
from service.storage.tables import announcements, cursors, hub_subscriptions, hub_topics

CONSUMER = "hub"  # the name of the hub's cursor
MAX_ANNOUNCEMENTS = 200  # that one transaction follows
MAX_NAMES_PER_STATEMENT = 500
RANKED_SECONDS = 60  # seconds between two comparisons of a popular feed, whose order changes with the views

_is_lagging = and_(
    hub_subscriptions.c.topic_key == hub_topics.c.key, hub_subscriptions.c.version < hub_topics.c.version
)


@dataclass(frozen=True)
class HubTopic:
    """A topic with subscriptions. The table `hub_topics` explains the fields."""

    key: int
    path: str
    list_name: str
    version: int
    digest: str
    changes: int
    checked: int
    is_open: bool
    changed_at: datetime
    touched_at: datetime

    @property
    def is_changed(self) -> bool:
        """True if its list has changed since its content was compared last."""
        return self.changes > self.checked


class HubTopics:
    """The topics of one store. Safe to share between threads and processes. Every method may raise StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def follow(self) -> bool:
        """Mark the topics of new announcements as changed. Returns whether there may be more announcements.

        Popular feeds count as changed once in RANKED_SECONDS, and not with each announcement.
        """
        with self._database.reading() as connection:
            position = _position(connection)
            newest = connection.execute(select(func.max(announcements.c.key))).scalar() or 0
            is_ranking_due = connection.execute(select(exists().where(_is_ranking_due(connection)))).scalar()
        if position is None:
            self._start_over()
        elif is_ranking_due:
            self._touch_ranked()
        return position is not None and newest > position and self._follow(position)

    def unsettled(self) -> list[HubTopic]:
        """The topics that have changed, or that have subscriptions which can be served now. Oldest change first."""
        with self._database.reading() as connection:
            due = exists().where(_is_lagging, hub_subscriptions.c.due_at <= store_now(connection))
            query = (
                select(hub_topics)
                .where(or_(hub_topics.c.changes > hub_topics.c.checked, and_(hub_topics.c.is_open, due)))
                .order_by(hub_topics.c.changed_at)
            )
            return [_topic(row) for row in connection.execute(query)]

    def settle(self, topic: HubTopic, digest: str, list_name: str) -> HubTopic:
        """Record that the content of the topic now has this digest. Another digest makes a new version.

        Returns the topic as it is now. Another process may have recorded later content meanwhile. Then the digest is
        another one, and the content must be made again.
        """
        if digest == topic.digest and not topic.is_changed:
            return topic
        values: dict[str, Any] = {"checked": topic.changes, "list_name": list_name}
        if digest != topic.digest:
            values |= {"version": topic.version + 1, "digest": digest, "is_open": True, "changed_at": topic.touched_at}
        with self._database.adding() as connection:
            connection.execute(
                update(hub_topics)
                .where(hub_topics.c.key == topic.key, hub_topics.c.version == topic.version)
                .where(hub_topics.c.checked <= topic.changes)
                .values(values)
            )
            row = connection.execute(select(hub_topics).where(hub_topics.c.key == topic.key)).first()
        return topic if row is None else _topic(row)

    def tidy(self) -> None:
        """Delete expired subscriptions and topics without any. Close topics whose subscriptions are all up to date."""
        with self._database.adding() as connection:
            now = store_now(connection)
            connection.execute(delete(hub_subscriptions).where(hub_subscriptions.c.expires_at <= now))
            is_used = exists().where(hub_subscriptions.c.topic_key == hub_topics.c.key)
            connection.execute(delete(hub_topics).where(~is_used))
            connection.execute(
                update(hub_topics).where(hub_topics.c.is_open, ~exists().where(_is_lagging)).values(is_open=False)
            )

    def _start_over(self) -> None:
        """Begin at the end of the log, and mark all topics as changed: the hub may have missed announcements."""
        with self._database.writing() as connection:
            if _position(connection) is not None:
                return
            connection.execute(delete(cursors).where(cursors.c.consumer == CONSUMER))
            newest = connection.execute(select(func.max(announcements.c.key))).scalar()
            furthest = connection.execute(select(func.max(cursors.c.position))).scalar()
            end = {"consumer": CONSUMER, "position": max(newest or 0, furthest or 0), "is_ready": True}
            connection.execute(insert(cursors).values(end))
            _touch(connection, true(), store_now(connection))

    def _touch_ranked(self) -> None:
        with self._database.adding() as connection:
            _touch(connection, _is_ranking_due(connection), store_now(connection))

    def _follow(self, position: int) -> bool:
        with self._database.adding() as connection:
            found = announcements_after(connection, position, MAX_ANNOUNCEMENTS)
            if not found:
                return False
            moved = connection.execute(
                update(cursors)
                .where(cursors.c.consumer == CONSUMER, cursors.c.position == position)
                .values(position=found[-1].key)
            )
            if moved.rowcount:  # otherwise another worker has followed these announcements
                committed_at = _committed_at(connection, found)
                for names in _portions(_list_names(found)):
                    _touch(connection, and_(hub_topics.c.list_name.in_(names), ~hub_topics.c.is_ranked), committed_at)
        return len(found) == MAX_ANNOUNCEMENTS


def _position(connection: Connection) -> int | None:
    query = select(cursors.c.position).where(cursors.c.consumer == CONSUMER, cursors.c.is_ready)
    return connection.execute(query).scalar()


def _is_ranking_due(connection: Connection) -> ColumnElement[bool]:
    before = store_now(connection) - timedelta(seconds=RANKED_SECONDS)
    return and_(hub_topics.c.is_ranked, hub_topics.c.touched_at <= before)


def _touch(connection: Connection, condition: ColumnElement[bool], at: datetime) -> None:
    """Mark topics as changed. A topic that was marked before keeps the earlier time."""
    is_first = hub_topics.c.changes == hub_topics.c.checked
    connection.execute(
        update(hub_topics)
        .where(condition)
        .values(changes=hub_topics.c.changes + 1, touched_at=case((is_first, at), else_=hub_topics.c.touched_at))
    )


def _committed_at(connection: Connection, found: Sequence[Announcement]) -> datetime:
    """The time of the earliest of the announced changes, as far as it is known; never in the future."""
    return min([store_now(connection), *(announcement.at for announcement in found if announcement.at)])


def _list_names(found: Sequence[Announcement]) -> list[str]:
    names = {name for announcement in found for name in announcement.list_names}
    return sorted(names | {ENTERED})  # the list of articles that became popular may show any of the articles


def _portions(names: Sequence[str]) -> list[Sequence[str]]:
    starts = range(0, len(names), MAX_NAMES_PER_STATEMENT)
    return [names[start : start + MAX_NAMES_PER_STATEMENT] for start in starts]


def _topic(row: Row[Any]) -> HubTopic:
    return HubTopic(**{name: getattr(row, name) for name in HubTopic.__dataclass_fields__})
