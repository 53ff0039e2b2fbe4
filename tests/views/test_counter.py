"""The view counter: exact in every window, for the site and for each category, whatever becomes of Redis."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from redis import Redis

from service.core.errors import RedisUnavailable
from service.core.metrics import Metrics
from service.core.redis import PrivateRedis, RedisLink, connect
from service.core.settings.counting import Views
from service.core.settings.model import Settings
from service.core.visitors import Visitor
from service.views import WINDOWS, Fate, ViewCounter, Window
from service.views.ranking import MAX_RETIRED_ARTICLES
from tests.support.articles import countable
from tests.support.clock import Clock
from tests.support.server import eventually

LISTS: dict[str, list[str]] = {
    "a": ["category/dinamika"],
    "b": ["category/dinamika", "category/ekonomi"],
    "c": ["category/ekonomi"],
    "d": [],
}
MINUTE, HOUR, DAY = 60, 3600, 86400


@pytest.fixture
def counter(link: RedisLink, metrics: Metrics, clock: Clock) -> ViewCounter:
    counter = ViewCounter(link, metrics, Settings(views=Views(waiting=5)), clock=clock.seconds)
    counter.registered.register(countable(LISTS))
    counter.registered.mark_complete()
    return counter


class Model:
    """The counter as one would write it without thinking of speed: every view is kept, and looked at each time.

    Views follow their article: they are those of the lists where the article is now.
    """

    def __init__(self) -> None:
        self.views: list[tuple[float, str]] = []
        self.known: dict[str, Sequence[str]] = {}

    def add(self, id_: str, at: float) -> None:
        if id_ in self.known:
            self.views.append((at, id_))

    def top(self, list_name: str, window: Window, now: float) -> list[tuple[str, int]]:
        first = now // window.seconds - window.buckets + 1  # the running step included
        seen = Counter(id_ for at, id_ in self.views if at // window.seconds >= first)
        listed = {id_ for id_, list_names in self.known.items() if list_name in ("latest", *list_names)}
        return sorted(((id_, n) for id_, n in seen.items() if id_ in listed), key=lambda pair: pair[::-1], reverse=True)


view = st.tuples(st.just("view"), st.sampled_from(list(LISTS)), st.sampled_from([0, 0, 0, 4 * MINUTE, HOUR, DAY]))
move = st.tuples(
    st.just("move"),
    st.one_of(
        st.integers(0, 10 * MINUTE),
        st.integers(0, 3 * HOUR),
        st.integers(0, 40 * DAY),
        st.sampled_from([300, HOUR, DAY, 7 * DAY, 30 * DAY]),
    ),
    st.none(),
)
category = st.sampled_from([[], ["category/dinamika"], ["category/ekonomi"], ["category/dinamika", "category/ekonomi"]])
edit = st.tuples(st.just("register"), st.sampled_from(list(LISTS)), category)
withdraw = st.tuples(st.just("forget"), st.sampled_from(list(LISTS)), st.none())


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(0, 2 * DAY), steps=st.lists(st.one_of(view, view, view, move, edit, withdraw), max_size=25))
def test_any_history_gives_the_ranking_of_all_views(
    link: RedisLink, metrics: Metrics, start: int, steps: list[tuple[str, object, object]]
) -> None:
    """Views, also late ones; the clock, by seconds or by weeks; articles that move, go and come back."""
    with link.use() as redis:
        redis.flushall()
    now = 1_771_728_000.0 + start
    counter, model = ViewCounter(link, metrics, Settings(views=Views(waiting=10)), clock=lambda: now), Model()
    counter.registered.register(countable(LISTS))
    counter.registered.mark_complete()
    model.known = {**LISTS}
    for what, id_, value in steps:
        match what, id_, value:
            case "view", str(), int():
                counter.add(id_, now - value)
                model.add(id_, now - value)
            case "move", int(), _:
                now += id_
            case "register", str(), list():
                counter.registered.register(countable({id_: value}))
                model.known[id_] = value
            case "forget", str(), _:
                counter.registered.forget([id_])
                model.known.pop(id_, None)
    for window in WINDOWS:
        for list_name in ("latest", "category/dinamika", "category/ekonomi"):
            assert counter.rankings.top(list_name, window.name, 10) == model.top(list_name, window, now), (
                window,
                list_name,
            )


def test_a_view_leaves_each_window_when_its_step_does(counter: ViewCounter, clock: Clock) -> None:
    counter.add("a")
    viewed = clock.seconds()
    for window in WINDOWS:
        end = (viewed // window.seconds + window.buckets) * window.seconds
        clock.forward(seconds=end - 1 - clock.seconds())
        assert counter.rankings.top("latest", window.name, 5) == [("a", 1)]
        clock.forward(seconds=1)
        assert counter.rankings.top("latest", window.name, 5) == []


def test_a_ranking_is_by_views_and_equal_ones_are_in_one_order(counter: ViewCounter) -> None:
    for id_, views in {"a": 2, "b": 5, "c": 2, "d": 2}.items():
        counter.add(id_, views=views)
    assert counter.rankings.top("latest", "24h", 10) == [("b", 5), ("d", 2), ("c", 2), ("a", 2)]
    assert counter.rankings.top("latest", "24h", 2) == [("b", 5), ("d", 2)]
    assert counter.rankings.top("category/ekonomi", "24h", 10) == [("b", 5), ("c", 2)]
    assert counter.rankings.top("category/tiada", "24h", 10) == []


def test_a_withdrawn_article_leaves_no_gap(counter: ViewCounter) -> None:
    counter.registered.register(countable({f"x{n:03}": [] for n in range(60)}))
    for n in range(60):
        counter.add(f"x{n:03}", views=100 + n)
    counter.registered.forget(f"x{n:03}" for n in range(10, 60))
    assert [id_ for id_, _ in counter.rankings.top("latest", "1h", 5)] == ["x009", "x008", "x007", "x006", "x005"]
    assert counter.add("x059") is Fate.UNKNOWN
    counter.registered.register(countable({"x059": []}))
    assert counter.rankings.top("latest", "1h", 1) == [("x059", 159)]


def test_many_articles_move_in_several_commands(counter: ViewCounter, clock: Clock) -> None:
    """Each brings its views of all windows, which is more than one command copies."""
    many = {f"x{n}": n + 1 for n in range(20)}
    counter.registered.register(countable({id_: [] for id_ in many}))
    for id_, views in many.items():
        counter.add(id_, views=views)
        counter.add(id_, clock.seconds() - 3 * DAY, views)
    counter.registered.register(countable({id_: ["category/x"] for id_ in many}))
    for window in WINDOWS:
        moved = counter.rankings.top("category/x", window.name, 30)
        assert moved == counter.rankings.top("latest", window.name, 30)
        assert len(moved) == 20


def test_a_bucket_larger_than_a_command_may_take_is_retired_in_portions(counter: ViewCounter, clock: Clock) -> None:
    """And what is counted in between is counted."""
    many = 2 * MAX_RETIRED_ARTICLES + 1
    counter.registered.register(countable({f"x{n}": [] for n in range(many)}))
    for n in range(many):
        counter.add(f"x{n}")
    clock.forward(hours=2)
    counter.rankings.retire(commands=1)
    counter.add("x0", clock.seconds() - 2 * HOUR)  # late, for the step that is half retired
    counter.add("x1")
    assert counter.rankings.top("latest", "1h", many) == [("x1", 1)]
    assert len(counter.rankings.top("latest", "24h", 2 * many)) == many
    assert counter.rankings.views_of(["x0", "x1"]) == {"x0": 2, "x1": 2}


def test_old_buckets_leave_redis_too(counter: ViewCounter, clock: Clock, redis_url: str) -> None:
    for id_ in LISTS:
        counter.add(id_)
    clock.forward(days=40)
    counter.rankings.retire()
    with Redis.from_url(redis_url, decode_responses=True) as client:
        assert set(client.keys("*")) == {"warta:{views}:all", "warta:{views}:articles", "warta:{views}:unfolded"}


def test_an_unknown_article_is_not_counted(counter: ViewCounter) -> None:
    assert counter.add("tiada") is Fate.UNKNOWN
    assert counter.add("") is Fate.UNKNOWN
    assert counter.rankings.views_of(["tiada"]) == {"tiada": 0}
    assert counter.rankings.top("latest", "1h", 5) == []


def test_after_a_loss_views_wait_until_redis_knows_the_articles_again(
    counter: ViewCounter, redis_url: str, clock: Clock
) -> None:
    with Redis.from_url(redis_url) as client:
        client.flushall()
    assert not counter.registered.is_complete()
    assert counter.add("a") is Fate.WAITING
    counter.registered.register(countable({"b": []}))
    assert counter.add("b") is Fate.COUNTED
    assert counter.add("tiada") is Fate.WAITING
    counter.flush()
    assert counter.pending == 2
    counter.registered.register(countable(LISTS))
    counter.registered.mark_complete()
    counter.flush()
    assert counter.pending == 0
    assert counter.rankings.views_of(["a", "tiada"]) == {"a": 1, "tiada": 0}


@pytest.fixture
def frail(own_redis: PrivateRedis, metrics: Metrics, clock: Clock) -> Iterator[ViewCounter]:
    """A counter on a Redis that can be stopped."""
    with closing(RedisLink(connect(own_redis.url), metrics)) as link:
        counter = ViewCounter(link, metrics, Settings(views=Views(waiting=5)), clock=clock.seconds)
        counter.registered.register(countable(LISTS))
        counter.registered.mark_complete()
        yield counter


def fates(metrics: Metrics) -> Mapping[str, float]:
    samples = [sample for metric in metrics.views.collect() for sample in metric.samples]
    return {sample.labels["fate"]: sample.value for sample in samples if sample.name.endswith("_total")}


def test_while_redis_is_away_views_wait_and_are_counted_when_they_happened(
    frail: ViewCounter, own_redis: PrivateRedis, clock: Clock, metrics: Metrics
) -> None:
    """Not when Redis came back: by then some have left the window."""
    own_redis.stop()
    for _ in range(3):
        assert frail.add("a") is Fate.WAITING
    clock.forward(minutes=30)
    frail.add("b")
    frail.flush()
    assert frail.pending == 4
    with pytest.raises(RedisUnavailable):
        frail.rankings.top("latest", "1h", 5)
    clock.forward(minutes=45)
    own_redis.start()
    frail.drain(20)
    assert frail.rankings.top("latest", "1h", 5) == [("b", 1)]
    assert frail.rankings.top("latest", "24h", 5) == [("a", 3), ("b", 1)]
    frail.flush()
    assert frail.rankings.views_of(["a", "b"]) == {"a": 3, "b": 1}
    assert fates(metrics) == {"waiting": 4}


def test_what_was_published_while_redis_was_away_is_counted_before_redis_is_told_of_it(
    frail: ViewCounter, own_redis: PrivateRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Announcing and counting are done by different threads, and either may be the first to find Redis again."""
    visitors = [Visitor(n.to_bytes(8), n.to_bytes(8)) for n in range(4)]
    own_redis.stop()
    assert frail.registered.knows("baru")
    frail.take("baru", visitors[0])
    frail.flush()
    own_redis.start()
    eventually(lambda: _answers(frail))
    frail.flush()
    assert frail.registered.knows("baru")
    frail.take("baru", visitors[1])
    frail.flush()
    assert frail.pending == 2
    frail.registered.register(countable({"baru": []}))
    frail.flush()
    assert frail.rankings.views_of(["baru"]) == {"baru": 2}

    assert frail.registered.knows("tiada")
    frail.take("tiada", visitors[2])
    monkeypatch.setattr("service.core.redis.link.SUSPECT_SECONDS", 0.0)  # a while later
    assert not frail.registered.knows("tiada")
    frail.flush()
    assert frail.pending == 0


