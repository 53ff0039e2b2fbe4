"""A limit of threads in the store, so that a store that hangs does not take every thread of a process."""

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from service.core.errors import StoreUnavailable


class StorePlaces:
    """The threads of this process that may be in the store for one purpose, at most `places`.

    The others wait for a place. They are refused when `seconds` have passed in which no thread has left, and at once if
    `waiting` threads wait already.
    """

    def __init__(self, places: int, seconds: float, waiting: int | None = None) -> None:
        self._free = places
        self._seconds = seconds
        self._more = math.inf if waiting is None else waiting
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
                    if not self._left.wait(self._seconds):
                        raise StoreUnavailable("too many threads wait for the store")
            finally:
                self._more += 1
            self._free -= 1
        try:
            yield
        finally:
            with self._left:
                self._free += 1
                self._left.notify_all()
