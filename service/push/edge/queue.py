"""The tags that wait to be purged, in Redis: they survive a crash, and any host may carry them to the edge.

A tag waits until the edge has said yes. It is then purged again, once or twice, and is gone after the last time, unless
a change has brought it anew meanwhile.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from service.core.redis import RedisLink
from service.push.edge.tags import EVERYTHING

MOST = 1_000  # tags that wait for one cache; beyond that everything is purged
TURN = 10  # seconds that one process may take for what it has taken, before another tries

# A member of the queue is a digit, how many times the tag was purged already, and the tag. Its score is when it is
# due, in microseconds of Redis's clock; and since a change sets it anew, it tells one change from the next.
_NOW = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
"""
# KEYS: a queue for each cache. ARGV: everything, MOST, tags.
_ORDER = f"""{_NOW}
for _, queue in ipairs(KEYS) do
  for i = 3, #ARGV do redis.call('ZADD', queue, now, '0' .. ARGV[i]) end
  if redis.call('ZCARD', queue) > tonumber(ARGV[2]) then
    redis.call('DEL', queue)
    redis.call('ZADD', queue, now, '0' .. ARGV[1])
  end
end
"""
# KEYS: queue, turn, known. ARGV: everything, token, TURN, how many. A Redis that does not know the cache has lost what
# waited for it, or never had it.
_TAKE = f"""{_NOW}
if redis.call('SETNX', KEYS[3], 1) == 1 then redis.call('ZADD', KEYS[1], now, '0' .. ARGV[1]) end
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[4])
if #due == 0 or not redis.call('SET', KEYS[2], ARGV[2], 'NX', 'EX', ARGV[3]) then return {{}} end
return due
"""
# KEYS: queue, turn. ARGV: token, how many delays, the delays in microseconds, then members with the scores they had.
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
    """Tags that were due, as members of the queue with their scores. Empty when there are none, or another process
    has its turn."""

    token: str
    members: Sequence[tuple[str, str]]

    @property
    def tags(self) -> list[str]:
        """Each once, the one that has waited longest first."""
        return list(dict.fromkeys(member[1:] for member, _ in self.members))


class Queue:
    """What waits for one cache. Every method may raise RedisUnavailable. All keys share a hash slot."""

    def __init__(self, link: RedisLink, cache: str, again: Sequence[float]) -> None:
        self._link = link
        self.key = f"warta:{{edge}}:{cache}"
        self._delays = [round(seconds * 1_000_000) for seconds in again]

    def take(self, count: int) -> Taken:
        """The tags that are due. They stay in the queue, and are the caller's until `purged` or `leave`."""
        token = secrets.token_hex(8)
        with self._link.use() as redis:
            keys = (self.key, f"{self.key}:turn", f"{self.key}:known")
            flat = [each.decode() for each in redis.eval(_TAKE, 3, *keys, EVERYTHING, token, TURN, count)]
        return Taken(token, list(zip(flat[::2], flat[1::2], strict=True)))

    def purged(self, taken: Taken) -> None:
        """The cache has confirmed: what no change has brought anew is gone, or waits for its next time."""
        self._end(taken, [part for member in taken.members for part in member])

    def leave(self, taken: Taken) -> None:
        """The cache has not confirmed: all of it waits on, for whoever comes next."""
        self._end(taken, [])

    def _end(self, taken: Taken, members: Sequence[str]) -> None:
        with self._link.use() as redis:
            arguments = (taken.token, len(self._delays), *self._delays, *members)
            redis.eval(_PURGED, 2, self.key, f"{self.key}:turn", *arguments)


def order(link: RedisLink, queues: Sequence[Queue], tags: Iterable[str]) -> None:
    """Add the tags to all queues, in one round trip. Raises RedisUnavailable."""
    tags = list(tags)
    if len(tags) > MOST:
        tags = [EVERYTHING]
    with link.use() as redis:
        redis.eval(_ORDER, len(queues), *(queue.key for queue in queues), EVERYTHING, MOST, *tags)
