"""Views are kept: Redis may lose everything, and the lists come back by themselves."""

from collections.abc import Callable

import pytest
from redis import Redis

from service.bootstrap import Services
from service.feeds.names import TRENDING
from service.publishing.consumers import CounterConsumer
from service.views import WINDOWS
from tests.publishing.test_publisher import at_once
from tests.support.articles import submission

HOUR, DAY = 3600, 86_400


@pytest.fixture
def newsroom(services: Services) -> Services:
    """Views of all ages."""
    services.publisher.put([submission("a"), submission("b", categories=["Ekonomi"]), submission("c")])
    now = services.counter._clock()
    for id_, ago, views in (("a", 0, 5), ("b", 600, 9), ("c", 2 * HOUR, 20), ("a", 3 * DAY, 50), ("b", 20 * DAY, 70)):
        services.counter.add(id_, now - ago, views)
    return services


def lists(services: Services) -> dict[tuple[str, str], list[tuple[str, int]]]:
    list_names = ("latest", "category/dinamika", "category/ekonomi")
    return {
        (w.name, list_name): services.counter.rankings.top(list_name, w.name, 10)
        for w in WINDOWS
        for list_name in list_names
    }


def lost(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        client.flushall()


def test_after_a_loss_every_list_is_as_it_was(newsroom: Services, redis_url: str) -> None:
    before, trending = lists(newsroom), newsroom.counter.rankings.top("latest", TRENDING, 5)
    newsroom.view_persistence.flush()
    lost(redis_url)
    newsroom.view_persistence.refill()
    assert lists(newsroom) == before
    assert newsroom.counter.rankings.top("latest", TRENDING, 5) == trending
    newsroom.counter.add("c")
    assert newsroom.counter.rankings.views_of(["c"]) == {"c": 21}


def test_after_a_loss_counted_visitors_are_recognized(newsroom: Services, redis_url: str) -> None:
    reader = newsroom.visitors.visitor("198.51.100.1", "Mozilla/5.0")
    newsroom.counter.take("a", reader)
    newsroom.counter.flush()
    newsroom.view_persistence.flush()
    lost(redis_url)
    newsroom.view_persistence.refill()
    newsroom.counter.take("a", reader)
    newsroom.counter.take("b", reader)
    newsroom.counter.flush()
    assert newsroom.counter.rankings.views_of(["a", "b"]) == {"a": 56, "b": 80}


def test_a_loss_costs_the_views_since_the_last_flush(newsroom: Services, redis_url: str) -> None:
    newsroom.view_persistence.flush()
    newsroom.counter.add("a", views=3)
    lost(redis_url)
    newsroom.view_persistence.refill()
    assert newsroom.counter.rankings.views_of(["a"]) == {"a": 55}


def test_a_refill_that_broke_off_puts_nothing_back_twice(newsroom: Services, redis_url: str) -> None:
    before = lists(newsroom)
    newsroom.view_persistence.flush()
    lost(redis_url)
    for _ in range(3):
        CounterConsumer(newsroom.store, newsroom.counter).start_over()
        for portion in newsroom.view_persistence._store.shown(newsroom.view_persistence._clock()):
            newsroom.view_persistence._redis_views.restore(portion)
    newsroom.view_persistence.refill()
    assert lists(newsroom) == before


def test_views_that_come_between_two_attempts_of_a_refill_are_not_lost(newsroom: Services, redis_url: str) -> None:
    """Another host adds views of the same hours to the store."""
    persistence = newsroom.view_persistence
    persistence.flush()
    lost(redis_url)
    CounterConsumer(newsroom.store, newsroom.counter).start_over()
    for portion in persistence._store.shown(persistence._clock()):
        persistence._redis_views.restore(portion)  # and then the process dies
    now = int(newsroom.counter._clock())
    persistence._store.add_once("lain", {("a", now): 4, ("c", now - DAY): 1}, persistence._clock())
    persistence.refill()
    assert newsroom.counter.rankings.views_of(["a", "b", "c"]) == {"a": 59, "b": 79, "c": 21}


def test_an_article_that_comes_back_after_a_loss_has_its_views(newsroom: Services, redis_url: str) -> None:
    newsroom.view_persistence.flush()
    before = lists(newsroom)
    newsroom.publisher.withdraw("a")
    lost(redis_url)
    newsroom.view_persistence.refill()
    assert "a" not in dict(newsroom.counter.rankings.top("latest", "30d", 10))
    newsroom.publisher.put([submission("a")])
    assert lists(newsroom) == before


def test_a_flush_that_broke_off_is_added_once(newsroom: Services) -> None:
    persistence = newsroom.view_persistence
    batch = persistence._redis_views.take_batch()
    assert batch
    assert persistence._store.add_once(batch.token, batch.views, persistence._clock())  # and then the process dies
    newsroom.counter.add("a")
    persistence.flush()
    assert persistence._store.totals(["a", "b", "c"]) == {"a": 55, "b": 79, "c": 20}
    persistence.flush()
    assert persistence._store.totals(["a", "b", "c"]) == {"a": 56, "b": 79, "c": 20}


def test_several_hosts_keep_each_view_once(newsroom: Services) -> None:
    flush: Callable[[], object] = newsroom.view_persistence.flush
    assert at_once(4, flush) == [None] * 4
    assert newsroom.view_persistence._store.totals(["a", "b", "c"]) == {"a": 55, "b": 79, "c": 20}


def test_nothing_is_flushed_while_a_refill_is_not_done(newsroom: Services, redis_url: str) -> None:
    newsroom.view_persistence.flush()
    lost(redis_url)
    CounterConsumer(newsroom.store, newsroom.counter).start_over()
    newsroom.counter.add("a")
    newsroom.view_persistence.flush()
    assert newsroom.view_persistence._store.totals(["a"]) == {"a": 55}
    newsroom.view_persistence.refill()
    newsroom.view_persistence.flush()
    assert newsroom.view_persistence._store.totals(["a"]) == {"a": 56}
    assert newsroom.counter.rankings.views_of(["a"]) == {"a": 56}
