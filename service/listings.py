"""Listings that were read for one document, for the others that show the same: a feed's formats become old together,
and are asked for together."""

import threading
from collections.abc import Callable

from service.bounded import Bounded
from service.store import Listing

MOST = 8  # that are remembered; each holds on to its articles


class Listings:
    """What was read last, by key and by what it shows. Safe to share between threads."""

    def __init__(self) -> None:
        self._known: Bounded[str, tuple[str, Listing]] = Bounded(MOST)
        self._reading = [threading.Lock() for _ in range(16)]

    def of(self, key: str, shows: str, read: Callable[[], Listing]) -> Listing:
        """The listing under the key, if it was read for documents that show the same; else as `read` reads it.

        `shows` is what was current before it is read, empty if that is not known. Raises what `read` does.
        """
        with self._reading[hash(key) % len(self._reading)]:  # who comes meanwhile waits, and need not read
            known = self._known.get(key)
            if known is None or not shows or known[0] != shows:
                known = shows, read()
                self._known.put(key, known, 1)
            return known[1]