def _answers(counter: ViewCounter) -> bool:
    try:
        return counter.registered.is_complete()
    except RedisUnavailable:
        return False


def test_the_memory_for_waiting_views_is_bounded_by_articles_not_by_views(
    frail: ViewCounter, own_redis: PrivateRedis, metrics: Metrics
) -> None:
    own_redis.stop()
    assert [frail.add(f"x{n}") for n in range(7)] == [Fate.WAITING] * 5 + [Fate.DROPPED] * 2
    assert [frail.add("x0") for _ in range(100)] == [Fate.WAITING] * 100
    assert frail.pending == 105
    assert fates(metrics) == {"waiting": 105, "dropped": 2}


def test_the_end_of_a_process_waits_for_a_redis_that_is_just_away(frail: ViewCounter, own_redis: PrivateRedis) -> None:
    own_redis.stop()
    frail.add("a")
    frail.drain(0)
    assert frail.pending == 1
    own_redis.start()
    frail.drain(20)
    assert frail.pending == 0
    assert frail.rankings.views_of(["a"]) == {"a": 1}


def test_metrics_belong_to_the_process_that_received_them() -> None:
    """Nothing of ours is in the global registry: two services in one process do not mix."""
    assert not [metric for metric in REGISTRY.collect() if metric.name.startswith("warta")]
