"""The publisher: what is handed in is in the right documents with the next request, and nothing else moves."""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import feedparser
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from redis import Redis

from service.core.errors import NotFound, RedisUnavailable
from service.core.metrics import Metrics
from service.core.redis import RedisLink
from service.core.settings.model import Settings
from service.documents.builder import DocumentBuilder
from service.documents.change_signal import ChangeSignal
from service.documents.formats import FORMATS
from service.documents.memory_cache import MemoryCache, Slot
from service.documents.redis_cache import RedisCache
from service.feeds.names import CountableArticle
from service.publishing.announcements import Announcements, Deliveries
from service.publishing.consumers import Consumer, CounterConsumer, DocumentConsumer
from service.publishing.feed_documents import FeedDocuments
from service.publishing.publisher import Publisher
from service.publishing.stored_rankings import StoredRankings
from service.storage import AnnouncementLog, ArticleStore, Database, OverrideStore, PutOutcome, ViewHistory
from service.storage.migrations import migrate
from service.views import Fate, ViewCounter
from tests.support.articles import submission
from tests.support.clock import Clock
from tests.support.server import eventually


@dataclass
class Desk:
    """A publisher with everything around it, on one clock."""

    publisher: Publisher
    documents: FeedDocuments
    announcements: Announcements
    store: ArticleStore
    cache: RedisCache
    counter: ViewCounter
    metrics: Metrics
    clock: Clock

    def put(self, article_id: str, **fields: object) -> PutOutcome:
        [outcome] = self.publisher.put([submission(article_id, **fields)])
        return outcome

    def served(self, path: str, limit: int | None = None, extension: str = "rss") -> Slot:
        return self.documents.feed(self.documents.catalogue.parse(path), FORMATS[extension], limit)

    def body(self, path: str, limit: int | None = None, extension: str = "rss") -> bytes:
        return self.served(path, limit, extension).document.body

    def ids(self, path: str, limit: int | None = None, extension: str = "rss") -> list[str]:
        """The ids of the feed's entries, as a feed reader sees them."""
        parsed = feedparser.parse(self.body(path, limit, extension))
        assert not parsed.bozo, parsed.bozo_exception
        return [entry.id.rpartition(":")[2] for entry in parsed.entries]


@pytest.fixture
def desk(settings: Settings, link: RedisLink, clock: Clock) -> Iterator[Desk]:
    with closing(Database(settings.store_url.get_secret_value())) as database:
        migrate(database)
        yield desk_on(database, settings, link, clock)


def desk_on(database: Database, settings: Settings, link: RedisLink, clock: Clock) -> Desk:
    metrics, store, signal = Metrics(), ArticleStore(database), ChangeSignal(settings.data_dir)
    cache = RedisCache(link, signal)
    counter = ViewCounter(link, metrics, settings, clock=clock.seconds)
    # Without memory, every request looks in Redis.
    builder = DocumentBuilder(MemoryCache(signal, 0), cache, metrics)
    stored = StoredRankings(ViewHistory(database), OverrideStore(database), store, settings, clock)
    documents = FeedDocuments(settings, store, builder, counter, stored, metrics, clock)
    counted = CounterConsumer(store, counter, clock)
    consumers: list[Consumer] = [DocumentConsumer(store, builder), counted]
    announcements = Announcements(store, AnnouncementLog(database), consumers, Deliveries(link), clock)
    publisher = Publisher(settings, store, counter, metrics, announcements, clock)
    counted.start_over()
    counter.registered.mark_complete()
    return Desk(publisher, documents, announcements, store, cache, counter, metrics, clock)


EVERY_KIND = ("latest", "category/dinamika", "tag/asean", "author/siti-aminah")
RANKED = ("popular", "popular/1h", "category/dinamika/popular", "category/dinamika/popular/7d")


