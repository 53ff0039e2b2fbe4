"""Curation of popular lists: a decision is in every feed, page and process at once, whatever is away or lost."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from redis import Redis

from service.app import create_app
from service.bootstrap import Services
from service.core.errors import BadRequest, NotFound
from service.core.redis import PrivateRedis
from service.core.settings.model import Settings
from service.core.settings.serving import Edge
from service.documents.formats import FORMATS
from service.feeds.editorial import EditorialOverride
from service.feeds.names import ENTERED
from service.publishing.editorial import OverridePublisher
from service.storage import OverrideStore
from service.views import RedisOverrides
from service.worker import view_worker
from tests.support.articles import submission
from tests.support.background import background_round
from tests.support.build import opened
from tests.support.clock import Clock
from tests.support.server import eventually
from tests.test_faults import store_away

VIEWS = {"satu": 30, "dua": 20, "tiga": 10}
RANKED = ("popular", "popular/1h", "popular/30d", "trending")


@pytest.fixture
def newsroom(services: Services) -> Services:
    return filled(services)


def filled(services: Services) -> Services:
    """Three articles that were read, and one that nobody has read; the third is in another category, too."""
    more = {"tiga": {"categories": ["Dinamika", "Ekonomi"]}}
    services.publisher.put([submission(id_, **more.get(id_, {})) for id_ in (*VIEWS, "empat")])
    for id_, views in VIEWS.items():
        services.counter.add(id_, views=views)
    return services


def decide(services: Services, article_id: str, kind: str, **fields: Any) -> None:
    services.overrides.put(article_id, EditorialOverride.model_validate({"kind": kind, **fields}), "siti")


def ids(services: Services, path: str, extension: str = "rss") -> list[str]:
    """As a reader sees them."""
    served = services.documents.feed(services.documents.catalogue.parse(path), FORMATS[extension])
    body = served.document.body
    if extension == "json":
        return [item["id"].rpartition(":")[2] for item in json.loads(body)["items"]]
    return [entry.id.rpartition(":")[2] for entry in feedparser.parse(body).entries]


def items(services: Services, path: str) -> list[tuple[str, int, int, bool]]:
    """Id, rank, views, pinned, as the JSON feed says."""
    served = services.documents.feed(services.documents.catalogue.parse(path), FORMATS["json"])
    return [
        (item["id"].rpartition(":")[2], said["rank"], said["views"], said.get("pinned", False))
        for item in json.loads(served.document.body)["items"]
        for said in [item["_warta"]]
    ]


# --- what readers see --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("extension", FORMATS)
def test_a_decision_is_in_every_list_and_format_with_the_next_request(newsroom: Services, extension: str) -> None:
    paths = [*RANKED, *(f"category/dinamika/{path}" for path in RANKED)]
    assert {tuple(ids(newsroom, path, extension)) for path in paths} == {("satu", "dua", "tiga")}
    decide(newsroom, "empat", "pin")
    decide(newsroom, "satu", "exclude")
    decide(newsroom, "tiga", "boost", factor=3)
    assert {tuple(ids(newsroom, path, extension)) for path in paths} == {("empat", "tiga", "dua")}
    for id_ in ("empat", "satu", "tiga"):
        newsroom.overrides.release(id_, "", "siti")
    assert {tuple(ids(newsroom, path, extension)) for path in paths} == {("satu", "dua", "tiga")}


def test_a_decision_for_a_category_is_in_its_lists_only(newsroom: Services) -> None:
    decide(newsroom, "tiga", "pin", category="Ekonomi")
    decide(newsroom, "dua", "pin", category="Ekonomi")  # which is not there
    decide(newsroom, "tiga", "exclude", category="Dinamika")
    assert ids(newsroom, "category/ekonomi/popular") == ["tiga"]
    assert ids(newsroom, "category/dinamika/popular") == ["satu", "dua"]
    assert ids(newsroom, "popular") == ["satu", "dua", "tiga"]


def test_feeds_by_time_stay_as_they_are(newsroom: Services) -> None:
    before = [ids(newsroom, path) for path in ("latest", "category/dinamika")]
    decide(newsroom, "satu", "exclude")
    decide(newsroom, "empat", "pin")
    assert [ids(newsroom, path) for path in ("latest", "category/dinamika")] == before


def test_rank_views_and_pins_are_said_as_they_are(newsroom: Services, client: FlaskClient) -> None:
    decide(newsroom, "empat", "pin")
    decide(newsroom, "tiga", "boost", factor=5)
    assert items(newsroom, "popular") == [
        ("empat", 1, 0, True),
        ("tiga", 2, 10, False),
        ("satu", 3, 30, False),
        ("dua", 4, 20, False),
    ]
    page = client.get("/popular", headers={"Accept": "text/html"}).text
    assert page.index("Judul empat") < page.index("Judul tiga") < page.index("Judul satu")
    assert page.count("Pilihan redaksi") == 1
    assert "0 kali dibaca · Pilihan redaksi" in page


def test_a_limit_holds_with_pins_and_exclusions(newsroom: Services, client: FlaskClient) -> None:
    """As boxes on news pages ask."""
    decide(newsroom, "empat", "pin")
    decide(newsroom, "satu", "exclude")
    found = json.loads(client.get("/popular.json?limit=2").data)
    assert [item["title"] for item in found["items"]] == ["Judul empat", "Judul dua"]


def test_a_pinned_article_that_readers_may_not_see_is_not_shown(newsroom: Services) -> None:
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    newsroom.publisher.put([submission("besok", published_at=later), submission("draf", status="draft")])
    for id_ in ("besok", "draf", "satu"):
        decide(newsroom, id_, "pin")
    newsroom.publisher.withdraw("satu")
    assert ids(newsroom, "popular") == ["dua", "tiga"]
    newsroom.publisher.put([submission("satu")])  # and it is pinned still
    assert ids(newsroom, "popular") == ["satu", "dua", "tiga"]


def test_articles_that_enter_the_popular_list_are_those_that_it_shows(newsroom: Services) -> None:
    decide(newsroom, "satu", "exclude")
    decide(newsroom, "empat", "pin")
    newsroom.publisher.record_popular()
    assert set(ids(newsroom, ENTERED)) == {"empat", "dua", "tiga"}
    newsroom.overrides.release("satu", "", "siti")
    newsroom.publisher.record_popular()
    assert set(ids(newsroom, ENTERED)) == {"satu", "empat", "dua", "tiga"}


def test_every_process_and_host_follows(newsroom: Services, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The processes of the host at once, another host within a second."""
    neighbour = Services.build(newsroom.settings)
    elsewhere = newsroom.settings.model_copy(
        update={"data_dir": tmp_path_factory.mktemp("host"), "database_url": newsroom.settings.store_url}
    )
    host = Services.build(elsewhere)
    with closing(neighbour), closing(host):
        for each in (newsroom, neighbour, host):
            assert ids(each, "popular") == ["satu", "dua", "tiga"]
        decide(newsroom, "tiga", "pin")
        assert ids(newsroom, "popular") == ids(neighbour, "popular") == ["tiga", "satu", "dua"]
        eventually(lambda: ids(host, "popular") == ["tiga", "satu", "dua"])


