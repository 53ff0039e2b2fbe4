"""Long work of migrations in portions, so that processes that write meanwhile get their turns.

A migration that uses this module commits before its end. After a crash it begins anew, so each of its steps finds out
whether it was done before.
"""

import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

PAUSE_SECONDS = 0.1  # seconds between two portions; writers of SQLite look for the lock every 0.1 seconds
PORTION_ROWS = 1_000


def commit_portion() -> None:
    """Commit the portion. The next statement begins the next one, after a pause for other writers."""
    op.get_bind().commit()
    time.sleep(PAUSE_SECONDS)


def for_portions(table: sa.TableClause, columns: list[str], change: Callable[[list[Any]], None]) -> None:
    """Call `change` with the rows of the table, PORTION_ROWS at a time, by ascending `key`, and commit each portion.

    The rows have the key and the given columns. Rows that come meanwhile are left out, or the work might never end.
    """
    connection = op.get_bind()
    newest = connection.execute(sa.select(sa.func.max(table.c.key))).scalar() or 0
    chosen = sa.select(table.c.key, *(table.c[name] for name in columns)).order_by(table.c.key).limit(PORTION_ROWS)
    last = 0
    while rows := connection.execute(chosen.where(table.c.key > last, table.c.key <= newest)).all():
        change(list(rows))
        last = rows[-1].key
        commit_portion()


def add_column(table: str, column: sa.Column[Any]) -> None:
    """Add the column, unless it is there. It is null, or has a default: then neither database writes a row."""
    if column.name not in {each["name"] for each in sa.inspect(op.get_bind()).get_columns(table)}:
        op.add_column(table, column)


def create_index(name: str, table: str, columns: list[str]) -> None:
    """Create the index, unless it is there. PostgreSQL takes changes of the table meanwhile; SQLite does not."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        op.create_index(name, table, columns, if_not_exists=True)
        return
    connection.commit()
    with connection.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as alone:
        # The only lock that it waits for is that of older transactions, and nobody waits behind it.
        alone.execute(sa.text("SET statement_timeout = 0"))
        alone.execute(sa.text("SET lock_timeout = 0"))
        named = alone.dialect.identifier_preparer.quote
        alone.execute(sa.text(f"DROP INDEX CONCURRENTLY IF EXISTS {named(name)}"))  # an attempt that broke off
        listed = ", ".join(map(named, columns))
        alone.execute(sa.text(f"CREATE INDEX CONCURRENTLY {named(name)} ON {named(table)} ({listed})"))
        alone.invalidate()  # its time limits are not those of other sessions
