"""Tags that wait: nothing is lost, nothing waits twice, and what was purged is purged again a little later."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from service.core.errors import RedisUnavailable
from service.core.metrics import Metrics
from service.core.redis import RedisLink, connect
from service.push.edge.queue import MAX_QUEUED_TAGS, PurgeQueue, add_tags
from tests.support.nodes import cluster
from tests.support.server import eventually


@pytest.fixture
def queue(link: RedisLink) -> Iterator[PurgeQueue]:
    """A queue that Redis knows, and that is empty."""
    queue = PurgeQueue(link, "http://edge", repeat_delays=())
    queue.confirm(queue.take_due(10))
    yield queue


def taken(queue: PurgeQueue, count: int = 10) -> list[str]:
    """The tags that are due, left where they are."""
    taken = queue.take_due(count)
    queue.release()
    return taken.tags


def test_tags_wait_each_once_until_they_were_purged(link: RedisLink, queue: PurgeQueue) -> None:
    add_tags(link, [queue], ["latest", "tag/asean"])
    add_tags(link, [queue], ["latest"])
    assert taken(queue) == ["tag/asean", "latest"]
    assert taken(queue, 1) == ["tag/asean"]
    queue.confirm(queue.take_due(10))
    assert taken(queue) == []


def test_a_change_while_its_tag_is_being_purged_is_another_one(link: RedisLink, queue: PurgeQueue) -> None:
    add_tags(link, [queue], ["latest", "directory"])
    being_purged = queue.take_due(10)
    add_tags(link, [queue], ["latest"])
    queue.confirm(being_purged)
    assert taken(queue) == ["latest"]


def test_one_process_purges_at_a_time_and_loses_its_turn_when_it_dies(
    link: RedisLink, queue: PurgeQueue, redis_url: str
) -> None:
    other = PurgeQueue(link, "http://edge", repeat_delays=())  # of another process
    add_tags(link, [queue], ["latest"])
    late = queue.take_due(10)
    assert late.tags == ["latest"]
    assert other.take_due(10).tags == []
    with Redis.from_url(redis_url) as redis:
        assert 0 < redis.ttl(f"{queue.key}:turn") <= 10
        redis.delete(f"{queue.key}:turn")  # so much time has passed
    add_tags(link, [queue], ["latest"])
    assert other.take_due(10).tags == ["latest"]
    queue.confirm(late)  # not the later change, and the turn is the other's
    assert queue.take_due(10).tags == []
    other.release()
    assert taken(queue) == ["latest"]


def test_a_process_that_could_not_end_its_turn_takes_it_again_at_once(link: RedisLink, queue: PurgeQueue) -> None:
    """A connection that fails may also lose the answer to a turn that Redis has given."""
    add_tags(link, [queue], ["latest"])
    queue.take_due(10)
    again = queue.take_due(10)
    assert again.tags == ["latest"]
    queue.confirm(again)
    assert taken(queue) == []


def test_what_was_purged_is_purged_again_after_each_delay(link: RedisLink, redis_url: str) -> None:
    queue = PurgeQueue(link, "http://edge", repeat_delays=(0.5, 1.0))
    queue.confirm(queue.take_due(10))
    with Redis.from_url(redis_url) as redis:
        redis.delete(queue.key)
        add_tags(link, [queue], ["latest"])
        for left in (1, 1, 0):
            eventually(lambda: taken(queue))
            queue.confirm(queue.take_due(10))
            assert taken(queue) == []
            assert redis.zcard(queue.key) == left


def test_a_tag_that_is_due_for_the_first_and_the_second_time_is_purged_once(link: RedisLink) -> None:
    queue = PurgeQueue(link, "http://edge", repeat_delays=(0.0,))
    queue.confirm(queue.take_due(10))
    add_tags(link, [queue], ["warta"])
    assert taken(queue) == ["warta"]


def test_too_many_tags_become_one_that_everything_has(link: RedisLink, queue: PurgeQueue) -> None:
    """Of one change, and of many that wait for an edge that is away."""
    other = PurgeQueue(link, "http://other", repeat_delays=())
    add_tags(link, [queue, other], [f"tag/{n}" for n in range(MAX_QUEUED_TAGS + 1)])
    assert taken(queue, MAX_QUEUED_TAGS) == taken(other, MAX_QUEUED_TAGS) == ["warta"]
    queue.confirm(queue.take_due(10))
    for first in range(0, MAX_QUEUED_TAGS + 1, 500):
        add_tags(link, [queue], [f"tag/{n}" for n in range(first, first + 500)])
    assert taken(queue, MAX_QUEUED_TAGS) == ["warta"]


def test_a_redis_that_has_lost_everything_has_everything_purged(
    link: RedisLink, queue: PurgeQueue, redis_url: str
) -> None:
    add_tags(link, [queue], ["latest"])
    with Redis.from_url(redis_url) as redis:
        redis.flushall()
    assert taken(queue) == ["warta"]


def test_without_redis_the_caller_hears_of_it() -> None:
    link = RedisLink(connect("unix:///tiada.sock"), Metrics())
    queue = PurgeQueue(link, "http://edge", repeat_delays=())
    for use in (lambda: add_tags(link, [queue], ["latest"]), lambda: queue.take_due(1)):
        with pytest.raises(RedisUnavailable):
            use()


def test_a_redis_cluster_can_hold_all_queues(tmp_path: Path) -> None:
    with cluster(tmp_path) as url:
        link = RedisLink(connect(url), Metrics())
        queues = [PurgeQueue(link, f"http://edge-{n}", repeat_delays=(0.0,)) for n in range(3)]
        add_tags(link, queues, ["latest"])
        for queue in queues:
            found = queue.take_due(10)
            assert found.tags == ["latest", "warta"]
            queue.confirm(found)
        link.close()
