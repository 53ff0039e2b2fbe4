"""The feed cache: a change is seen at once, and whatever is built from what was before never comes back."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from redis import Redis

from service.core.errors import RedisUnavailable
from service.core.metrics import Metrics
from service.core.redis import RedisLink, connect
from service.documents.document import Document, Draft
from service.documents.parts import Spliced
from service.documents.redis_cache import KEEP, Cached, FeedCache, Kept, Sought

LIST_NAME, KEY = "category/dinamika", "category/dinamika:rss:50"


def document(text: str) -> Document:
    at = datetime(2026, 2, 22, 2, 40, tzinfo=UTC)
    return Document.of(Draft(Spliced(text.encode()), "application/rss+xml; charset=utf-8", at), at)


OLD, NEW = document("<rss>lama</rss>" * 9_000), document("<rss>baru</rss>" * 9_000)


def keep(
    cache: FeedCache, found: Cached, document: Document, order: str = "", list_name: str = LIST_NAME, key: str = KEY
) -> bool:
    """Keep what was built since somebody looked, and `found` that."""
    return cache.keep(Sought(list_name, key), found, Kept(document, f"{found.version}/{order}"))


def shown(found: Cached) -> Document | None:
    return found.kept.document if found.kept else None


@pytest.fixture
def cache(link: RedisLink) -> FeedCache:
    return FeedCache(link)


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """The server, past the cache."""
    with Redis.from_url(redis_url) as client:
        yield client


def test_a_document_is_found_as_it_was_kept_by_every_process(cache: FeedCache, redis_url: str) -> None:
    version = cache.find(Sought(LIST_NAME, KEY))
    assert keep(cache, version, OLD)
    with closing(RedisLink(connect(redis_url), Metrics())) as link:
        found = FeedCache(link).find(Sought(LIST_NAME, KEY))
    assert (shown(found), found.current) == (OLD, True)
    assert not shown(cache.find(Sought(LIST_NAME, "category/dinamika:atom:50")))


def test_a_change_makes_every_document_of_the_list_old_and_no_other(cache: FeedCache) -> None:
    places = [(LIST_NAME, KEY), (LIST_NAME, "category/dinamika:atom:10"), ("latest", "latest:rss:50")]
    for list_name, key in places:
        keep(cache, cache.find(Sought(list_name, key)), OLD, list_name=list_name, key=key)
    cache.bump([LIST_NAME])
    assert [cache.find(Sought(list_name, key)).current for list_name, key in places] == [False, False, True]
    assert shown(cache.find(Sought(LIST_NAME, KEY))) == OLD  # for those who come while the new one is built


def test_of_two_builders_the_one_that_read_before_the_change_keeps_nothing(cache: FeedCache) -> None:
    """Whichever of them is done first."""
    slow = cache.find(Sought(LIST_NAME, KEY))
    cache.bump([LIST_NAME])
    quick = cache.find(Sought(LIST_NAME, KEY))
    assert quick.version != slow.version
    assert not keep(cache, slow, OLD)
    assert keep(cache, quick, NEW)
    assert not keep(cache, slow, OLD)
    found = cache.find(Sought(LIST_NAME, KEY))
    assert (shown(found), found.current) == (NEW, True)


def test_a_builder_whose_time_is_over_does_not_overwrite_a_later_order(cache: FeedCache) -> None:
    """A ranking changes without the list, so the version is still the one that he began with."""
    slow = cache.find(Sought(LIST_NAME, KEY, "satu dua"))
    quick = cache.find(Sought(LIST_NAME, KEY, "dua satu"))
    assert keep(cache, quick, NEW, "dua satu")
    assert not keep(cache, slow, OLD, "satu dua")
    found = cache.find(Sought(LIST_NAME, KEY, "dua satu"))
    assert (shown(found), found.current) == (NEW, True)


def test_a_redis_that_lost_its_versions_never_takes_an_old_document_for_new(cache: FeedCache, redis: Redis) -> None:
    """Versions are never used twice, so a builder from before the loss is as late as any other."""
    before = cache.find(Sought(LIST_NAME, KEY))
    keep(cache, before, OLD)
    redis.delete(f"warta:{{{LIST_NAME}}}:version")  # evicted, or lost in a failover
    found = cache.find(Sought(LIST_NAME, KEY))
    assert (shown(found), found.current) == (OLD, False)
    redis.flushall()
    assert not keep(cache, before, OLD)
    assert shown(cache.find(Sought(LIST_NAME, KEY))) is None
    assert not keep(cache, before, OLD)


def test_another_order_is_another_document(cache: FeedCache) -> None:
    """A ranking changes without the list."""
    version = cache.find(Sought(LIST_NAME, KEY, "satu dua"))
    keep(cache, version, OLD, "satu dua")
    assert cache.find(Sought(LIST_NAME, KEY, "satu dua")).current
    assert not cache.find(Sought(LIST_NAME, KEY, "dua satu")).current


def test_there_is_one_builder_at_a_time_for_each_document(cache: FeedCache, redis_url: str) -> None:
    with closing(RedisLink(connect(redis_url), Metrics())) as link:
        elsewhere = FeedCache(link)
        with cache.seek(Sought(LIST_NAME, KEY)) as (_, here):
            latest = Sought("latest", "latest:rss:50")
            with elsewhere.seek(Sought(LIST_NAME, KEY)) as (_, there), elsewhere.seek(latest) as (_, other):
                assert here
                assert other
                assert not there
            with elsewhere.seek(Sought(LIST_NAME, KEY)) as (
                _,
                still_not,
            ):  # who does not hold the lock does not release it
                assert not still_not
        with elsewhere.seek(Sought(LIST_NAME, KEY)) as (_, there):
            assert there


def test_a_builder_that_fails_makes_room_for_the_next(cache: FeedCache) -> None:
    with pytest.raises(ZeroDivisionError), cache.seek(Sought(LIST_NAME, KEY)):
        _ = 1 / 0
    with cache.seek(Sought(LIST_NAME, KEY)) as (_, mine):
        assert mine


def test_a_builder_that_is_gone_is_not_waited_for_and_cannot_unlock_its_successor(
    cache: FeedCache, redis_url: str, redis: Redis
) -> None:
    lock = f"warta:{{{LIST_NAME}}}:{KEY}:lock"
    with closing(RedisLink(connect(redis_url), Metrics())) as link:
        successor = FeedCache(link)
        gone = cache.seek(Sought(LIST_NAME, KEY))
        assert gone.__enter__()
        assert 0 < redis.pttl(lock) <= 2000
        redis.delete(lock)  # as when that time is over
        with successor.seek(Sought(LIST_NAME, KEY)) as (_, theirs):
            assert theirs
            gone.__exit__(None, None, None)
            with cache.seek(Sought(LIST_NAME, KEY)) as (_, third):
                assert not third


def test_what_another_release_left_behind_is_built_anew(cache: FeedCache, redis: Redis) -> None:
    version = cache.find(Sought(LIST_NAME, KEY))
    keep(cache, version, OLD)
    name = f"warta:{{{LIST_NAME}}}:{KEY}"
    whole = redis.get(name)
    assert isinstance(whole, bytes)
    for broken in (b"", b"{}\n", b"\x80\x04pickle", whole[:-1], whole + b"x", whole.replace(b'"sizes"', b'"size"')):
        redis.set(name, broken)
        found = cache.find(Sought(LIST_NAME, KEY))
        assert (found.version, shown(found), found.current) == (version.version, None, False)
        with cache.seek(Sought(LIST_NAME, KEY)):  # it makes room, or nobody could build
            pass
        with cache.seek(Sought(LIST_NAME, KEY)) as (found, turn):
            assert (shown(found), bool(turn)) == (None, True)


def test_what_a_builder_keeps_ends_its_turn(cache: FeedCache) -> None:
    with cache.seek(Sought(LIST_NAME, KEY)) as (_, turn):
        assert turn
        assert turn.keep(OLD) == Kept(OLD, turn.cached.wanted)
        with cache.seek(Sought(LIST_NAME, KEY)) as (found, nobody):
            assert (shown(found), found.current, nobody) == (OLD, True, None)
        with cache.seek(Sought(LIST_NAME, KEY, "another order")) as (_, next_turn):
            assert next_turn
            assert shown(next_turn.cached) == OLD


def test_what_was_built_from_the_past_is_not_kept_and_the_turn_goes_on(cache: FeedCache) -> None:
    with cache.seek(Sought(LIST_NAME, KEY)) as (_, turn):
        assert turn
        cache.bump([LIST_NAME])
        assert turn.keep(OLD) is None
        with cache.seek(Sought(LIST_NAME, KEY)) as (_, other):
            assert other is None
        turn.again()
        assert turn.keep(NEW)
    found = cache.find(Sought(LIST_NAME, KEY))
    assert (shown(found), found.current) == (NEW, True)


def test_what_is_known_is_not_read_again_but_what_is_new_is(cache: FeedCache, redis: Redis) -> None:
    version = cache.find(Sought(LIST_NAME, KEY))
    keep(cache, version, OLD)
    known = cache.find(Sought(LIST_NAME, KEY)).kept
    assert known
    before = sent(redis)
    found = cache.find(Sought(LIST_NAME, KEY, known=known))
    assert found.kept is known
    assert found.current
    assert sent(redis) - before < 10_000  # of which most is this statistic; the document has more
    cache.bump([LIST_NAME])
    found = cache.find(Sought(LIST_NAME, KEY, known=known))
    assert (found.kept, found.current) == (known, False)
    keep(cache, found, NEW)
    found = cache.find(Sought(LIST_NAME, KEY, known=known))
    assert (shown(found), found.current) == (NEW, True)
    redis.flushall()
    assert cache.find(Sought(LIST_NAME, KEY, known=known)).kept is None


def test_the_same_document_in_fewer_bytes_is_another_value(cache: FeedCache) -> None:
    keep(cache, cache.find(Sought(LIST_NAME, KEY)), OLD)
    quick = cache.find(Sought(LIST_NAME, KEY))
    assert keep(cache, quick, OLD.polished())
    found = cache.find(Sought(LIST_NAME, KEY, known=quick.kept))
    assert found.current
    assert shown(found) == OLD.polished()


def sent(redis: Redis) -> int:
    """Bytes that the server has sent so far."""
    stats: Any = redis.info("stats")
    return int(stats["total_net_output_bytes"])


def test_nothing_stays_for_ever(cache: FeedCache, redis: Redis) -> None:
    """Anybody may ask for feeds that do not exist: their names must not fill the memory for good."""
    for n in range(20):
        cache.find(Sought(f"tag/tiada-{n}", f"tag/tiada-{n}:rss:50"))
    cache.bump([LIST_NAME])
    keep(cache, cache.find(Sought(LIST_NAME, KEY)), OLD)
    names = redis.keys("*")
    assert len(names) == 22
    assert all(0 < redis.ttl(name) <= KEEP for name in names)


def test_without_redis_every_call_says_so(metrics: Metrics) -> None:
    cache = FeedCache(RedisLink(connect("unix:///tiada.sock"), metrics))
    with pytest.raises(RedisUnavailable):
        cache.find(Sought(LIST_NAME, KEY))
    with pytest.raises(RedisUnavailable):
        keep(cache, Cached("x", None, "x/"), OLD)
    with pytest.raises(RedisUnavailable):
        cache.bump([LIST_NAME])
    with pytest.raises(RedisUnavailable), cache.seek(Sought(LIST_NAME, KEY)):
        raise AssertionError("nobody builds under a lock that there is not")
