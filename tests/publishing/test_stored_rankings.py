"""Popular and trending lists without Redis, or with a Redis that has lost its data: the stored views rank them."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from redis import Redis

from service.app import create_app
from service.bootstrap import Services
from service.core.errors import StoreUnavailable
from service.core.redis import PrivateRedis
from service.core.settings.counting import Popular
from service.core.settings.model import Settings
from service.feeds.editorial import EditorialOverride
from service.feeds.names import FeedName
from tests.support.answers import payload
from tests.support.articles import submission
from tests.support.build import opened
from tests.support.server import DEADLINE

PATHS = ("popular", "popular/1h", "popular/7d", "popular/30d", "trending", "category/ekonomi/popular")
HOUR, DAY = 3600, 86_400
# By article: the hours and the views of each look.
VIEWS = {"satu": [(0, 5)], "dua": [(0, 2), (50, 90)], "tiga": [(30, 40)], "lama": [(0, 99)], "tarik": [(0, 300)]}


@pytest.fixture
def newsroom(database_url: str, own_redis: PrivateRedis, tmp_path: Path) -> Iterator[Services]:
    """Articles with views that are stored, in both kinds of store; one article is too old, and one is withdrawn."""
    settings = Settings(
        base_url="https://feeds.example",
        data_dir=tmp_path,
        database_url=database_url,
        redis_url=own_redis.url,
        popular=Popular(max_age=20_000),
    )
    with opened(settings) as services:
        services.publisher.put([submission(id_) for id_ in ("satu", "tarik")])
        services.publisher.put([submission(id_, categories=["Ekonomi"]) for id_ in ("dua", "tiga")])
        services.publisher.put([submission("lama", published_at="1950-01-01T00:00:00Z")])
        now = services.counter._clock()
        for id_, views in VIEWS.items():
            for hours, times in views:
                services.counter.add(id_, now - hours * HOUR, times)
        services.view_persistence.flush()
        services.publisher.withdraw("tarik")
        yield services


def lists(services: Services) -> dict[str, list[tuple[str, int]]]:
    """The ids and views in each feed, as a new process serves it."""
    with closing(Services.build(services.settings)) as process:
        client = create_app(process.settings, process).test_client()
        return {path: entries(client, path) for path in PATHS}


def entries(client: FlaskClient, path: str) -> list[tuple[str, int]]:
    answer = client.get(f"/{path}.json")
    assert answer.status_code == 200
    return [(item["id"].rpartition(":")[2], item["_warta"]["views"]) for item in payload(answer)["items"]]


def losses() -> list[Callable[[PrivateRedis], None]]:
    def flush(redis: PrivateRedis) -> None:
        with Redis.from_url(redis.url) as client:
            client.flushall()

    return [PrivateRedis.stop, flush]


@pytest.mark.parametrize("lose", losses())
def test_without_the_views_in_redis_every_list_is_as_it_was(
    newsroom: Services, own_redis: PrivateRedis, lose: Callable[[PrivateRedis], None]
) -> None:
    before = lists(newsroom)
    assert before["popular"] == [("satu", 5), ("dua", 2)]
    assert before["popular/7d"] == [("dua", 92), ("tiga", 40), ("satu", 5)]
    lose(own_redis)
    assert lists(newsroom) == before


def test_such_a_list_says_until_when_it_has_the_views_and_all_processes_give_the_same_bytes(
    newsroom: Services, own_redis: PrivateRedis
) -> None:
    own_redis.stop()
    documents = []
    for _ in range(2):
        with closing(Services.build(newsroom.settings)) as process:
            client = create_app(process.settings, process).test_client()
            documents.append(client.get("/popular.json"))
            assert "Judul satu" in client.get("/popular", headers={"Accept": "text/html"}).get_data(as_text=True)
    assert documents[0].data == documents[1].data
    computed_at = datetime.fromisoformat(payload(documents[0])["_warta"]["computed_at"])
    assert 0 <= (datetime.now(UTC) - computed_at).total_seconds() < 600


def test_decisions_of_editors_apply_without_redis(newsroom: Services, own_redis: PrivateRedis) -> None:
    for id_, fields in {
        "tiga": {"kind": "pin"},
        "satu": {"kind": "exclude"},
        "dua": {"kind": "boost", "factor": 2.0},
    }.items():
        newsroom.overrides.put(id_, EditorialOverride.model_validate(fields), "siti")
    newsroom.overrides.put("dua", EditorialOverride.model_validate({"kind": "exclude", "category": "ekonomi"}), "siti")
    before = lists(newsroom)
    assert before["popular"] == [("tiga", 0), ("dua", 2)]
    assert before["category/ekonomi/popular"] == [("tiga", 0)]
    own_redis.stop()
    assert lists(newsroom) == before


def test_a_newsroom_without_views_has_empty_lists(newsroom: Services, own_redis: PrivateRedis) -> None:
    with newsroom.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM views")
    own_redis.stop()
    assert lists(newsroom) == {path: [] for path in PATHS}


def test_the_computation_of_another_thread_is_waited_for_only_a_moment(
    newsroom: Services, own_redis: PrivateRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow store holds one thread. The others serve an older ranking, or are refused."""
    monkeypatch.setattr("service.publishing.stored_rankings.MAX_WAIT_SECONDS", 0.05)
    own_redis.stop()
    rankings, popular = newsroom.documents.selections._stored, FeedName("latest", "24h")
    known = rankings.ranking(popular, 10)
    entered, may_end = threading.Event(), threading.Event()

    def slow(*_: object) -> int:
        entered.set()
        may_end.wait()
        return 0

    monkeypatch.setattr(newsroom.history, "latest", slow)
    monkeypatch.setattr("service.publishing.stored_rankings.REUSE_SECONDS", -1)
    with ThreadPoolExecutor(1) as thread:
        computing = thread.submit(rankings.ranking, popular, 20)
        try:
            assert entered.wait(DEADLINE)
            with pytest.raises(StoreUnavailable, match="another ranking is being computed"):
                rankings.ranking(popular, 30)
            assert rankings.ranking(popular, 10) is known
        finally:
            may_end.set()
        assert computing.result().ids == []
