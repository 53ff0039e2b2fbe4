"""What counts of an access log: the rule that live counting has in Redis, without Redis."""

import time
from collections.abc import Sequence
from hashlib import blake2b

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from service.core.metrics import Metrics
from service.core.redis import RedisLink, connect
from service.core.settings.counting import Views
from service.core.settings.model import Settings
from service.core.visitors import Visitor
from service.views import Ceilings, ViewCounter, ceilings
from tests.support.articles import countable

RULES = Views(per_address=2, address_share=0.2, addresses_per_56=2, addresses_per_48=3, memory=1)
# A few people of one /48, of another, and over IPv4, in bursts: so many that every ceiling and every share is met.
SENDERS = st.one_of(
    st.tuples(st.sampled_from((1, 2)), st.integers(0, 2), st.integers(0, 2)), st.tuples(st.integers(10, 60))
)
LOOKS = st.lists(st.tuples(SENDERS, st.sampled_from("ab"), st.integers(1, 8)), min_size=5, max_size=25)


def around(sender: tuple[int, ...]) -> Sequence[bytes]:
    """The address and the networks around it, from narrow to wide, as eight bytes each."""
    return [blake2b(repr(sender[:wide]).encode(), digest_size=8).digest() for wide in range(len(sender), 0, -1)]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LOOKS)
def test_a_log_counts_what_redis_counts(redis_url: str, looks: list[tuple[tuple[int, ...], str, int]]) -> None:
    with Redis.from_url(redis_url) as client:
        client.flushall()
    link, logged, now = RedisLink(connect(redis_url), Metrics()), Ceilings(RULES), time.time()
    live = ViewCounter(link, Metrics(), Settings(views=RULES), clock=lambda: now)
    live.registered.register(countable({"a": [], "b": []}))
    live.registered.mark_complete()
    counted = {"a": 0, "b": 0}
    for number, (sender, article, times) in enumerate(looks):
        source, *networks = around(sender)
        for each in range(times):
            live.take(article, Visitor((100 * number + each).to_bytes(8), source, b"", tuple(networks)))
            live.flush()
            counted[article] += logged.take(article, (source, *networks), day=1)
        assert live.rankings.views_of(["a", "b"]) == counted
    link.close()


@pytest.fixture
def few_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ceilings, "MAX_SOURCE_COUNTS", 10)


@pytest.mark.usefixtures("few_counts")
def test_sources_that_were_met_once_are_forgotten_when_there_are_too_many() -> None:
    rules = Ceilings(RULES)
    for n in range(100):
        rules.take("a", [b"%d" % n], day=1)
    assert [rules.take("a", [b"often"], day=1) for _ in range(3)] == [True, True, False]
    rules.forget()
    assert not rules.take("a", [b"often"], day=1)


@pytest.mark.usefixtures("few_counts")
def test_a_log_of_any_length_leaves_a_limited_number_of_counts() -> None:
    """With sources of which none was met only once, and with many days."""
    rules = Ceilings(Views(per_address=1000))
    for day in range(20):
        for n in range(30):
            for _ in range(2 + n % 3):
                rules.take(f"a{n}", [b"%d" % n], day)
        rules.forget()
        assert sum(map(len, rules._source_counts.values())) <= 10
        assert len(rules._counted) <= ceilings.KEPT_DAYS
