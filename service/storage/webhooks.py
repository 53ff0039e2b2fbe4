"""The endpoints of webhooks: their URLs, secrets and filters, and the replay of events.

The secrets are stored as they are, since deliveries are signed with them. Each is returned once, when it is made.
"""

import secrets
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, null, select, update
from sqlalchemy.exc import IntegrityError

from service.core.errors import NotFound, TooManyWebhooks, WebhookExists
from service.storage.change_log import key_at, last_key
from service.storage.database import Database
from service.storage.tables import changes, webhook_events, webhooks

MAX_WEBHOOKS = 50  # each has a line in the metrics, and reads every change
SECRET_BYTES = 32  # Standard Webhooks asks for 24 to 64


@dataclass(frozen=True)
class Webhook:
    """An endpoint. Without `events` or `categories`, it gets the events of all types, or of all categories.

    `behind` is the number of changes that were not taken from the change log for it yet. `waiting` events are delivered
    again later. `abandoned` events were given up, and can be replayed for a while; `given_up` counts all of them.
    `error` is the last failure; `failing_since` is None when the endpoint works. `next_at` is the time of the next
    retry. Until `former_until`, the former secret is valid, too. `test_answer` is the result of the last test.
    """

    name: str
    url: str
    events: tuple[str, ...]
    categories: tuple[str, ...]
    created_at: datetime
    behind: int
    waiting: int
    abandoned: int
    delivered: int
    delivered_at: datetime | None
    given_up: int
    failing_since: datetime | None
    error: str
    next_at: datetime | None
    disabled_at: datetime | None
    former_until: datetime | None
    tested_at: datetime | None
    test_answer: str

    @property
    def state(self) -> str:
        """One of `ok`, `failing`, `disabled`."""
        return "disabled" if self.disabled_at else "failing" if self.failing_since else "ok"


@dataclass(frozen=True)
class UndeliveredEvent:
    """An event that waits for its next attempt, or that was given up (at `given_up_at`)."""

    change_key: int
    article_id: str
    since: datetime
    attempts: int
    error: str
    next_at: datetime | None
    given_up_at: datetime | None


class WebhookStore:
    """Endpoints by name. Times are aware, in UTC. Every method may raise StoreUnavailable; NotFound for a name.

    The methods that wake an endpoint end the running turn of a process (webhook_turns.py). Events that were delivered
    in that turn may be delivered again.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, url: str, events: Iterable[str], categories: Iterable[str], now: datetime) -> str:
        """Add an endpoint that gets the changes from now on. Returns its secret.

        Raises WebhookExists if the name is taken, TooManyWebhooks.
        """
        secret = _new_secret()
        row = {"name": name, "url": url, "events": [*events], "categories": [*categories], "created_at": now}
        with self._database.writing() as connection:
            number = connection.execute(select(func.count()).select_from(webhooks)).scalar_one()
            if number >= MAX_WEBHOOKS:
                raise TooManyWebhooks(f"there are {MAX_WEBHOOKS} webhooks already; remove one first")
            try:
                connection.execute(insert(webhooks), {**row, "secret": secret, "position": last_key(connection)})
            except IntegrityError:
                raise WebhookExists(f"there is a webhook {name!r} already; choose another name") from None
        return secret

    def change(self, name: str, url: str, events: Iterable[str], categories: Iterable[str]) -> None:
        """Give an endpoint another URL and other filters."""
        with self._database.writing() as connection:
            _update(connection, name, url=url, events=[*events], categories=[*categories])

    def remove(self, name: str) -> None:
        """Remove an endpoint with its undelivered events."""
        with self._database.writing() as connection:
            _row(connection, name)
            connection.execute(delete(webhooks).where(webhooks.c.name == name))
            connection.execute(delete(webhook_events).where(webhook_events.c.webhook == name))

    def rotate(self, name: str, now: datetime, overlap: timedelta) -> str:
        """Give an endpoint a new secret, and return it. For `overlap`, the present secret signs, too."""
        secret = _new_secret()
        with self._database.writing() as connection:
            _update(connection, name, former_secret=webhooks.c.secret, former_until=now + overlap, secret=secret)
        return secret

    def enable(self, name: str, now: datetime) -> None:
        """Deliver again to an endpoint that is disabled or failing, now. It also gets the events since then."""
        with self._database.writing() as connection:
            _wake(connection, name, now)

    def want_test(self, name: str) -> None:
        """Order a test event. A worker sends it, and stores the answer in `test_answer`."""
        with self._database.writing() as connection:
            _update(connection, name, test_wanted=True)

    def replay(self, name: str, start: str | datetime | None, now: datetime) -> int:
        """Deliver the changes after a cursor, or since a time, once more. Returns their number.

        None: only the events that were given up. Raises CursorUnknown.
        """
        return self._replay_abandoned(name, now) if start is None else self._replay_since(name, start, now)

    def _replay_since(self, name: str, start: str | datetime, now: datetime) -> int:
        with self._database.writing() as connection:
            if isinstance(start, str):
                key = key_at(connection, start)
            else:
                key = connection.execute(select(func.max(changes.c.key)).where(changes.c.at < start)).scalar() or 0
            _wake(connection, name, now, position=key)
            later = webhook_events.c.change_key > key
            connection.execute(delete(webhook_events).where(webhook_events.c.webhook == name, later))
            return _number_after(connection, key)

    def _replay_abandoned(self, name: str, now: datetime) -> int:
        with self._database.writing() as connection:
            _wake(connection, name, now)
            abandoned = (webhook_events.c.webhook == name) & webhook_events.c.given_up_at.is_not(None)
            replayed = {"given_up_at": None, "since": now, "next_at": now, "attempts": 0}
            return connection.execute(update(webhook_events).where(abandoned).values(replayed)).rowcount

    def webhooks(self) -> list[Webhook]:
        """All endpoints, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(webhooks).order_by(webhooks.c.name)).all()
            return [_to_webhook(connection, row) for row in rows]

    def webhook(self, name: str) -> Webhook:
        with self._database.reading() as connection:
            return _to_webhook(connection, _row(connection, name))

    def destination(self, name: str, now: datetime) -> tuple[str, list[str]]:
        """The endpoint's URL and its valid secrets, the newest first."""
        with self._database.reading() as connection:
            row = _row(connection, name)
        return row.url, valid_secrets(row, now)

    def undelivered(self, name: str, limit: int) -> list[UndeliveredEvent]:
        """At most `limit` events that wait or were given up, the oldest first."""
        columns = [webhook_events.c[field] for field in UndeliveredEvent.__dataclass_fields__]
        theirs = select(*columns).where(webhook_events.c.webhook == name)
        with self._database.reading() as connection:
            _row(connection, name)
            rows = connection.execute(theirs.order_by(webhook_events.c.change_key).limit(limit))
            return [UndeliveredEvent(*row) for row in rows]


