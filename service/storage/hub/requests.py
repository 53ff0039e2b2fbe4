"""Requests to the hub that wait to be verified: the newest for each topic and callback."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from service.core.errors import TooBusy
from service.storage.database import Database
from service.storage.hub.clock import store_now
from service.storage.tables import hub_requests

MAX_WAITING = 20_000  # requests that wait in total


@dataclass(frozen=True)
class PendingRequest:
    """A request to subscribe or unsubscribe. `mode` is its `hub.mode`. `attempts` counts failed verifications.

    `path` names the topic: its URL after the base URL. `host` is the host of the callback. `token` identifies this
    request among those for the topic and the callback.
    """

    mode: str
    path: str
    callback: str
    host: str
    lease_seconds: int
    secret: str
    token: str = ""
    attempts: int = 0

    def __repr__(self) -> str:
        return f"PendingRequest({self.mode} {self.path} {self.host})"  # a log must not show the secret


class HubRequestStore:
    """The waiting requests of one store. Safe to share between threads and processes.

    Every method may raise StoreUnavailable.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, request: PendingRequest) -> None:
        """Store a new request, in place of an earlier one for its topic and callback. Raises TooBusy."""
        with self._database.adding() as connection:
            now = store_now(connection)
            waiting = connection.execute(select(func.count()).select_from(hub_requests)).scalar_one()
            if waiting >= MAX_WAITING:
                raise TooBusy("too many subscriptions wait to be verified; try again later")
            values = {**vars(request), "token": secrets.token_hex(16), "due_at": now, "attempts": 0}
            connection.execute(
                upsert(connection, hub_requests)
                .values(values)
                .on_conflict_do_update(index_elements=[hub_requests.c.path, hub_requests.c.callback], set_=values)
            )

    def take(self, limit: int, lease_seconds: float) -> list[PendingRequest]:
        """Take at most `limit` requests that are due, for `lease_seconds`. Then another worker may take them."""
        with self._database.reading() as connection:
            is_due = hub_requests.c.due_at <= store_now(connection)
            if connection.execute(select(hub_requests.c.key).where(is_due).limit(1)).first() is None:
                return []
        with self._database.adding() as connection:
            now = store_now(connection)
            due = (
                select(hub_requests.c.key)
                .where(hub_requests.c.due_at <= now)
                .order_by(hub_requests.c.due_at)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
            taken = connection.execute(
                update(hub_requests)
                .where(hub_requests.c.key.in_(due.scalar_subquery()))
                .values(due_at=now + timedelta(seconds=lease_seconds))
                .returning(hub_requests)
            )
            return [_request(row) for row in taken]

    def postpone(self, request: PendingRequest, seconds: float, *, failed: bool) -> None:
        """Let the request wait for `seconds`. `failed`: its verification has failed once more."""
        with self._database.adding() as connection:
            due_at = store_now(connection) + timedelta(seconds=seconds)
            connection.execute(
                update(hub_requests)
                .where(hub_requests.c.token == request.token)
                .values(due_at=due_at, attempts=hub_requests.c.attempts + int(failed))
            )


def remove_requests(connection: Connection, requests: Sequence[PendingRequest]) -> None:
    """Remove requests that are settled. A newer request for the topic and callback stays."""
    tokens = [request.token for request in requests]
    connection.execute(delete(hub_requests).where(hub_requests.c.token.in_(tokens)))


def upsert(connection: Connection, table: Table) -> Any:
    """An INSERT of the connection's dialect, for `on_conflict_do_...`."""
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)


def _request(row: Row[Any]) -> PendingRequest:
    return PendingRequest(**{name: getattr(row, name) for name in PendingRequest.__dataclass_fields__})
