"""Single readers in Redis: how many different addresses polled a feed with a program in a day, over all processes.

Counted with HyperLogLog, in at most 12 KB for each: the number is wrong by 0.81 % (standard error), and the addresses
are not in it.
"""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from datetime import date
from itertools import islice

from service.core.redis import RedisLink
from service.storage.reader_counts import FeedDay

PREFIX = "warta:{readers}:"
KEPT = 3 * 86_400  # seconds; a full Redis may forget them earlier, since what was counted is in the store, too
TOGETHER = 1_000  # addresses that go to Redis in one command
COMMANDS = 200  # that go in one round trip
SALTED = 2 * 86_400  # seconds for which the addresses in a day's logs can be recognized again


class Singles:
    """Every method may raise RedisUnavailable; to count an address again changes nothing."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    def count(self, addresses: Mapping[tuple[FeedDay, str], Collection[bytes]]) -> dict[tuple[FeedDay, str], int]:
        """Add hashed addresses, and give how many there are by now, of each feed, day and client."""
        names = list(addresses)
        commands = [
            (f"{PREFIX}single:{day.day}:{client}:{day.feed}", some)
            for day, client in names
            for some in _portions(addresses[day, client])
        ]
        with self._link.use() as redis:
            for first in range(0, len(commands), COMMANDS):
                pipeline = redis.pipeline(transaction=False)
                for key, some in commands[first : first + COMMANDS]:
                    pipeline.pfadd(key, *some).expire(key, KEPT)
                pipeline.execute()
            counts: list[int] = []
            for first in range(0, len(names), COMMANDS):
                pipeline = redis.pipeline(transaction=False)
                for day, client in names[first : first + COMMANDS]:
                    pipeline.pfcount(f"{PREFIX}single:{day.day}:{client}:{day.feed}")
                counts += pipeline.execute()
        return dict(zip(names, counts, strict=True))

    def salt(self, day: date) -> bytes:
        """With which the addresses in a day's access logs are hashed, whoever reads them; forgotten after two days."""
        key = f"{PREFIX}salt:{day}"
        with self._link.use() as redis:
            redis.set(key, secrets.token_bytes(32), nx=True, ex=SALTED)
            return bytes(redis.get(key))


def source(address: str, salt: bytes) -> bytes:
    """An address, as it is counted."""
    return hashlib.blake2b(address.encode(), key=salt, digest_size=8).digest()


def _portions(addresses: Collection[bytes]) -> list[list[bytes]]:
    rest = iter(addresses)
    return list(iter(lambda: list(islice(rest, TOGETHER)), []))
