"""Whom Redis had just seen when it lost its data is recognized afterwards: processes remember it."""

import hashlib
from collections.abc import Callable, Iterable

import pytest
from redis import Redis

from service.core.metrics import Metrics
from service.core.redis import RedisLink
from service.core.settings.counting import Views
from service.core.settings.model import Settings
from service.views import ViewCounter
from service.views.seen import MAX_PUT_BACK_VISITS, SeenVisits
from tests.publishing.test_publisher import at_once
from tests.support.articles import countable
from tests.support.clock import Clock
from tests.views.test_people import person

ONCE = 30 * 60
MAKE = Callable[[], ViewCounter]


@pytest.fixture
def make(link: RedisLink, metrics: Metrics, clock: Clock) -> MAKE:
    """Processes that count in one Redis."""

    def counter() -> ViewCounter:
        return ViewCounter(link, metrics, Settings(views=Views(memory=1)), clock=clock.seconds)

    return counter


def lost(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        client.flushall()


def refilled(counter: ViewCounter) -> None:
    counter.registered.register(countable({"a": ["category/dinamika"], "b": []}))
    counter.registered.mark_complete()


def looked(counter: ViewCounter, people: Iterable[int], article_id: str = "a") -> int:
    """The article's views after these people have looked at it."""
    for n in people:
        counter.take(article_id, person(n))
    counter.flush()
    return counter.rankings.views_of([article_id])[article_id]


def test_every_process_recognizes_the_visitors_of_all_processes(make: MAKE, redis_url: str) -> None:
    """Also one that has started since, and one that has nothing to count itself."""
    first, second = make(), make()
    refilled(first)
    assert looked(first, range(10)) == 10
    assert looked(second, range(5, 15)) == 15
    lost(redis_url)
    started = make()
    for counter in (first, second, started):
        counter.flush()
    refilled(first)
    for counter in (started, second, first):
        assert looked(counter, range(15)) == 0
        assert looked(counter, range(15), "b") == 15
    assert looked(started, range(20)) == 5


def test_views_wait_until_redis_knows_the_visitors_again(make: MAKE, redis_url: str) -> None:
    """And none of them is lost, nor any that counts in any case."""
    counter, started = make(), make()
    refilled(counter)
    assert looked(counter, range(10)) == 10
    lost(redis_url)
    counter.registered.register(countable({"a": []}))
    assert looked(started, range(5, 15)) == looked(counter, range(20)) == 0
    assert (started.pending, counter.pending) == (10, 20)
    counter.add("a")
    assert looked(counter, []) == 1
    refilled(counter)
    assert looked(started, []) == 1 + 5
    assert looked(counter, []) == 1 + 10
    assert (started.pending, counter.pending) == (0, 0)


def test_a_process_that_did_not_see_the_refill_puts_back_what_it_knows_before_it_counts(
    make: MAKE, redis_url: str
) -> None:
    first, second = make(), make()
    refilled(first)
    assert looked(first, range(10)) == 10
    lost(redis_url)
    refilled(second)
    assert looked(second, [20]) == 1
    assert looked(first, range(12)) == 3
    assert looked(second, range(12)) == 3


def test_data_that_is_lost_between_looking_and_counting_costs_no_recognition(
    make: MAKE, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make(), make()
    refilled(first)
    assert looked(first, range(10)) == 10
    put_back = SeenVisits.put_back

    def just_before(seen: SeenVisits, now: float) -> None:
        put_back(seen, now)
        monkeypatch.setattr(SeenVisits, "put_back", put_back)
        lost(redis_url)
        refilled(second)

    monkeypatch.setattr(SeenVisits, "put_back", just_before)
    assert looked(first, range(12)) == 0
    assert first.pending == 12
    assert looked(first, []) == 2


def test_redis_may_lose_its_data_again_and_again(make: MAKE, redis_url: str) -> None:
    counter = make()
    for n in range(3):
        refilled(counter)
        assert looked(counter, range(n + 1)) == 1
        lost(redis_url)


def test_a_visit_is_remembered_as_long_as_it_counts_once(make: MAKE, redis_url: str, clock: Clock) -> None:
    counter = make()
    refilled(counter)
    looked(counter, [1])
    clock.forward(minutes=15)
    looked(counter, [2])
    lost(redis_url)
    refilled(counter)
    clock.forward(minutes=14)
    assert looked(counter, [1, 2]) == 0
    clock.forward(minutes=1)
    assert looked(counter, [1, 2]) == 1


def test_what_a_process_remembers_is_bounded_and_the_oldest_go(link: RedisLink, redis_url: str, clock: Clock) -> None:
    """More than one command puts the visits of a moment back, and several processes do so at once."""
    many = MAX_PUT_BACK_VISITS * 3 // 2
    now = int(clock.seconds())
    seen = SeenVisits(link, 1 << 14, ONCE, limit=5 * (2 * many + MAX_PUT_BACK_VISITS))
    for ago in (40, 29, 20, 10):
        at = now - ago * 60
        seen.add((at, visit(n, at)) for n in range(many))
    assert len(seen) == 2 * many + MAX_PUT_BACK_VISITS
    seen.put_back(now)
    assert recognized(redis_url) == 2 * many + MAX_PUT_BACK_VISITS
    lost(redis_url)
    assert at_once(4, lambda: seen.put_back(now + 60)) == [None] * 4
    assert recognized(redis_url) == 2 * many
    assert len(seen) == 2 * many
    seen.put_back(now + ONCE)
    assert len(seen) == 0


def visit(n: int, at: int) -> bytes:
    """A visit's hash."""
    return hashlib.blake2b(f"{n} {at}".encode(), digest_size=5).digest()


def recognized(redis_url: str) -> int:
    """How many visits the table in Redis has."""
    with Redis.from_url(redis_url) as client:
        seen = bytes(client.get("warta:{views}:seen") or b"")
    return sum(seen[start : start + 4] != bytes(4) for start in range(0, len(seen), 4))
