"""The search over HTTP: its page, its feeds, their parameters and what they never show."""

import json
from datetime import UTC, datetime, timedelta
from html import escape
from urllib.parse import quote, urlsplit

import feedparser
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import html

from service.bootstrap import Services
from service.core.settings.catalogue import Catalogue
from service.core.settings.model import Settings
from service.worker import search_worker
from tests.support.answers import payload

Token = dict[str, str]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    catalogue = Catalogue(renamed_categories={"hukum": "Hukum dan HAM"})
    return settings.model_copy(update={"catalogue": catalogue, "hubs": ("https://hub.example",)})


@pytest.fixture
def newsroom(client: FlaskClient, services: Services, token: Token) -> FlaskClient:
    """Three articles; 1 is the oldest."""
    put(client, token, "1", title="Harga beras naik", summary="Pedagang mengeluh.", categories=["Hukum"])
    put(client, token, "2", title="Taman <bacaan> & beras", content_html=f"<p>{'kata ' * 100}Ia membaca.</p>")
    put(client, token, "3", title="Beras impor", categories=["Ekonomi"])
    index(services)
    return client


def put(client: FlaskClient, token: Token, article_id: str, **fields: object) -> None:
    published_at = datetime.now(UTC) - timedelta(hours=10 - int(article_id))
    article = {"title": "Judul", "published_at": published_at.isoformat(), "categories": ["Dinamika"], **fields}
    assert client.put(f"/api/articles/{article_id}", json=article, headers=token).status_code in (200, 201)


def index(services: Services) -> None:
    """One round of the background work."""
    search_worker(services).round()


def ids(client: FlaskClient, query: str) -> list[str]:
    items = payload(client.get(f"/search.json?{query}"))["items"]
    return [item["id"].rpartition(":")[2] for item in items]


def test_a_search_is_a_feed_in_each_format(newsroom: FlaskClient) -> None:
    for extension, media_type in (("rss", "application/rss+xml"), ("atom", "application/atom+xml")):
        response = newsroom.get(f"/search.{extension}?q=beras%20%3Cb%3E")
        assert response.status_code == 200
        assert response.mimetype == media_type
        feed = feedparser.parse(response.data)
        assert feed.feed.title == "Warta Uji – Pencarian: beras <b>"
        assert feed.entries == []
    feed = feedparser.parse(newsroom.get("/search.atom?q=beras").data)
    assert [entry.title for entry in feed.entries] == ["Beras impor", "Taman <bacaan> & beras", "Harga beras naik"]
    assert feed.feed.id == "https://feeds.example/search?q=beras"
    assert {link.rel: link.href for link in feed.feed.links} == {
        "self": "https://feeds.example/search.atom?q=beras",
        "alternate": "https://feeds.example/search?q=beras",
    }
    assert ids(newsroom, "q=beras") == ["3", "2", "1"]


