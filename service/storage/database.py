"""The connection to SQLite or PostgreSQL: transactions, time limits, and the translation of drivers' errors.

A process serves with eight threads. At most half of them are in the store to read, one to search and two to write, each
for a limited time. So a store that hangs never holds all threads, and documents in the caches are served.
"""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

from pydantic_core import from_json, to_json
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from service.core.circuit_breaker import CircuitBreaker, Part
from service.core.credentials import check_credentials, masked
from service.core.errors import SettingsError, StoreUnavailable
from service.core.metrics import Metrics
from service.core.private_files import private_file, private_folder, restrict
from service.storage import postgresql
from service.storage.places import StorePlaces

READ_SECONDS = 0.5  # seconds for a reading that a reader of feeds waits for
LONG_SECONDS = 30.0  # seconds for a long reading, and for adding counts
SEARCH_SECONDS = 1.0  # seconds for a search: its words are a stranger's
WRITE_SECONDS = 5.0  # seconds for a change, with the wait for other writers (LOCK_TIMEOUT_MILLISECONDS)
SQLITE_LOCK_SECONDS = 5.0  # seconds that a change of SQLite waits for other writers

# Seconds without an answer after which the store is suspected to hang, and for which threads wait for the first probe.
# In this time, one of the threads in the store must leave, or no other waits for a place.
READ_PATIENCE_SECONDS = 0.15  # of a reading
PATIENCE_SECONDS = 1.0  # of all others, which may wait for locks

MAX_READING_THREADS = 3  # threads of a process that are in the store at once
MAX_LONG_THREADS = 1
MAX_WRITING_THREADS = 2
MAX_SEARCHING_THREADS = 1
MAX_WAITING_SEARCHES = 2  # threads that wait for a search to end; further searches are refused

PROBE_SECONDS = 0.5  # seconds in which a store that works answers a probe

_PART = Part(
    "store",
    "the store does not answer; feeds come from the caches, and changes are refused",
    "the store answers again",
)

