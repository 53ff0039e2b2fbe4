"""The verified subscriptions of the hub: confirmed, leased to a worker in portions, and settled after delivery."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from service.storage.database import Database
from service.storage.hub.clock import store_now
from service.storage.hub.requests import PendingRequest, remove_requests, upsert
from service.storage.hub.topics import HubTopic
from service.storage.tables import hub_subscriptions, hub_topics

MAX_ERROR_CHARACTERS = 200  # of the last error that is stored


@dataclass(frozen=True)
class DueSubscription:
    """A subscription that a worker has taken, to deliver the newest version. `failing_since` is in UTC.

    `seconds_failing` is the time since the first of the failures in a row.
    """

    key: int
    callback: str
    host: str
    secret: str
    is_slow: bool
    attempts: int
    seconds_failing: float

    def __repr__(self) -> str:
        return f"DueSubscription({self.key} {self.host})"  # a log must not show the secret


@dataclass(frozen=True)
class Outcome:
    """The outcome for one taken subscription, by its key."""

    key: int


@dataclass(frozen=True)
class Delivered(Outcome):
    """The subscriber has confirmed the version. `is_slow`: it took long."""

    version: int
    is_slow: bool


@dataclass(frozen=True)
class Ended(Outcome):
    """The subscriber has ended the subscription (410)."""


@dataclass(frozen=True)
class Failed(Outcome):
    """The delivery has failed, and may be repeated after `seconds`. `gave_up` is the version that is given up."""

    seconds: float
    error: str
    gave_up: int | None = None


@dataclass(frozen=True)
class Returned(Outcome):
    """Nothing was sent. Any worker may take the subscription after `seconds`."""

    seconds: float
    is_slow: bool


@dataclass(frozen=True)
class TopicContent:
    """The content of a topic at one moment, by its digest, and the list that it shows."""

    digest: str
    list_name: str
    is_ranked: bool


@dataclass(frozen=True)
class Settlement:
    """The outcomes of requests.

    `confirmed` ones become subscriptions, each with the content of its topic before the verification. `unsubscribed`
    ones end them. `dropped` ones change nothing.
    """

    confirmed: list[tuple[PendingRequest, TopicContent]] = field(default_factory=list)
    unsubscribed: list[PendingRequest] = field(default_factory=list)
    dropped: list[PendingRequest] = field(default_factory=list)

    def __add__(self, later: "Settlement") -> "Settlement":
        return Settlement(
            self.confirmed + later.confirmed, self.unsubscribed + later.unsubscribed, self.dropped + later.dropped
        )

    @property
    def requests(self) -> list[PendingRequest]:
        return [*(request for request, _ in self.confirmed), *self.unsubscribed, *self.dropped]

    @property
    def is_empty(self) -> bool:
        return not self.requests


class Subscriptions:
    """The subscriptions of one store. Safe to share between threads and processes.

    Every method may raise StoreUnavailable.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, hosts: Collection[str]) -> tuple[int, dict[str, int]]:
        """The number of subscriptions in total, and those of callbacks on each of these hosts."""
        of_host = hub_subscriptions.c.host
        with self._database.reading() as connection:
            total = connection.execute(select(func.count()).select_from(hub_subscriptions)).scalar_one()
            rows = connection.execute(select(of_host, func.count()).where(of_host.in_(hosts)).group_by(of_host))
            return total, {row[0]: row[1] for row in rows}

    def exists(self, path: str, callback: str) -> bool:
        """True if this callback subscribes to the topic."""
        with self._database.reading() as connection:
            query = (
                select(hub_subscriptions.c.key)
                .join(hub_topics, hub_topics.c.key == hub_subscriptions.c.topic_key)
                .where(hub_topics.c.path == path, hub_subscriptions.c.callback == callback)
            )
            return connection.execute(query).first() is not None

    def settle_requests(self, settlement: Settlement) -> None:
        """Store the outcomes of requests, and remove the requests, all in one transaction."""
        with self._database.adding() as connection:
            now = store_now(connection)
            topics = {request.path: content for request, content in settlement.confirmed}
            keys = {path: _stored_topic(connection, path, content, now) for path, content in sorted(topics.items())}
            for request, _ in settlement.confirmed:
                _confirm(connection, request, *keys[request.path], now)
            for request in settlement.unsubscribed:
                _unsubscribe(connection, request)
            remove_requests(connection, settlement.requests)

    def take(self, topic: HubTopic, limit: int, lease_seconds: float, *, slow: bool) -> list[DueSubscription]:
        """Take at most `limit` subscriptions that lack the topic's version, for `lease_seconds`.

        `slow` takes those that were slow or have failed, otherwise the others are taken. No two workers take the same
        one: PostgreSQL skips rows that are locked, and SQLite has one writer at a time.
        """
        table = hub_subscriptions.c
        with self._database.adding() as connection:
            now = store_now(connection)
            due = (
                select(table.key)
                .where(table.topic_key == topic.key, table.is_slow == slow, table.version < topic.version)
                .where(table.due_at <= now, table.expires_at > now)
                .order_by(table.version, table.due_at)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
            keys = connection.execute(due).scalars().all()
            taken = connection.execute(
                update(hub_subscriptions)
                .where(table.key.in_(keys))
                .values(due_at=now + timedelta(seconds=lease_seconds))
                .returning(hub_subscriptions)
            )
            return [
                DueSubscription(
                    row.key,
                    row.callback,
                    row.host,
                    row.secret,
                    row.is_slow,
                    row.attempts,
                    (now - row.failing_since).total_seconds() if row.failing_since else 0.0,
                )
                for row in taken
            ]

    def settle(self, outcomes: Iterable[Outcome]) -> None:
        """Store the outcomes of taken subscriptions, all in one transaction."""
        delivered: defaultdict[tuple[int, bool], list[int]] = defaultdict(list)
        returned: defaultdict[tuple[float, bool], list[int]] = defaultdict(list)
        failed: list[Failed] = []
        ended: list[int] = []
        for outcome in outcomes:
            match outcome:
                case Delivered():
                    delivered[outcome.version, outcome.is_slow].append(outcome.key)
                case Returned():
                    returned[outcome.seconds, outcome.is_slow].append(outcome.key)
                case Failed():
                    failed.append(outcome)
                case Ended():
                    ended.append(outcome.key)
        with self._database.adding() as connection:
            now = store_now(connection)
            for (version, is_slow), keys in delivered.items():
                _settle_delivered(connection, keys, version, now, is_slow=is_slow)
            for (seconds, is_slow), keys in returned.items():
                values = {"due_at": now + timedelta(seconds=seconds), "is_slow": is_slow}
                connection.execute(update(hub_subscriptions).where(hub_subscriptions.c.key.in_(keys)).values(values))
            _settle_failed(connection, failed, now)
            if ended:
                connection.execute(delete(hub_subscriptions).where(hub_subscriptions.c.key.in_(ended)))


def _stored_topic(connection: Connection, path: str, content: TopicContent, now: datetime) -> tuple[int, int]:
    """The key and the version of the topic, which is stored if it had no subscriptions.

    It counts as changed, so that a change since the verification began is found.
    """
    new = {"path": path, "list_name": content.list_name, "is_ranked": content.is_ranked, "digest": content.digest}
    new |= {"version": 1, "changes": 1, "checked": 0, "is_open": False, "changed_at": now, "touched_at": now}
    connection.execute(upsert(connection, hub_topics).values(new).on_conflict_do_nothing())
    row = connection.execute(select(hub_topics.c.key, hub_topics.c.version).where(hub_topics.c.path == path)).one()
    return row.key, row.version


def _confirm(connection: Connection, request: PendingRequest, topic_key: int, version: int, now: datetime) -> None:
    """Store the subscription, or renew it with its new lease and secret. A renewed one keeps the version it has."""
    values = {
        "host": request.host,
        "secret": request.secret,
        "expires_at": now + timedelta(seconds=request.lease_seconds),
        "due_at": now,
        "is_slow": False,
        "attempts": 0,
        "failing_since": None,
    }
    first = {"topic_key": topic_key, "callback": request.callback, "last_error": ""}
    first |= {"version": version, "delivered_version": version}
    key = (hub_subscriptions.c.topic_key, hub_subscriptions.c.callback)
    connection.execute(
        upsert(connection, hub_subscriptions)
        .values({**first, **values})
        .on_conflict_do_update(index_elements=key, set_=values)
    )


def _unsubscribe(connection: Connection, request: PendingRequest) -> None:
    topic = select(hub_topics.c.key).where(hub_topics.c.path == request.path).scalar_subquery()
    connection.execute(
        delete(hub_subscriptions).where(
            hub_subscriptions.c.topic_key == topic, hub_subscriptions.c.callback == request.callback
        )
    )


def _settle_delivered(
    connection: Connection, keys: Sequence[int], version: int, now: datetime, *, is_slow: bool
) -> None:
    """Store the delivered version. A worker that comes late must not put an earlier version in place of a later one."""
    connection.execute(
        update(hub_subscriptions)
        .where(hub_subscriptions.c.key.in_(keys), hub_subscriptions.c.version < version)
        .values(
            version=version,
            delivered_version=version,
            delivered_at=now,
            due_at=now,
            is_slow=is_slow,
            attempts=0,
            failing_since=None,
            gave_up_at=None,
            last_error="",
        )
    )


def _settle_failed(connection: Connection, failed: Sequence[Failed], now: datetime) -> None:
    for outcome in failed:
        values: dict[str, Any] = {
            "due_at": now + timedelta(seconds=outcome.seconds),
            "is_slow": True,
            "last_error": outcome.error[:MAX_ERROR_CHARACTERS],
        }
        if outcome.gave_up is None:
            values |= {
                "attempts": hub_subscriptions.c.attempts + 1,
                "failing_since": func.coalesce(hub_subscriptions.c.failing_since, bindparam("now", now)),
            }
        else:
            values |= {"version": outcome.gave_up, "gave_up_at": now, "attempts": 0, "failing_since": None}
        connection.execute(update(hub_subscriptions).where(hub_subscriptions.c.key == outcome.key).values(values))
