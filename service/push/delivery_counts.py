"""Counts of deliveries: for `/metrics`, and of the last hour for `/stats` and `warta deliveries`.

The counts of the last hour are in Redis, summed over all workers of all hosts. They are hints for operators, and may be
lost: the store has what is still to be delivered.
"""

import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from threading import Lock

from service.core.errors import RedisUnavailable
from service.core.metrics import Metrics
from service.core.redis import RedisLink

SLOT_SECONDS = 300  # the counts of so many seconds have a key of their own, which ends as a whole
SLOTS = 3600 // SLOT_SECONDS
FIRST_DELAY_SECONDS = 0.001  # the upper bound of the first class of delays
CLASS_RATIO = 1.1  # of the upper bounds of two neighbouring classes: a delay is known to 5 %
_DELAY = "delay "  # a field with the number of delays of one class; the number of the class follows


class Kind(Enum):
    """The kinds of deliveries."""

    HUB = "hub"
    WEBHOOKS = "webhooks"


@dataclass(frozen=True)
class LastHour:
    """The attempts of the last hour (55 to 60 minutes), by outcome, and the delays of those that arrived, in seconds.

    A delay is the time from the change to the answer of the subscriber. None if nothing has arrived.
    """

    delivered: int
    failed: int
    given_up: int
    delay_p50: float | None
    delay_p99: float | None


class DeliveryCounts:
    """Counts deliveries in memory until `flush`. Safe to share between threads."""

    def __init__(self, link: RedisLink, metrics: Metrics, clock: Callable[[], float] = time.time) -> None:
        self._link = link
        self._metrics = metrics
        self._clock = clock
        self._lock = Lock()
        self._waiting: defaultdict[str, Counter[str]] = defaultdict(Counter)  # by key and field

    def count_hub(self, outcome: str, delay: float | None = None) -> None:
        """Count an attempt of the hub: delivered, failed, given up or ended. `delay` is in seconds."""
        self._metrics.hub_deliveries.labels(outcome).inc()
        if delay is not None:
            self._metrics.hub_delay_seconds.observe(delay)
        self._add(Kind.HUB, outcome, delay)

    def count_webhook(self, name: str, outcome: str, delay: float | None = None) -> None:
        """Count an attempt of a webhook: delivered, failed or given up. `delay` is in seconds."""
        self._metrics.webhook_deliveries.labels(name, outcome).inc()
        if delay is not None:
            self._metrics.webhook_delay_seconds.labels(name).observe(delay)
        self._add(Kind.WEBHOOKS, outcome, delay)

    def flush(self) -> None:
        """Add the waiting counts to those in Redis. After a failure they are lost. Raises RedisUnavailable."""
        with self._lock:
            waiting, self._waiting = self._waiting, defaultdict(Counter)
        if not waiting:
            return
        with self._link.use() as redis:
            pipeline = redis.pipeline(transaction=False)
            for key, counts in waiting.items():
                for field, number in counts.items():
                    pipeline.hincrby(key, field, number)
                pipeline.expire(key, (SLOTS + 1) * SLOT_SECONDS)
            pipeline.execute()

    def last_hour(self, kind: Kind) -> LastHour | None:
        """The deliveries of the last hour that were flushed; None while Redis is away."""
        slot = self._slot()
        try:
            with self._link.use() as redis:
                pipeline = redis.pipeline(transaction=False)
                for ago in range(SLOTS):
                    pipeline.hgetall(_key(kind, slot - ago))
                slots = pipeline.execute()
        except RedisUnavailable:
            return None
        sums: Counter[str] = Counter()
        for counts in slots:
            sums.update({field.decode(): int(number) for field, number in counts.items()})
        delays = {int(name.removeprefix(_DELAY)): n for name, n in sums.items() if name.startswith(_DELAY)}
        return LastHour(
            delivered=sums["delivered"],
            failed=sums["failed"],
            given_up=sums["given up"],
            delay_p50=_quantile(delays, 0.5),
            delay_p99=_quantile(delays, 0.99),
        )

    def _add(self, kind: Kind, outcome: str, delay: float | None) -> None:
        key = _key(kind, self._slot())
        with self._lock:
            self._waiting[key][outcome] += 1
            if delay is not None:
                self._waiting[key][f"{_DELAY}{_delay_class(delay)}"] += 1

    def _slot(self) -> int:
        return int(self._clock()) // SLOT_SECONDS


def _key(kind: Kind, slot: int) -> str:
    return f"warta:{{deliveries}}:{kind.value}:{slot}"


def _delay_class(delay: float) -> int:
    """The number of the class with this delay: its upper bound is FIRST_DELAY_SECONDS * CLASS_RATIO ** number."""
    return max(0, math.ceil(math.log(max(delay, FIRST_DELAY_SECONDS) / FIRST_DELAY_SECONDS, CLASS_RATIO)))


def _quantile(delays: Mapping[int, int], share: float) -> float | None:
    """The middle of the class in which this share of the delays ends."""
    wanted, seen = share * sum(delays.values()), 0
    for number in sorted(delays):
        seen += delays[number]
        if seen >= wanted:
            return float(FIRST_DELAY_SECONDS * CLASS_RATIO ** (number - 0.5))
    return None
