"""The feed cache: a change is seen at once, and whatever is built from what was before never comes back."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from redis import Redis

from service.cache import KEEP, FeedCache
from service.document import Document
from service.errors import RedisUnavailable
from service.metrics import Metrics
from service.redis import RedisLink, connect

SHELF, KEY = "category/dinamika", "category/dinamika:rss:50"


def document(text: str) -> Document:
    return Document.of(text.encode(), "application/rss+xml; charset=utf-8", datetime(2026, 2, 22, 2, 40, tzinfo=UTC))


OLD, NEW = document("<rss>lama</rss>"), document("<rss>baru</rss>")


@pytest.fixture
def cache(link: RedisLink) -> FeedCache:
    return FeedCache(link)


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """The server, past the cache."""
    with Redis.from_url(redis_url) as client:
        yield client


def test_a_document_is_found_as_it_was_kept_by_every_process(cache: FeedCache, redis_url: str) -> None:
    version = cache.find(SHELF, KEY).version
    assert cache.keep(SHELF, KEY, version, OLD)
    with closing(RedisLink(connect(redis_url), Metrics())) as link:
        found = FeedCache(link).find(SHELF, KEY)
    assert (found.document, found.current) == (OLD, True)
    assert not cache.find(SHELF, "category/dinamika:atom:50").document


def test_a_change_makes_every_document_of_the_shelf_old_and_no_other(cache: FeedCache) -> None:
    places = [(SHELF, KEY), (SHELF, "category/dinamika:atom:10"), ("latest", "latest:rss:50")]
    for shelf, key in places:
        cache.keep(shelf, key, cache.find(shelf, key).version, OLD)
    cache.bump([SHELF])
    assert [cache.find(shelf, key).current for shelf, key in places] == [False, False, True]
    assert cache.find(SHELF, KEY).document == OLD  # for those who come while the new one is built


def test_of_two_builders_the_one_that_read_before_the_change_keeps_nothing(cache: FeedCache) -> None:
    """Whichever of them is done first."""
    slow = cache.find(SHELF, KEY).version
    cache.bump([SHELF])
    quick = cache.find(SHELF, KEY).version
    assert quick != slow
    assert not cache.keep(SHELF, KEY, slow, OLD)
    assert cache.keep(SHELF, KEY, quick, NEW)
    assert not cache.keep(SHELF, KEY, slow, OLD)
    found = cache.find(SHELF, KEY)
    assert (found.document, found.current) == (NEW, True)


def test_a_redis_that_lost_its_versions_never_takes_an_old_document_for_new(cache: FeedCache, redis: Redis) -> None:
    """Versions are never used twice, so a builder from before the loss is as late as any other."""
    before = cache.find(SHELF, KEY).version
    cache.keep(SHELF, KEY, before, OLD)
    redis.delete(f"warta:{{{SHELF}}}:version")  # evicted, or lost in a failover
    found = cache.find(SHELF, KEY)
    assert (found.document, found.current) == (OLD, False)
    redis.flushall()
    assert not cache.keep(SHELF, KEY, before, OLD)
    assert cache.find(SHELF, KEY).document is None
    assert not cache.keep(SHELF, KEY, before, OLD)


def test_another_order_is_another_document(cache: FeedCache) -> None:
    """A ranking changes without the shelf."""
    version = cache.find(SHELF, KEY, "satu dua").version
    cache.keep(SHELF, KEY, version, OLD, "satu dua")
    assert cache.find(SHELF, KEY, "satu dua").current
    assert not cache.find(SHELF, KEY, "dua satu").current


def test_there_is_one_builder_at_a_time_for_each_document(cache: FeedCache, redis_url: str) -> None:
    with closing(RedisLink(connect(redis_url), Metrics())) as link:
        elsewhere = FeedCache(link)
        with cache.building(SHELF, KEY) as here:
            with elsewhere.building(SHELF, KEY) as there, elsewhere.building("latest", "latest:rss:50") as other:
                assert (here, there, other) == (True, False, True)
            with elsewhere.building(SHELF, KEY) as still_not:  # who does not hold the lock does not release it
                assert not still_not
        with elsewhere.building(SHELF, KEY) as there:
            assert there


def test_a_builder_that_fails_makes_room_for_the_next(cache: FeedCache) -> None:
    with pytest.raises(ZeroDivisionError), cache.building(SHELF, KEY):
        _ = 1 / 0
    with cache.building(SHELF, KEY) as mine:
        assert mine


def test_a_builder_that_is_gone_is_not_waited_for_and_cannot_unlock_its_successor(
    cache: FeedCache, redis_url: str, redis: Redis
) -> None:
    lock = f"warta:{{{SHELF}}}:{KEY}:lock"
    with closing(RedisLink(connect(redis_url), Metrics())) as link:
        successor = FeedCache(link)
        gone = cache.building(SHELF, KEY)
        assert gone.__enter__()
        assert 0 < redis.pttl(lock) <= 2000
        redis.delete(lock)  # as when that time is over
        with successor.building(SHELF, KEY) as theirs:
            assert theirs
            gone.__exit__(None, None, None)
            with cache.building(SHELF, KEY) as third:
                assert not third


def test_what_another_release_left_behind_is_built_anew(cache: FeedCache, redis: Redis) -> None:
    version = cache.find(SHELF, KEY).version
    cache.keep(SHELF, KEY, version, OLD)
    name = f"warta:{{{SHELF}}}:{KEY}"
    whole = redis.get(name)
    assert isinstance(whole, bytes)
    for broken in (b"", b"{}\n", b"\x80\x04pickle", whole[:-1], whole + b"x", whole.replace(b'"sizes"', b'"size"')):
        redis.set(name, broken)
        found = cache.find(SHELF, KEY)
        assert (found.version, found.document, found.current) == (version, None, False)


def test_nothing_stays_for_ever(cache: FeedCache, redis: Redis) -> None:
    """Anybody may ask for feeds that do not exist: their names must not fill the memory for good."""
    for n in range(20):
        cache.find(f"tag/tiada-{n}", f"tag/tiada-{n}:rss:50")
    cache.bump([SHELF])
    cache.keep(SHELF, KEY, cache.find(SHELF, KEY).version, OLD)
    names = redis.keys("*")
    assert len(names) == 22
    assert all(0 < redis.ttl(name) <= KEEP for name in names)


def test_without_redis_every_call_says_so(metrics: Metrics) -> None:
    cache = FeedCache(RedisLink(connect("unix:///tiada.sock"), metrics))
    with pytest.raises(RedisUnavailable):
        cache.find(SHELF, KEY)
    with pytest.raises(RedisUnavailable):
        cache.keep(SHELF, KEY, "x", OLD)
    with pytest.raises(RedisUnavailable):
        cache.bump([SHELF])
    with pytest.raises(RedisUnavailable), cache.building(SHELF, KEY):
        raise AssertionError("nobody builds under a lock that there is not")


def test_a_document_survives_packing_with_all_its_encodings() -> None:
    version, unpacked = Document.unpack(OLD.pack("v/urutan"))
    assert (version, unpacked) == ("v/urutan", OLD)
    assert replace(unpacked, digest="x") != OLD