def valid_secrets(row: Row[Any], now: datetime) -> list[str]:
    """The secrets of an endpoint that are valid at `now`, the newest first."""
    former = row.former_secret if row.former_until and now < row.former_until else None
    return [row.secret, former] if former else [row.secret]


def _new_secret() -> str:
    return f"whsec_{b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def _row(connection: Connection, name: str) -> Row[Any]:
    # Drivers fail at a NUL or a surrogate in a name.
    row = connection.execute(select(webhooks).where(webhooks.c.name == name)).first() if name.isprintable() else None
    if row is None:
        raise NotFound(f"there is no webhook {name!r}")
    return row


def _update(connection: Connection, name: str, **values: Any) -> None:
    _row(connection, name)
    connection.execute(update(webhooks).where(webhooks.c.name == name).values(**values))


def _wake(connection: Connection, name: str, now: datetime, **values: Any) -> None:
    """Make the endpoint and its waiting events due. The running turn ends: it would write its own state over this."""
    awake = {"disabled_at": null(), "held": False, "pauses": 0, "next_at": now, "turn": null(), "turn_until": null()}
    _update(connection, name, **awake, **values)
    waiting = (webhook_events.c.webhook == name) & webhook_events.c.given_up_at.is_(None)
    connection.execute(update(webhook_events).where(waiting).values(next_at=now))


def _number_after(connection: Connection, key: int) -> int:
    return connection.execute(select(func.count()).select_from(changes).where(changes.c.key > key)).scalar_one()


def _to_webhook(connection: Connection, row: Row[Any]) -> Webhook:
    theirs = webhook_events.c.webhook == row.name
    given_up = webhook_events.c.given_up_at.is_not(None)
    numbers = connection.execute(select(given_up, func.count()).where(theirs).group_by(given_up)).all()
    by_state = {bool(abandoned): number for abandoned, number in numbers}
    own = {name: getattr(row, name) for name in Webhook.__dataclass_fields__ if name in webhooks.c}
    own |= {"events": tuple(row.events), "categories": tuple(row.categories)}
    return Webhook(
        **own,
        behind=_number_after(connection, row.position),
        waiting=by_state.get(False, 0),
        abandoned=by_state.get(True, 0),
    )
