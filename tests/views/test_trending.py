"""Trending: what is read most now, whatever was read before, over any time."""

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from service.core.metrics import Metrics
from service.core.redis import RedisLink
from service.core.settings.counting import Popular, Views
from service.core.settings.model import Settings
from service.core.visitors import Visitor
from service.feeds.names import TRENDING
from service.views import ViewCounter
from service.views.trending import HALF_LIVES, Age
from tests.support.articles import NOW, countable
from tests.support.clock import Clock

HOUR = 3600
MAKE = Callable[..., ViewCounter]


@pytest.fixture
def make(link: RedisLink, metrics: Metrics, clock: Clock) -> MAKE:
    def counter(**popular: float) -> ViewCounter:
        settings = Settings(popular=Popular.model_validate(popular), views=Views())
        made = ViewCounter(link, metrics, settings, clock=clock.seconds)
        made.registered.register(countable({"a": ["category/dinamika"], "b": [], "c": ["category/dinamika"]}))
        made.registered.mark_complete()
        return made

    return counter


def ids(counter: ViewCounter, list_name: str = "latest", window: str = TRENDING, limit: int = 10) -> list[str]:
    return [id_ for id_, _ in counter.rankings.top(list_name, window, limit)]


def test_what_is_read_now_stands_before_what_was_read_more(make: MAKE, clock: Clock) -> None:
    counter = make(half_life=6)
    counter.add("a", views=100)
    clock.forward(hours=18)  # worth an eighth by then
    counter.add("b", views=13)
    counter.add("c", views=12)
    assert counter.rankings.top("latest", TRENDING, 10) == [
        ("b", 13),
        ("a", 100),
        ("c", 12),
    ]  # with the views of 24 hours
    assert ids(counter, "category/dinamika") == ["a", "c"]
    assert ids(counter, limit=1) == ["b"]


def test_the_order_stays_while_nobody_reads(make: MAKE, clock: Clock) -> None:
    counter = make(half_life=1)
    counter.add("a", views=2)
    counter.add("b", views=1)
    since = counter.rankings.ranking("latest", TRENDING, 5).since
    clock.forward(hours=HALF_LIVES + 1)
    assert ids(counter) == ["a", "b"]
    assert counter.rankings.ranking("latest", TRENDING, 5).since == since


def test_what_nobody_has_read_for_two_ages_is_gone(make: MAKE, clock: Clock) -> None:
    counter = make(half_life=1)
    counter.add("a", views=1000)
    clock.forward(hours=2 * HALF_LIVES)
    assert ids(counter) == []


views = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(1, 50), st.integers(0, (2 * HALF_LIVES - 1) * HOUR)), max_size=30
)


@hypothesis_settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(views=views, start=st.integers(0, 60 * HOUR), limit=st.integers(1, 3))
def test_any_history_gives_the_order_of_the_sums_of_all_views(
    link: RedisLink, metrics: Metrics, views: list[tuple[str, int, int]], start: int, limit: int
) -> None:
    with link.use() as redis:
        redis.flushall()
    now = NOW.timestamp() + start
    counter = ViewCounter(link, metrics, Settings(popular=Popular(half_life=1)), clock=lambda: now)
    counter.registered.register(countable(dict.fromkeys("abc", ())))
    counter.registered.mark_complete()
    known_since = Age.at(now, HOUR).before.number * HALF_LIVES * HOUR
    worth: dict[str, float] = defaultdict(float)
    for id_, times, ago in views:
        counter.add(id_, now - ago, times)
        if int(now - ago) >= known_since:
            worth[id_] += times * 2 ** (-ago / HOUR)
    shown = ids(counter, limit=limit)
    assert len(shown) == min(limit, len(worth))
    best = sorted(worth.values(), reverse=True)
    assert [worth[id_] for id_ in shown] == pytest.approx(best[: len(shown)], rel=1e-3)


def test_an_article_can_be_too_old_to_be_popular(make: MAKE, clock: Clock) -> None:
    counter = make(max_age=30)
    counter.registered.register(countable({"b": []}, NOW - timedelta(days=31)))
    for id_ in "ab":
        counter.add(id_, views=5)
    for window in ("1h", "30d", TRENDING):
        assert ids(counter, window=window) == ["a"]
    clock.forward(days=31)
    counter.add("a")
    assert ids(counter) == []


def test_an_article_needs_readers_at_so_many_addresses(make: MAKE, clock: Clock) -> None:
    counter = make(least_addresses=3)
    for n in range(10):
        counter.take("a", Visitor(n.to_bytes(8), b"only one"))
    for n in range(3):
        counter.take("b", Visitor(n.to_bytes(8), n.to_bytes(8)))
    counter.flush()
    assert ids(counter) == ids(counter, window="24h") == ["b"]
    clock.forward(days=1)
    counter.take("b", Visitor(b"x" * 8, b"y" * 8))
    counter.flush()
    assert ids(counter) == ["b"]  # yesterday's count, too


def test_an_article_takes_its_score_to_a_new_list(make: MAKE, clock: Clock) -> None:
    """Views of the age before included."""
    counter = make(half_life=1)
    counter.registered.register(countable({"a": ["category/x"], "b": []}))
    counter.add("a", views=3)
    counter.add("b", views=9)
    clock.forward(hours=20)
    counter.add("b", views=5)
    clock.forward(hours=5)
    counter.add("a", views=2)
    counter.registered.register(countable({"a": ["category/x"], "b": ["category/x"]}))
    assert ids(counter, "category/x") == ids(counter) == ["a", "b"]
    counter.add("b", views=3)
    assert ids(counter, "category/x") == ids(counter) == ["b", "a"]
