"""The consumers: what each does with an announcement, and when it starts over."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime

import pytest
from redis import Redis

from service.bootstrap import Services
from service.core.settings.catalogue import Catalogue
from service.core.settings.model import Settings
from service.documents.builder import DocumentBuilder
from service.documents.redis_cache import RedisCache
from service.feeds.names import TRENDING, CountableArticle
from service.publishing.consumers import CounterConsumer, DocumentConsumer, EdgeConsumer
from service.storage import ArticleStore
from service.views import Fate
from tests.support.articles import submission
from tests.support.background import background_round


@pytest.fixture
def newsroom(services: Services, monkeypatch: pytest.MonkeyPatch) -> Services:
    """Articles that nobody was told of; each call takes one list or article."""
    monkeypatch.setattr("service.publishing.consumers.MAX_LISTS_PER_CALL", 1)
    monkeypatch.setattr("service.publishing.consumers.MAX_ARTICLES_PER_CALL", 1)
    services.publisher.put([submission("1"), submission("2"), submission("draf", status="draft")], announce=False)
    return services


def test_documents_of_the_named_lists_are_outdated_or_all_of_them(newsroom: Services, redis_url: str) -> None:
    builder = DocumentBuilder(newsroom.memory, RedisCache(newsroom.redis, newsroom.signal), newsroom.metrics)
    consumer = DocumentConsumer(newsroom.store, builder)
    _, before = newsroom.memory.moment()

    def outdated() -> set[str]:
        with Redis.from_url(redis_url, decode_responses=True) as client:
            keys: list[str] = client.keys("*:version")
            if keys:
                client.delete(*keys)
        return {key.removeprefix("warta:{").removesuffix("}:version") for key in keys}

    outdated()
    consumer.deliver(["latest", "tag/asean"], ["1"])
    assert outdated() == {"latest", "tag/asean"}
    assert newsroom.memory.moment()[1] != before
    consumer.start_over()
    assert outdated() >= {"latest", "category/dinamika", "popular/entered"}


def test_the_counter_knows_what_readers_may_see(newsroom: Services) -> None:
    consumer = CounterConsumer(newsroom.store, newsroom.counter)
    assert newsroom.counter.add("1") is Fate.UNKNOWN
    consumer.deliver(["latest"], ["1", "draf", "tiada"])
    assert [newsroom.counter.add(id_) for id_ in ("1", "2", "draf")] == [Fate.COUNTED, Fate.UNKNOWN, Fate.UNKNOWN]
    consumer.start_over()
    assert newsroom.counter.add("2") is Fate.COUNTED


class ChangingStore(ArticleStore):
    """A store in which something happens after a portion of the articles is read, and before it is registered."""

    happens: Callable[[], object]

    def every_countable(self, now: datetime) -> Iterator[dict[str, CountableArticle]]:
        for portion in super().every_countable(now):
            self.happens()
            yield portion


def test_a_change_during_a_refill_is_not_undone_by_it(services: Services) -> None:
    services.publisher.put([submission("a"), submission("b")])
    store = ChangingStore(services.database)
    store.happens = lambda: (
        services.publisher.withdraw("a"),
        services.publisher.put([submission("b", categories=["Ekonomi"])]),
    )
    CounterConsumer(store, services.counter).start_over()
    assert services.counter.add("a") is Fate.UNKNOWN
    services.counter.add("b")
    assert services.counter.rankings.top("category/ekonomi", "24h", 5) == [("b", 1)]
    assert services.counter.rankings.top("category/dinamika", "24h", 5) == []


def test_a_cache_of_the_edge_purges_the_named_lists_or_everything() -> None:
    ordered: list[str] = []
    consumer = EdgeConsumer("http://10.0.0.5:6081", ordered.extend, "warta")
    assert consumer.name == "edge http://10.0.0.5:6081"
    consumer.deliver(["latest"], ["1"])
    consumer.start_over()
    assert ordered == ["latest", "warta"]


def popular(services: Services, list_name: str) -> list[list[tuple[str, int]]]:
    """The ids and views in each window, and the trending list."""
    return [services.counter.rankings.top(list_name, window, 10) for window in ("1h", "24h", "7d", "30d", TRENDING)]


def test_views_follow_an_article_to_its_categories_at_once(services: Services, redis_url: str) -> None:
    """As they do after a refill."""
    services.publisher.put([submission("a"), submission("b", categories=["Ekonomi"]), submission("c")])
    now = services.counter._clock()
    for id_, views, ago in (("a", 4, 0), ("a", 30, 90_000), ("b", 7, 0), ("b", 1, 7200), ("c", 2, 0)):
        services.counter.add(id_, now - ago, views)
    services.publisher.put(
        [submission("a", categories=["Ekonomi"]), submission("c", categories=["Dinamika", "Ekonomi"])]
    )
    moved = popular(services, "category/ekonomi")
    assert moved[0] == [("b", 7), ("a", 4), ("c", 2)]
    assert moved[2] == [("a", 34), ("b", 8), ("c", 2)]
    assert popular(services, "category/dinamika")[3] == [("c", 2)]
    services.view_persistence.flush()
    with Redis.from_url(redis_url) as client:
        client.flushall()
    services.view_persistence.refill()
    assert popular(services, "category/ekonomi") == moved


def test_the_views_of_a_renamed_category_follow_it(services: Services, settings: Settings) -> None:
    services.publisher.put([submission("a"), submission("b")])
    services.counter.add("a", views=3)
    services.counter.add("b", services.counter._clock() - 90_000, views=9)
    before = popular(services, "category/dinamika")
    catalogue = Catalogue(renamed_categories={"Dinamika": "Peristiwa"})
    with closing(Services.build(settings.model_copy(update={"catalogue": catalogue}))) as renamed:
        background_round(renamed)
        assert popular(renamed, "category/peristiwa") == before
