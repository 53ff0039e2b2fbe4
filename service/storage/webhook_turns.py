"""Turns of processes in delivering to the endpoints of webhooks, and the progress that they make.

One process at a time delivers to an endpoint: the one that has its turn. It reads the change log from the endpoint's
position. Only events that are not delivered at once become rows. Delivered events leave no trace but the position, so
that an endpoint costs no row per event. Progress is written for several events together: after a crash, those since the
last write are delivered again.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from service.storage.database import Database
from service.storage.tables import changes, webhook_events, webhooks
from service.storage.webhooks import valid_secrets

ABANDONED_KEPT = timedelta(days=30)  # after this time, an event that was given up can no longer be replayed


@dataclass(frozen=True)
class WaitingEvent:
    """An event that was not delivered at once. `since` is the time of its first attempt, or at which it was queued.

    `next_at` is the time of the next attempt; None: as soon as the events of the article before it are done.
    """

    change_key: int
    article_id: str
    since: datetime
    next_at: datetime | None = None
    attempted_at: datetime | None = None
    attempts: int = 0
    error: str = ""


@dataclass(frozen=True)
class EndpointState:
    """The state of an endpoint that deliveries change. The fields are those of `Webhook` and of the table."""

    position: int
    delivered: int
    delivered_at: datetime | None
    given_up: int
    failing_since: datetime | None
    error: str
    pauses: int
    disabled_at: datetime | None
    test_wanted: bool
    tested_at: datetime | None
    test_answer: str


@dataclass(frozen=True)
class Turn:
    """The turn of this process at one endpoint. `waiting` are its waiting events, the oldest first.

    Until `held_until`, the endpoint wants no events.
    """

    token: str
    name: str
    url: str
    secrets: tuple[str, ...]
    events: frozenset[str]
    categories: frozenset[str]
    state: EndpointState
    held_until: datetime | None
    waiting: tuple[WaitingEvent, ...]


@dataclass
class EventChanges:
    """Changes of the rows of events, to be written: by the key of the change."""

    waiting: dict[int, WaitingEvent] = field(default_factory=dict)
    given_up: dict[int, WaitingEvent] = field(default_factory=dict)
    delivered: set[int] = field(default_factory=set)


class WebhookTurns:
    """Turns by endpoint. Times are aware, in UTC. Every method may raise StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, now: datetime) -> list[str]:
        """The names of the endpoints that something may be delivered to now, and that no process delivers to."""
        newest = select(func.coalesce(func.max(changes.c.key), 0)).scalar_subquery()
        is_free = or_(webhooks.c.turn_until.is_(None), webhooks.c.turn_until <= now)
        has_new = ~webhooks.c.held & (webhooks.c.position < newest)
        with self._database.reading() as connection:
            return list(
                connection.execute(
                    select(webhooks.c.name)
                    .where(
                        webhooks.c.disabled_at.is_(None) | webhooks.c.test_wanted,
                        is_free,
                        or_(has_new, webhooks.c.next_at <= now, webhooks.c.test_wanted),
                    )
                    .order_by(webhooks.c.name)
                ).scalars()
            )

    def take(self, name: str, now: datetime, length: timedelta) -> Turn | None:
        """Begin a turn, or return None if another process has it.

        No other process gets the turn before `end`, or before `length` has passed since this call or the last `save`.
        """
        token = secrets.token_hex(16)
        is_free = or_(webhooks.c.turn_until.is_(None), webhooks.c.turn_until <= now)
        theirs = (webhook_events.c.webhook == name) & webhook_events.c.given_up_at.is_(None)
        with self._database.adding() as connection:
            taken = update(webhooks).where(webhooks.c.name == name, is_free).values(turn=token, turn_until=now + length)
            row = connection.execute(taken.returning(webhooks)).first()
            if row is None:
                return None
            columns = [webhook_events.c[name] for name in WaitingEvent.__dataclass_fields__]
            waiting = connection.execute(select(*columns).where(theirs).order_by(webhook_events.c.change_key)).all()
        return Turn(
            token,
            name,
            row.url,
            tuple(valid_secrets(row, now)),
            frozenset(row.events),
            frozenset(row.categories),
            EndpointState(**{each: getattr(row, each) for each in EndpointState.__dataclass_fields__}),
            row.next_at if row.held and row.next_at and row.next_at > now else None,
            tuple(WaitingEvent(*each) for each in waiting),
        )

    def save(self, turn: Turn, state: EndpointState, events: EventChanges, now: datetime, length: timedelta) -> bool:
        """Write the progress of a turn. Returns False, and writes nothing, if another process has the turn now."""
        return self._write(turn, {**asdict(state), "turn_until": now + length}, events, now)

    def end(
        self,
        turn: Turn,
        state: EndpointState,
        events: EventChanges,
        now: datetime,
        next_at: datetime | None,
        held: bool,
    ) -> bool:
        """Write the progress, and end the turn. `next_at` is the time of the next attempt, None without one.

        While the endpoint is `held`, new changes wait for that time, too.
        """
        ended = {"turn": None, "turn_until": None, "next_at": next_at, "held": held}
        return self._write(turn, asdict(state) | ended, events, now)

    def _write(self, turn: Turn, values: Mapping[str, Any], events: EventChanges, now: datetime) -> bool:
        mine = (webhooks.c.name == turn.name) & (webhooks.c.turn == turn.token)
        with self._database.adding() as connection:
            if not connection.execute(update(webhooks).where(mine).values(**values)).rowcount:
                return False
            _delete(connection, turn.name, events.delivered)
            _upsert(connection, turn.name, events.waiting.values(), None)
            _upsert(connection, turn.name, events.given_up.values(), now)
            if events.given_up:
                old = webhook_events.c.given_up_at < now - ABANDONED_KEPT
                connection.execute(delete(webhook_events).where(webhook_events.c.webhook == turn.name, old))
        return True


def _delete(connection: Connection, name: str, keys: Iterable[int]) -> None:
    if theirs := list(keys):
        in_turn = webhook_events.c.change_key.in_(theirs)
        connection.execute(delete(webhook_events).where(webhook_events.c.webhook == name, in_turn))


def _upsert(connection: Connection, name: str, events: Iterable[WaitingEvent], given_up_at: datetime | None) -> None:
    rows = [{"webhook": name, "given_up_at": given_up_at, **asdict(event)} for event in events]
    if not rows:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(webhook_events)
    changed = {column: statement.excluded[column] for column in rows[0] if column not in ("webhook", "change_key")}
    keys = [webhook_events.c.webhook, webhook_events.c.change_key]
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), rows)
