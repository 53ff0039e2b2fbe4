"""The recent visits that a process has counted, to put them back into a Redis that has lost its data.

The store restores the sums of views, but it has no visits. Without them, every visitor who returns would count again.
"""

import secrets
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator

from service.core.redis import RedisLink
from service.views.scripts import INCARNATION, PREFIX, PUT_BACK

LIMIT = 4 * 2**20  # bytes of visits that a process remembers: 800,000 visits, or 450 a second for half an hour
PORTION = 1000  # visits that one command puts back: it takes a few milliseconds
_HASH = 5  # bytes of a visit's hash


class Recent:
    """The visits of the last `once` seconds. Thread-safe.

    Visits take at most `limit` bytes: the oldest ones are dropped. `buckets` is the size of the table in Redis.
    `incarnation` is the name of the contents of Redis that include these visits; it is empty at first.
    """

    def __init__(self, link: RedisLink, buckets: int, once: int, limit: int = LIMIT) -> None:
        self.incarnation = b""
        self._link = link
        self._buckets = buckets
        self._once = once
        self._limit = limit
        self._size = 0
        self._by_second: defaultdict[int, bytearray] = defaultdict(bytearray)
        self._lock = threading.Lock()

    def add(self, visits: Iterable[tuple[int, bytes]]) -> None:
        """Remember visits that Redis has counted, each with its time (seconds since the epoch) and its hash."""
        with self._lock:
            for at, visit in visits:
                self._by_second[at] += visit
                self._size += len(visit)
            while self._size > self._limit:
                self._drop_oldest(self._size - self._limit)

    def _drop_oldest(self, excess: int) -> None:
        """Drop visits of the oldest second: all of them, or `excess` bytes rounded up to whole visits."""
        oldest = min(self._by_second)
        visits = self._by_second[oldest]
        gone = min(-(-excess // _HASH) * _HASH, len(visits))
        del visits[:gone]
        self._size -= gone
        if not visits:
            del self._by_second[oldest]

    def put_back(self, now: float) -> None:
        """Forget the visits that are older than `once`. If Redis has lost its data, put the other visits back.

        `now` is in seconds since the epoch. Several processes may do this at once. Raises RedisUnavailable.
        """
        with self._lock:
            for at in [at for at in self._by_second if at <= now - self._once]:
                self._size -= len(self._by_second.pop(at))
        with self._link.use() as redis:
            incarnation = redis.eval(INCARNATION, 1, f"{PREFIX}incarnation", secrets.token_bytes(8))
            if incarnation != self.incarnation:
                for some in self._portions():
                    redis.eval(PUT_BACK, 1, f"{PREFIX}seen", self._buckets, self._once, *some)
                self.incarnation = incarnation

    def _portions(self) -> Iterator[list[int | bytes]]:
        """Yield the arguments of PUT_BACK for at most PORTION visits each: a second and its visits, alternating."""
        with self._lock:
            seconds = [(at, bytes(visits)) for at, visits in self._by_second.items()]
        some: list[int | bytes] = []
        room = PORTION * _HASH
        for at, visits in seconds:
            for start in range(0, len(visits), PORTION * _HASH):
                part = visits[start : start + PORTION * _HASH]
                if len(part) > room:
                    yield some
                    some, room = [], PORTION * _HASH
                some += [at, part]
                room -= len(part)
        if some:
            yield some

    def __len__(self) -> int:
        """Number of remembered visits."""
        with self._lock:
            return self._size // _HASH
