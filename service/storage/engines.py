"""The engines of SQLAlchemy: the URL of the database, its connections, and the statements that begin transactions."""

from pathlib import Path
from typing import Any

from pydantic_core import from_json, to_json
from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from service.core.credentials import check_credentials
from service.core.errors import SettingsError
from service.core.private_files import private_folder
from service.storage import postgresql, sqlite

# Only one process writes at a time, so that keys of the change log become visible in their order: after a reader has
# seen key 7, no key 6 can appear. SQLite allows only one writer anyway; for PostgreSQL this is the key of a lock.
_WRITER_LOCK = 0x77617274
TAKE_WRITER_LOCK = text(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")
_MIGRATION_LOCK = 0x6D696772
TAKE_MIGRATION_LOCK = text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
NO_TIME_LIMITS = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"

# Options of a connection. They say how its transactions begin.
WRITING = {"warta_writing": True}
MIGRATING = {"warta_writing": True, "warta_migrating": True}

# Five columns of an article are JSON. Pydantic reads and writes them several times as fast as the standard library.
_JSON: dict[str, Any] = {"json_serializer": lambda value: to_json(value).decode(), "json_deserializer": from_json}


class _Pool(QueuePool):
    """A pool that closes a connection that comes back after `dispose`.

    SQLAlchemy's own pools keep such a connection open until it is collected: a thread is in the store while another
    one disposes of the engine.
    """

    _is_disposed = False

    def dispose(self) -> None:
        self._is_disposed = True
        super().dispose()

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        super()._do_return_conn(record)
        if self._is_disposed:  # looked at after the return: either this thread or `dispose` finds the connection
            super().dispose()


def read_url(url: str) -> URL:
    """Parse the URL of the database. Raises SettingsError.

    The error does not quote the parser: its message could hold parts of the password. So could the message of a driver
    that gets a wrongly parsed URL.
    """
    try:
        read = make_url(url)
    except (ArgumentError, ValueError):
        raise SettingsError("database_url: cannot be read; write postgresql://USER:PASSWORD@HOST/NAME") from None
    if read.get_backend_name() == "sqlite":
        if read.host or read.username:
            raise SettingsError("database_url: cannot be read; write sqlite:///FOLDER/FILE")
        return read
    check_credentials("database_url", url, reserved="?")
    if read.username is None and "@" in url:
        raise SettingsError("database_url: cannot be read; in a user name or password write / as %2F, and @ as %40")
    return read


def sqlite_file(url: URL) -> Path | None:
    """The file of an SQLite database. None for PostgreSQL, for a database in memory, and for a URI."""
    name = url.database if url.get_backend_name() == "sqlite" else None
    return Path(name) if name and not name.startswith(("file:", ":memory:")) else None


def postgresql_engine(url: URL, connections: int) -> Engine:
    """The engine of a PostgreSQL, with a pool of so many connections. It connects at the first use."""
    engine = create_engine(
        url,
        **_JSON,
        poolclass=_Pool,
        pool_size=connections,
        pool_timeout=2,
        pool_pre_ping=True,
        connect_args=postgresql.arguments(),
    )
    event.listen(engine, "do_connect", lambda _d, _r, given, named: postgresql.connect(*given, **named))
    event.listen(engine, "begin", _begin_migration)
    return engine


def sqlite_engine(url: URL) -> Engine:
    """The engine of an SQLite database. Its folder is made at once, its file at the first use. Raises OSError."""
    file = sqlite_file(url)
    pool = {"poolclass": _Pool} if file else {}  # each thread has its own database in memory
    engine = create_engine(url, **_JSON, **pool, connect_args=sqlite.arguments())
    if file:
        if not file.parent.is_dir():  # an existing folder may belong to others
            private_folder(file.parent)
        event.listen(engine, "do_connect", lambda *_: sqlite.keep_private(file))
    event.listen(engine, "do_connect", lambda _d, _r, given, named: sqlite.connect(*given, **named))
    event.listen(engine, "handle_error", _give_up)
    event.listen(engine, "connect", sqlite.configure)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _give_up(context: ExceptionContext) -> None:
    if isinstance(context.original_exception, sqlite.NoAnswer):
        context.is_disconnect = True  # the pool must not use this connection again, but it may use the others
        context.invalidate_pool_on_disconnect = False


def _begin_sqlite(connection: Connection) -> None:
    # A writer must take the lock at once: to upgrade a read transaction fails without waiting.
    writing = connection.get_execution_options().get("warta_writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _begin_migration(connection: Connection) -> None:
    if connection.get_execution_options().get("warta_migrating"):
        connection.execute(TAKE_WRITER_LOCK)
        connection.exec_driver_sql(NO_TIME_LIMITS)
