"""The consumers: what each does with an announcement, and when it starts over."""

import pytest
from redis import Redis

from service.bootstrap import Services
from service.documents.builder import DocumentBuilder
from service.documents.redis_cache import RedisCache
from service.publishing.consumers import CounterConsumer, DocumentConsumer, EdgeConsumer
from service.views import Fate
from tests.support.articles import submission


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


def test_a_cache_of_the_edge_purges_the_named_lists_or_everything() -> None:
    ordered: list[str] = []
    consumer = EdgeConsumer("http://10.0.0.5:6081", ordered.extend, "warta")
    assert consumer.name == "edge http://10.0.0.5:6081"
    consumer.deliver(["latest"], ["1"])
    consumer.start_over()
    assert ordered == ["latest", "warta"]
