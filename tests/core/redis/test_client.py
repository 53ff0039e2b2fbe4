"""The connection to Redis: every form of it works, and one that is away costs nobody time."""

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest
from redis import Redis

from service.core.errors import RedisUnavailable, SettingsError
from service.core.metrics import Metrics
from service.core.redis import PrivateRedis, RedisLink, connect
from service.core.settings.counting import Views
from service.core.settings.model import Settings
from service.core.visitors import Visitors
from service.documents.cache_entry import DocumentKey
from service.documents.change_signal import ChangeSignal
from service.documents.document import Document
from service.documents.parts import DocumentParts
from service.documents.redis_cache import RedisCache
from service.views import Fate, ViewCounter
from tests.support.articles import countable
from tests.support.server import eventually

AT = datetime(2026, 2, 22, tzinfo=UTC)
DOCUMENT = Document.of(DocumentParts(b"<rss/>"), "application/rss+xml", AT)


def test_cache_and_counter_work_on_every_form_of_redis(any_link: RedisLink, metrics: Metrics, tmp_path: Path) -> None:
    """A Cluster refuses commands whose keys are in two hash slots: none of ours are."""
    cache = RedisCache(any_link, ChangeSignal(tmp_path))
    keys = [DocumentKey(list_name, "rss:50") for list_name in ("latest", "category/dinamika", "tag/日本")]
    for key in keys:
        lookup = cache.find(key, lock=True)
        assert lookup.token
        assert not cache.find(key, lock=True).token
        cache.release(lookup)
        assert cache.store(cache.find(key, lock=True), DOCUMENT)
        assert cache.find(key).is_current
    cache.invalidate([key.list_name for key in keys])
    assert not any(cache.find(key).is_current for key in keys)

    now = 1_000_000_000.0
    counter = ViewCounter(any_link, metrics, Settings(views=Views(waiting=10)), clock=lambda: now)
    counter.registered.register(
        countable({"satu": ["category/dinamika", "category/日本"], "dua": ["category/dinamika"]})
    )
    counter.registered.mark_complete()
    assert [counter.add(id_) for id_ in ("satu", "satu", "dua", "tiada")] == [*[Fate.COUNTED] * 3, Fate.UNKNOWN]
    assert counter.rankings.top("category/dinamika", "1h", 10) == [("satu", 2), ("dua", 1)]
    assert counter.rankings.top("category/日本", "30d", 10) == [("satu", 2)]
    assert counter.rankings.views_of(["satu", "dua"]) == {"satu": 2, "dua": 1}
    counter.take("dua", Visitors(any_link, clock=lambda: now).visitor("198.51.100.1", "Mozilla/5.0"))
    counter.flush()
    assert counter.rankings.views_of(["dua"]) == {"dua": 2}
    now += 2 * 3600
    assert counter.rankings.top("latest", "1h", 10) == []
    counter.registered.forget(["satu"])
    assert counter.rankings.top("latest", "24h", 10) == [("dua", 2)]
    assert failures(metrics) == 0


def failures(metrics: Metrics) -> int:
    return round(sum(sample.value for sample in next(iter(metrics.redis_failures.collect())).samples[:1]))


@pytest.mark.timeout(10)  # some forms would like to try for longer
@pytest.mark.parametrize(
    "url",
    [
        "redis://127.0.0.1:1",
        "unix:///tiada.sock",
        "redis+sentinel://127.0.0.1:1,127.0.0.1:2/warta",
        "redis+cluster://127.0.0.1:1",
    ],
)
def test_a_link_is_made_without_a_server_and_fails_as_unavailable_when_used(url: str, metrics: Metrics) -> None:
    """So that the service starts while Redis is away, whatever its form."""
    with closing(RedisLink(connect(url), metrics)) as link, pytest.raises(RedisUnavailable), link.use() as redis:
        redis.ping()


@pytest.mark.parametrize(
    "url",
    [
        "redis://127.0.0.1:x",
        "redis://127.0.0.1:99999",
        "redis+cluster://127.0.0.1:x",
        "redis+sentinel://127.0.0.1:26379",
        "redis+sentinel:///warta",
        "redis+sentinel://127.0.0.1/warta/basisdata",
    ],
)
def test_an_address_that_is_none_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(SettingsError, match="redis_url"):
        connect(url)


