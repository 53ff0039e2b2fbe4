"""Partner feeds over HTTP, and what editors are told of the articles that those leave out."""

from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient

from service.bootstrap import Services
from service.documents.formats import PARTNERS, PROFILES
from tests.support.answers import payload, refusal
from tests.support.articles import ACCEPTED, submission


@pytest.fixture
def newsroom(services: Services) -> Services:
    bad = submission("buruk", **{**ACCEPTED, "title": "Pendek", "content_html": ""})
    services.publisher.put([submission("baik", **ACCEPTED), bad])
    return services


def test_the_api_says_the_same(client: FlaskClient, newsroom: Services, token: Mapping[str, str]) -> None:
    answer = client.get("/api/check/latest?profile=msn", headers=token)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    reasons = [
        {"field": "title", "reason": "has 6 characters; the partner wants at least 20"},
        {"field": "content_html", "reason": "is empty; the partner wants the whole body"},
    ]
    assert payload(answer) == {
        "feed": "latest",
        "profiles": [
            {
                "profile": "msn",
                "url": "https://feeds.example/latest.msn.rss",
                "articles": 1,
                "articles_wanted": 0,
                "feed": [],
                "left_out": [{"id": "buruk", "title": "Pendek", "reasons": reasons}],
            }
        ],
    }
    every = payload(client.get("/api/check/category/dinamika", headers=token))
    assert [profile["profile"] for profile in every["profiles"]] == [name for name in PROFILES if name != "podcast"]


def test_the_api_is_for_editors_only(client: FlaskClient, newsroom: Services) -> None:
    answer = client.get("/api/check/latest")
    assert answer.status_code == 401
    refusal(answer)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *(("latest?profile=tiada", 400), ("latest?profil=msn", 400), ("latest?limit=5", 400)),
        *(("tiada", 404), ("category/tiada", 404), ("", 404)),
    ],
)
def test_the_api_refuses_what_it_cannot_check(
    client: FlaskClient, newsroom: Services, token: Mapping[str, str], path: str, status: int
) -> None:
    answer = client.get(f"/api/check/{path}", headers=token)
    assert answer.status_code == status
    refusal(answer)


# --- the feeds themselves ------------------------------------------------------------------------------------


@pytest.mark.parametrize("extension", PARTNERS)
def test_a_partner_s_feed_is_served_like_every_feed(client: FlaskClient, newsroom: Services, extension: str) -> None:
    for path in ("latest", "category/dinamika", "popular", "popular/24h"):
        answer = client.get(f"/{path}.{extension}", headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert answer.content_type == f"{PARTNERS[extension].media_type}; charset=utf-8"
        assert answer.headers["Content-Encoding"] == "gzip"
        again = client.get(f"/{path}.{extension}", headers={"If-None-Match": answer.headers["ETag"]})
        assert "max-age" in answer.headers["Cache-Control"]
        assert again.status_code in (200, 304)
    assert client.get(f"/latest.{extension}?limit=1").status_code == 200
    assert client.get(f"/latest.{extension}?profile=x").status_code == 400
    assert client.get(f"/category/tiada.{extension}").status_code == 404


def test_nobody_is_offered_a_partner_s_feed(client: FlaskClient, newsroom: Services) -> None:
    for path in ("/", "/latest", "/latest.rss", "/latest.atom", "/latest.json", "/feeds.json", "/feeds.opml"):
        answer = client.get(path, headers={"Accept": "text/html"})
        offered = answer.get_data(as_text=True) + answer.headers.get("Link", "")
        assert not [profile for profile in PROFILES if f".{profile}." in offered], path


def test_what_is_left_out_is_counted_by_profile(client: FlaskClient, newsroom: Services) -> None:
    assert b"<guid" in client.get("/latest.msn.rss").data
    assert b'warta_left_out_total{profile="msn"} 1.0' in client.get("/metrics").data
    assert client.get("/latest.feedly.rss").data.count(b"<item>") == 2
    assert b'profile="feedly"' not in client.get("/metrics").data


def test_what_is_withdrawn_is_taken_down_at_smartnews(client: FlaskClient, newsroom: Services) -> None:
    newsroom.publisher.put([submission("ditarik", **ACCEPTED, url="https://news.example/ditarik")])
    assert b"deleted" not in client.get("/latest.smartnews.rss").data
    for article_id in ("ditarik", "baik"):
        newsroom.publisher.withdraw(article_id)
    answer = client.get("/latest.smartnews.rss").get_data(as_text=True)
    assert answer.count('<media:status state="deleted"/>') == 2
    assert "<link>https://news.example/ditarik</link>" in answer
    assert "<link>https://feeds.example/articles/baik</link>" in answer
    assert ACCEPTED["title"] not in answer
