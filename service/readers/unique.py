"""Single readers in Redis: the number of different IP addresses that polled a feed with one program in one day.

The number is over all processes. Each count is a HyperLogLog of at most 12 KB. Its standard error is 0.81 %, and it
does not contain the IP addresses.
"""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from datetime import date
from itertools import islice

from service.core.redis import RedisLink
from service.storage.reader_counts import FeedDay

PREFIX = "warta:{readers}:"
COUNT_SECONDS = (
    3 * 86_400
)  # seconds that Redis keeps a count; a full Redis may evict it earlier, since the store has the number
HASHES_PER_COMMAND = 1_000  # hashed IP addresses in one command
COMMANDS_PER_ROUND_TRIP = 200  # commands in one round trip
SALT_SECONDS = (
    2 * 86_400
)  # seconds that Redis keeps a salt: so long, the IP addresses in a day's logs are recognized again


class UniqueReaders:
    """Counts single readers. Every method may raise RedisUnavailable. To count an IP address twice changes nothing."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    def count(self, addresses: Mapping[tuple[FeedDay, str], Collection[bytes]]) -> dict[tuple[FeedDay, str], int]:
        """Add hashed IP addresses, by feed, day and client. Returns the new number of each."""
        names = list(addresses)
        commands = [
            (f"{PREFIX}single:{day.day}:{client}:{day.feed}", some)
            for day, client in names
            for some in _portions(addresses[day, client])
        ]
        with self._link.use() as redis:
            for first in range(0, len(commands), COMMANDS_PER_ROUND_TRIP):
                pipeline = redis.pipeline(transaction=False)
                for key, some in commands[first : first + COMMANDS_PER_ROUND_TRIP]:
                    pipeline.pfadd(key, *some).expire(key, COUNT_SECONDS)
                pipeline.execute()
            counts: list[int] = []
            for first in range(0, len(names), COMMANDS_PER_ROUND_TRIP):
                pipeline = redis.pipeline(transaction=False)
                for day, client in names[first : first + COMMANDS_PER_ROUND_TRIP]:
                    pipeline.pfcount(f"{PREFIX}single:{day.day}:{client}:{day.feed}")
                counts += pipeline.execute()
        return dict(zip(names, counts, strict=True))

    def salt(self, day: date) -> bytes:
        """Return the salt for the IP addresses in the access logs of a day.

        All processes get the same salt. Redis deletes it two days after its first use.
        """
        key = f"{PREFIX}salt:{day}"
        with self._link.use() as redis:
            redis.set(key, secrets.token_bytes(32), nx=True, ex=SALT_SECONDS)
            return bytes(redis.get(key))


def hash_ip_address(address: str, salt: bytes) -> bytes:
    """Return the hash of an IP address: eight bytes, which are counted instead of it."""
    return hashlib.blake2b(address.encode(), key=salt, digest_size=8).digest()


def _portions(addresses: Collection[bytes]) -> list[list[bytes]]:
    rest = iter(addresses)
    return list(iter(lambda: list(islice(rest, HASHES_PER_COMMAND)), []))
