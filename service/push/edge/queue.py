"""The queue of tags that wait to be purged. It is in Redis: it survives a crash, and any host may send the purges.

A tag waits until the cache has confirmed its purge. The purge is then repeated once or twice. After the last purge the
tag leaves the queue, unless a change has added it anew in the meantime.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from service.core.redis import RedisLink
from service.push.edge.tags import COMMON_TAG

MAX_QUEUED_TAGS = 1_000  # that may wait for one cache; if there are more, everything is purged
TURN_SECONDS = 10  # that one process has to purge the tags that it took; after them, another process may try

# A member of the queue is one digit and the tag. The digit is the number of times that the tag was purged already. The
# score is the time at which the tag is due, in microseconds of Redis's clock. Each change sets a new score, so that the
# score also distinguishes one change from the next.
_NOW = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
"""
# KEYS: one queue for each cache. ARGV: COMMON_TAG, MAX_QUEUED_TAGS, the tags.
_ADD = f"""{_NOW}
for _, queue in ipairs(KEYS) do
  for i = 3, #ARGV do redis.call('ZADD', queue, now, '0' .. ARGV[i]) end
  if redis.call('ZCARD', queue) > tonumber(ARGV[2]) then
    redis.call('DEL', queue)
    redis.call('ZADD', queue, now, '0' .. ARGV[1])
  end
end
"""
# KEYS: queue, turn, known. ARGV: COMMON_TAG, token of the process, TURN_SECONDS, the largest number of tags. Without
# the key `known`, Redis has lost the queue of this cache or never had one: then everything is purged. A process may
# take its own turn again: when its connection to Redis fails, it does not hear of its turn, or cannot end it.
_TAKE_DUE = f"""{_NOW}
if redis.call('SETNX', KEYS[3], 1) == 1 then redis.call('ZADD', KEYS[1], now, '0' .. ARGV[1]) end
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[4])
local holder = redis.call('GET', KEYS[2])
if #due == 0 or (holder and holder ~= ARGV[2]) then return {{}} end
redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
return due
"""
# KEYS: queue, turn. ARGV: token of the process, the number of delays, the delays in microseconds, then each confirmed
# member with the score that it had when it was taken.
_END_TURN = f"""{_NOW}
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
class DueTags:
    """Tags that were due, as members of the queue with their scores.

    Empty if no tag is due, or if another process has its turn.
    """

    members: Sequence[tuple[str, str]]

    @property
    def tags(self) -> list[str]:
        """Each tag once, the longest waiting first."""
        return list(dict.fromkeys(member[1:] for member, _ in self.members))

    @property
    def first_ordered_at(self) -> float | None:
        """The time of the first order among them, in seconds since 1970. None if all of them are repeated purges."""
        return min((float(score) / 1e6 for member, score in self.members if member.startswith("0")), default=None)


class PurgeQueue:
    """The tags that wait for one cache. Every method may raise RedisUnavailable.

    `cache_url` is the URL of the cache. `repeat_delays` has the delays of the repeated purges, in seconds. All keys
    share a hash slot. Only one thread of a process takes tags.
    """

    def __init__(self, link: RedisLink, cache_url: str, repeat_delays: Sequence[float]) -> None:
        self._link = link
        self._token = secrets.token_hex(8)
        self.key = f"warta:{{edge}}:{cache_url}"
        self._delays = [round(seconds * 1_000_000) for seconds in repeat_delays]  # microseconds

    def take_due(self, max_tags: int) -> DueTags:
        """Take at most `max_tags` tags that are due.

        They stay in the queue. No other process takes tags before `confirm` or `release`, or before TURN_SECONDS have
        passed.
        """
        with self._link.use() as redis:
            keys = (self.key, f"{self.key}:turn", f"{self.key}:known")
            arguments = (COMMON_TAG, self._token, TURN_SECONDS, max_tags)
            flat = [each.decode() for each in redis.eval(_TAKE_DUE, 3, *keys, *arguments)]
        return DueTags(list(zip(flat[::2], flat[1::2], strict=True)))

    def confirm(self, due: DueTags) -> None:
        """End the turn after a confirmed purge.

        Tags without a new change leave the queue, or wait for their next repeat.
        """
        self._end([part for member in due.members for part in member])

    def release(self) -> None:
        """End the turn after a failed purge. All tags stay in the queue for the next process."""
        self._end([])

    def _end(self, members: Sequence[str]) -> None:
        with self._link.use() as redis:
            arguments = (self._token, len(self._delays), *self._delays, *members)
            redis.eval(_END_TURN, 2, self.key, f"{self.key}:turn", *arguments)


def add_tags(link: RedisLink, queues: Sequence[PurgeQueue], tags: Iterable[str]) -> None:
    """Add the tags to all queues, in one round trip. COMMON_TAG replaces more than MAX_QUEUED_TAGS.

    Raises RedisUnavailable.
    """
    tags = list(tags)
    if len(tags) > MAX_QUEUED_TAGS:
        tags = [COMMON_TAG]
    with link.use() as redis:
        redis.eval(_ADD, len(queues), *(queue.key for queue in queues), COMMON_TAG, MAX_QUEUED_TAGS, *tags)
