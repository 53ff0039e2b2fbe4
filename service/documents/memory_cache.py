"""The documents in this process's memory. With them, most requests reach neither Redis nor the store.

Memory is the first of three layers. In each, a copy is served while its source is known to be current. In memory, that
is for HOLD seconds after a lookup, and only until a change on this host. In Redis, it is until the list gets a new
version. At an edge, it is until the list's tag is purged.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from service.core.lru import LruCache
from service.documents.change_signal import Generation
from service.documents.redis_cache import Kept

HOLD = 1.0  # seconds that a copy is served after a lookup; so long a change on another host may stay unseen
OBJECTS = 4_000  # bytes that a place takes in addition to its document
AHEAD = 0.4  # seconds before the end of HOLD; from then on one request looks up, and the others still get the copy


@dataclass(frozen=True)
class Moment:
    """The time of a lookup: seconds of the monotonic clock, and the generation."""

    at: float
    generation: bytes


@dataclass(frozen=True)
class Copy:
    """A document from a lookup, and the moment at which it was current."""

    kept: Kept
    seen: Moment


class Held:
    """One document's place in memory. Its `copy` is replaced as a whole, so that threads can read it without a lock."""

    def __init__(self, copy: Copy, clock: Callable[[], float], generation: Generation) -> None:
        self.copy = copy
        self._clock = clock
        self._generation = generation
        self._look_at = copy.seen.at + HOLD - AHEAD
        self._lock = threading.Lock()
        self.demand = 0  # seconds with a lookup that found the same document again
        self.is_noted = False  # whether the document is noted for smaller encodings

    def current(self) -> Copy | None:
        """The copy, if it may be served; else None."""
        copy = self.copy
        if self._clock() < copy.seen.at + HOLD and copy.seen.generation == self._generation.now():
            return copy
        return None

    def ready(self) -> Copy | None:
        """The copy, if it may be served and it is not yet time for the next lookup; else None."""
        copy = self.copy
        # Another thread may just have replaced the copy: then `_look_at` is that of the new copy, and this one is old.
        if self._clock() < self._look_at and copy is self.copy and copy.seen.generation == self._generation.now():
            return copy
        return None

    def claim(self) -> bool:
        """Whether the caller has to do the next lookup.

        Then no other caller has to for AHEAD seconds, or until the copy may no longer be served, if that is earlier.
        """
        with self._lock:
            if self._clock() < self._look_at:
                return False
            self._look_at = min(self._clock() + AHEAD, self.copy.seen.at + HOLD)
            return True

    def renew(self, copy: Copy) -> None:
        """Replace the copy by this one, unless this one is from an earlier lookup."""
        with self._lock:
            if copy.seen.at < self.copy.seen.at:
                return
            if copy.kept.document is not self.copy.kept.document:
                self.demand, self.is_noted = 0, False
            elif int(copy.seen.at) > int(self.copy.seen.at):
                self.demand += 1
            self.copy = copy
            self._look_at = copy.seen.at + HOLD - AHEAD


class Memory:
    """Documents by list and key, in at most `most` bytes. Shared by a process's threads.

    Clients may ask for any number of entries. Documents with an unusual number get an eighth of the memory, so that
    they cannot drive out the others.
    """

    def __init__(self, generation: Generation, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._generation = generation
        self._clock = clock
        self._places: LruCache[tuple[str, str], Held] = LruCache(most - most // 8)
        self._unusual: LruCache[tuple[str, str], Held] = LruCache(most // 8)

    def moment(self) -> Moment:
        """The current moment. Take it before a lookup, so that a change during the lookup makes the result old."""
        return Moment(self._clock(), self._generation.now())

    def outdate(self) -> None:
        """Signal a change: no process of this host serves a copy again before another lookup."""
        self._generation.next()

    def doubt(self) -> None:
        """Signal that Redis may lack changes for some seconds: see `in_doubt`."""
        self._generation.doubt()

    def in_doubt(self) -> bool:
        """Whether Redis may lack a change, because a process of this host could not write it a moment ago."""
        return self._generation.in_doubt()

    def find(self, list_name: str, key: str, *, unusual: bool = False) -> Held | None:
        """The place of the document, whether its copy is current or not; None if memory does not hold it."""
        return self._of(unusual).get((list_name, key))

    def hold(self, list_name: str, key: str, kept: Kept, seen: Moment, *, unusual: bool = False) -> Held:
        """Hold a document that was current at the moment `seen`. Returns its place."""
        copy = Copy(kept, seen)
        held = self.find(list_name, key, unusual=unusual)
        if held is None:
            held = Held(copy, self._clock, self._generation)
        else:
            held.renew(copy)
        self._of(unusual).put((list_name, key), held, OBJECTS + len(kept.document))
        return held

    def _of(self, unusual: bool) -> LruCache[tuple[str, str], Held]:
        return self._unusual if unusual else self._places
