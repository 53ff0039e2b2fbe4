"""Rankings: one round trip, a limited number of articles in each, and the same order whatever the number."""

import json
from collections.abc import Iterator

import pytest
from redis import Redis

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

ARTICLES = 60
KEY = "warta:{views}:ranking:24h:3:latest"


@pytest.fixture
def counter(link: RedisLink, metrics: Metrics, clock: Clock) -> ViewCounter:
    """Articles with views from one IP address; every tenth has views from a second one, which makes it popular."""
    counter = ViewCounter(link, metrics, Settings(popular=Popular(least_addresses=2)), clock=clock.seconds)
    counter.registered.register(countable({f"x{n:02}": [] for n in range(ARTICLES)}))
    counter.registered.mark_complete()
    for n in range(ARTICLES):
        counter.take(f"x{n:02}", Visitor(b"1" * 8, n.to_bytes(8)))
        if n % 10 == 0:
            counter.take(f"x{n:02}", Visitor(b"2" * 8, b"second" + n.to_bytes(2)))
    counter.flush()
    for n in range(ARTICLES):
        counter.add(f"x{n:02}", views=n + 1)
    return counter


@pytest.fixture
def client(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as client:
        yield client


@pytest.mark.parametrize("window", ["24h", TRENDING])
def test_a_look_at_a_ranking_is_one_command(counter: ViewCounter, client: Redis, window: str) -> None:
    counter.rankings.ranking("latest", window, 3)
    client.config_resetstat()
    for _ in range(10):
        counter.rankings.ranking("latest", window, 3)
    commands = client.info("commandstats")
    assert commands["cmdstat_evalsha"]["calls"] == 10
    assert "cmdstat_eval" not in commands


@pytest.mark.parametrize("window", ["24h", TRENDING])
@pytest.mark.parametrize("examined", [1, 7, 1_000])
def test_a_list_is_examined_in_parts_with_the_same_result(
    counter: ViewCounter, link: RedisLink, monkeypatch: pytest.MonkeyPatch, window: str, examined: int
) -> None:
    """Pins, boosts and exclusions included; the state of a ranking goes from one command to the next."""
    monkeypatch.setattr("service.views.ranking.MAX_EXAMINED_ARTICLES", examined)
    monkeypatch.setattr("service.views.ranking.MAX_RANK_COMMANDS", 1_000)
    chosen = {
        "x07": {"kind": "pin"},
        "x50": {"kind": "exclude"},
        "x10": {"kind": "boost", "factor": 10},
        "x20": {"kind": "boost", "factor": 0.1},
    }
    records = [
        OverrideRecord(key, id_, EditorialOverride.model_validate(fields), "siti", NOW)
        for key, (id_, fields) in enumerate(chosen.items())
    ]
    assert RedisOverrides(link).replace(records, 1, None)
    for limit, ids in ((3, ["x07", "x10", "x40"]), (50, ["x07", "x10", "x40", "x30", "x00", "x20"])):
        found = counter.rankings.ranking("latest", window, limit)
        assert (found.ids, set(found.pinned)) == (ids, {"x07"})


@pytest.mark.parametrize("window", ["24h", TRENDING])
def test_a_ranking_that_few_articles_satisfy_examines_a_limited_number(
    counter: ViewCounter, link: RedisLink, monkeypatch: pytest.MonkeyPatch, window: str
) -> None:
    """It has the articles that were found until then, and the pinned ones."""
    whole = counter.rankings.ranking("latest", window, 50).ids
    assert len(whole) == 6
    monkeypatch.setattr("service.views.ranking.MAX_EXAMINED_ARTICLES", 10)
    monkeypatch.setattr("service.views.ranking.MAX_RANK_COMMANDS", 3)
    assert counter.rankings.ranking("latest", window, 50).ids == whole[:3]
    pin = EditorialOverride.model_validate({"kind": "pin"})
    assert RedisOverrides(link).replace([OverrideRecord(1, whole[-1], pin, "siti", NOW)], 1, None)
    found = counter.rankings.ranking("latest", window, 50)
    assert (found.ids[0], found.ids[1:3], set(found.pinned)) == (whole[-1], whole[:2], {whole[-1]})
    assert len(found.ids) < len(whole)


def test_the_order_that_the_release_before_has_stored_is_kept(counter: ViewCounter, client: Redis) -> None:
    """It wrote the JSON of Python; both releases may run at once."""
    client.set(KEY, json.dumps([["x50", "x40", "x30"], [5, 4, 3], 1_700_000_000]))
    found = counter.rankings.ranking("latest", "24h", 3)
    assert (found.views, found.since.timestamp()) == ({"x50": 5, "x40": 4, "x30": 3}, 1_700_000_000)
    client.set(KEY, json.dumps([["x40"], [4], 1_700_000_000]))
    found = counter.rankings.ranking("latest", "24h", 3)
    stored = json.dumps([["x50", "x40", "x30"], list(found.views.values()), int(found.since.timestamp())])
    assert (found.since, client.get(KEY)) == (NOW, stored.encode())


def test_an_empty_ranking_is_kept_too(counter: ViewCounter, clock: Clock) -> None:
    since = counter.rankings.ranking("category/tiada", "24h", 3).since
    clock.forward(hours=1)
    assert counter.rankings.ranking("category/tiada", "24h", 3).since == since
