"""The connection to SQLite or PostgreSQL: transactions, time limits, and the translation of drivers' errors.

A process serves with eight threads. At most half of them are in the store to read, one to search and two to write, each
for a limited time. So a store that hangs never holds all threads, and documents in the caches are served.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from service.core.circuit_breaker import CircuitBreaker, Part
from service.core.credentials import masked
from service.core.errors import StoreUnavailable
from service.core.metrics import Metrics
from service.core.plain_errors import plain_message
from service.storage import postgresql, sqlite
from service.storage.deadline import AnswerDeadline, answers_until
from service.storage.engines import (
    MIGRATING,
    NO_TIME_LIMITS,
    TAKE_MIGRATION_LOCK,
    TAKE_WRITER_LOCK,
    WRITING,
    postgresql_engine,
    read_url,
    sqlite_engine,
    sqlite_file,
)
from service.storage.places import StorePlaces
from service.storage.turns import WriterTurns

READ_SECONDS = 0.5  # seconds for a reading that a reader of feeds waits for
LONG_SECONDS = 30.0  # seconds for a long reading, and for adding counts
SEARCH_SECONDS = 1.0  # seconds for a search: its words are a stranger's
WRITE_SECONDS = 5.0  # seconds for a change, with the wait for other writers (LOCK_TIMEOUT_MILLISECONDS)
SQLITE_TURN_SECONDS = 5.0  # seconds for which a change of SQLite waits for the turn before it to end
MIGRATION_SECONDS = 3_600.0  # seconds for which a migration of SQLite waits for another one

# Seconds without an answer after which the store is suspected to hang, and for which threads wait for the first probe.
# In this time, one of the threads in the store must leave, or no other waits for a place.
READ_PATIENCE_SECONDS = 0.15  # of a reading
PATIENCE_SECONDS = 1.0  # of all others, which may wait for locks
SQLITE_PATIENCE_SECONDS = 2.0  # of a change of SQLite, which also waits for the disk
HANG_SECONDS = 0.5  # seconds without any thread that leaves, after which nobody waits for a place to read
LONG_HANG_SECONDS = 2.0  # of all others

MAX_READING_THREADS = 3  # threads of a process that are in the store at once
MAX_LONG_THREADS = 1
MAX_WRITING_THREADS = 2
MAX_SEARCHING_THREADS = 1
MAX_WAITING_SEARCHES = 2  # threads that wait for a search to end; further searches are refused

PROBE_SECONDS = 0.5  # seconds in which a PostgreSQL that works answers a probe
SQLITE_PROBE_SECONDS = 2.0  # seconds for a probe of SQLite: its thread shares the processor with all others

_PART = Part(
    "store",
    "the store does not answer; feeds come from the caches, and changes are refused",
    "the store answers again",
)

_NO_ANSWER = (postgresql.NoAnswer, sqlite.NoAnswer)


class Database:
    """Short transactions on one database. Raises StoreUnavailable for every failure to reach or use it.

    While PostgreSQL or the disk hangs, a circuit breaker refuses all transactions. The writers of SQLite take turns
    (turns.py). In a process that `serves` requests, a reading has READ_SECONDS, since a reader of feeds waits for it.
    In commands and background work it has LONG_SECONDS.
    """

    def __init__(self, url: str, metrics: Metrics | None = None, *, connections: int = 8, serves: bool = True) -> None:
        self._shown = masked(url)
        self._url = read_url(url)
        self._breaker = CircuitBreaker(_PART, self._answers, (metrics or Metrics()).circuit("store"))
        patience = SQLITE_PATIENCE_SECONDS if self.is_sqlite else PATIENCE_SECONDS
        self._reading_seconds = READ_SECONDS if serves else LONG_SECONDS
        self._reading_patience = READ_PATIENCE_SECONDS if serves else PATIENCE_SECONDS
        hang = HANG_SECONDS if serves else LONG_HANG_SECONDS
        self._reading = StorePlaces(MAX_READING_THREADS, self._reading_patience, hang)
        self._long = StorePlaces(MAX_LONG_THREADS, PATIENCE_SECONDS, LONG_HANG_SECONDS)
        self._searching = StorePlaces(
            MAX_SEARCHING_THREADS, SEARCH_SECONDS, LONG_HANG_SECONDS, waiting=MAX_WAITING_SEARCHES
        )
        self._writing = StorePlaces(MAX_WRITING_THREADS, patience, LONG_HANG_SECONDS)
        file = sqlite_file(self._url)
        self._turns = WriterTurns(file) if file else None
        self._migrations = WriterTurns(file.with_name(f"{file.name}-migrations")) if file else None
        with self._translated():
            self.engine = sqlite_engine(self._url) if self.is_sqlite else postgresql_engine(self._url, connections)
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

    @contextmanager
    def reading(self, *, long: bool = False, for_change: bool = False) -> Iterator[Connection]:
        """A transaction that sees one state of the database.

        It has READ_SECONDS in all, if this process serves requests; a `long` one, of many rows, has LONG_SECONDS. One
        that a change needs (`for_change`) has the limits of a change, so that a busy moment does not refuse the change.
        """
        limits = (self._reading, self._reading_seconds, self._reading_patience)
        if long:
            limits = (self._long, LONG_SECONDS, PATIENCE_SECONDS)
        elif for_change:
            limits = (self._writing, WRITE_SECONDS, PATIENCE_SECONDS)
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
        """A transaction that commits at the end, within WRITE_SECONDS. Only one runs at a time, over all processes.

        SQLite has no such limit: the end of a change is known only when the disk has answered.
        """
        seconds = None if self.is_sqlite else WRITE_SECONDS
        with self._used(self._writing, seconds, PATIENCE_SECONDS), self._begun() as connection:
            if not self.is_sqlite:
                connection.execute(TAKE_WRITER_LOCK)
            yield connection

    @contextmanager
    def adding(self) -> Iterator[Connection]:
        """A transaction that adds counts, beside the other writers, and commits at the end, within LONG_SECONDS.

        It must not write the change log, nor any log whose keys appear in their order. It writes rows in the order of
        their keys, so that no two transactions wait for each other.
        """
        limit = nullcontext() if self.is_sqlite else self._answers_within(LONG_SECONDS, PATIENCE_SECONDS)
        with self._translated(), limit, self._begun() as connection:
            yield connection

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A connection for migrations, on which only one process migrates. What it does is committed at the end.

        It may also commit in between: then others write, until its next statement begins a transaction. Each of its
        transactions is the only writer, with all the time it needs, but not for locks.
        """
        with self._translated(), self._only_migration(), self.engine.connect() as connection:
            connection.execution_options(**MIGRATING)
            connection.begin()
            yield connection
            connection.commit()

    @contextmanager
    def _only_migration(self) -> Iterator[None]:
        if self.is_sqlite:
            with self._migrations.take(MIGRATION_SECONDS) if self._migrations else nullcontext():
                yield
            return
        with self.engine.connect() as connection, connection.begin():
            connection.exec_driver_sql(NO_TIME_LIMITS)
            connection.execute(TAKE_MIGRATION_LOCK)
            yield

    def close(self) -> None:
        self._breaker.end()
        self.engine.dispose()

    @contextmanager
    def _used(self, places: StorePlaces, seconds: float | None, patience: float) -> Iterator[None]:
        """Limits the time of the block (None: no limit) and the number of threads in it."""
        with self._translated():
            if not self._breaker.allows(patience):
                raise StoreUnavailable("the store does not answer")
            with places.take(), self._answers_within(seconds, patience) if seconds else nullcontext():
                yield

    @contextmanager
    def _begun(self) -> Iterator[Connection]:
        """A transaction that writes. In SQLite it has its turn, since all writers share one lock there."""
        turn = self._turns.take(SQLITE_TURN_SECONDS) if self._turns else nullcontext()
        with turn, self.engine.connect() as connection:
            connection.execution_options(**WRITING)
            with connection.begin():
                yield connection

    def _answers_within(self, seconds: float, patience: float) -> AbstractContextManager[None]:
        return answers_until(AnswerDeadline(time.monotonic() + seconds, patience, self._breaker))

    def _answers(self) -> bool:
        """True if the database answers a probe in time, with a refusal, too. A refusal takes no time."""
        try:
            seconds = SQLITE_PROBE_SECONDS if self.is_sqlite else PROBE_SECONDS
            with answers_until(AnswerDeadline(time.monotonic() + seconds)):
                self._check()
        except (SQLAlchemyError, OSError, sqlite3.Error) as error:
            if not self.is_sqlite:
                self.engine.dispose()  # the next probe gets a new connection
            return not isinstance(getattr(error, "orig", error), _NO_ANSWER)
        return True

    def _check(self) -> None:
        if self.is_sqlite:
            sqlite.check(self._url.database or "")
            return
        with self.engine.connect() as probe:
            probe.execute(text("SELECT 1"))

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Raise StoreUnavailable for the errors of drivers. Probe the store if an answer did not come in time."""
        try:
            yield
        except (DBAPIError, PoolTimeout, OSError) as error:
            cause = getattr(error, "orig", error)
            if isinstance(cause, _NO_ANSWER):
                self._breaker.suspect()
            reason = "all connections are in use" if isinstance(error, PoolTimeout) else plain_message(cause)
            raise StoreUnavailable(f"the store {self} cannot be used: {reason}") from error
        except SQLAlchemyError as error:
            raise StoreUnavailable(f"the store {self} failed: {str(error).splitlines()[0]}") from error
