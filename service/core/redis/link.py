"""The use of Redis behind a circuit breaker: a Redis that is away, hangs or is slow costs no request any time."""

import logging
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from redis import RedisError
from redis.exceptions import RedisClusterException, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from service.core.circuit_breaker import CircuitBreaker, Part
from service.core.errors import RedisUnavailable
from service.core.metrics import Metrics
from service.core.plain_errors import plain_message
from service.core.redis.connections import answers_watched

PATIENCE_SECONDS = 0.1  # seconds after a late answer in which further commands wait for the first probe
PROBE_SECONDS = 0.6  # seconds in which one of the PINGs of a probe must be answered in time
SUSPECT_SECONDS = 10.0  # seconds after an outage in which Redis may not yet have the changes made during it
KEY_LOG_SECONDS = 60.0  # between two log lines about keys with a wrong value
_KEY_ERRORS = ("WRONGTYPE", "value is not an integer", "value is not a valid float")  # of one key, not of the server
_PART = Part("redis", "redis is away; feeds come from the store, and page views wait", "redis is back")

log = logging.getLogger(__name__)


class RedisLink:
    """A client of Redis behind a circuit breaker. Threads share it.

    After a failure, and while Redis answers slowly, `use` raises RedisUnavailable at once. A probe finds out when Redis
    works again. A key that another program has overwritten is no failure of Redis: only the uses of that key raise
    RedisUnavailable.
    """

    def __init__(self, client: Any, metrics: Metrics) -> None:
        self._client = client
        self._metrics = metrics
        self._breaker = CircuitBreaker(_PART, self._is_quick, metrics.circuit("redis"))
        self._watch = _Watch(self._breaker)
        self._failed_at = -math.inf
        self._key_logged_at = -math.inf

    @contextmanager
    def use(self) -> Iterator[Any]:
        """The client, for a few commands in a `with` block. A failure of Redis in the block raises RedisUnavailable."""
        if not self._watch.may_send():
            self._failed_at = time.monotonic()
            raise RedisUnavailable("Redis is away")
        try:
            with answers_watched(self._watch):
                yield self._client
        except (RedisError, RedisClusterException, OSError) as error:
            self._report(error)
            raise RedisUnavailable(f"Redis cannot be used: {plain_message(error)}") from error

    @property
    def is_suspect(self) -> bool:
        """True if Redis is away, or was in the last SUSPECT_SECONDS. Then it may not yet have the latest changes."""
        return self._breaker.is_open() or time.monotonic() < self._failed_at + SUSPECT_SECONDS

    def close(self) -> None:
        self._breaker.end()
        self._client.close()

    def _report(self, error: Exception) -> None:
        self._metrics.redis_failures.inc()
        if _is_about_a_key(error):
            if time.monotonic() >= self._key_logged_at + KEY_LOG_SECONDS:
                self._key_logged_at = time.monotonic()
                log.warning("redis has a key with a wrong value, perhaps of another program; delete it: %s", error)
            return
        self._failed_at = time.monotonic()
        if isinstance(error, RedisTimeoutError):  # a CommandRefused, too
            self._breaker.suspect()
        else:
            self._breaker.open(plain_message(error))

    def _is_quick(self) -> bool:
        """True if Redis answers one of several PINGs in time.

        One late answer proves nothing: Redis may wait for a processor that is busy, for the end of a command that takes
        long, or for a new connection. A slow Redis or network delays all answers.
        """
        ends_at = time.monotonic() + PROBE_SECONDS
        while time.monotonic() < ends_at:
            late = _LateAnswers()
            try:
                with answers_watched(late):
                    self._client.ping()
            except RedisTimeoutError:
                continue
            except (RedisError, RedisClusterException, OSError):
                return False
            if not late.heard:
                return True
        return False


@dataclass(frozen=True)
class _Watch:
    """The watch of all uses: the circuit breaker hears of late answers, and permits commands."""

    breaker: CircuitBreaker

    def suspect(self) -> None:
        self.breaker.suspect()

    def may_send(self) -> bool:
        return self.breaker.allows(PATIENCE_SECONDS)


class _LateAnswers:
    """The watch of a probe: it only notes whether it has heard of a late answer."""

    heard = False

    def suspect(self) -> None:
        self.heard = True

    def may_send(self) -> bool:
        return True


def _is_about_a_key(error: Exception) -> bool:
    return isinstance(error, ResponseError) and any(text in str(error) for text in _KEY_ERRORS)
