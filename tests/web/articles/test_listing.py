"""The listing of all articles, whatever their status."""

from typing import Any

import pytest

from service.storage import article_listing
from tests.support.answers import payload, refusal
from tests.support.cms import Cms

ARTICLES = (
    {"id": "lama", "title": "Lama", "published_at": "2026-01-01T00:00:00Z", "categories": ["Hukum & HAM"]},
    {"id": "baru", "title": "Baru", "published_at": "2026-02-01T00:00:00Z", "categories": ["Ekonomi", "hukum ham"]},
    {"id": "ditarik", "title": "Ditarik", "published_at": "2026-01-15T00:00:00Z", "status": "withdrawn"},
    {"id": "embargo", "title": "Embargo", "published_at": "2199-01-01T00:00:00Z", "categories": ["Hukum & HAM"]},
    {"id": "draf", "title": "Draf", "status": "draft", "updated_at": "2026-01-20T00:00:00Z"},
)


@pytest.fixture(autouse=True)
def stored(cms: Cms) -> None:
    assert {answer["status"] for answer in cms.batch(*ARTICLES)} == {201}


def page(cms: Cms, query: str = "") -> Any:
    answer = cms.send("GET", f"/api/articles{query}")
    assert answer.status_code == 200, answer.data
    return payload(answer)


def ids(cms: Cms, query: str = "") -> list[str]:
    return [article["id"] for article in page(cms, query)["articles"]]


def test_all_articles_are_listed_newest_first(cms: Cms) -> None:
    assert ids(cms) == ["embargo", "baru", "draf", "ditarik", "lama"]
    listed = {article["id"]: article for article in page(cms)["articles"]}
    assert listed["baru"] == {
        "id": "baru",
        "status": "published",
        "title": "Baru",
        "categories": ["Ekonomi", "hukum ham"],
        "published_at": "2026-02-01T00:00:00Z",
        "updated_at": "2026-02-01T00:00:00Z",
    }
    assert "published_at" not in listed["draf"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=draft", ["draf"]),
        ("status=published", ["embargo", "baru", "lama"]),
        ("status=withdrawn", ["ditarik"]),
        ("category=hukum-ham", ["embargo", "baru", "lama"]),
        ("category=Hukum%20%26%20HAM&status=published&published_before=2026-02-01T07:00:00%2B07:00", ["lama"]),
        ("published_since=2026-02-01T00:00:00Z", ["embargo", "baru"]),
        ("published_since=2026-02-01%2007.00", ["embargo", "baru"]),  # in the site's time zone
        ("published_since=2026-01-02&published_before=2026-02-01", ["draf", "ditarik"]),
        ("category=tiada", []),
    ],
)
def test_articles_are_listed_by_status_category_and_time(cms: Cms, query: str, found: list[str]) -> None:
    assert ids(cms, f"?{query}") == found
    assert "cursor" not in page(cms, f"?{query}")


@pytest.mark.parametrize("examined", [1, 5_000])
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["embargo", "baru", "draf", "ditarik", "lama"]),
        ("&status=published", ["embargo", "baru", "lama"]),
        ("&category=Hukum%20%26%20HAM", ["embargo", "baru", "lama"]),
    ],
)
def test_pages_follow_each_other_by_cursor(
    cms: Cms, query: str, found: list[str], examined: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if a page has examined its limit before it has found enough, as in a small category of a large newsroom."""
    monkeypatch.setattr(article_listing, "MAX_EXAMINED", examined)
    seen: list[str] = []
    path = f"/api/articles?limit=2{query}"
    while path:
        answer = cms.send("GET", path)
        seen += [article["id"] for article in payload(answer)["articles"]]
        path = answer.headers.get("Link", "").removeprefix("<https://feeds.example").partition(">")[0]
        assert ("cursor" in payload(answer)) == bool(path)
    assert seen == found


@pytest.mark.parametrize(
    "query",
    [
        *("status=final", "limit=0", "limit=501", "limit=x", "published_since=kemarin", "published_before=", "page=2"),
        *("cursor=x", "cursor=", "cursor=1", f"cursor={'9' * 12}.1", "cursor=-1.-1"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_400(cms: Cms, query: str) -> None:
    answer = cms.send("GET", f"/api/articles?{query}")
    assert answer.status_code == 400
    assert refusal(answer).startswith(f"{query.partition('=')[0]}: ")


def test_a_cursor_that_this_store_never_gave_is_gone(cms: Cms) -> None:
    answer = cms.send("GET", "/api/articles?cursor=1771728000.999")
    assert answer.status_code == 410
    assert refusal(answer) == "cursor: this store has never given it; begin again without a cursor"
