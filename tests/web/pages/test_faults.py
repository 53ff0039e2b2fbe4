"""Pages while parts are away, and under an attack with unknown URLs."""

from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import Connection

from service.app import create_app
from service.bootstrap import Services
from service.core.errors import StoreUnavailable
from service.core.redis import PrivateRedis
from service.core.settings.model import Settings
from tests.support.articles import submission

BROWSER = {"Accept": "text/html"}
PATHS = ("/", "/latest", "/category/dinamika", "/articles/satu")


@pytest.fixture
def newsroom(services: Services) -> Services:
    services.publisher.put([submission("satu", title="Jembatan baru"), submission("dua")])
    services.counter.add("satu")
    return services


def broken(*_: object, **__: object) -> None:
    raise StoreUnavailable("it is away")


def test_without_the_store_pages_are_the_last_good_copies(
    settings: Settings, newsroom: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path: create_app(settings, newsroom).test_client().get(path, headers=BROWSER).data for path in PATHS}
    restarted = Services.build(settings)  # nothing is in its memory
    client = create_app(settings, restarted).test_client()
    monkeypatch.setattr(restarted.database, "reading", broken)
    for path in PATHS:
        answer = client.get(path, headers=BROWSER)
        assert (answer.status_code, answer.data) == (200, before[path]), path
    assert client.get("/articles/tiada", headers=BROWSER).status_code == 503
    assert b"Jembatan baru" in client.get("/tiada", headers=BROWSER).data  # Populer, from Redis
    restarted.close()


def test_without_redis_pages_come_from_the_store(
    settings: Settings, newsroom: Services, redis_server: PrivateRedis
) -> None:
    away = settings.model_copy(update={"redis_url": SecretStr("unix:///tiada.sock")})
    built = Services.build(away)
    client = create_app(away, built).test_client()
    for path in PATHS:
        answer = client.get(path, headers=BROWSER)
        assert answer.status_code == 200
        assert b"Jembatan baru" in answer.data
    assert client.get("/articles/tiada", headers=BROWSER).status_code == 404
    built.close()


def test_without_both_an_error_is_still_a_page(
    settings: Settings, newsroom: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = settings.model_copy(update={"redis_url": SecretStr("unix:///tiada.sock")})
    built = Services.build(away)
    client = create_app(away, built).test_client()
    monkeypatch.setattr(built.database, "reading", broken)
    for path, status in (("/", 503), ("/latest", 503), ("/articles/satu", 503), ("/tiada", 404)):
        answer = client.get(path, headers=BROWSER)
        assert (answer.status_code, answer.content_type) == (status, "text/html; charset=utf-8"), path
        assert "<h1>" in answer.get_data(as_text=True)
    built.close()


def test_unknown_urls_cost_one_look_and_leave_nothing(
    client: FlaskClient, newsroom: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/tiada", headers=BROWSER)
    with newsroom.redis.use() as redis:
        before = redis.dbsize()
    looks: list[object] = []
    reading = newsroom.database.reading

    def counted(*, long: bool = False) -> AbstractContextManager[Connection]:
        looks.append(long)
        return reading(long=long)

    monkeypatch.setattr(newsroom.database, "reading", counted)
    for n in range(50):
        assert client.get(f"/tiada-{n}", headers=BROWSER).status_code == 404
    assert looks == []
    for n in range(50):
        assert client.get(f"/articles/tiada-{n}", headers=BROWSER).status_code == 404
        assert client.get(f"/tag/tiada-{n}", headers=BROWSER).status_code == 404
    assert len(looks) <= 100
    with newsroom.redis.use() as redis:
        assert redis.dbsize() <= before


def test_a_change_is_on_every_page_with_the_next_request(client: FlaskClient, newsroom: Services) -> None:
    for path in PATHS:
        assert b"Pasar pagi" not in client.get(path, headers=BROWSER).data
    newsroom.publisher.put([submission("tiga", title="Pasar pagi")])
    for path in PATHS:  # the article itself, or the UPDATE box
        assert b"Pasar pagi" in client.get(path, headers=BROWSER).data, path
    newsroom.publisher.withdraw("tiga")
    for path in PATHS:
        assert b"Pasar pagi" not in client.get(path, headers=BROWSER).data, path
    newsroom.publisher.withdraw("satu")
    assert client.get("/articles/satu", headers=BROWSER).status_code == 410
    assert client.get("/articles/satu", headers=BROWSER).status_code == 410


def test_related_stories_share_tags(client: FlaskClient, services: Services) -> None:
    services.publisher.put(
        [
            submission("inti", tags=["Pasar", "Sungai"]),
            submission("satu-tag", title="Satu tag", tags=["Pasar"]),
            submission("dua-tag", title="Dua tag", tags=["Sungai", "Pasar"], published_at="2026-02-01T00:00:00Z"),
            submission("lain", title="Lain", tags=["Gunung"]),
            submission("konsep", title="Konsep", tags=["Pasar"], status="draft"),
        ]
    )
    related = client.get("/articles/inti", headers=BROWSER).get_data(as_text=True).partition('class="related"')[2]
    related = related.partition("</section>")[0]
    assert related.index("Dua tag") < related.index("Satu tag")
    assert "Lain" not in related
    assert "Konsep" not in related
    assert 'class="related"' not in client.get("/articles/lain", headers=BROWSER).get_data(as_text=True)