def test_what_a_search_feed_says_in_its_headers(newsroom: FlaskClient) -> None:
    response = newsroom.get("/search.rss?to=2999-01-01&q=beras&limit=2")
    self, *alternates = response.headers["Link"].split(", ")
    assert self == '<https://feeds.example/search.rss?q=beras&to=2999-01-01&limit=2>; rel="self"'
    assert [link.split(";")[1] for link in alternates] == [' rel="alternate"'] * 2
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"].startswith("max-age=60,")
    tag = response.headers["ETag"]
    again = newsroom.get("/search.rss?q=beras&limit=2&to=2999-01-01", headers={"If-None-Match": tag})
    assert again.status_code == 304
    browser = newsroom.get(
        "/search.rss?q=beras&limit=2", headers={"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
    )
    assert (browser.status_code, browser.headers["Location"]) == (303, "https://feeds.example/search?q=beras&limit=2")


def test_a_changed_result_has_another_etag_and_a_later_time(
    newsroom: FlaskClient, services: Services, token: Token
) -> None:
    before = newsroom.get("/search.rss?q=impor")
    put(newsroom, token, "4", title="Kata lain")
    index(services)
    assert newsroom.get("/search.rss?q=impor").headers["ETag"] == before.headers["ETag"]
    newsroom.delete("/api/articles/3", headers=token)
    index(services)
    after = newsroom.get("/search.rss?q=impor", headers={"If-Modified-Since": before.headers["Last-Modified"]})
    assert after.status_code == 200
    assert after.headers["ETag"] != before.headers["ETag"]


def test_category_time_limit_and_pages(newsroom: FlaskClient) -> None:
    assert ids(newsroom, "q=beras&category=ekonomi") == ["3"]
    assert ids(newsroom, "q=beras&category=hukum") == ids(newsroom, "q=beras&category=hukum-dan-ham") == ["1"]
    assert ids(newsroom, "q=beras&from=2999-01-01") == []
    assert ids(newsroom, "q=beras&to=1999-01-01") == []
    assert ids(newsroom, "q=beras&category=&from=&to=&before=") == ["3", "2", "1"]  # as a form sends it
    read, url = [], "/search.json?q=beras&limit=1"
    while url:
        page = payload(newsroom.get(url))
        read += [item["title"] for item in page["items"]]
        url = page.get("next_url", "").removeprefix("https://feeds.example")
    assert read == ["Beras impor", "Taman <bacaan> & beras", "Harga beras naik"]
    assert "prev-archive" not in newsroom.get("/search.rss?q=beras&limit=1").text


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("q=x&page=2", "page: there is no such parameter"),
        ("q=x&q=y", "q: is given more than once"),
        (f"q={'x' * 201}", "q: has more than 200 characters"),
        (f"q={'+'.join('abcdefghijklmnopqrstuvwxyz')}", "q: has more than 24 words"),
        ("q=x&from=2026-2-1", "from: must be a day"),
        ("q=x&to=20260201", "to: must be a day"),
        ("q=x&to=0001-01-01", "to: must be a day"),
        ("q=x&from=2026-02-02&to=2026-02-01", "to: is before from"),
        ("q=x&limit=0", "limit: must be a number from 1 to 100"),
        ("q=x&limit=%D9%A3", "limit: must be a number from 1 to 100"),
        ("q=x&category=tiada", "category: there is no category 'tiada'"),
        ("q=x&before=7", "before: must be from the link"),
        ("q=x&before=999999999999-7", "before: must be from the link"),
    ],
    ids=str,
)
def test_a_wrong_parameter_is_named(newsroom: FlaskClient, query: str, detail: str) -> None:
    for path in ("/search", "/search.rss"):
        response = newsroom.get(f"{path}?{query}")
        assert response.status_code == 400
        assert payload(response)["detail"].startswith(detail)


@pytest.mark.parametrize("query", ["", "q=", "q=-beras", "q=%22%22", "q=%00%EF%BF%BE"])
def test_without_a_word_the_page_shows_the_form_and_a_feed_says_so(newsroom: FlaskClient, query: str) -> None:
    page = newsroom.get(f"/search?{query}")
    assert page.status_code == 200
    assert "Setiap kata" in page.text
    response = newsroom.get(f"/search.rss?{query}")
    assert response.status_code == 400
    assert payload(response)["detail"] == "q: must have a word to search for, as in ?q=beras"


def test_the_page_marks_words_and_offers_the_feed(newsroom: FlaskClient) -> None:
    response = newsroom.get('/search?q=baca+"taman"&limit=1')
    page = html.fromstring(response.text)
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    [title] = page.xpath("//ol[@class='stories']//h2/a")
    assert title.text_content() == "Taman <bacaan> & beras"
    assert [mark.text for mark in title.xpath("mark")] == ["Taman", "bacaan"]
    [summary] = page.xpath("//p[@class='summary']")
    assert summary.text_content().startswith("…kata kata")  # the part with the word
    assert summary.xpath("mark/text()") == ["membaca"]
    feeds = page.xpath("//link[@rel='alternate']/@href")
    assert [urlsplit(feed).path for feed in feeds] == ["/search.rss", "/search.atom", "/search.json"]
    assert page.xpath("//input[@id='feed-url']/@value") == feeds[:1]
    assert feedparser.parse(newsroom.get(feeds[1].removeprefix("https://feeds.example")).data).entries[0].title == (
        "Taman <bacaan> & beras"
    )
    assert page.xpath("//select[@name='category']/option/@value") == ["", "dinamika", "ekonomi", "hukum-dan-ham"]


