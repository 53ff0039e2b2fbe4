"""Counting people, not requests: each visitor's look at an article once in half an hour, no address too often."""

from collections.abc import Callable

import pytest
from redis import Redis

from service.core.metrics import Metrics
from service.core.redis import RedisLink
from service.core.settings.counting import Views
from service.core.settings.model import Settings
from service.core.visitors import Visitor
from service.views import Fate, ViewCounter
from tests.support.articles import countable
from tests.support.clock import Clock

MAKE = Callable[..., ViewCounter]
OTHERS = "bcdefg"


@pytest.fixture
def make(link: RedisLink, metrics: Metrics, clock: Clock) -> MAKE:
    def counter(**views: float) -> ViewCounter:
        made = ViewCounter(link, metrics, Settings(views=Views.model_validate(views)), clock=clock.seconds)
        made.registered.register(countable({"a": ["category/dinamika"], **{id_: [] for id_ in OTHERS}}))
        made.registered.mark_complete()
        return made

    return counter


def person(n: int, source: int | None = None) -> Visitor:
    return Visitor(n.to_bytes(8), (n if source is None else 10_000_000 + source).to_bytes(8))


def views(counter: ViewCounter, article_id: str = "a") -> int:
    counter.flush()
    return counter.rankings.views_of([article_id])[article_id]


def test_what_is_taken_is_counted_with_the_next_flush(make: MAKE) -> None:
    counter = make()
    assert counter.take("a", person(1)) is Fate.TAKEN
    assert counter.rankings.views_of(["a"]) == {"a": 0}
    counter.flush()
    assert counter.rankings.views_of(["a"]) == {"a": 1}
    assert counter.rankings.top("category/dinamika", "1h", 5) == [("a", 1)]


def test_half_an_hour_is_one_to_the_second(make: MAKE, clock: Clock) -> None:
    counter = make()
    for n in range(20):
        clock.forward(seconds=1)
        counter.take("a", person(n))
    assert views(counter) == 20
    clock.forward(minutes=30, seconds=-10)
    for n in range(20):
        counter.take("a", person(n))
    assert views(counter) == 20 + 10


def test_a_visitor_counts_once_in_half_an_hour_for_each_article(make: MAKE, clock: Clock) -> None:
    counter = make()
    assert counter.take("a", person(1)) is Fate.TAKEN
    assert counter.take("a", person(1)) is Fate.REPEATED
    assert counter.take("b", person(1)) is Fate.TAKEN
    assert (views(counter), views(counter, "b")) == (1, 1)
    for _ in range(29):
        clock.forward(minutes=1)
        counter.take("a", person(1))
        assert views(counter) == 1
    clock.forward(minutes=1)
    counter.take("a", person(1))
    assert views(counter) == 2


def test_every_process_knows_the_visitors_of_the_others(make: MAKE) -> None:
    for counter in (make(), make(), make()):
        counter.take("a", person(1))
        counter.take("a", person(2))
        assert views(counter) == 2


def test_views_that_processes_tell_in_another_order_are_one(make: MAKE, clock: Clock) -> None:
    """Who reloads at once may be answered by another process, which counts what it has taken before the first does."""
    first, second = make(), make()
    first.take("a", person(1))
    clock.forward(minutes=1)
    second.take("a", person(1))
    assert views(second) == 1
    assert views(first) == 1


def test_who_comes_late_is_judged_by_the_time_of_the_view(make: MAKE, clock: Clock) -> None:
    """It waited in a process while Redis was away."""
    waited = make()
    waited.take("a", person(1))
    clock.forward(minutes=10)
    waited.take("a", person(1))
    clock.forward(minutes=50)
    assert views(waited) == 1
    assert waited.rankings.top("latest", "1h", 5) == []
    assert waited.rankings.top("latest", "24h", 5) == [("a", 1)]


def test_one_address_counts_so_often_a_day_whatever_it_calls_itself(make: MAKE, clock: Clock) -> None:
    counter = make(per_address=20, address_share=0)
    for n in range(500):
        counter.take("a", person(n, source=1))
    counter.take("b", person(1, source=1))
    assert (views(counter), views(counter, "b")) == (20, 1)
    clock.forward(hours=14)  # to 23:40 in Jakarta; by UTC it is tomorrow at 07:00 there
    counter.take("a", person(600, source=1))
    assert views(counter) == 20
    for n, hours in enumerate((1, 8)):
        clock.forward(hours=hours)
        counter.take("a", person(700 + n, source=1))
        assert views(counter) == 21 + n
    for n in range(500):
        counter.take("a", person(1_000 + n, source=1))
    assert views(counter) == 40  # of 20 a day


