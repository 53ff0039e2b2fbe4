"""Headlines for the boxes of news pages: what the feed says without its bodies, served like every feed."""

import json

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.bootstrap import Services
from service.core.settings.model import Settings
from service.core.settings.serving import Edge
from service.documents.formats import HEADLINES
from tests.readers.test_collector import Process
from tests.support.answers import payload, refusal
from tests.support.articles import submission
from tests.support.newsroom import RICH, article, context, numbered

BODY = f"<p>{'Kata demi kata. ' * 200}</p>"


@pytest.fixture
def newsroom(services: Services) -> Services:
    services.publisher.put(
        [
            submission("satu", title="Jembatan “Baru” <b>", content_html=BODY, url="https://news.example/1"),
            submission("dua", title="Pasar Pagi", content_html=BODY, language="su", categories=["Politik"]),
        ]
    )
    services.counter.add("dua", views=3)
    return services


@pytest.mark.parametrize("path", ["latest", "popular", "popular/24h", "trending", "category/politik"])
def test_they_are_what_the_feed_says(client: FlaskClient, newsroom: Services, path: str) -> None:
    answer = client.get(f"/{path}.headlines.json?limit=5")
    assert (answer.status_code, answer.content_type) == (200, "application/json; charset=utf-8")
    feed = payload(client.get(f"/{path}.json?limit=5"))
    names = ("url", "title", "language", "date_published")
    assert payload(answer) == {
        "title": feed["title"],
        "language": feed["language"],
        "ranked": path in ("popular", "popular/24h", "trending"),
        "items": [{name: item[name] for name in names} for item in feed["items"]],
    }
    assert payload(answer)["items"]
    assert b"Kata" not in answer.data


def test_they_are_served_like_a_feed(client: FlaskClient, newsroom: Services) -> None:
    answer = client.get("/latest.headlines.json", headers={"Accept-Encoding": "gzip"})
    feed = client.get("/latest.json", headers={"Accept-Encoding": "gzip"})
    for name in ("Cache-Control", "Access-Control-Allow-Origin", "Content-Encoding", "X-Content-Type-Options"):
        assert answer.headers[name] == feed.headers[name]
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"  # for pages that isolate themselves
    again = client.get(
        "/latest.headlines.json", headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")
    for wrong in ("limit=0", "x=1"):
        refusal(client.get(f"/latest.headlines.json?{wrong}"))
    refusal(client.get("/tag/tiada.headlines.json"))
    for path in ("/", "/latest", "/latest.json", "/feeds.json", "/feeds.opml"):  # offered to nobody
        offering = client.get(path, headers={"Accept": "text/html"})
        assert "headlines" not in offering.get_data(as_text=True) + offering.headers.get("Link", "")


def test_they_change_with_the_feed(client: FlaskClient, newsroom: Services) -> None:
    newsroom.publisher.put([submission("satu", title="Jembatan Lama", content_html=BODY)])
    newsroom.publisher.withdraw("dua")
    assert [item["title"] for item in payload(client.get("/latest.headlines.json"))["items"]] == ["Jembatan Lama"]
    assert payload(client.get("/category/politik.headlines.json"))["items"] == []


def test_a_change_purges_them_with_the_feed(settings: Settings, newsroom: Services) -> None:
    behind = settings.model_copy(update={"edge": Edge(kind="varnish", addresses=("http://edge.example",))})
    built = Services.build(behind)
    client = create_app(behind, built).test_client()
    for path, tags in {"/latest": "latest warta", "/category/politik/popular": "category/politik warta"}.items():
        assert client.get(f"{path}.headlines.json").headers["Surrogate-Key"] == tags
    built.close()


def test_whose_page_has_a_box_is_no_reader_of_the_feed(newsroom: Services) -> None:
    process = Process(newsroom)
    for app in (process.flask, process.warm, process.warm):
        assert process.ask("/popular.headlines.json?limit=7", app=app)[0] == "200 OK"
    assert process.report().feeds == []


def test_long_bodies_shorten_nothing() -> None:
    entries = [each.model_copy(update={"content_html": "x" * 300_000}) for each in [article(RICH), *numbered(9)]]
    written = bytes(HEADLINES.document(context(entries)))
    assert len(json.loads(written)["items"]) == 10
    assert written == bytes(HEADLINES.render(context([article(RICH), *numbered(9)])))
