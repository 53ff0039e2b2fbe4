"""The document builder: each document is built once for all, is current when it is served, and outlives outages."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from redis import Redis

from service.core.errors import FeedUnavailable, NotFound, RedisUnavailable, StoreUnavailable
from service.core.metrics import Metrics
from service.core.redis import RedisLink, connect
from service.documents.builder import HOT_AFTER_SECONDS, MAX_BUILDS, DocumentBuilder, DocumentSource
from service.documents.cache_entry import DocumentKey
from service.documents.change_signal import ChangeSignal
from service.documents.encodings import Level
from service.documents.memory_cache import MemoryCache, Slot
from service.documents.parts import DocumentParts
from service.documents.redis_cache import RedisCache
from tests.support.clock import Clock
from tests.support.server import eventually

AT = datetime(2026, 2, 22, 2, 40, tzinfo=UTC)
KEY = DocumentKey("latest", "latest:rss:50")


class Text(DocumentSource):
    """A text that stands for the store's content. `error` is raised by its build."""

    key = KEY
    label = "rss"
    media_type = "text/plain"

    def __init__(self, text: str) -> None:
        self.text = text
        self.modified_at = AT
        self.error: Exception | None = None
        self.during: Callable[[], object] = lambda: None
        self.order_now = ""
        self.built_from: list[str] = []

    @property
    def order(self) -> str:
        return self.order_now

    def build(self, built_from: str) -> tuple[DocumentParts, datetime]:
        self.built_from.append(built_from)
        if self.error:
            raise self.error
        text = self.text
        self.during()
        return DocumentParts(text.encode()), self.modified_at

    def changed_at(self) -> datetime:
        return self.modified_at


class Host:
    """A host with one process: its caches and its builder, on a clock that stands until it is moved."""

    def __init__(self, redis_url: str, folder: Path, memory_bytes: int = 10**7) -> None:
        self.clock = Clock()
        self.link = RedisLink(connect(redis_url), Metrics())
        self.signal = ChangeSignal(folder)
        self.redis = RedisCache(self.link, self.signal)
        memory = MemoryCache(self.signal, memory_bytes, self.clock.seconds)
        self.builder = DocumentBuilder(memory, self.redis, Metrics())

    def body(self, source: DocumentSource) -> str:
        return self.builder.get_or_build(source).document.body.decode()

    def after_lookups(self, source: DocumentSource, times: int) -> Slot:
        """The slot after so many seconds with a lookup in each."""
        for _ in range(times):
            self.clock.forward(seconds=1)
            slot = self.builder.get_or_build(source)
        return slot


@pytest.fixture
def here(redis_url: str, tmp_path: Path) -> Iterator[Host]:
    host = Host(redis_url, tmp_path / "here")
    with closing(host.link):
        yield host


@pytest.fixture
def there(redis_url: str, tmp_path: Path) -> Iterator[Host]:
    host = Host(redis_url, tmp_path / "there")
    with closing(host.link):
        yield host


@pytest.fixture
def without_redis(tmp_path: Path) -> Iterator[Host]:
    host = Host("unix:///tiada.sock", tmp_path / "alone")
    with closing(host.link):
        yield host


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as client:
        yield client


def test_a_document_is_built_once_for_all_hosts_and_then_comes_from_memory(here: Host, there: Host) -> None:
    source = Text("satu")
    slots = [host.builder.get_or_build(source) for host in (here, there, here, there)]
    assert [slot.how for slot in slots[:2]] == ["built", "fresh"]
    assert slots[2] is slots[0]
    assert slots[3] is slots[1]
    assert len(source.built_from) == 1


def test_a_change_is_in_the_next_document_and_moves_last_modified(here: Host) -> None:
    source = Text("satu")
    before = here.builder.get_or_build(source).document
    source.text = "dua"
    assert here.body(source) == "satu"  # nobody has said that it changed
    here.builder.invalidate(["latest"])
    after = here.builder.get_or_build(source).document
    assert after.body == b"dua"
    assert after.last_modified == before.last_modified + timedelta(seconds=1)
    here.builder.invalidate(["latest"])
    assert here.builder.get_or_build(source).document is after  # another version with the same content


def test_another_order_is_another_document(here: Host) -> None:
    source = Text("satu dua")
    here.body(source)
    source.text, source.order_now = "dua satu", "dua first"
    assert here.after_lookups(source, 1).document.body == b"dua satu"
    assert len(source.built_from) == 2


def test_many_requests_at_once_have_one_build(here: Host, there: Host) -> None:
    source = Text("satu")
    with ThreadPoolExecutor(16) as threads:
        bodies = list(threads.map(lambda n: (here, there)[n % 2].body(source), range(32)))
    assert set(bodies) == {"satu"}
    assert len(source.built_from) == 1


def test_while_another_host_builds_the_previous_document_is_served(here: Host, there: Host) -> None:
    source = Text("satu")
    here.body(source)
    here.builder.invalidate(["latest"])
    source.text = "dua"
    lookup = there.redis.find(KEY, lock=True)
    slot = here.builder.get_or_build(source)
    assert (slot.how, slot.document.body) == ("previous", b"satu")
    assert not slot.fresh()
    there.redis.release(lookup)
    assert here.body(source) == "dua"


