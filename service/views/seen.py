"""The visits that a process had counted a while ago: a Redis that has lost its data is told of them.

Sums come back from the store, but whom Redis has just seen stands nowhere else, and everybody who comes back would
count again.
"""

import secrets
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator

from service.core.redis import RedisLink
from service.views.scripts import INCARNATION, PREFIX, PUT_BACK

LIMIT = 4 * 2**20  # bytes of visits that a process remembers: 800,000, or 450 a second for half an hour
PORTION = 1000  # visits that one command puts back: it takes a few milliseconds
_HASH = 5  # bytes of a visit's hash


class Recent:
    """The visits of the last `once` seconds, at most `limit` bytes of them: the oldest go. For any number of threads.

    `incarnation` names the contents of Redis that they are among; it is empty at first.
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
        """Remember visits that Redis has counted: when, in seconds since the epoch, and the hash."""
        with self._lock:
            for at, visit in visits:
                self._by_second[at] += visit
                self._size += len(visit)
            while self._size > self._limit:
                self._drop_oldest(self._size - self._limit)

    def _drop_oldest(self, excess: int) -> None:
        """Drop a second's visits: all, or what is in excess."""
        oldest = min(self._by_second)
        visits = self._by_second[oldest]
        gone = min(-(-excess // _HASH) * _HASH, len(visits))
        del visits[:gone]
        self._size -= gone
        if not visits:
            del self._by_second[oldest]

    def put_back(self, now: float) -> None:
        """Forget the visits that are over; where Redis has lost its data, tell it of the others.

        Several processes may do so at once. Raises RedisUnavailable.
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
        """When and which, second by second."""
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
        """How many visits are remembered."""
        with self._lock:
            return self._size // _HASH