def test_a_change_is_in_every_feed_that_it_touches_with_the_next_request(desk: Desk) -> None:
    whole = {"tags": ["ASEAN"], "authors": ["Siti Aminah"]}
    desk.put("lama", **whole)
    desk.counter.add("lama", views=3)
    for path in EVERY_KIND + RANKED:
        assert desk.ids(path) == ["lama"]
        assert desk.served(path).how == "fresh"
    desk.put("baru", **whole, published_at="2026-02-22T09:30:00+07:00")
    desk.counter.add("baru")
    for path in EVERY_KIND:
        assert desk.ids(path) == ["baru", "lama"]
    for path in RANKED:
        assert desk.ids(path) == ["lama", "baru"]
    desk.put("lama", **whole, title="Judul yang diperbaiki")
    for path in EVERY_KIND + RANKED:
        assert b"Judul yang diperbaiki" in desk.body(path), path
    assert desk.publisher.withdraw("lama")
    assert not desk.publisher.withdraw("lama")
    for path in EVERY_KIND + RANKED:
        assert desk.ids(path) == ["baru"]
    desk.put("baru", categories=["Ekonomi"])
    for path in EVERY_KIND[1:]:
        assert desk.ids(path) == []  # it has existed, and is a valid empty feed
    assert desk.ids("category/ekonomi") == ["baru"]


def test_views_alone_make_a_new_ranking_with_the_next_request(desk: Desk) -> None:
    for article_id in ("satu", "dua", "tiga"):
        desk.put(article_id)
    assert desk.ids("popular") == []
    for article_id, views in {"satu": 1, "dua": 3, "tiga": 2}.items():
        desk.counter.add(article_id, views=views)
    assert desk.ids("popular") == ["dua", "tiga", "satu"]
    assert desk.ids("popular", limit=2) == ["dua", "tiga"]
    desk.clock.forward(hours=2)
    assert desk.ids("popular/1h") == []
    assert desk.ids("popular/24h") == ["dua", "tiga", "satu"]


def test_what_does_not_concern_a_feed_changes_no_byte_of_it(desk: Desk) -> None:
    desk.put("satu")
    desk.put("dua", categories=["Ekonomi"], published_at="2026-02-21T09:00:00+07:00")
    # The list of the second changes, its one entry does not.
    places = [
        (path, limit, extension) for path, limit in (("category/dinamika", 50), ("latest", 1)) for extension in FORMATS
    ]
    before = {place: desk.served(*place).document for place in places}
    desk.clock.forward(minutes=5)
    desk.put("dua", title="Judul lain", categories=["Ekonomi"], published_at="2026-02-21T09:00:00+07:00")
    desk.put("tiga", categories=["Olahraga"], published_at="2026-02-20T09:00:00+07:00")
    for place in places:
        after = desk.served(*place).document
        assert after == before[place], place  # bytes in every coding, digest and Last-Modified


def test_the_same_content_gives_the_same_bytes_whenever_it_is_built(desk: Desk, redis_url: str) -> None:
    desk.put("satu", tags=["ASEAN"], authors=["Siti Aminah"])
    places = [(path, None, extension) for path in EVERY_KIND for extension in FORMATS]
    before = [desk.body(*place) for place in places]
    desk.clock.forward(days=3)
    with Redis.from_url(redis_url) as client:
        client.flushall()
    assert [desk.body(*place) for place in places] == before


def test_an_unchanged_article_is_no_change(desk: Desk) -> None:
    assert desk.put("satu") is PutOutcome.ADDED
    before = desk.served("latest")
    desk.clock.forward(minutes=1)
    assert desk.put("satu") is PutOutcome.UNCHANGED
    after = desk.served("latest")
    assert (after.document, after.how) == (before.document, "fresh")
    assert len(desk.store.changes(0, 10)) == 1


def test_a_feed_that_has_never_been_is_not_found(desk: Desk) -> None:
    for path in ("category/tiada", "tag/tiada", "author/tiada", "category/tiada/popular/1h"):
        with pytest.raises(NotFound):
            desk.served(path)
    assert desk.ids("latest") == desk.ids("popular") == []


# --- time ----------------------------------------------------------------------------------------------------


def test_an_embargo_ends_and_an_article_expires_without_a_request(desk: Desk) -> None:
    """The background work alone makes cached documents new, and lets views count."""
    desk.put("lama")
    outcome = desk.put("rahasia", published_at="2026-02-22T10:00:00+07:00", expires_at="2026-02-22T11:00:00+07:00")
    assert outcome is PutOutcome.ADDED
    assert desk.ids("latest") == desk.ids("category/dinamika") == ["lama"]
    assert desk.counter.add("rahasia") is Fate.UNKNOWN

    desk.clock.forward(minutes=20)
    assert desk.ids("latest") == ["lama"]  # the copy that is kept; nobody has told the cache yet
    assert desk.announcements.announce_due() == 1
    assert desk.ids("latest") == desk.ids("category/dinamika") == ["rahasia", "lama"]
    assert desk.counter.add("rahasia") is Fate.COUNTED
    assert desk.ids("popular") == ["rahasia"]

    desk.clock.forward(hours=1)
    assert desk.announcements.announce_due() == 1
    assert desk.ids("latest") == desk.ids("category/dinamika") == ["lama"]
    assert desk.counter.add("rahasia") is Fate.UNKNOWN
    assert desk.ids("popular") == []
    assert desk.announcements.announce_due() == 0
    kinds = [(change.article_id, change.kind) for change in desk.store.changes(0, 10)]
    assert kinds == [("lama", "published"), ("rahasia", "published"), ("rahasia", "expired")]


steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from("abc"), st.sampled_from(["Dinamika", "Ekonomi"])),
        st.tuples(st.just("withdraw"), st.sampled_from("abc"), st.none()),
        st.tuples(st.just("view"), st.sampled_from("abc"), st.integers(1, 3)),
        st.tuples(st.just("move"), st.sampled_from([-7200, -1, 0, 0, 1, 60, 7200]), st.none()),
        st.tuples(st.just("lose redis"), st.none(), st.none()),
    ),
    max_size=12,
)


@hypothesis_settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=steps)
def test_last_modified_never_goes_back_and_tells_any_two_documents_apart(
    desk: Desk, redis_url: str, history: list[tuple[str, object, object]]
) -> None:
    """Over any history, with a clock that is set back and caches that are lost. (One life over all examples.)"""
    for what, first, second in [("put", "a", "Dinamika"), *history]:
        match what, first, second:
            case "put", str(), str():
                desk.put(first, categories=[second], title=f"{desk.clock.now}", published_at="2026-01-01T00:00Z")
            case "withdraw", str(), _:
                if first == "a":
                    desk.publisher.withdraw(first)
            case "view", str(), int():
                desk.counter.add(first, views=second)
            case "move", int(), _:
                desk.clock.forward(seconds=first)
            case _:
                with Redis.from_url(redis_url) as client:
                    client.flushall()
                CounterConsumer(desk.store, desk.counter, desk.clock).start_over()
                desk.counter.registered.mark_complete()
        for path in ("latest", "category/dinamika"):
            document = desk.served(path).document
            last, digest = SEEN.get((id(desk), path), (document.last_modified, document.digest))
            assert document.last_modified >= last
            assert (document.last_modified > last) or document.digest == digest
            SEEN[id(desk), path] = document.last_modified, document.digest


SEEN: dict[tuple[int, str], tuple[datetime, str]] = {}


# --- many at once --------------------------------------------------------------------------------------------


def at_once(times: int, call: Callable[[], object]) -> list[object]:
    """What `call` gives, or raises, in that many threads that start together."""
    barrier = threading.Barrier(times)

    def run() -> object:
        barrier.wait()
        try:
            return call()
        except Exception as error:
            return error

    with ThreadPoolExecutor(times) as threads:
        return [future.result() for future in [threads.submit(run) for _ in range(times)]]


def test_a_cold_feed_is_built_once_for_simultaneous_requests(desk: Desk) -> None:
    desk.publisher.put([submission(f"berita-{n}") for n in range(100)])
    served = at_once(16, lambda: desk.served("latest", 100))
    hows = sorted(one.how for one in served if isinstance(one, Slot))
    assert hows == ["built"] + ["fresh"] * 15
    assert len({one.document.digest for one in served if isinstance(one, Slot)}) == 1


@pytest.mark.timeout(20)
def test_requests_for_missing_feeds_do_not_wait_for_each_other(desk: Desk) -> None:
    """Nothing is ever built for them, so whoever waits for a builder takes over."""
    for _ in range(15):  # 16 threads at 2 seconds each time, if they did
        assert {type(one) for one in at_once(16, lambda: desk.served("tag/tiada"))} == {NotFound}


def test_while_articles_stream_in_every_document_is_whole_and_the_last_one_is_right(desk: Desk) -> None:
    """Readers and a writer, without a pause."""
    done = threading.Event()

    def write() -> None:
        for n in range(20):
            desk.put(f"berita-{n:02}", published_at=f"2026-02-21T09:{n:02}:00+07:00")
        done.set()

    def read() -> None:
        while not done.is_set():
            ids = desk.ids("latest")
            assert ids == [f"berita-{n:02}" for n in reversed(range(len(ids)))]

    with ThreadPoolExecutor(3) as threads:
        for future in [threads.submit(work) for work in (write, read, read)]:
            future.result()
    assert desk.ids("latest") == [f"berita-{n:02}" for n in reversed(range(20))]


