"""The documents that this process holds: most requests reach neither Redis nor the store.

The first of three layers that work alike: a copy is served while what it was made from is known to be current. Here
it is known for HOLD seconds after somebody looked, and only until something changes on this host; in Redis, while the
shelf's version stands; at an edge, until the shelf's tag is purged.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from service.core.lru import Bounded
from service.documents.change_signal import Generation
from service.documents.redis_cache import Kept

HOLD = 1.0  # seconds after a change on another host in which a document may still be served
OBJECTS = 4_000  # bytes that a place takes beside the document's own
AHEAD = 0.4  # seconds before that in which one request looks while the others go on


@dataclass(frozen=True)
class Moment:
    """When somebody looked: seconds of the monotonic clock, and the generation."""

    at: float
    generation: bytes


@dataclass(frozen=True)
class Copy:
    """What was found, and when that was current."""

    kept: Kept
    seen: Moment


class Held:
    """One document's place. Its `copy` is replaced as a whole, so that threads need no lock to read it."""

    def __init__(self, copy: Copy, clock: Callable[[], float], generation: Generation) -> None:
        self.copy = copy
        self._clock = clock
        self._generation = generation
        self._look_at = copy.seen.at + HOLD - AHEAD
        self._lock = threading.Lock()
        self.demand = 0  # seconds in which somebody looked and found the very same document
        self.is_noted = False  # that many ask for it

    def current(self) -> Copy | None:
        """The copy, if it may be served as it is."""
        copy = self.copy
        if self._clock() < copy.seen.at + HOLD and copy.seen.generation == self._generation.now():
            return copy
        return None

    def ready(self) -> Copy | None:
        """The copy, if it may be served and it is not yet time to look whether it is still current."""
        copy = self.copy
        # The time may be that of a copy that has just come: then this one is too old.
        if self._clock() < self._look_at and copy is self.copy and copy.seen.generation == self._generation.now():
            return copy
        return None

    def claim(self) -> bool:
        """Whether the caller is the one who looks; nobody else is until AHEAD seconds have passed."""
        with self._lock:
            if self._clock() < self._look_at:
                return False
            self._look_at = min(self._clock() + AHEAD, self.copy.seen.at + HOLD)
            return True

    def renew(self, copy: Copy) -> None:
        """Take the copy, unless it was seen before the one that is here."""
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
    """Documents by shelf and key, in at most `most` bytes; shared by a process's threads.

    Anybody may ask for any number of entries. Documents of an unusual length have an eighth of the memory,
    so that they cannot drive out the others.
    """

    def __init__(self, generation: Generation, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._generation = generation
        self._clock = clock
        self._places: Bounded[tuple[str, str], Held] = Bounded(most - most // 8)
        self._unusual: Bounded[tuple[str, str], Held] = Bounded(most // 8)

    def moment(self) -> Moment:
        """To be taken before looking: what changes later is then later than that."""
        return Moment(self._clock(), self._generation.now())

    def outdate(self) -> None:
        """Something has changed: no copy may be served, in no process of this host, before somebody has looked."""
        self._generation.next()

    def doubt(self) -> None:
        """Redis may not know, for some seconds, what has changed: see `in_doubt`."""
        self._generation.doubt()

    def in_doubt(self) -> bool:
        """Whether a process of this host could not tell Redis of a change a moment ago."""
        return self._generation.in_doubt()

    def find(self, shelf: str, key: str, *, unusual: bool = False) -> Held | None:
        """The place of the document, whether its copy is current or not."""
        return self._of(unusual).get((shelf, key))

    def hold(self, shelf: str, key: str, kept: Kept, seen: Moment, *, unusual: bool = False) -> Held:
        """Hold a document that was current at the moment `seen`."""
        copy = Copy(kept, seen)
        held = self.find(shelf, key, unusual=unusual)
        if held is None:
            held = Held(copy, self._clock, self._generation)
        else:
            held.renew(copy)
        self._of(unusual).put((shelf, key), held, OBJECTS + len(kept.document))
        return held

    def _of(self, unusual: bool) -> Bounded[tuple[str, str], Held]:
        return self._unusual if unusual else self._places