def read_others(counter: ViewCounter, source: int) -> None:
    """Twenty people at one address look at everything else."""
    for article_id in OTHERS:
        for n in range(20):
            counter.take(article_id, person(1_000_000 + 100 * source + n, source))
    counter.flush()


def test_an_office_counts_in_proportion_to_the_others(make: MAKE) -> None:
    counter = make(per_address=20, address_share=0.05)
    for n in range(2_000):
        counter.take("a", person(n))
    read_others(counter, source=1)
    for n in range(500):
        counter.take("a", person(5_000 + n, source=1))
    # Five of a hundred, its own twenty among them.
    counted = views(counter)
    assert counted == pytest.approx(2_000 + 101, abs=1)
    counter.take("a", person(9_999))
    assert views(counter) == counted + 1


def test_an_address_that_has_one_story_in_mind_is_no_office(make: MAKE) -> None:
    """At most half of what one has beyond the twenty is of one story."""
    counter = make(per_address=20, address_share=1)
    for n in range(2_000):
        counter.take("a", person(n))
    for n in range(500):
        counter.take("a", person(5_000 + n, source=1))
    assert views(counter) == 2_020
    read_others(counter, source=1)
    for n in range(500):
        counter.take("a", person(6_000 + n, source=1))
    assert views(counter) == 2_000 + 20 * len(OTHERS)


def test_many_addresses_do_not_let_each_other_in(make: MAKE, clock: Clock) -> None:
    """Thirty that never stop: five of a hundred each would be more than all."""
    counter = make(per_address=20, address_share=0.05)
    for n in range(1_000):
        counter.take("a", person(n))
    counter.flush()

    def never_stop(first: int) -> None:
        for source in range(30):
            read_others(counter, source)
        for n in range(12_000):
            counter.take("a", person(first + n, source=n % 30))
            if n % 100 == 0:
                counter.flush()

    never_stop(10_000)
    assert views(counter) == pytest.approx(1_000 + 30 * 80, abs=30)
    clock.forward(hours=15)  # after midnight, in the same 24 hours
    never_stop(30_000)  # five of a hundred of the thousand, and of twenty from each on both days
    assert views(counter) == pytest.approx(1_000 + 30 * (80 + 110), abs=60)


def test_a_hundred_thousand_visits_are_told_apart_in_a_megabyte(make: MAKE) -> None:
    """Not quite: some are forgotten for want of room, and count twice; hardly any is taken for another."""
    counter = make(memory=1)
    for n in range(60_000):
        counter.take("a", person(n))
    first = views(counter)
    assert 59_990 <= first <= 60_000
    for n in range(60_000):
        counter.take("a", person(n))
    assert views(counter) - first < 1_200


def test_the_tables_take_the_memory_that_they_may_and_no_more(make: MAKE, redis_url: str) -> None:
    counter = make(memory=1)
    for n in range(50_000):
        counter.take("a", person(n))
    counter.flush()
    with Redis.from_url(redis_url) as client:
        sizes = [client.strlen(f"warta:{{views}}:{table}") for table in ("seen", "met")]
    assert all(0.9 * 2**19 < size <= 2**19 for size in sizes if isinstance(size, int))


def test_more_than_memory_may_hold_is_dropped_and_said_so(make: MAKE) -> None:
    counter = make(waiting=3)
    assert [counter.take("a", person(n)) for n in range(5)] == [Fate.TAKEN] * 3 + [Fate.DROPPED] * 2
    assert views(counter) == 3
    assert counter.take("a", person(7)) is Fate.TAKEN


def test_redis_knows_which_articles_exist(make: MAKE, redis_url: str) -> None:
    counter = make()
    assert [counter.registered.knows(id_) for id_ in ("a", "tiada", "")] == [True, False, False]
    counter.registered.register(countable({"baru": []}))
    assert counter.registered.knows("baru")
    with Redis.from_url(redis_url) as client:
        client.flushall()
    assert counter.registered.knows("tiada")  # perhaps: Redis has lost its articles, and will be told
