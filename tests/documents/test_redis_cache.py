"""The documents in Redis: a change is seen at once, and nothing that was built from before it ever comes back."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from service.core.errors import RedisUnavailable
from service.core.metrics import Metrics
from service.core.redis import RedisLink, connect
from service.documents.cache_entry import CacheEntry, DocumentKey
from service.documents.change_signal import ChangeSignal
from service.documents.document import Document
from service.documents.parts import DocumentParts
from service.documents.redis_cache import KEEP_SECONDS, Lookup, RedisCache

KEY = DocumentKey("category/dinamika", "category/dinamika:rss:50")
ATOM = DocumentKey("category/dinamika", "category/dinamika:atom:10")
LATEST = DocumentKey("latest", "latest:rss:50")
NAME = "warta:{category/dinamika}:category/dinamika:rss:50"  # in Redis


def document(text: str) -> Document:
    at = datetime(2026, 2, 22, 2, 40, tzinfo=UTC)
    return Document.of(DocumentParts(text.encode()), "application/rss+xml; charset=utf-8", at)


OLD, NEW = document("<rss>lama</rss>" * 9_000), document("<rss>baru</rss>" * 9_000)


def found(cache: RedisCache, key: DocumentKey = KEY, order: str = "") -> tuple[Document | None, bool]:
    """The document in the cache, and whether it is current."""
    lookup = cache.find(key, order)
    return lookup.entry.document if lookup.entry else None, lookup.is_current


@pytest.fixture
def signal(tmp_path: Path) -> ChangeSignal:
    return ChangeSignal(tmp_path)


@pytest.fixture
def cache(link: RedisLink, signal: ChangeSignal) -> RedisCache:
    return RedisCache(link, signal)


@pytest.fixture
def elsewhere(redis_url: str, signal: ChangeSignal) -> Iterator[RedisCache]:
    """The cache of another process."""
    with closing(RedisLink(connect(redis_url), Metrics())) as link:
        yield RedisCache(link, signal)


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """The server, past the cache."""
    with Redis.from_url(redis_url) as client:
        yield client


def test_every_process_finds_a_document_as_it_was_stored(cache: RedisCache, elsewhere: RedisCache) -> None:
    assert cache.store(cache.find(KEY), OLD)
    assert found(elsewhere) == (OLD, True)
    assert found(cache, ATOM) == (None, False)


def test_a_change_makes_every_document_of_the_list_old_and_no_other(cache: RedisCache) -> None:
    keys = (KEY, ATOM, LATEST)
    for key in keys:
        cache.store(cache.find(key), OLD)
    cache.invalidate([KEY.list_name])
    # The old document is still there, for requests while the new one is built.
    assert [found(cache, key) for key in keys] == [(OLD, False), (OLD, False), (OLD, True)]


def test_of_two_builders_the_one_that_read_before_the_change_stores_nothing(cache: RedisCache) -> None:
    """Whichever of them is done first."""
    slow = cache.find(KEY)
    cache.invalidate([KEY.list_name])
    quick = cache.find(KEY)
    assert quick.version != slow.version
    assert not cache.store(slow, OLD)
    assert cache.store(quick, NEW)
    assert not cache.store(slow, OLD)
    assert found(cache) == (NEW, True)


def test_a_builder_whose_time_is_over_does_not_overwrite_a_later_order(cache: RedisCache) -> None:
    """A ranking changes without the list, so the version is still that of the beginning."""
    slow = cache.find(KEY, "satu dua")
    quick = cache.find(KEY, "dua satu")
    assert cache.store(quick, NEW)
    assert not cache.store(slow, OLD)
    assert found(cache, order="dua satu") == (NEW, True)


def test_a_redis_that_lost_its_versions_never_takes_an_old_document_for_new(cache: RedisCache, redis: Redis) -> None:
    """Versions are never used twice, so a builder from before the loss is as late as any other."""
    before = cache.find(KEY)
    cache.store(before, OLD)
    redis.delete("warta:{category/dinamika}:version")  # evicted, or lost in a failover
    assert found(cache) == (OLD, False)
    redis.flushall()
    assert not cache.store(before, OLD)
    assert found(cache) == (None, False)
    assert not cache.store(before, OLD)


def test_another_order_is_another_document(cache: RedisCache) -> None:
    """A ranking changes without the list."""
    cache.store(cache.find(KEY, "satu dua"), OLD)
    assert found(cache, order="satu dua") == (OLD, True)
    assert found(cache, order="dua satu") == (OLD, False)


def test_there_is_one_builder_at_a_time_for_each_document(cache: RedisCache, elsewhere: RedisCache) -> None:
    here = cache.find(KEY, lock=True)
    there, other = elsewhere.find(KEY, lock=True), elsewhere.find(LATEST, lock=True)
    assert (bool(here.token), there.token, bool(other.token)) == (True, "", True)
    elsewhere.release(there)  # it has no lock to release
    assert not elsewhere.find(KEY, lock=True).token
    cache.release(here)
    assert elsewhere.find(KEY, lock=True).token


def test_a_lookup_without_a_lock_leaves_the_lock_to_others(cache: RedisCache) -> None:
    assert not cache.find(KEY).token
    assert cache.find(KEY, lock=True).token


def test_a_builder_that_is_gone_cannot_release_the_lock_of_its_successor(
    cache: RedisCache, elsewhere: RedisCache, redis: Redis
) -> None:
    gone = cache.find(KEY, lock=True)
    assert 0 < redis.pttl(f"{NAME}:lock") <= 2000
    redis.delete(f"{NAME}:lock")  # as when that time is over
    assert elsewhere.find(KEY, lock=True).token
    cache.release(gone)
    assert not cache.find(KEY, lock=True).token


def test_a_value_of_another_release_is_built_anew(cache: RedisCache, redis: Redis) -> None:
    version = cache.find(KEY)
    cache.store(version, OLD)
    whole = redis.get(NAME)
    assert isinstance(whole, bytes)
    for broken in (b"", b"{}\n", b"\x80\x04pickle", whole[:-1], whole + b"x", whole.replace(b'"sizes"', b'"size"')):
        redis.set(NAME, broken)
        lookup = cache.find(KEY)
        assert (lookup.version, lookup.entry, lookup.is_current) == (version.version, None, False)
        # Its first line may be that of a current document: it must not keep builders from the lock.
        cache.release(cache.find(KEY, lock=True))
        locked = cache.find(KEY, lock=True)
        assert (locked.entry, bool(locked.token)) == (None, True)
        cache.release(locked)


def test_to_store_the_document_releases_the_lock(cache: RedisCache) -> None:
    lookup = cache.find(KEY, lock=True)
    assert cache.store(lookup, OLD) == CacheEntry(OLD, lookup.built_from)
    assert lookup.token == ""
    assert cache.find(KEY, lock=True).is_current
    other = cache.find(KEY, "another order", lock=True)
    assert other.token
    assert other.entry
    assert other.entry.document == OLD


def test_a_build_from_before_a_change_is_not_stored_and_the_builder_keeps_the_lock(cache: RedisCache) -> None:
    lookup = cache.find(KEY, lock=True)
    cache.invalidate([KEY.list_name])
    assert cache.store(lookup, OLD) is None
    assert not cache.find(KEY, lock=True).token
    again = cache.find_again(lookup)
    assert again.token == lookup.token
    assert cache.store(again, NEW)
    assert found(cache) == (NEW, True)


def test_a_known_entry_is_not_read_again_but_a_new_one_is(cache: RedisCache, redis: Redis) -> None:
    cache.store(cache.find(KEY), OLD)
    known = cache.find(KEY).entry
    assert known
    before = sent(redis)
    lookup = cache.find(KEY, known=known)
    assert lookup.entry is known
    assert lookup.is_current
    assert sent(redis) - before < 10_000  # of which most is this statistic; the document has more
    cache.invalidate([KEY.list_name])
    lookup = cache.find(KEY, known=known)
    assert (lookup.entry, lookup.is_current) == (known, False)
    cache.store(lookup, NEW)
    lookup = cache.find(KEY, known=known)
    assert lookup.entry
    assert (lookup.entry.document, lookup.is_current) == (NEW, True)
    redis.flushall()
    assert cache.find(KEY, known=known).entry is None


def test_the_same_document_in_fewer_bytes_is_another_value(cache: RedisCache) -> None:
    cache.store(cache.find(KEY), OLD)
    quick = cache.find(KEY)
    assert cache.store(quick, OLD.recompressed())
    lookup = cache.find(KEY, known=quick.entry)
    assert lookup.is_current
    assert lookup.entry
    assert lookup.entry.document == OLD.recompressed()


def test_hot_documents_come_in_the_order_in_which_they_were_noted(cache: RedisCache, elsewhere: RedisCache) -> None:
    assert cache.next_hot() is None
    for key in (LATEST, KEY, LATEST):
        cache.note_hot(key)
    assert [elsewhere.next_hot() for _ in range(3)] == [LATEST, KEY, None]


def test_a_redis_that_lost_its_scripts_gets_them_again(cache: RedisCache, redis: Redis) -> None:
    cache.store(cache.find(KEY), OLD)
    redis.script_flush()
    assert found(cache) == (OLD, True)


def sent(redis: Redis) -> int:
    """Bytes that the server has sent so far."""
    stats: Any = redis.info("stats")
    return int(stats["total_net_output_bytes"])


def test_nothing_stays_for_ever(cache: RedisCache, redis: Redis) -> None:
    """Anybody may ask for feeds that do not exist: their names must not fill the memory for good."""
    for n in range(20):
        cache.find(DocumentKey(f"tag/tiada-{n}", f"tag/tiada-{n}:rss:50"))
    cache.invalidate([KEY.list_name])
    cache.store(cache.find(KEY), OLD)
    names = redis.keys("*")
    assert len(names) == 22
    assert all(0 < redis.ttl(name) <= KEEP_SECONDS for name in names)


def test_a_change_that_redis_could_not_take_makes_it_suspect(
    cache: RedisCache, elsewhere: RedisCache, redis: Redis
) -> None:
    assert not cache.is_suspect
    redis.config_set("min-replicas-to-write", 1)  # as in a failover: it can be read
    with pytest.raises(RedisUnavailable):
        cache.invalidate([KEY.list_name])
    redis.config_set("min-replicas-to-write", 0)
    assert elsewhere.is_suspect  # although it has noticed nothing


def test_without_redis_every_call_says_so(metrics: Metrics, signal: ChangeSignal) -> None:
    cache = RedisCache(RedisLink(connect("unix:///tiada.sock"), metrics), signal)
    lookup = Lookup(KEY, "", "x", None, token="token")
    for call in (
        lambda: cache.find(KEY),
        lambda: cache.find(KEY, lock=True),
        lambda: cache.find_again(lookup),
        lambda: cache.store(lookup, OLD),
        lambda: cache.invalidate([KEY.list_name]),
        lambda: cache.note_hot(KEY),
        cache.next_hot,
    ):
        with pytest.raises(RedisUnavailable):
            call()
    cache.release(lookup)  # the lock expires by itself
