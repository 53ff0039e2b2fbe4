"""The counts of the last hour, summed over workers, and what becomes of them while Redis is away."""

from datetime import UTC, datetime

import pytest
from redis import Redis

from service.core.errors import RedisUnavailable
from service.core.metrics import Metrics
from service.core.redis import RedisLink, connect
from service.push.delivery_counts import DeliveryCounts, Kind, LastHour
from tests.support.clock import Clock


def test_the_last_hour_is_the_sum_of_all_workers(link: RedisLink, metrics: Metrics) -> None:
    first, second = DeliveryCounts(link, metrics), DeliveryCounts(link, metrics)
    for number in range(1, 100):
        first.count_hub("delivered", number / 100)
    second.count_hub("delivered", 3_600.0)
    second.count_hub("failed")
    second.count_hub("given up")
    second.count_webhook("arsip", "delivered", 0.0)
    for counts in (first, second):
        counts.flush()
    hour = first.last_hour(Kind.HUB)
    assert hour
    assert (hour.delivered, hour.failed, hour.given_up) == (100, 1, 1)
    assert hour.delay_p50 == pytest.approx(0.5, rel=0.06)
    assert hour.delay_p99 == pytest.approx(0.99, rel=0.06)
    webhooks = second.last_hour(Kind.WEBHOOKS)
    assert webhooks
    assert (webhooks.delivered, webhooks.failed) == (1, 0)
    assert webhooks.delay_p50 == pytest.approx(0.001, rel=0.06)
    text = metrics.text().decode()
    assert 'warta_hub_deliveries_total{outcome="delivered"} 100.0' in text
    assert 'warta_webhook_delay_seconds_count{webhook="arsip"} 1.0' in text


def test_what_was_an_hour_ago_counts_no_more_and_leaves_redis(
    link: RedisLink, metrics: Metrics, redis_url: str
) -> None:
    clock = Clock(datetime.now(UTC))
    counts = DeliveryCounts(link, metrics, lambda: clock().timestamp())
    counts.count_hub("failed")
    counts.flush()
    clock.forward(seconds=3_600)
    counts.count_hub("failed")
    counts.flush()
    assert counts.last_hour(Kind.HUB) == LastHour(0, 1, 0, None, None)
    with Redis.from_url(redis_url) as redis:
        keys = list(redis.scan_iter("warta:{deliveries}:*"))
        assert len(keys) == 2
        assert all(3_600 <= redis.ttl(key) <= 3_900 for key in keys)


def test_without_redis_the_last_hour_is_unknown(metrics: Metrics, tmp_path: object) -> None:
    link = RedisLink(connect(f"unix://{tmp_path}/none.sock"), metrics)
    counts = DeliveryCounts(link, metrics)
    counts.count_hub("delivered", 0.1)
    with pytest.raises(RedisUnavailable):
        counts.flush()
    assert counts.last_hour(Kind.HUB) is None
    link.close()