# --- crashes -------------------------------------------------------------------------------------------------


def test_a_crash_between_commit_and_announcement_is_made_good(desk: Desk) -> None:
    """The outbox is written with the article: whoever comes next tells the caches."""
    desk.put("satu")
    desk.body("latest")
    desk.store.put([submission("dua")], desk.clock())  # and here the process died
    assert desk.ids("latest") == ["satu"]
    assert desk.counter.add("dua") is Fate.UNKNOWN
    assert desk.announcements.announce_due() == 1
    assert sorted(desk.ids("latest")) == ["dua", "satu"]
    assert desk.counter.add("dua") is Fate.COUNTED
    assert desk.announcements.announce_due() == 0


def test_a_crash_after_an_article_has_entered_the_popular_list_is_made_good(desk: Desk) -> None:
    desk.put("satu")
    assert desk.ids("popular/entered") == []
    desk.store.record_popular(["satu"], desk.clock())  # and here the process died
    assert desk.announcements.announce_due() == 1
    assert desk.ids("popular/entered") == ["satu"]


def test_what_could_not_be_bumped_is_bumped_the_next_time(desk: Desk, redis_url: str) -> None:
    """The store has noted the story by then, and will not say so again."""
    desk.put("satu")
    assert desk.ids("popular/entered") == []
    desk.counter.add("satu")
    with Redis.from_url(redis_url) as client:
        client.config_set("min-replicas-to-write", 1)  # as in a failover: it can be read
        desk.publisher.record_popular()
        client.config_set("min-replicas-to-write", 0)

    def announced() -> bool:
        with suppress(RedisUnavailable):
            return desk.announcements.announce_due() == 1
        return False

    eventually(announced)
    assert desk.ids("popular/entered") == ["satu"]


def test_an_article_that_is_withdrawn_while_it_is_announced_is_not_registered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = desk.counter.registered.register

    def late(articles: Mapping[str, CountableArticle]) -> None:
        """Another process withdraws the article, and tells the counter, before this one does."""
        if articles:
            desk.store.withdraw("satu", desk.clock())
            desk.counter.registered.forget(["satu"])
        register(articles)

    monkeypatch.setattr(desk.counter.registered, "register", late)
    desk.put("satu")
    assert desk.counter.add("satu") is Fate.UNKNOWN


def test_while_redis_is_suspect_no_document_is_built_from_earlier_readings(
    settings: Settings, link: RedisLink, clock: Clock
) -> None:
    """Redis could not be told of a change, so the version that it has stands for the past."""
    with closing(Database(settings.store_url.get_secret_value())) as database:
        migrate(database)
        desk = desk_on(database, settings, link, clock)
        desk.put("satu")
        assert desk.ids("latest") == ["satu"]
        desk.store.put([submission("dua")], clock())
        ChangeSignal(settings.data_dir).mark_redis_suspect()
        assert sorted(desk.ids("latest", extension="atom")) == ["dua", "satu"]


def test_a_new_redis_is_told_which_articles_there_are(desk: Desk, redis_url: str) -> None:
    desk.put("satu")
    desk.put("draf", status="draft")
    desk.publisher.withdraw("satu")
    desk.put("dua")
    with Redis.from_url(redis_url) as client:
        client.flushall()
    assert desk.counter.add("dua") is Fate.WAITING
    CounterConsumer(desk.store, desk.counter, desk.clock).start_over()
    desk.counter.registered.mark_complete()
    fates = [desk.counter.add(id_) for id_ in ("dua", "satu", "draf", "tiada")]
    assert fates == [Fate.COUNTED, Fate.UNKNOWN, Fate.UNKNOWN, Fate.UNKNOWN]
    assert desk.ids("category/dinamika/popular") == ["dua"]


def test_two_publishers_on_one_store_and_redis_are_one(
    desk: Desk, settings: Settings, link: RedisLink, clock: Clock, tmp_path: Path
) -> None:
    """Workers and replicas hold nothing that another one's change could make wrong."""
    with closing(Database(settings.store_url.get_secret_value())) as database:
        other = desk_on(database, settings, link, clock)
        for n, (writer, reader) in enumerate([(desk, other), (other, desk)] * 3):
            writer.put("satu", title=f"Judul {n}")
            assert f"Judul {n}".encode() in reader.body("latest")
            assert reader.served("latest").document == writer.served("latest").document