@pytest.fixture
def purged(settings: Settings) -> Iterator[tuple[Services, Callable[[], set[str]]]]:
    """A newsroom behind an edge, and the lists whose purge was ordered since the last call."""
    edge = Edge(kind="varnish", addresses=("http://127.0.0.1:9",))
    with opened(settings.model_copy(update={"edge": edge})) as services:
        filled(services)
        [purger] = services.edge.purgers

        def purged() -> set[str]:
            taken = purger.queue.take_due(1_000)
            purger.queue.confirm(taken)
            return {tag for tag in taken.tags if tag.startswith(("latest", "category"))}

        while purged():
            pass
        yield services, purged


def test_the_edge_is_purged_of_the_lists_that_may_be_others(purged: tuple[Services, Callable[[], set[str]]]) -> None:
    services, ordered = purged
    decide(services, "tiga", "boost", factor=2)
    assert ordered() == {"latest", "category/dinamika", "category/ekonomi"}


def test_after_many_decisions_without_redis_the_edge_is_purged_of_all_their_lists(
    purged: tuple[Services, Callable[[], set[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of those that one query of the audit does not reach."""
    services, ordered = purged
    monkeypatch.setattr("service.publishing.editorial.AUDIT_LINES_PER_READ", 1)
    store = OverrideStore(services.database)
    decide(services, "dua", "pin")
    while ordered():
        pass
    for article_id, category in (("satu", "dinamika"), ("tiga", "ekonomi")):
        store.put(article_id, EditorialOverride(kind="exclude", category=category), "siti", datetime.now(UTC))
    services.overrides.sync()
    assert ordered() == {"category/dinamika", "category/ekonomi"}


# --- the end -----------------------------------------------------------------------------------------------------


def test_a_decision_ends_by_itself_with_a_line_in_the_audit(newsroom: Services) -> None:
    decide(newsroom, "tiga", "pin", until=datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=2))
    background_round(newsroom)
    assert ids(newsroom, "popular") == ["tiga", "satu", "dua"]

    def ended() -> bool:
        background_round(newsroom)
        return newsroom.overrides.audit(0, 10)[-1].action == "ended"

    eventually(ended)
    assert ids(newsroom, "popular") == ["satu", "dua", "tiga"]
    assert newsroom.overrides.in_force() == []
    assert [line.record.by for line in newsroom.overrides.audit(0, 10)] == ["siti", "warta"]


def test_what_is_past_cannot_be_an_end_and_is_in_force_no_longer(newsroom: Services, clock: Clock) -> None:
    overrides = OverridePublisher(
        OverrideStore(newsroom.database), newsroom.store, RedisOverrides(newsroom.redis), newsroom.announcements, clock
    )
    until = clock() + timedelta(minutes=1)
    overrides.put("satu", EditorialOverride(kind="pin", until=until), "siti")
    assert [record.article_id for record in overrides.in_force()] == ["satu"]
    clock.forward(minutes=1)
    assert overrides.in_force() == []  # before the background work has come to it
    with pytest.raises(BadRequest, match=r"until: 2026-02-22T02:41:00\+00:00 is past"):
        overrides.put("satu", EditorialOverride(kind="pin", until=until), "siti")
    overrides.sync()
    assert [line.action for line in overrides.audit(0, 10)] == ["decided", "ended"]


# --- the audit ---------------------------------------------------------------------------------------------------


def test_every_change_is_a_line_of_the_audit_and_of_the_log(
    newsroom: Services, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="service.publishing.editorial")
    decide(newsroom, "satu", "pin", note="Pemilu")
    decide(newsroom, "satu", "boost", factor=2, category="Dinamika")
    decide(newsroom, "satu", "exclude")
    newsroom.overrides.release("satu", "dinamika", "budi", "Basi")
    with pytest.raises(NotFound):
        decide(newsroom, "tiada", "pin")
    lines = [line.fields() for line in newsroom.overrides.audit(0, 10)]
    assert [(line["action"], line["kind"], line["by"], line.get("note")) for line in lines] == [
        ("decided", "pin", "siti", "Pemilu"),
        ("decided", "boost", "siti", None),
        ("changed", "exclude", "siti", None),
        ("released", "boost", "budi", "Basi"),
    ]
    logged = [vars(record) for record in caplog.records if record.getMessage() == "curation"]
    assert [{name: record[name] for name in line} for record, line in zip(logged, lines, strict=True)] == lines


# --- what is away or lost ----------------------------------------------------------------------------------------


@pytest.fixture
def apart(own_redis: PrivateRedis, settings: Settings) -> Iterator[tuple[Services, PrivateRedis]]:
    """A newsroom with a Redis of its own, to be stopped and started."""
    with opened(settings.model_copy(update={"redis_url": SecretStr(own_redis.url)})) as services:
        yield filled(services), own_redis


def test_a_redis_that_has_lost_everything_hears_it_before_its_lists_come_back(
    newsroom: Services, redis_url: str
) -> None:
    decide(newsroom, "satu", "exclude")
    newsroom.view_persistence.flush()
    with Redis.from_url(redis_url) as client:
        client.flushall()
    jobs = list(view_worker(newsroom)._jobs)
    assert jobs.index("settling editors' decisions") < jobs.index("registering articles and their views")
    view_worker(newsroom).round()
    assert ids(newsroom, "popular") == ["dua", "tiga"]


def test_a_crash_between_commit_and_redis_is_made_good(newsroom: Services) -> None:
    assert ids(newsroom, "popular") == ["satu", "dua", "tiga"]
    OverrideStore(newsroom.database).put("tiga", EditorialOverride(kind="pin"), "siti", datetime.now(UTC))
    assert ids(newsroom, "popular") == ["satu", "dua", "tiga"]  # and here the process died
    newsroom.overrides.sync()
    assert ids(newsroom, "popular") == ["tiga", "satu", "dua"]


def test_a_store_that_was_set_back_is_followed(newsroom: Services) -> None:
    decide(newsroom, "tiga", "pin")
    with newsroom.redis.use() as redis:
        redis.hset("warta:{views}:curated", "version", 900)
        redis.hset("warta:{views}:curated", "latest", "[]")
    newsroom.overrides.sync()
    assert ids(newsroom, "popular") == ["tiga", "satu", "dua"]


def test_while_the_store_is_away_decisions_are_still_applied(settings: Settings) -> None:
    address = settings.model_copy(update={"database_url": settings.store_url})
    with opened(address) as services:
        filled(services)
        decide(services, "tiga", "pin")
        decide(services, "satu", "exclude")
        before = ids(services, "popular")
        with store_away(services):
            services.memory.invalidate([])
            services.counter.add("dua", views=100)
            assert services.counter.rankings.top("latest", "24h", 10) == [("tiga", 10), ("dua", 120)]
            assert ids(services, "popular") == before == ["tiga", "dua"]


def test_while_redis_is_away_the_last_decisions_stand_and_new_ones_wait(
    apart: tuple[Services, PrivateRedis], caplog: pytest.LogCaptureFixture
) -> None:
    services, redis = apart
    decide(services, "tiga", "pin")
    assert ids(services, "popular") == ["tiga", "satu", "dua"]
    redis.stop()
    services.memory.invalidate([])
    assert ids(services, "popular") == ["tiga", "satu", "dua"]
    decide(services, "dua", "pin", position=1)
    assert "decisions wait to be announced" in caplog.text
    redis.start()

    def told() -> bool:
        background_round(services)
        return ids(services, "popular") == ["dua", "tiga", "satu"]

    eventually(told)


def test_a_page_of_a_browser_follows_too(newsroom: Services, settings: Settings) -> None:
    client = create_app(settings, newsroom).test_client()
    decide(newsroom, "satu", "exclude", category="Dinamika")
    browser = {"Accept": "text/html"}
    entries, _, _ = client.get("/category/dinamika/popular", headers=browser).text.partition('class="box"')
    assert "Judul satu" not in entries
    assert "Judul satu" in client.get("/popular", headers=browser).text
