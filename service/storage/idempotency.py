"""Makes sure that counts are added only once.

The token of the counts and the position in a log are stored in the same transaction as the counts. Many counts are
added in portions, each in a transaction of its own with a token of its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, delete, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from service.core.access_logs.reader import LogPosition
from service.storage.database import Database
from service.storage.tables import folds, logs

MAX_ROWS_PER_STATEMENT = 500
MAX_DELETED_ROWS = 5_000  # of one call of `delete_free`
_REMEMBERED = timedelta(days=7)  # how long tokens are kept; a portion is tried again within seconds


def is_new(connection: Connection, token: str, now: datetime) -> bool:
    """True if the portion with this token is new. The call stores the token, so a second call returns False.

    Two transactions may have the same token at once: the second one waits for the end of the first.
    """
    stored = _insert(connection, folds).on_conflict_do_nothing().returning(folds.c.token)
    return connection.execute(stored, {"token": token, "at": now}).first() is not None


def add_in_portions(
    database: Database, token: str, portions: Sequence[Callable[[Connection], None]], now: datetime
) -> bool:
    """Call each of the `portions`, which add counts, in a transaction of its own. Other writers get turns in between.

    Returns False, and adds nothing, if all portions under this token were added before. If a call breaks off, the next
    call with the same token and the same portions adds the rest. The last portion stores the token. Raises
    StoreUnavailable.
    """
    *others, last = portions
    if others:
        with database.reading() as connection:
            if connection.execute(select(folds.c.token).where(folds.c.token == token)).first():
                return False
    for number, add in enumerate(others):
        with database.adding() as connection:
            if is_new(connection, blake2b(f"{token} {number}".encode(), digest_size=16).hexdigest(), now):
                add(connection)
    with database.adding() as connection:
        if not is_new(connection, token, now):
            return False
        last(connection)
        return True


def delete_old_tokens(connection: Connection, now: datetime) -> None:
    """Delete the tokens that no portion has any more."""
    delete_free(connection, folds, folds.c.at < now - _REMEMBERED)


def log_read(connection: Connection, log: str) -> LogPosition | None:
    """The position to which the log was read. None for a new log."""
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
    statement = _insert(connection, table)
    key = list(table.primary_key)
    statement = statement.on_conflict_do_update(index_elements=key, set_=merged(table.c, statement.excluded))
    rest = iter(rows)
    while some := list(islice(rest, MAX_ROWS_PER_STATEMENT)):
        connection.execute(statement, some)


def delete_free(connection: Connection, table: Table, condition: Any) -> None:
    """Delete at most MAX_DELETED_ROWS rows that meet the condition, except those that another transaction writes.

    A later call deletes the others. So the call waits for no other transaction, in whichever order the database finds
    the rows, and no transaction waits long for it.
    """
    key = list(table.primary_key)
    free = select(*key).where(condition).limit(MAX_DELETED_ROWS).with_for_update(skip_locked=True)
    connection.execute(delete(table).where(condition, tuple_(*key).in_(free)))


def _insert(connection: Connection, table: Table) -> Any:
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
