"""A limit of threads in the store, so that a store that hangs does not take every thread of a process."""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from service.core.errors import StoreUnavailable


class StorePlaces:
    """The threads of this process that may be in the store for one purpose, at most `places`.

    The others wait for a place. They are refused when `seconds` have passed in which no thread has left. If no thread
    has left for `hang_seconds`, the store hangs, and they are refused at once: those that wait must not hold all
    threads of the process. They are also refused at once if `waiting` threads wait already.
    """

    def __init__(self, places: int, seconds: float, hang_seconds: float, waiting: float = math.inf) -> None:
        self._free = places
        self._seconds = seconds
        self._hang_seconds = hang_seconds
        self._moved_at = 0.0  # the time on the monotonic clock when a thread last entered or left
        self._more = waiting
        self._left = threading.Condition()

    @contextmanager
    def take(self) -> Iterator[None]:
        """A place for the block. Raises StoreUnavailable."""
        with self._left:
            if not self._free and self._more <= 0:
                raise StoreUnavailable("too many threads wait for the store")
            self._more -= 1
            try:
                while not self._free:
                    hangs = time.monotonic() - self._moved_at >= self._hang_seconds
                    if hangs or not self._left.wait(self._seconds):
                        raise StoreUnavailable("too many threads wait for the store")
            finally:
                self._more += 1
            self._free -= 1
            self._moved_at = time.monotonic()
        try:
            yield
        finally:
            with self._left:
                self._free += 1
                self._moved_at = time.monotonic()
                self._left.notify_all()
