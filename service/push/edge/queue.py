"""The queue of tags that wait to be purged. It is in Redis: it survives a crash, and any host may send the purges.

A tag waits until the cache has confirmed its purge. The purge is then repeated once or twice. After the last purge the
tag leaves the queue, unless a change has added it anew in the meantime.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from service.core.redis import RedisLink
from service.push.edge.tags import EVERYTHING

MOST = 1_000  # tags that may wait for one cache; if there are more, everything is purged
TURN = 10  # seconds that one process has to purge the tags that it took; after them, another process may try

# A member of the queue is one digit and the tag. The digit is the number of times that the tag was purged already. The
# score is the time at which the tag is due, in microseconds of Redis's clock. Each change sets a new score, so that the
# score also distinguishes one change from the next.
_NOW = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
"""
# KEYS: one queue for each cache. ARGV: EVERYTHING, MOST, the tags.
_ORDER = f"""{_NOW}
for _, queue in ipairs(KEYS) do
  for i = 3, #ARGV do redis.call('ZADD', queue, now, '0' .. ARGV[i]) end
  if redis.call('ZCARD', queue) > tonumber(ARGV[2]) then
    redis.call('DEL', queue)
    redis.call('ZADD', queue, now, '0' .. ARGV[1])
  end
end
"""
# KEYS: queue, turn, known. ARGV: EVERYTHING, token of the turn, TURN, the largest number of tags. Without the key
# `known`, Redis has lost the queue of this cache or never had one: then everything is purged.
_TAKE = f"""{_NOW}
if redis.call('SETNX', KEYS[3], 1) == 1 then redis.call('ZADD', KEYS[1], now, '0' .. ARGV[1]) end
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[4])
if #due == 0 or not redis.call('SET', KEYS[2], ARGV[2], 'NX', 'EX', ARGV[3]) then return {{}} end
return due
"""
# KEYS: queue, turn. ARGV: token of the turn, the number of delays, the delays in microseconds, then each confirmed
# member with the score that it had when it was taken.
_PURGED = f"""{_NOW}
local delays = tonumber(ARGV[2])
for i = 3 + delays, #ARGV, 2 do
  local member = ARGV[i]
  if redis.call('ZSCORE', KEYS[1], member) == ARGV[i + 1] then
    redis.call('ZREM', KEYS[1], member)
    local times = tonumber(string.sub(member, 1, 1))
    if times < delays then
      redis.call('ZADD', KEYS[1], now + ARGV[3 + times], (times + 1) .. string.sub(member, 2))
    end
  end
end
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
"""


@dataclass(frozen=True)
class Taken:
    """Tags that were due, as members of the queue with their scores.

    Empty if no tag is due, or if another process has its turn.
    """

    token: str
    members: Sequence[tuple[str, str]]

    @property
    def tags(self) -> list[str]:
        """Each tag once, the longest waiting first."""
        return list(dict.fromkeys(member[1:] for member, _ in self.members))


class Queue:
    """The tags that wait for one cache. Every method may raise RedisUnavailable.

    `cache` is the URL of the cache. `again` has the delays of the repeated purges, in seconds. All keys share a hash
    slot.
    """

    def __init__(self, link: RedisLink, cache: str, again: Sequence[float]) -> None:
        self._link = link
        self.key = f"warta:{{edge}}:{cache}"
        self._delays = [round(seconds * 1_000_000) for seconds in again]

    def take(self, count: int) -> Taken:
        """Take at most `count` tags that are due.

        They stay in the queue. No other process takes tags before `purged` or `leave`, or before TURN seconds have
        passed.
        """
        token = secrets.token_hex(8)
        with self._link.use() as redis:
            keys = (self.key, f"{self.key}:turn", f"{self.key}:known")
            flat = [each.decode() for each in redis.eval(_TAKE, 3, *keys, EVERYTHING, token, TURN, count)]
        return Taken(token, list(zip(flat[::2], flat[1::2], strict=True)))

    def purged(self, taken: Taken) -> None:
        """End the turn after a confirmed purge.

        Tags without a new change leave the queue, or wait for their next repeat.
        """
        self._end(taken, [part for member in taken.members for part in member])

    def leave(self, taken: Taken) -> None:
        """End the turn after a failed purge. All tags stay in the queue for the next process."""
        self._end(taken, [])

    def _end(self, taken: Taken, members: Sequence[str]) -> None:
        with self._link.use() as redis:
            arguments = (taken.token, len(self._delays), *self._delays, *members)
            redis.eval(_PURGED, 2, self.key, f"{self.key}:turn", *arguments)


def order(link: RedisLink, queues: Sequence[Queue], tags: Iterable[str]) -> None:
    """Add the tags to all queues, in one round trip; EVERYTHING instead of more than MOST. Raises RedisUnavailable."""
    tags = list(tags)
    if len(tags) > MOST:
        tags = [EVERYTHING]
    with link.use() as redis:
        redis.eval(_ORDER, len(queues), *(queue.key for queue in queues), EVERYTHING, MOST, *tags)
