"""Rankings with what editors have decided: pins first, nothing excluded, boosts for the order alone, no gap."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from service.core.metrics import Metrics
from service.core.redis import RedisLink
from service.core.settings.counting import Popular
from service.core.settings.model import Settings
from service.core.visitors import Visitor
from service.feeds.editorial import EditorialOverride, OverrideRecord
from service.feeds.names import TRENDING
from service.views import RedisOverrides, ViewCounter
from tests.support.articles import NOW, countable
from tests.support.clock import Clock

DINAMIKA, EKONOMI = "category/dinamika", "category/ekonomi"
LISTS = {"a": [DINAMIKA], "b": [DINAMIKA, EKONOMI], "c": [EKONOMI], "d": []}
WINDOWS = ("24h", TRENDING)


def records(*decided: tuple[str, dict[str, Any]]) -> list[OverrideRecord]:
    return [
        OverrideRecord(key, id_, EditorialOverride.model_validate(fields), "siti", NOW)
        for key, (id_, fields) in enumerate(decided, 1)
    ]


@pytest.fixture
def counter(link: RedisLink, metrics: Metrics, clock: Clock) -> ViewCounter:
    return counting(link, metrics, clock)


def counting(link: RedisLink, metrics: Metrics, clock: Clock, **popular: float) -> ViewCounter:
    counter = ViewCounter(link, metrics, Settings(popular=Popular.model_validate(popular)), clock=clock.seconds)
    counter.registered.register(countable(LISTS))
    counter.registered.mark_complete()
    return counter


@pytest.fixture
def known(link: RedisLink) -> RedisOverrides:
    return RedisOverrides(link)


def decide(known: RedisOverrides, *decided: tuple[str, dict[str, Any]]) -> None:
    seen = known.version()
    assert known.replace(records(*decided), (seen or 0) + 1, seen)


def viewed(counter: ViewCounter, views: Mapping[str, int]) -> None:
    for id_, times in views.items():
        counter.add(id_, views=times)


PIN, EXCLUDE = {"kind": "pin"}, {"kind": "exclude"}


@pytest.mark.parametrize("window", WINDOWS)
def test_pins_come_first_in_their_order_whatever_was_read(
    counter: ViewCounter, known: RedisOverrides, window: str
) -> None:
    viewed(counter, {"a": 5, "b": 9})
    decide(known, ("d", PIN), ("a", {"kind": "pin", "position": 1}))
    assert counter.rankings.top("latest", window, 10) == [("a", 5), ("d", 0), ("b", 9)]
    assert counter.rankings.top("latest", window, 2) == [("a", 5), ("d", 0)]
    assert counter.rankings.top("latest", window, 1) == [("a", 5)]
    assert counter.rankings.top(DINAMIKA, window, 10) == [("a", 5), ("b", 9)]  # where the other one does not stand


@pytest.mark.parametrize("window", WINDOWS)
def test_what_is_excluded_costs_no_entry(counter: ViewCounter, known: RedisOverrides, window: str) -> None:
    viewed(counter, {"a": 5, "b": 9, "c": 3, "d": 1})
    decide(known, ("a", EXCLUDE), ("b", EXCLUDE))
    assert counter.rankings.top("latest", window, 2) == [("c", 3), ("d", 1)]
    assert counter.rankings.top(DINAMIKA, window, 10) == []


@pytest.mark.parametrize("window", WINDOWS)
def test_a_boost_moves_and_the_views_stay_true(counter: ViewCounter, known: RedisOverrides, window: str) -> None:
    viewed(counter, {"a": 5, "b": 9, "c": 3, "d": 1})
    decide(known, ("c", {"kind": "boost", "factor": 3}), ("b", {"kind": "boost", "factor": 0.1}))
    assert counter.rankings.top("latest", window, 10) == [("c", 3), ("a", 5), ("d", 1), ("b", 9)]
    assert counter.rankings.top("latest", window, 1) == [("c", 3)]
    assert counter.rankings.views_of(["b", "c"]) == {"b": 9, "c": 3}


def test_a_boost_makes_nothing_of_no_views(counter: ViewCounter, known: RedisOverrides) -> None:
    viewed(counter, {"a": 1})
    decide(known, ("d", {"kind": "boost", "factor": 10}))
    for window in WINDOWS:
        assert counter.rankings.top("latest", window, 10) == [("a", 1)]


@pytest.mark.parametrize("window", WINDOWS)
def test_a_boosted_article_is_found_however_far_down_it_stands(
    counter: ViewCounter, known: RedisOverrides, window: str
) -> None:
    counter.registered.register(countable({f"x{n:03}": [] for n in range(100)}))
    viewed(counter, {f"x{n:03}": 101 + n for n in range(100)} | {"d": 21})
    decide(known, ("d", {"kind": "boost", "factor": 10}), ("x099", {"kind": "boost", "factor": 0.5}))
    assert counter.rankings.top("latest", window, 2) == [("d", 21), ("x098", 199)]
    tail = [id_ for id_, _ in counter.rankings.top("latest", window, 101)[-2:]]
    assert tail == ["x000", "x099"]  # 101, and 100 for the order


def test_a_category_has_its_own_decisions_which_come_before_those_for_all(
    counter: ViewCounter, known: RedisOverrides
) -> None:
    viewed(counter, {"a": 5, "b": 9, "c": 3})
    decide(
        known,
        ("a", {"kind": "pin", "category": "dinamika"}),
        ("b", EXCLUDE),
        ("b", {"kind": "boost", "factor": 0.1, "category": "ekonomi"}),
    )
    assert counter.rankings.top("latest", "24h", 10) == [("a", 5), ("c", 3)]
    assert counter.rankings.top(DINAMIKA, "24h", 10) == [("a", 5)]
    assert counter.rankings.top(EKONOMI, "24h", 10) == [("c", 3), ("b", 9)]


def test_a_decision_ends_with_its_time_whoever_tells(counter: ViewCounter, known: RedisOverrides, clock: Clock) -> None:
    viewed(counter, {"a": 5, "b": 9})
    until = (NOW + timedelta(minutes=10)).isoformat()
    decide(known, ("a", {"kind": "pin", "until": until}), ("b", {"kind": "exclude", "until": until}))
    clock.forward(minutes=10, seconds=-1)
    assert counter.rankings.top("latest", "24h", 10) == [("a", 5)]
    clock.forward(seconds=1)
    assert counter.rankings.top("latest", "24h", 10) == [("b", 9), ("a", 5)]


def test_an_end_in_a_category_lets_what_holds_for_all_through(
    counter: ViewCounter, known: RedisOverrides, clock: Clock
) -> None:
    viewed(counter, {"a": 5, "b": 9})
    until = (NOW + timedelta(minutes=10)).isoformat()
    decide(known, ("b", EXCLUDE), ("b", {"kind": "pin", "category": "dinamika", "until": until}))
    assert counter.rankings.top(DINAMIKA, "24h", 10) == [("b", 9), ("a", 5)]
    clock.forward(minutes=10)
    assert counter.rankings.top(DINAMIKA, "24h", 10) == [("a", 5)]


def test_what_is_no_article_any_more_is_not_shown_pinned_or_not(counter: ViewCounter, known: RedisOverrides) -> None:
    viewed(counter, {"a": 5, "b": 9})
    decide(known, ("b", PIN), ("a", {"kind": "boost", "factor": 2}))
    counter.registered.forget("ab")
    assert counter.rankings.top("latest", "24h", 10) == []


def test_a_pin_is_the_editors_word_and_a_boost_the_readers(
    link: RedisLink, metrics: Metrics, known: RedisOverrides, clock: Clock
) -> None:
    """Age and number of addresses keep nothing from a list that an editor has put there."""
    counter = counting(link, metrics, clock, max_age=1, least_addresses=2)
    counter.registered.register(countable({"a": [], "b": []}, NOW - timedelta(days=2)))
    for id_ in "abcd":
        counter.take(id_, Visitor(b"v" * 8, b"only one"))
    counter.flush()
    decide(known, ("a", PIN), ("c", PIN), ("b", {"kind": "boost", "factor": 9}), ("d", {"kind": "boost", "factor": 9}))
    assert counter.rankings.top("latest", "24h", 10) == [("a", 1), ("c", 1)]


def test_a_ranking_names_its_pins_and_changes_with_its_order(
    counter: ViewCounter, known: RedisOverrides, clock: Clock
) -> None:
    viewed(counter, {"a": 5, "b": 9})
    before = counter.rankings.ranking("latest", "24h", 10)
    clock.forward(minutes=1)
    decide(known, ("b", PIN))
    same = counter.rankings.ranking("latest", "24h", 10)
    assert (same.since, set(same.pinned)) == (before.since, {"b"})
    decide(known, ("a", PIN))
    other = counter.rankings.ranking("latest", "24h", 10)
    assert (other.ids, set(other.pinned), other.since) == (["a", "b"], {"a"}, clock())


def test_overrides_in_redis_are_replaced_only_by_a_process_that_has_read_them(known: RedisOverrides) -> None:
    assert known.version() is None
    assert known.replace(records(("a", PIN)), 3, None)
    assert not known.replace(records(("b", PIN)), 4, None)
    assert not known.replace(records(("b", PIN)), 4, 2)
    assert known.version() == 3
    assert known.replace([], 2, 3)  # of a store that was set back
    assert known.version() == 2


# --- any decisions at all --------------------------------------------------------------------------------------

decided = st.one_of(
    st.builds(lambda n: {"kind": "pin", "position": n}, st.none() | st.integers(1, 3)),
    st.just(EXCLUDE),
    st.builds(lambda n: {"kind": "boost", "factor": n}, st.sampled_from([0.125, 0.5, 2.0, 8.0])),
)
ending = st.tuples(decided, st.sampled_from([None, -1, 0, 1]))  # in so many hours
IDS = [f"x{n:02}" for n in range(30)]


def oracle(
    views: Mapping[str, int],
    list_names: Mapping[str, list[str]],
    holding: list[OverrideRecord],
    list_name: str,
    limit: int,
) -> list[str]:
    """Everything at once, without thinking of how it is kept."""
    mine: dict[str, OverrideRecord] = {}
    for scope in ("latest", list_name):
        here = [
            r for r in holding if r.override.list_name == scope and not (r.override.until and r.override.until <= NOW)
        ]
        mine.update({record.article_id: record for record in here})
    pins = sorted((r for r in mine.values() if r.override.kind == "pin"), key=lambda r: r.place)
    standing = {id_ for id_, on in list_names.items() if list_name in ("latest", *on)}
    weighed = {}
    for id_ in standing & views.keys():
        record = mine.get(id_)
        if record is None or record.override.kind == "boost":
            weighed[id_] = views[id_] * (record.override.factor or 1 if record else 1)
    first = [record.article_id for record in pins if record.article_id in standing]
    return [*first, *sorted(weighed, key=lambda id_: (weighed[id_], id_), reverse=True)][:limit]


@pytest.mark.parametrize("window", WINDOWS)
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    views=st.dictionaries(st.sampled_from(IDS), st.integers(1, 40)),
    on=st.sets(st.sampled_from(IDS)),
    holding=st.dictionaries(st.tuples(st.sampled_from(IDS), st.sampled_from([None, "dinamika"])), ending, max_size=12),
    limit=st.integers(1, 6),
)
def test_any_decisions_give_the_order_of_a_complete_calculation(
    link: RedisLink,
    metrics: Metrics,
    window: str,
    views: dict[str, int],
    on: set[str],
    holding: dict[tuple[str, str | None], tuple[dict[str, Any], int | None]],
    limit: int,
) -> None:
    with link.use() as redis:
        redis.flushall()
    list_names = {id_: [DINAMIKA] if id_ in on else [] for id_ in IDS}
    counter = ViewCounter(link, metrics, Settings(), clock=NOW.timestamp)
    counter.registered.register(countable(list_names))
    counter.registered.mark_complete()
    viewed(counter, views)
    made = records(
        *(
            (id_, {**fields, "category": category, "until": None if hours is None else NOW + timedelta(hours=hours)})
            for (id_, category), (fields, hours) in holding.items()
        )
    )
    made = [replace(record, key=len(made) - record.key) for record in made]  # keys need not be in the order of reading
    assert RedisOverrides(link).replace(made, 1, None)
    for list_name in ("latest", DINAMIKA):
        expected = oracle(views, list_names, made, list_name, limit)
        assert counter.rankings.top(list_name, window, limit) == [(id_, views.get(id_, 0)) for id_ in expected]
