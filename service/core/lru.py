"""A memory with an end: what a process keeps because it will be asked for again."""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Bounded(Generic[K, V]):
    """Values by key, in at most `most` bytes of what their owners say they take; safe to share between threads.

    What was not used for longest makes room. A value that is longer than `most` is not kept at all.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = threading.Lock()
        self.size = 0

    def get(self, key: K) -> V | None:
        return self.get_all((key,))[0]

    def get_all(self, keys: Iterable[K]) -> list[V | None]:
        """The value of each key, in their order; None for what is not kept."""
        found: list[V | None] = []
        look, use = self._values.get, self._values.move_to_end
        with self._lock:
            for key in keys:
                if kept := look(key):
                    use(key)
                found.append(kept[0] if kept else None)
        return found

    def put(self, key: K, value: V, size: int) -> None:
        """Keep the value in place of the one that the key had; `size` in bytes."""
        with self._lock:
            _, before = self._values.pop(key, (None, 0))
            self.size -= before
            if size > self._most:  # it would drive out everything else, and then go itself
                return
            self._values[key] = (value, size)
            self.size += size
            while self.size > self._most:
                _, (_, gone) = self._values.popitem(last=False)
                self.size -= gone

    def __len__(self) -> int:
        return len(self._values)
