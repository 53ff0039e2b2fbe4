"""The connection to SQLite or PostgreSQL: transactions, time-outs, and the translation of drivers' errors."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pydantic_core import from_json, to_json
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from service.core.credentials import check_credentials, masked
from service.core.errors import SettingsError, StoreUnavailable
from service.core.private_files import private_file, private_folder, restrict

# Only one process writes at a time, so that keys of the change log become visible in their order: after a reader has
# seen key 7, no key 6 can appear. SQLite allows only one writer anyway; for PostgreSQL this is the key of a lock.
_WRITER_LOCK = 0x77617274

# Five columns of an article are JSON. Pydantic reads and writes them several times as fast as the standard library.
_JSON: dict[str, Any] = {"json_serializer": lambda value: to_json(value).decode(), "json_deserializer": from_json}


class Database:
    """Short transactions on one database. Raises StoreUnavailable for every failure to reach or use it."""

    def __init__(self, url: str, *, connections: int = 8) -> None:
        self._shown = masked(url)
        self._url = _read(url)
        with _translated(self):
            self.engine = self._sqlite() if self.is_sqlite else self._postgresql(connections)
            # By default, each statement in PostgreSQL sees the latest commits. In SQLite, a transaction sees one state.
            one_state = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
            self._readers = self.engine.execution_options(**one_state)

    @property
    def is_sqlite(self) -> bool:
        return self._url.get_backend_name() == "sqlite"

    def __str__(self) -> str:
        """The URL without its credentials."""
        return self._shown

    def _postgresql(self, connections: int) -> Engine:
        return create_engine(
            self._url,
            **_JSON,
            pool_size=connections,
            pool_timeout=2,
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": 2,
                "application_name": f"warta {os.getpid()}",  # names the process in pg_stat_activity
                "options": "-c statement_timeout=30000 -c timezone=UTC",
            },
        )

    def _sqlite(self) -> Engine:
        engine = create_engine(self._url, **_JSON, connect_args={"timeout": 5})
        if (name := self._url.database) and not name.startswith(("file:", ":memory:")):
            file = Path(name)
            if not file.parent.is_dir():  # an existing folder may belong to others
                private_folder(file.parent)
            event.listen(engine, "do_connect", lambda *_: _keep_private(file))
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database."""
        with _translated(self), self._readers.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that commits at the end. Only one runs at a time, over all processes."""
        with _translated(self), self.engine.connect() as connection:
            connection.execution_options(warta_writing=True)
            with connection.begin():
                if not self.is_sqlite:
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})"))
                yield connection

    def close(self) -> None:
        self.engine.dispose()


def _read(url: str) -> URL:
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
        raise SettingsError(
            "database_url: cannot be read; write / in a user name as %2F, and @ as %40 but before the host"
        )
    return read


def _keep_private(file: Path) -> None:
    """Create the database file with mode 0600, before SQLite creates it with the mode of the umask.

    SQLite gives the files beside it the same mode. Files that exist already are restricted.
    """
    with suppress(OSError):  # SQLite reports the error
        private_file(file)
        for suffix in ("-wal", "-shm", "-journal"):
            restrict(file.with_name(f"{file.name}{suffix}"))


def _configure_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # `_begin_sqlite` begins transactions, not the driver by a guess
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer must take the lock at once: to upgrade a read transaction fails without waiting.
    writing = connection.get_execution_options().get("warta_writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def _translated(database: Database) -> Iterator[None]:
    try:
        yield
    except (DBAPIError, PoolTimeout, OSError) as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()
        raise StoreUnavailable(f"the store {database} cannot be used: {reason[0] if reason else error}") from error
    except SQLAlchemyError as error:
        raise StoreUnavailable(f"the store {database} failed: {str(error).splitlines()[0]}") from error
