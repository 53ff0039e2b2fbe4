"""An LRU cache in the memory of a process, with a limit in bytes or in values."""

import threading
from collections.abc import Iterable
from operator import itemgetter
from typing import Generic, TypeVar

from cachetools import LRUCache

K = TypeVar("K")
V = TypeVar("V")


class LruCache(Generic[K, V]):
    """A cachetools LRU cache that threads may share.

    `limit` is the sum of the sizes of all values, in bytes. Without sizes, each value counts as one, and `limit` is
    the number of values. A full cache removes the least recently used values. A value larger than `limit` is not kept.
    """

    def __init__(self, limit: int) -> None:
        self._values: LRUCache[K, tuple[V, int]] = LRUCache(limit, getsizeof=itemgetter(1))
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        with self._lock:
            try:
                return self._values[key][0]
            except KeyError:
                return None

    def get_all(self, keys: Iterable[K]) -> list[V | None]:
        """The values of the keys, in the order of the keys; None for a key without a value."""
        found: list[V | None] = []
        with self._lock:
            for key in keys:
                try:
                    found.append(self._values[key][0])
                except KeyError:
                    found.append(None)
        return found

    def put(self, key: K, value: V, size: int = 1) -> None:
        """Store the value in place of the key's previous value."""
        with self._lock:
            if size > self._values.maxsize:
                self._values.pop(key, None)
            else:
                self._values[key] = (value, size)

    @property
    def size(self) -> int:
        """The sum of the sizes of all values."""
        return int(self._values.currsize)

    def __len__(self) -> int:
        return len(self._values)
