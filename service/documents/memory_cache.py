"""The documents in this process's memory. With them, most requests reach neither Redis nor the store.

Memory is the first of three layers. In each, a document is served while its source is known to be current. In memory,
that is for HOLD_SECONDS after a lookup, and only until a change on this host. In Redis, it is until the list gets a new
version. At an edge, it is until the list's tag is purged.
"""

import math
import threading
import time
from collections.abc import Callable, Iterable

from service.core.lru import LruCache
from service.documents.cache_entry import CacheEntry, DocumentKey
from service.documents.change_signal import ChangeSignal

# A document is served for so long after a lookup. A change on another host may stay unseen for the same time, if its
# message is lost (other_hosts.py).
HOLD_SECONDS = 1.0
REFRESH_SECONDS = 0.4  # before the end of that time, one request does the next lookup; the others get the old document
SLOT_BYTES = 4_000  # that a slot takes in addition to its document

Moment = tuple[float, bytes]  # the time of a lookup: seconds of the monotonic clock, and the value of the change signal
_NEVER: Moment = (-math.inf, b"")


class Slot:
    """A document that a lookup found, and the time for which it may be served without another lookup.

    `how` the lookup found it is one of `fresh` (current in Redis), `built` (just now), `previous` (an old document,
    while another builder builds the new one) or `stale` (the last good copy, because the store is away). The last two
    may not be served again.

    Another lookup makes another slot. So threads read a slot without a lock.
    """

    __slots__ = (
        "__weakref__",
        "_clock",
        "_lock",
        "_refresh_at",
        "_signal",
        "demand",
        "document",
        "entry",
        "how",
        "is_hot",
        "moment",
    )

    def __init__(
        self,
        entry: CacheEntry,
        how: str,
        moment: Moment,
        signal: ChangeSignal,
        clock: Callable[[], float],
    ) -> None:
        self.entry = entry
        self.document = entry.document
        self.how = how
        self.moment = moment
        self.demand = 0  # seconds with a lookup that found the same document again
        self.is_hot = False  # whether the document is noted for smaller encodings
        self._signal = signal
        self._clock = clock
        self._refresh_at = moment[0] + HOLD_SECONDS - REFRESH_SECONDS
        self._lock = threading.Lock()

    def is_current(self) -> bool:
        """True if the document may be served."""
        return self._clock() < self.moment[0] + HOLD_SECONDS and self.moment[1] == self._signal.value()

    def fresh(self) -> bool:
        """True if the document may be served, and it is not yet time for the next lookup."""
        return self._clock() < self._refresh_at and self.moment[1] == self._signal.value()

    def try_refresh(self) -> bool:
        """True if the caller has to do the next lookup.

        Then no other caller has to for REFRESH_SECONDS, or until the document may no longer be served, if that is
        earlier.
        """
        with self._lock:
            now = self._clock()
            if now < self._refresh_at:
                return False
            self._refresh_at = min(now + REFRESH_SECONDS, self.moment[0] + HOLD_SECONDS)
            return True


class MemoryCache:
    """Documents in at most `limit` bytes. Shared by a process's threads.

    Clients may ask for any number of entries. Documents with an unusual number get an eighth of the memory, so that
    they cannot drive out the others.
    """

    def __init__(self, signal: ChangeSignal, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._signal = signal
        self._clock = clock
        self._lock = threading.Lock()
        self._slots: LruCache[DocumentKey, Slot] = LruCache(limit - limit // 8)
        self._unusual_slots: LruCache[DocumentKey, Slot] = LruCache(limit // 8)

    def moment(self) -> Moment:
        """The current moment. Take it before a lookup, so that a change during the lookup makes the result old."""
        return self._clock(), self._signal.value()

    def find(self, key: DocumentKey) -> Slot | None:
        """The document's slot, whether it is current or not; None without one."""
        return (self._unusual_slots if key.unusual else self._slots).get(key)

    def store(self, key: DocumentKey, entry: CacheEntry, how: str, moment: Moment) -> Slot:
        """Store an entry that was current at the moment of its lookup. Returns the slot of the latest lookup."""
        slots = self._unusual_slots if key.unusual else self._slots
        size = SLOT_BYTES + len(entry.document)
        slot = Slot(entry, how, moment, self._signal, self._clock)
        with self._lock:
            before = slots.get(key)
            if before and moment[0] < before.moment[0]:
                return before
            if before and before.document is entry.document:
                slot.demand = before.demand + (int(moment[0]) > int(before.moment[0]))
                slot.is_hot = before.is_hot
            slots.put(key, slot, size)
        return slot

    def unstored(self, entry: CacheEntry, how: str) -> Slot:
        """A slot for an entry that may be served only to the request that found it."""
        return Slot(entry, how, _NEVER, self._signal, self._clock)

    def invalidate(self, _: Iterable[str]) -> None:
        """Mark the documents of these lists as outdated in all processes of this host.

        The signal names no list, so each document is looked up once, also those of other lists.
        """
        self._signal.send()
