"""Makes sure that counts are added only once.

The token of a portion and the position in a log are stored in the same transaction as the counts.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from service.core.access_logs.reader import LogPosition
from service.storage.tables import folds, logs

MAX_ROWS_PER_STATEMENT = 500
_REMEMBERED = timedelta(days=7)  # how long tokens are kept; a portion is tried again within seconds


def is_new(connection: Connection, token: str, now: datetime) -> bool:
    """Whether the portion with this token is new. The call stores the token, so a second call returns False."""
    if connection.execute(select(folds.c.token).where(folds.c.token == token)).first():
        return False
    connection.execute(delete(folds).where(folds.c.at < now - _REMEMBERED))
    connection.execute(folds.insert(), {"token": token, "at": now})
    return True


def log_read(connection: Connection, log: str) -> LogPosition | None:
    """How far the log was read; None for a new log."""
    row = connection.execute(select(logs.c.name, logs.c.position, logs.c.mark).where(logs.c.name == log)).first()
    return LogPosition(row.name, row.position, row.mark or "") if row else None


def note(connection: Connection, read: LogPosition, now: datetime) -> None:
    """Store how far the log was read."""
    values = {"name": read.log, "position": read.position, "mark": read.tail_digest, "at": now}
    upsert(connection, logs, [values], lambda _, new: {"position": new.position, "mark": new.mark, "at": new.at})


def upsert(
    connection: Connection,
    table: Table,
    rows: Iterable[Mapping[str, Any]],
    merged: Callable[[Any, Any], Mapping[str, Any]],
) -> None:
    """Insert rows. If a row with the same primary key exists, `merged(old, new)` returns the new values of its columns.

    Rows are written in portions, to save memory: there may be many of them.
    """
    insert: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    key = list(table.primary_key)
    statement = statement.on_conflict_do_update(index_elements=key, set_=merged(table.c, statement.excluded))
    rest = iter(rows)
    while some := list(islice(rest, MAX_ROWS_PER_STATEMENT)):
        connection.execute(statement, some)