def test_the_page_of_older_results(newsroom: FlaskClient) -> None:
    page = html.fromstring(newsroom.get("/search?q=beras&limit=2&category=&from=&to=").text)
    [older] = page.xpath("//a[@rel='next']/@href")
    page = html.fromstring(newsroom.get(older.removeprefix("https://feeds.example")).text)
    assert [link.text_content() for link in page.xpath("//ol[@class='stories']//h2/a")] == ["Harga beras naik"]
    assert not page.xpath("//a[@rel='next']")
    assert page.xpath("//p[@class='newer']/a/@href") == ["https://feeds.example/search?q=beras&limit=2"]


def test_nothing_that_a_stranger_writes_becomes_markup(newsroom: FlaskClient) -> None:
    words = "\"><script>alert(1)</script>{{ 7*7 }}' onfocus=x"
    page = newsroom.get(f"/search?q={quote(words)}").text
    assert "<script>alert" not in page
    assert "49" not in html.fromstring(page).xpath("string(//h1)")
    assert escape(words, quote=False)[:10] not in page
    for extension in ("rss", "atom"):
        feedparsed = feedparser.parse(newsroom.get(f"/search.{extension}?q={quote(words)}").data)
        assert not feedparsed.bozo


def test_the_search_box_is_on_every_page_but_its_own(newsroom: FlaskClient) -> None:
    for path in ("/", "/latest", "/articles/1", "/tiada"):
        page = html.fromstring(newsroom.get(path, headers={"Accept": "text/html"}).text)
        assert page.xpath("//form[@class='search']/@action") == ["https://feeds.example/search"]
    page = html.fromstring(newsroom.get("/search?q=beras").text)
    assert [form.get("action") for form in page.xpath("//form")] == ["https://feeds.example/search"]


def test_parameters_of_trackers_are_removed(newsroom: FlaskClient) -> None:
    for path in ("/search", "/search.rss"):
        response = newsroom.get(f"{path}?q=beras+naik&utm_source=x")
        assert (response.status_code, response.headers["Location"]) == (
            301,
            f"https://feeds.example{path}?q=beras+naik",
        )


def test_a_search_leaves_nothing_behind(newsroom: FlaskClient, services: Services) -> None:
    """Anybody may search for anything: no key in Redis, no URL on the fast path, and a small cache."""
    newsroom.get("/search?q=beras")  # the boxes of the page
    with services.redis.use() as redis:
        before = redis.dbsize()
        for number in range(5):
            newsroom.get(f"/search.rss?q=kata{number}")
            newsroom.get(f"/search?q=kata{number}")
        assert redis.dbsize() == before


def test_without_the_store_the_last_copy_is_served(newsroom: FlaskClient, services: Services) -> None:
    assert newsroom.get("/search.rss?q=beras").status_code == 200
    services.database.close()
    (services.settings.data_dir / "warta.sqlite").rename(services.settings.data_dir / "elsewhere")
    services.signal.send()
    response = newsroom.get("/search.rss?q=beras")
    assert response.status_code == 200
    assert "last good copy" in response.headers["Cache-Status"]
    response = newsroom.get("/search.rss?q=lain")
    assert response.status_code == 503
    assert response.headers["Retry-After"]


def test_readiness_says_how_far_the_index_is(client: FlaskClient, services: Services, token: Token) -> None:
    put(client, token, "1")
    assert payload(client.get("/readyz"))["parts"]["search"]["state"] == "waiting"
    services.search_index.catch_up(datetime.now(UTC))
    search = payload(client.get("/readyz"))["parts"]["search"]
    assert (search["state"], search["missing"]) == ("building", 1)
    index(services)
    answer = payload(client.get("/readyz"))
    assert (answer["status"], answer["parts"]["search"]["state"]) == ("ready", "ok")


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=80), name=st.sampled_from(["q", "category", "from", "before", "limit"]))
def test_no_parameter_breaks_the_search(newsroom: FlaskClient, text: str, name: str) -> None:
    value = quote(text.encode("utf-8", "surrogatepass"))
    query = f"q={value}" if name == "q" else f"q=beras&{name}={value}"
    for path in ("/search", "/search.rss", "/search.json"):
        response = newsroom.get(f"{path}?{query}")
        assert response.status_code in (200, 400)
        if response.mimetype == "application/feed+json":
            json.loads(response.data)
