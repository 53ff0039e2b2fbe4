"""Connections to SQLite on which no wait for a reading is without an end.

SQLite reads the disk in the calling thread, and no call of the operating system can be interrupted while a disk hangs.
So the statements of a block with a deadline run in a thread of the connection. The caller waits for it until the
deadline. Then the connection is given up: its thread closes it when the disk works again.
"""

import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from service.core.private_files import private_file, restrict
from service.storage.deadline import CHECK_SECONDS, AnswerDeadline, running_deadline

ROWS_AHEAD = 100  # rows that a cursor reads in one call of its thread
LOCK_SECONDS = 5.0  # seconds for which SQLite waits for a writer that takes no turns

T = TypeVar("T")
_Task = tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]


class NoAnswer(sqlite3.OperationalError):
    """The disk has not answered before the deadline."""


class _Thread:
    """A thread that runs calls one after the other. It begins with the first call and ends with `end`."""

    def __init__(self) -> None:
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._is_running = False

    def call(self, function: Callable[..., T], *arguments: Any) -> Future[T]:
        if not self._is_running:
            threading.Thread(target=self._run, name="store-sqlite", daemon=True).start()
            self._is_running = True
        future: Future[T] = Future()
        self._tasks.put((future, function, arguments))
        return future

    def end(self) -> None:
        self._tasks.put(None)

    def _run(self) -> None:
        while task := self._tasks.get():
            future, function, arguments = task
            try:
                future.set_result(function(*arguments))
            except BaseException as error:  # the caller gets it
                future.set_exception(error)
            del task, future, function, arguments


def _result(future: Future[T], deadline: AnswerDeadline) -> T:
    """The result of the call. Raises its error, and NoAnswer at the deadline."""
    late_at = time.monotonic() + deadline.patience
    while True:
        try:
            return future.result(CHECK_SECONDS)
        except TimeoutError:
            if future.done():
                continue
            if deadline.has_passed:
                raise NoAnswer("the disk does not answer in time") from None
            if deadline.watch and time.monotonic() >= late_at:
                deadline.watch.suspect()
                late_at = deadline.at


class BoundedConnection(sqlite3.Connection):
    """A connection whose calls end at the deadline of the running block. Used by one thread at a time."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._thread = _Thread()
        self.is_given_up = False
        super().__init__(*arguments, **named)

    def bounded(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call the function. Raises its errors, and NoAnswer."""
        if self.is_given_up:
            raise NoAnswer("the disk did not answer in time")
        deadline = running_deadline()
        if deadline is None:
            return function(*arguments)
        try:
            return _result(self._thread.call(function, *arguments), deadline)
        except NoAnswer:
            self.is_given_up = True
            self._thread.call(super().close)
            self._thread.end()
            raise

    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(factory or BoundedCursor)

    def execute(self, *arguments: Any) -> Any:
        return self.bounded(super().execute, *arguments)

    def commit(self) -> None:
        self.bounded(super().commit)

    def rollback(self) -> None:
        if not self.is_given_up:
            self.bounded(super().rollback)

    def close(self) -> None:
        """Close the connection. In a block with a deadline, nobody waits for it: SQLite may write the disk."""
        if self.is_given_up:
            return
        if running_deadline():
            self._thread.call(super().close)
        else:
            super().close()
        self._thread.end()


class BoundedCursor(sqlite3.Cursor):
    """A cursor of a BoundedConnection. It reads rows ahead: a call of the connection's thread costs more than a row."""

    connection: BoundedConnection

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._ahead: deque[Any] = deque()  # rows that are read already
        self._is_at_end = True  # there are no rows after these

    def execute(self, *arguments: Any) -> Any:
        self._ahead.clear()
        self.connection.bounded(self._execute_and_read, *arguments)
        return self

    def _execute_and_read(self, *arguments: Any) -> None:
        self._is_at_end = True
        super().execute(*arguments)
        if self.description:
            self._read_ahead()

    def _read_ahead(self) -> None:
        self._ahead.extend(super().fetchmany(ROWS_AHEAD))
        self._is_at_end = len(self._ahead) < ROWS_AHEAD

    def executemany(self, *arguments: Any) -> Any:
        self._ahead.clear()
        self._is_at_end = True
        return self.connection.bounded(super().executemany, *arguments)

    def fetchone(self) -> Any:
        if not self._ahead and not self._is_at_end:
            self.connection.bounded(self._read_ahead)
        return self._ahead.popleft() if self._ahead else None

    def __next__(self) -> Any:
        if (row := self.fetchone()) is None:
            raise StopIteration
        return row

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        rows = (self.fetchone() for _ in range(size or 1))
        return [row for row in rows if row is not None]

    def fetchall(self) -> list[Any]:
        rows = [*self._ahead]
        self._ahead.clear()
        return rows if self._is_at_end else rows + self.connection.bounded(super().fetchall)

    def close(self) -> None:
        if not self.connection.is_given_up:  # SQLite would wait for the running call
            super().close()


def arguments() -> dict[str, Any]:
    """The arguments of a connection."""
    return {"timeout": LOCK_SECONDS, "factory": BoundedConnection, "check_same_thread": False}


def connect(*positional: Any, **named: Any) -> sqlite3.Connection:
    """Connect before the deadline of the running block. Raises NoAnswer, and the errors of sqlite3."""
    deadline = running_deadline()

    def connected() -> sqlite3.Connection:
        made: sqlite3.Connection = sqlite3.connect(*positional, **named)
        return made

    if deadline is None:
        return connected()
    thread = _Thread()
    try:
        connecting = thread.call(connected)
        try:
            return _result(connecting, deadline)
        except NoAnswer:
            connecting.add_done_callback(_close)
            raise
    finally:
        thread.end()


def _close(connecting: Future[sqlite3.Connection]) -> None:
    if not connecting.exception():
        connecting.result().close()


def check(file: str) -> None:
    """Read the file with a new connection, which has none of its pages in memory. Raises NoAnswer, sqlite3.Error."""
    connection = connect(file, **arguments())
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    finally:
        connection.close()


def keep_private(file: Path) -> None:
    """Create the database file with mode 0600, before SQLite creates it with the mode of the umask.

    SQLite gives the files beside it the same mode. Files that exist already are restricted.
    """
    with suppress(OSError):  # SQLite reports the error
        private_file(file)
        for suffix in ("-wal", "-shm", "-journal", "-turns", "-migrations-turns"):
            restrict(file.with_name(f"{file.name}{suffix}"))


def configure(connection: Any, _record: object) -> None:
    """Prepare a new connection. It is closed if that fails, since SQLAlchemy then forgets it."""
    connection.isolation_level = None  # engines.py begins transactions, not the driver by a guess
    try:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
