"""Page views over HTTP: counted without the store, and said in a header what became of each."""

from contextlib import closing

import pytest
from flask.testing import FlaskClient
from redis import Redis
from werkzeug.test import Client
from werkzeug.wrappers import Response

from service.app import create_app
from service.bootstrap import Services
from service.core.settings.counting import Views
from service.core.settings.model import Settings
from service.web.http.fast_path import FastPath
from service.web.pageviews import PageViews
from tests.support.answers import payload, refusal
from tests.support.articles import submission
from tests.support.people import reader


@pytest.fixture(autouse=True)
def newsroom(services: Services) -> Services:
    services.publisher.put([submission("satu"), submission("dua"), submission("a/b %?")])
    return services


def popular(client: FlaskClient) -> list[str]:
    return [item["url"].rpartition("/")[2] for item in payload(client.get("/popular/1h.json"))["items"]]


def test_beacon_and_pixel_count_and_make_popular_true(client: FlaskClient, newsroom: Services) -> None:
    assert popular(client) == []
    beacon = client.post("/articles/satu/views", headers=reader())
    assert (beacon.status_code, beacon.data) == (204, b"")
    pixels = [client.get("/articles/dua/views.gif", headers=reader(n)) for n in range(2)]
    for answer in (beacon, *pixels):
        assert answer.headers["Warta-View"] == "taken"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    newsroom.counter.flush()
    newsroom.memory.invalidate([])
    assert popular(client) == ["dua", "satu"]
    assert newsroom.counter.rankings.views_of(["satu", "dua"]) == {"satu": 1, "dua": 2}


def test_a_proxy_that_is_not_trusted_is_counted(client: FlaskClient, newsroom: Services) -> None:
    client.post("/articles/satu/views", headers={**reader(), "X-Forwarded-For": "198.51.100.1"})
    client.get("/articles/dua/views.gif", headers={**reader(), "Forwarded": "for=198.51.100.1"})
    assert b'warta_forwarding_problems_total{problem="untrusted"} 2.0' in newsroom.metrics.text()


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}, "bot"),
        ({"User-Agent": "curl/8.5.0"}, "bot"),
        ({"User-Agent": ""}, "no agent"),
        ({**reader(), "Sec-Purpose": "prefetch;prerender"}, "prefetch"),
    ],
)
def test_what_is_no_person_is_told_why_it_does_not_count(
    client: FlaskClient, newsroom: Services, headers: dict[str, str], reason: str
) -> None:
    for answer in (
        client.post("/articles/satu/views", headers=headers),
        client.get("/articles/satu/views.gif", headers=headers),
    ):
        assert answer.status_code in (200, 204)
        assert answer.headers["Warta-View"] == f"ignored; {reason}"
    newsroom.counter.flush()
    assert newsroom.counter.rankings.views_of(["satu"]) == {"satu": 0}


def test_a_returning_reader_is_recognized(client: FlaskClient, newsroom: Services) -> None:
    fates = [client.post("/articles/satu/views", headers=reader(n)).headers["Warta-View"] for n in (0, 1, 0)]
    assert fates == ["taken", "taken", "repeated"]
    newsroom.counter.flush()
    assert newsroom.counter.rankings.views_of(["satu"]) == {"satu": 2}


def test_the_pixel_is_a_gif_of_one_transparent_pixel(client: FlaskClient) -> None:
    answer = client.get("/articles/satu/views.gif")
    assert answer.content_type == "image/gif"
    assert answer.data[:10] == b"GIF89a\x01\x00\x01\x00"
    assert len(answer.data) < 50


def test_an_unknown_article_is_not_found_and_not_counted(client: FlaskClient, newsroom: Services) -> None:
    newsroom.publisher.put([submission("draf", status="draft"), submission("nanti", published_at="2199-01-01")])
    newsroom.publisher.put([submission("batal", status="draft")])
    newsroom.publisher.withdraw("batal")
    newsroom.publisher.withdraw("dua")
    for article_id in ("tiada", "draf", "nanti", "batal", "dua", "satu/views", "satu%00"):
        for answer in (
            client.post(f"/articles/{article_id}/views", headers=reader()),
            client.get(f"/articles/{article_id}/views.gif", headers=reader()),
        ):
            assert answer.status_code == 404
            assert refusal(answer).startswith("there is no article ")
    newsroom.counter.flush()
    assert newsroom.counter.rankings.views_of(["tiada", "draf", "nanti", "dua"]) == dict.fromkeys(
        ["tiada", "draf", "nanti", "dua"], 0
    )
    assert popular(client) == []


def test_every_process_of_the_host_knows_of_a_withdrawal_at_once(
    client: FlaskClient, newsroom: Services, settings: Settings
) -> None:
    with closing(Services.build(settings)) as unaware:
        other = create_app(settings, unaware).test_client()
        for each in (client, other):
            assert each.post("/articles/satu/views", headers=reader()).headers["Warta-View"] == "taken"
        newsroom.publisher.withdraw("satu")
        for each in (client, other):
            assert each.post("/articles/satu/views", headers=reader(2)).status_code == 404


def test_a_view_of_an_unknown_article_is_measured_once(client: FlaskClient, newsroom: Services) -> None:
    """The warm path looks first, and leaves it to Flask to say so."""
    warm = Client(FastPath(client.application, newsroom.metrics, PageViews(newsroom).fast_beacon), Response)
    assert warm.post("/articles/tiada/views", headers=reader()).status_code == 404
    [metric] = newsroom.metrics.views.collect()
    measured = {sample.labels["fate"]: sample.value for sample in metric.samples if sample.name.endswith("_total")}
    assert measured == {"unknown": 1}


def test_asking_is_not_viewing(client: FlaskClient, newsroom: Services) -> None:
    assert client.head("/articles/satu/views.gif").status_code == 200
    asked = {"Origin": "https://lain.example", "Access-Control-Request-Method": "POST"}
    preflight = client.options("/articles/satu/views", headers=asked)
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert preflight.headers["Access-Control-Allow-Methods"] == "POST"
    assert preflight.headers["Access-Control-Allow-Headers"] == "Content-Type"
    assert int(preflight.headers["Access-Control-Max-Age"]) >= 7200  # Chromium keeps it no longer
    assert client.get("/articles/satu").status_code == 200  # its pixel counts, not the page
    assert client.put("/articles/satu/views").status_code == 405
    newsroom.counter.flush()
    assert newsroom.counter.rankings.views_of(["satu"]) == {"satu": 0}


def test_an_id_is_whatever_the_cms_says(client: FlaskClient, newsroom: Services) -> None:
    assert client.post("/articles/a%2Fb%20%25%3F/views", headers=reader()).status_code == 204
    newsroom.counter.flush()
    assert newsroom.counter.rankings.views_of(["a/b %?"]) == {"a/b %?": 1}


def test_views_wait_for_redis_and_too_many_are_dropped(settings: Settings, newsroom: Services, redis_url: str) -> None:
    """Never an error: a reader can do nothing about it."""
    ours = settings.model_copy(update={"views": Views(waiting=2)})
    services = Services.build(ours)
    client = create_app(ours, services).test_client()
    with Redis.from_url(redis_url) as redis:
        redis.flushall()
    fates = [
        client.post(f"/articles/{id_}/views", headers=reader(n)).headers["Warta-View"]
        for n, id_ in enumerate(("satu", "satu", "dua"))
    ]
    assert fates == ["taken", "taken", "dropped"]
    newsroom.view_persistence.refill()
    services.close()
    assert newsroom.counter.rankings.views_of(["satu", "dua"]) == {"satu": 2, "dua": 0}
