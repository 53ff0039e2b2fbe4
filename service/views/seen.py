"""The visits that a process has counted lately, to put them back into a Redis that has lost its data.

The store restores the sums of views, but it has no visits. Without them, every visitor who returns would count again.
"""

import secrets
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator

from service.core.redis import RedisLink, lua_script
from service.views.redis_keys import INSTANCE_ID, SEEN

MAX_BYTES = 4 * 2**20  # of visits that a process remembers: 800,000 visits, or 450 a second for half an hour
MAX_PUT_BACK_VISITS = 1000  # visits that one command puts back: it takes a few milliseconds
_HASH_BYTES = 5  # of a visit
_PORTION_BYTES = MAX_PUT_BACK_VISITS * _HASH_BYTES

_INSTANCE_ID = lua_script("service.views", "instance_id")
_PUT_BACK = lua_script("service.views", "seen", "put_back")


class SeenVisits:
    """The visits of the last `once` seconds. Thread-safe.

    Visits take at most `limit` bytes: the oldest ones are dropped. `buckets` is the size of the table in Redis.
    `redis_id` is the id of the Redis instance that includes these visits; it is empty at first.
    """

    def __init__(self, link: RedisLink, buckets: int, once: int, limit: int = MAX_BYTES) -> None:
        self.redis_id = b""
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
        gone = min(-(-excess // _HASH_BYTES) * _HASH_BYTES, len(visits))
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
            redis_id = _INSTANCE_ID(redis, [INSTANCE_ID], secrets.token_bytes(8))
            if redis_id != self.redis_id:
                for portion in self._portions():
                    _PUT_BACK(redis, [SEEN], self._buckets, self._once, *portion)
                self.redis_id = redis_id

    def _portions(self) -> Iterator[list[int | bytes]]:
        """Yield arguments of `put_back.lua`, for at most MAX_PUT_BACK_VISITS visits: a second, its visits."""
        with self._lock:
            seconds = [(at, bytes(visits)) for at, visits in self._by_second.items()]
        portion: list[int | bytes] = []
        room = _PORTION_BYTES
        for at, visits in seconds:
            for start in range(0, len(visits), _PORTION_BYTES):
                part = visits[start : start + _PORTION_BYTES]
                if len(part) > room:
                    yield portion
                    portion, room = [], _PORTION_BYTES
                portion += [at, part]
                room -= len(part)
        if portion:
            yield portion

    def __len__(self) -> int:
        """Number of remembered visits."""
        with self._lock:
            return self._size // _HASH_BYTES