def test_while_redis_is_away_only_a_probe_tries(
    own_redis: PrivateRedis, metrics: Metrics, caplog: pytest.LogCaptureFixture
) -> None:
    def ping() -> bool:
        try:
            with link.use() as redis:
                return bool(redis.ping())
        except RedisUnavailable:
            return False

    caplog.set_level(logging.WARNING)
    with closing(RedisLink(connect(own_redis.url), metrics)) as link:
        assert ping()
        own_redis.stop()
        assert [ping() for _ in range(100)] == [False] * 100
        assert failures(metrics) == 1
        own_redis.start()
        assert not ping()
        assert eventually(ping)
    told = [
        record.getMessage().partition(":")[0]
        for record in caplog.records
        if record.name == "service.core.circuit_breaker"
    ]
    assert told == ["redis is away; feeds come from the store, and page views wait", "redis is back"]


def test_a_redis_that_hangs_is_as_good_as_away(
    own_redis: PrivateRedis, metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is asked once only: it may yet do what it was asked. Its late answer is nobody else's."""
    monkeypatch.setattr("service.core.redis.client.TIMEOUT_SECONDS", 0.2)
    with closing(RedisLink(connect(own_redis.url), metrics)) as link, Redis.from_url(own_redis.url) as other:
        other.client_pause(600)
        with pytest.raises(RedisUnavailable, match="Timeout"), link.use() as redis:
            redis.incr("sekali")
        assert int(other.get("sekali") or 0) <= 1  # answered when the pause is over
        assert eventually(lambda: asked(link)) == b"sesudah"


def asked(link: RedisLink) -> bytes | None:
    """What Redis gives back; None while it is away."""
    try:
        with link.use() as redis:
            return bytes(redis.echo("sesudah"))
    except RedisUnavailable:
        return None


def test_a_connection_that_was_closed_while_idle_is_mended_without_notice(
    own_redis: PrivateRedis, metrics: Metrics
) -> None:
    with closing(RedisLink(connect(own_redis.url), metrics)) as link, Redis.from_url(own_redis.url) as other:
        with link.use() as redis:
            redis.set("nama", "warta")
        other.client_kill_filter(_type="normal", skipme=True)
        with link.use() as redis:
            assert redis.get("nama") == b"warta"
    assert failures(metrics) == 0


def test_each_thread_keeps_a_connection_and_none_is_left_in_the_end(own_redis: PrivateRedis, metrics: Metrics) -> None:
    together = Barrier(5)

    def names(link: RedisLink) -> set[int]:
        """The connection's number, at each of several uses."""
        found = set()
        for _ in range(5):
            with link.use() as redis:
                found.add(redis.client_id())
        together.wait()
        return found

    with Redis.from_url(own_redis.url) as other:
        before = len(other.client_list())
        with ThreadPoolExecutor(5) as threads, closing(RedisLink(connect(own_redis.url), metrics)) as link:
            kept = [*threads.map(names, [link] * 5)]
            assert [len(numbers) for numbers in kept] == [1] * 5
            assert len(set.union(*kept)) == 5
        assert eventually(lambda: len(other.client_list()) == before)


def test_a_mistake_of_the_caller_is_not_taken_for_an_outage(link: RedisLink, metrics: Metrics) -> None:
    with pytest.raises(ZeroDivisionError), link.use():
        _ = 1 / 0
    with link.use() as redis:
        assert redis.ping()


def test_a_key_with_a_wrong_value_is_no_outage(
    link: RedisLink, metrics: Metrics, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Views wait until the key is deleted, and count once; documents are found meanwhile."""
    cache, key = RedisCache(link, ChangeSignal(tmp_path)), DocumentKey("latest", "rss:50")
    assert cache.store(cache.find(key, lock=True), DOCUMENT)
    counter = ViewCounter(link, metrics, Settings())
    counter.registered.register(countable({"satu": []}))
    counter.registered.mark_complete()
    with link.use() as redis:
        redis.set("warta:{views}:unfolded", "rusak")
    assert [counter.add("satu") for _ in range(3)] == [Fate.WAITING] * 3
    assert cache.find(key).is_current
    assert not link.is_suspect
    assert [record.getMessage().partition(";")[0] for record in caplog.records] == [
        "redis has a key with a wrong value, perhaps of another program"
    ]
    with link.use() as redis:
        redis.delete("warta:{views}:unfolded")
        redis.set("warta:{views}:sum:1h:latest", "rusak")
    counter.flush()
    assert counter.pending == 0
    assert counter.rankings.views_of(["satu"]) == {"satu": 3}
    with pytest.raises(RedisUnavailable):
        counter.rankings.top("latest", "1h", 5)
