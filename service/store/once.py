"""What must be added once: portions are known by a token, logs by how far they were read; both in the transaction that
adds."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from service.store.tables import folds, logs

_REMEMBERED = timedelta(days=7)  # for which a portion is known; it is tried again within seconds


def is_new(connection: Connection, token: str, now: datetime) -> bool:
    """Whether the portion with this token is yet to be added; from now on it is not."""
    if connection.execute(select(folds.c.token).where(folds.c.token == token)).first():
        return False
    connection.execute(delete(folds).where(folds.c.at < now - _REMEMBERED))
    connection.execute(folds.insert(), {"token": token, "at": now})
    return True


def position(connection: Connection, log: str) -> int:
    """How far the log was read; 0 for a new one."""
    return int(connection.execute(select(logs.c.position).where(logs.c.name == log)).scalar() or 0)


def note(connection: Connection, log: str, position: int, now: datetime) -> None:
    """The log was read so far."""
    values = {"name": log, "position": position, "at": now}
    upsert(connection, logs, [values], lambda _, new: {"position": new.position, "at": new.at})


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    merged: Callable[[Any, Any], Mapping[str, Any]],
) -> None:
    """Insert rows; where there is one with the same primary key, `merged(old, new)` gives the values of its columns."""
    if not rows:
        return
    insert: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    key = list(table.primary_key)
    connection.execute(
        statement.on_conflict_do_update(index_elements=key, set_=merged(table.c, statement.excluded)), list(rows)
    )
