"""The writers of an SQLite file get their turns in the order in which they came, over all threads and processes.

SQLite has no queue: a writer that finds the file locked sleeps up to 0.1 seconds and tries again. So a program that
writes one transaction after the other, such as an import, is nearly always faster, and the others are refused.

Each waiting writer locks one byte of a file beside the database: the byte with the number of its *ticket*, the time on
the host's monotonic clock. Its turn comes when no byte before that is locked. The operating system releases the lock of
a process that ends, so no crash blocks the queue, and nothing is ever written to the file. The turns are only for
fairness: SQLite's own lock keeps two writers apart, also those that do not know of the queue.
"""

import errno
import fcntl
import os
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.core.errors import StoreUnavailable
from service.core.private_files import private_file

CHECK_SECONDS = 0.002  # seconds between two looks at the tickets before

_FLOCK = struct.Struct("hhqqi4x")  # struct flock of Linux: type, whence, start, length, process


class WriterTurns:
    """The queue for one database file. Safe to share between threads; it holds no open file between two turns.

    Only Linux has locks that belong to an open file rather than to a process. Elsewhere nobody waits here, and writers
    meet at SQLite's own lock.
    """

    def __init__(self, database: Path) -> None:
        self._file = database.with_name(f"{database.name}-turns")

    @contextmanager
    def take(self, seconds: float) -> Iterator[None]:
        """Wait for the turn, and have it for the block.

        Raises StoreUnavailable if no earlier turn has ended for `seconds` seconds. If the file cannot be locked, such
        as in a folder that is read-only, the block runs at once.
        """
        queue = self._open() if sys.platform == "linux" else None
        if queue is None:
            yield
            return
        try:
            _wait(queue, seconds)
            yield
        finally:
            os.close(queue)  # releases the lock

    def _open(self) -> int | None:
        try:
            if not self._file.exists():
                private_file(self._file)
            return os.open(self._file, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return None


def _wait(queue: int, seconds: float) -> None:
    ticket = _ticket(queue)
    if ticket is None:
        return
    until, first = time.monotonic() + seconds, None
    while (before := _locked_before(queue, ticket)) is not None:
        if before != first:  # an earlier turn has ended
            until, first = time.monotonic() + seconds, before
        if time.monotonic() >= until:
            raise StoreUnavailable("the store is busy: another process is writing, and does not finish")
        time.sleep(CHECK_SECONDS)


def _ticket(queue: int) -> int | None:
    """Take a ticket: lock the byte of this moment. None if the file system has no such locks."""
    while True:
        ticket = time.monotonic_ns()
        try:
            fcntl.fcntl(queue, fcntl.F_OFD_SETLK, _FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, ticket, 1, 0))
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                return None
        else:
            return ticket


def _locked_before(queue: int, ticket: int) -> int | None:
    """A ticket of another writer before this one; None if there is none."""
    asked = _FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, 0, ticket, 0)
    kind, _, start, _, _ = _FLOCK.unpack(fcntl.fcntl(queue, fcntl.F_OFD_GETLK, asked))
    return None if kind == fcntl.F_UNLCK else start