@pytest.mark.timeout(20)
def test_a_builder_that_does_not_finish_is_not_waited_for(here: Host, there: Host) -> None:
    there.redis.find(KEY, lock=True)  # and there the process died
    assert here.body(Text("satu")) == "satu"


def test_a_document_that_changes_during_its_build_is_built_again(here: Host) -> None:
    source = Text("satu")

    def change() -> None:
        source.text, source.during = "dua", lambda: None
        here.builder.invalidate(["latest"])

    source.during = change
    assert here.body(source) == "dua"
    assert len(set(source.built_from)) == 2  # each build has its version


def test_changes_that_come_faster_than_builds_do_not_keep_the_reader(here: Host) -> None:
    source = Text("satu")
    source.during = lambda: here.builder.invalidate(["latest"])
    slot = here.builder.get_or_build(source)
    assert slot.how == "previous"
    assert not slot.fresh()
    assert len(source.built_from) == MAX_BUILDS


def test_the_error_of_a_build_reaches_the_caller_and_the_next_request_builds(here: Host) -> None:
    source = Text("satu")
    source.error = NotFound("there is no feed")
    for _ in range(2):
        with pytest.raises(NotFound):
            here.body(source)
    source.error = None
    assert here.builder.get_or_build(source).how == "built"


# --- outages -------------------------------------------------------------------------------------------------


def test_without_the_store_the_last_good_copy_is_served(here: Host, there: Host) -> None:
    source = Text("satu")
    here.body(source)
    here.builder.invalidate(["latest"])
    source.error = StoreUnavailable("the store is away")
    for host in (here, there):
        slot = host.builder.get_or_build(source)
        assert (slot.how, slot.document.body, slot.fresh()) == ("stale", b"satu", False)


def test_without_the_store_and_a_copy_the_feed_is_unavailable(here: Host, without_redis: Host) -> None:
    source = Text("satu")
    source.error = StoreUnavailable("the store is away")
    for host in (here, without_redis):
        with pytest.raises(FeedUnavailable, match="latest:rss:50"):
            host.body(source)


def test_without_redis_one_thread_builds_for_the_process(without_redis: Host) -> None:
    source = Text("satu")
    started = threading.Barrier(8)

    def ask(_: int) -> str:
        started.wait()
        return without_redis.body(source)

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(ask, range(8))) == {"satu"}
    assert source.built_from == [""]
    with pytest.raises(RedisUnavailable):
        without_redis.builder.invalidate(["latest"])
    source.text = "dua"
    assert without_redis.body(source) == "dua"  # memory is outdated all the same


def test_a_redis_that_missed_a_change_is_not_believed(here: Host, redis: Redis) -> None:
    """It can be read, but the change could not be written: its version is that of the old document."""
    source = Text("satu")
    here.body(source)
    redis.config_set("min-replicas-to-write", 1)
    with pytest.raises(RedisUnavailable):
        here.builder.invalidate(["latest"])
    redis.config_set("min-replicas-to-write", 0)
    source.text, source.modified_at = "dua", AT + timedelta(minutes=1)
    eventually(lambda: here.after_lookups(source, 1).document.body == b"dua")
    assert source.built_from[-1] == ""  # articles that were read for the version in Redis may be old


# --- hot documents -------------------------------------------------------------------------------------------


def test_a_document_with_many_lookups_is_recompressed_once(here: Host) -> None:
    source = Text(" ".join(map(str, range(5_000))))
    assert not here.builder.recompress_next()
    quick = here.after_lookups(source, HOT_AFTER_SECONDS + 1).document
    assert here.builder.recompress_next()
    small = here.after_lookups(source, 1).document
    assert (quick.level, small.level) == (Level.QUICK, Level.SMALL)
    assert (small.digest, small.last_modified) == (quick.digest, quick.last_modified)
    assert all(len(small.encoded[coding]) < len(quick.within(coding)) for coding in ("gzip", "br", "zstd"))
    here.after_lookups(source, 2 * HOT_AFTER_SECONDS)
    assert not here.builder.recompress_next()


def test_a_document_that_changed_meanwhile_is_not_recompressed(here: Host) -> None:
    source = Text("satu")
    here.after_lookups(source, HOT_AFTER_SECONDS + 1)
    source.text = "dua"
    here.builder.invalidate(["latest"])
    assert here.builder.recompress_next()
    assert here.after_lookups(source, 1).document.body == b"dua"


def test_a_hot_document_that_redis_could_not_note_is_noted_later(here: Host, redis: Redis) -> None:
    source = Text("berita " * 500)
    here.after_lookups(source, HOT_AFTER_SECONDS)
    redis.config_set("min-replicas-to-write", 1)  # it can be read
    here.after_lookups(source, 2)
    redis.config_set("min-replicas-to-write", 0)

    def recompressed() -> bool:
        here.after_lookups(source, 1)
        with suppress(RedisUnavailable):
            here.builder.recompress_next()
        return here.after_lookups(source, 1).document.level is Level.SMALL

    eventually(recompressed)
