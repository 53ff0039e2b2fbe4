"""An LRU cache in the memory of a process, with a limit in bytes."""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Bounded(Generic[K, V]):
    """An LRU cache of at most `most` bytes. Callers give the size of each value. Threads may share it.

    When it is full, the least recently used values are removed. A value larger than `most` is not kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = threading.Lock()
        self.size = 0

    def get(self, key: K) -> V | None:
        return self.get_all((key,))[0]

    def get_all(self, keys: Iterable[K]) -> list[V | None]:
        """The values of the keys, in the order of the keys; None for a key without a value."""
        found: list[V | None] = []
        look, use = self._values.get, self._values.move_to_end
        with self._lock:
            for key in keys:
                if kept := look(key):
                    use(key)
                found.append(kept[0] if kept else None)
        return found

    def put(self, key: K, value: V, size: int) -> None:
        """Store the value in place of the key's previous value. `size` is in bytes."""
        with self._lock:
            _, before = self._values.pop(key, (None, 0))
            self.size -= before
            if size > self._most:  # it would remove all other values, and then itself
                return
            self._values[key] = (value, size)
            self.size += size
            while self.size > self._most:
                _, (_, gone) = self._values.popitem(last=False)
                self.size -= gone

    def __len__(self) -> int:
        return len(self._values)