# Only one process writes at a time, so that keys of the change log become visible in their order: after a reader has
# seen key 7, no key 6 can appear. SQLite allows only one writer anyway; for PostgreSQL this is the key of a lock.
_WRITER_LOCK = 0x77617274
_TAKE_WRITER_LOCK = text(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")
_NO_TIME_LIMITS = text("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")

# Five columns of an article are JSON. Pydantic reads and writes them several times as fast as the standard library.
_JSON: dict[str, Any] = {"json_serializer": lambda value: to_json(value).decode(), "json_deserializer": from_json}


class Database:
    """Short transactions on one database. Raises StoreUnavailable for every failure to reach or use it.

    While PostgreSQL hangs, a circuit breaker refuses all transactions. SQLite itself limits the wait for its lock.
    """

    def __init__(self, url: str, metrics: Metrics | None = None, *, connections: int = 8) -> None:
        self._shown = masked(url)
        self._url = _read(url)
        self._breaker = CircuitBreaker(_PART, self._answers, (metrics or Metrics()).circuit("store"))
        self._reading = StorePlaces(MAX_READING_THREADS, READ_PATIENCE_SECONDS)
        self._long = StorePlaces(MAX_LONG_THREADS, PATIENCE_SECONDS)
        self._searching = StorePlaces(MAX_SEARCHING_THREADS, SEARCH_SECONDS, MAX_WAITING_SEARCHES)
        self._writing = StorePlaces(MAX_WRITING_THREADS, SQLITE_LOCK_SECONDS if self.is_sqlite else PATIENCE_SECONDS)
        with self._translated():
            self.engine = self._sqlite() if self.is_sqlite else self._postgresql(connections)
            # By default, each statement in PostgreSQL sees the latest commits. In SQLite, a transaction sees one state.
            one_state = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
            self._readers = self.engine.execution_options(**one_state)

    @property
    def is_sqlite(self) -> bool:
        return self._url.get_backend_name() == "sqlite"

    def version(self) -> str:
        """The program of the database with its version: `SQLite 3.45.1`, `PostgreSQL 16.3`."""
        with self.reading() as connection:
            query = "SELECT sqlite_version()" if self.is_sqlite else "SHOW server_version"
            version = str(connection.exec_driver_sql(query).scalar())
        return f"{'SQLite' if self.is_sqlite else 'PostgreSQL'} {version.split()[0]}"

    def __str__(self) -> str:
        """The URL without its credentials."""
        return self._shown

    def _postgresql(self, connections: int) -> Engine:
        engine = create_engine(
            self._url,
            **_JSON,
            pool_size=connections,
            pool_timeout=2,
            pool_pre_ping=True,
            connect_args=postgresql.arguments(),
        )
        event.listen(engine, "do_connect", lambda _d, _r, given, named: postgresql.connect(*given, **named))
        return engine

    def _sqlite(self) -> Engine:
        engine = create_engine(self._url, **_JSON, connect_args={"timeout": SQLITE_LOCK_SECONDS})
        if (name := self._url.database) and not name.startswith(("file:", ":memory:")):
            file = Path(name)
            if not file.parent.is_dir():  # an existing folder may belong to others
                private_folder(file.parent)
            event.listen(engine, "do_connect", lambda *_: _keep_private(file))
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    @contextmanager
    def reading(self, *, long: bool = False) -> Iterator[Connection]:
        """A transaction that sees one state of the database.

        It has READ_SECONDS in all; a `long` one, of many rows, has LONG_SECONDS.
        """
        limits = (
            (self._long, LONG_SECONDS, PATIENCE_SECONDS)
            if long
            else (self._reading, READ_SECONDS, READ_PATIENCE_SECONDS)
        )
        with self._used(*limits), self._readers.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def searching(self) -> Iterator[Connection]:
        """A transaction for a search, which sees one state of the database. It has SEARCH_SECONDS in all.

        Few threads search at a time, so that searches cannot keep feeds from the store.
        """
        with (
            self._used(self._searching, SEARCH_SECONDS, PATIENCE_SECONDS),
            self._readers.connect() as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that commits at the end, within WRITE_SECONDS. Only one runs at a time, over all processes."""
        with self._used(self._writing, WRITE_SECONDS, PATIENCE_SECONDS), self._begun() as connection:
            if not self.is_sqlite:
                connection.execute(_TAKE_WRITER_LOCK)
            yield connection

    @contextmanager
    def adding(self) -> Iterator[Connection]:
        """A transaction that adds counts, beside the other writers, and commits at the end, within LONG_SECONDS.

        It must not write the change log, nor any log whose keys appear in their order. It writes rows in the order of
        their keys, so that no two transactions wait for each other.
        """
        with self._translated(), self._answers_within(LONG_SECONDS, PATIENCE_SECONDS), self._begun() as connection:
            yield connection

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A transaction for migrations: the only writer, with all the time it needs, but not for locks."""
        with self._translated(), self._begun() as connection:
            if not self.is_sqlite:
                connection.execute(_TAKE_WRITER_LOCK)
                connection.execute(_NO_TIME_LIMITS)
            yield connection

    def close(self) -> None:
        self._breaker.end()
        self.engine.dispose()

    @contextmanager
    def _used(self, places: StorePlaces, seconds: float, patience: float) -> Iterator[None]:
        """Limits the time of the block and the number of threads in it."""
        with self._translated():
            if not self._breaker.allows(patience):
                raise StoreUnavailable("the store does not answer")
            with places.take(), self._answers_within(seconds, patience):
                yield

    @contextmanager
    def _begun(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            connection.execution_options(warta_writing=True)
            with connection.begin():
                yield connection

    def _answers_within(self, seconds: float, patience: float) -> AbstractContextManager[None]:
        return postgresql.answers_until(postgresql.AnswerDeadline(time.monotonic() + seconds, patience, self._breaker))

    def _answers(self) -> bool:
        """Whether PostgreSQL answers in PROBE_SECONDS, with a refusal, too. A refusal takes no time."""
        until = time.monotonic() + PROBE_SECONDS
        try:
            with postgresql.answers_until(postgresql.AnswerDeadline(until)), self.engine.connect() as probe:
                probe.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError) as error:
            self.engine.dispose()  # the next probe gets a new connection
            return not isinstance(getattr(error, "orig", error), postgresql.NoAnswer)
        return True

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Raise StoreUnavailable for the errors of drivers. Probe the store if an answer did not come in time."""
        try:
            yield
        except (DBAPIError, PoolTimeout, OSError) as error:
            cause = getattr(error, "orig", error)
            if isinstance(cause, postgresql.NoAnswer):
                self._breaker.suspect()
            reason = str(cause).strip().splitlines()
            raise StoreUnavailable(f"the store {self} cannot be used: {reason[0] if reason else error}") from error
        except SQLAlchemyError as error:
            raise StoreUnavailable(f"the store {self} failed: {str(error).splitlines()[0]}") from error


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
