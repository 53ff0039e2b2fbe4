"""The directory for machines: OPML, JSON, feed menu, sitemap, robots.txt."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.robotparser import RobotFileParser

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.test import TestResponse

from service.app import create_app
from service.bootstrap import Services
from service.core.settings.catalogue import Catalogue
from service.core.settings.model import Settings
from service.documents.formats.directory import OPML
from tests.support.answers import payload, refusal
from tests.support.articles import submission
from tests.support.build import Build
from tests.support.server import eventually
from tests.web.test_feeds import DECODE

BASE = "https://feeds.example"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
LISTS = ("/feeds.opml", "/feeds.json", "/.well-known/feed-menu.json", "/sitemap-news.xml")
MEDIA_TYPES = {
    "/feeds.opml": "text/x-opml; charset=utf-8",
    "/feeds.json": "application/json",
    "/.well-known/feed-menu.json": "application/json",
    "/sitemap-news.xml": "application/xml; charset=utf-8",
    "/robots.txt": "text/plain; charset=utf-8",
}


START = datetime.now(UTC)


def fresh(article_id: str, age: timedelta = timedelta(hours=1), **fields: object) -> Any:
    return submission(article_id, published_at=(START - age).isoformat(), **fields)


def xml(answer: TestResponse) -> ET.Element:
    assert answer.status_code == 200
    return ET.fromstring(answer.data)  # noqa: S314 - our own document


def outlines(root: ET.Element) -> Iterator[ET.Element]:
    return (outline for outline in root.iter("outline") if outline.get("type"))


def locations(root: ET.Element) -> list[str]:
    return [str(location.text) for location in root.iter(f"{SITEMAP}loc")]


@pytest.fixture
def newsroom(services: Services) -> Services:
    services.publisher.put(
        [
            submission("satu", tags=['ASEAN & "G20"'], authors=["Siti Aminah"], categories=["Dinamika", "Advertorial"]),
            submission("dua", categories=["Ekonomi & Bisnis"], tags=["日本"]),
        ]
    )
    return services


# --- the feeds -----------------------------------------------------------------------------------------------


def test_the_opml_is_a_subscription_list_by_the_rules(client: FlaskClient, newsroom: Services) -> None:
    """OPML 2.0 (opml.org/spec2.opml): one head, one body, text everywhere, type and xmlUrl on each subscription."""
    root = xml(client.get("/feeds.opml?all"))
    assert (root.tag, root.attrib) == ("opml", {"version": "2.0"})
    assert [child.tag for child in root] == ["head", "body"]
    head, body = root
    assert {child.tag: child.text for child in head} == {
        "title": "Warta Uji",
        "ownerName": "Warta Uji",
        "ownerId": f"{BASE}/",
    }
    assert [group.get("text") for group in body] == ["Semua berita", "Kategori", "Topik", "Penulis"]
    assert {child.tag for child in body.iter()} == {"body", "outline"}
    for outline in outlines(root):
        assert outline.attrib.keys() == {"type", "text", "title", "xmlUrl", "htmlUrl", "language"}
        assert all(outline.attrib.values())
        assert (outline.get("type"), outline.get("language")) == ("rss", "id")
    tags = {outline.get("text"): outline.get("xmlUrl") for outline in body[2]}
    assert tags == {
        'Warta Uji – Topik ASEAN & "G20"': f"{BASE}/tag/asean-g20.rss",
        "Warta Uji – Topik 日本": f"{BASE}/tag/%E6%97%A5%E6%9C%AC.rss",
    }


def test_title_and_page_of_an_outline_are_those_of_its_feed(client: FlaskClient, newsroom: Services) -> None:
    for outline in outlines(xml(client.get("/feeds.opml?all"))):
        channel = xml(client.get(str(outline.get("xmlUrl")).removeprefix(BASE)))[0]
        assert outline.get("title") == channel.findtext("title")
        assert outline.get("htmlUrl") == channel.findtext("link")
        assert outline.get("language") == channel.findtext("language")


def test_each_url_of_the_list_leads_to_its_feed(client: FlaskClient, newsroom: Services) -> None:
    feeds = payload(client.get("/feeds.json?all"))["feeds"]
    assert len(feeds) > 20
    for feed in feeds:
        assert client.get(feed["page"].removeprefix(BASE), headers={"Accept": "text/html"}).status_code == 200
        for address in feed["formats"].values():
            answer = client.get(address.removeprefix(BASE))
            assert answer.status_code == 200
        shown = payload(client.get(feed["formats"]["json"].removeprefix(BASE)))
        assert shown["title"] == feed["title"]
        assert shown["feed_url"] == feed["formats"]["json"]
        assert shown["_warta"].get("window") == feed.get("window")
        assert ("modified_at" in feed) == ("window" not in feed)


def test_the_list_describes_each_feed(settings: Settings, services: Services, build: Build) -> None:
    ours = settings.model_copy(
        update={
            "hubs": ("https://hub.example/",),
            "catalogue": Catalogue(limits={"category/dinamika": 7}, titles={"category/dinamika": "Dinamika Politik"}),
        }
    )
    services.publisher.put([submission("satu")])
    document = payload(create_app(ours, build(ours)).test_client().get("/feeds.json"))
    assert document["hubs"] == ["https://feeds.example/hub", "https://hub.example/"]
    by_name = {feed["name"]: feed for feed in document["feeds"]}
    feed = by_name["category/dinamika"]
    assert datetime.fromisoformat(feed.pop("modified_at")).utcoffset() == timedelta(hours=7)
    assert feed == {
        "name": "category/dinamika",
        "title": "Warta Uji – Dinamika Politik",
        "label": "Dinamika Politik",
        "kind": "category",
        "page": f"{BASE}/category/dinamika",
        "formats": {extension: f"{BASE}/category/dinamika.{extension}" for extension in ("rss", "atom", "json")},
        "limit": 7,
    }
    assert by_name["category/dinamika/popular/7d"]["window"] == "7d"
    assert {feed["kind"] for feed in document["feeds"]} == {"site", "category"}


def test_the_menu_has_the_feeds_of_the_site_and_a_menu_for_each_other_kind(
    client: FlaskClient, newsroom: Services
) -> None:
    """draft-nottingham-feed-menu: a menu has a title and items; a feed has a title and an address."""
    menu = payload(client.get("/.well-known/feed-menu.json"))
    assert menu["feed-menu"] == "Warta Uji"
    assert menu["items"][0] == {
        "feed-title": "Terbaru",
        "rss": f"{BASE}/latest.rss",
        "atom": f"{BASE}/latest.atom",
    }
    submenus = [item for item in menu["items"] if "feed-menu" in item]
    assert [item["feed-menu"] for item in submenus] == ["Kategori"]
    feeds = [feed for item in menu["items"] for feed in item.get("items", [item])]
    listed = payload(client.get("/feeds.json"))["feeds"]
    assert [feed["rss"] for feed in feeds] == [feed["formats"]["rss"] for feed in listed]
    assert all(feed.keys() == {"feed-title", "rss", "atom"} for feed in feeds)


@pytest.mark.parametrize("path", LISTS[:3])
def test_hidden_feeds_are_left_out(build: Build, settings: Settings, newsroom: Services, path: str) -> None:
    before = create_app(settings, newsroom).test_client().get(path).get_data(as_text=True)
    assert "category/advertorial" in before
    ours = settings.model_copy(update={"catalogue": Catalogue(hidden_categories=("advertorial",))})
    client = create_app(ours, build(ours)).test_client()
    after = client.get(path).get_data(as_text=True)
    assert "category/dinamika" in after
    assert "advertorial" not in after.lower()


def test_the_directory_of_an_empty_newsroom_is_one_too(client: FlaskClient) -> None:
    names = {feed["name"] for feed in payload(client.get("/feeds.json"))["feeds"]}
    assert {"latest", "popular", "popular/24h"} <= names
    assert locations(xml(client.get("/sitemap-news.xml"))) == []


def test_what_comes_to_be_is_in_it_with_the_next_request(client: FlaskClient, newsroom: Services) -> None:
    assert b"ragam" not in client.get("/feeds.json").data
    newsroom.publisher.put([submission("tiga", categories=["Ragam"])])
    assert b"category/ragam" in client.get("/feeds.json").data
    assert b"category/ragam" in client.get("/feeds.opml").data
    newsroom.counter.add("tiga")
    before = client.get("/feeds.json").data
    newsroom.publisher.record_popular()
    assert client.get("/feeds.json").data != before


def test_the_short_list_has_what_readers_subscribe_to_and_leads_to_the_rest(
    client: FlaskClient, newsroom: Services
) -> None:
    root = xml(client.get("/feeds.opml"))
    assert [str(outline.get("xmlUrl")).removeprefix(BASE) for outline in outlines(root)] == [
        *("/latest.rss", "/popular.rss"),
        *("/category/advertorial.rss", "/category/dinamika.rss", "/category/ekonomi-bisnis.rss"),
    ]
    document = payload(client.get("/feeds.json"))
    assert {feed["kind"] for feed in document["feeds"]} == {"site", "category"}
    assert document["all_url"] == f"{BASE}/feeds.json?all"
    assert "next_url" not in document


def test_all_feeds_come_in_parts_that_never_grow(
    client: FlaskClient, newsroom: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = {feed["name"] for feed in payload(client.get("/feeds.json?all"))["feeds"]}
    monkeypatch.setattr("service.publishing.feed_documents.LISTS_PER_PART", 3)
    newsroom.publisher.put([submission("tiga", tags=["Ragam"])])
    parts, url = [], "/feeds.json?all"
    while url:
        document = payload(client.get(url))
        parts.append({feed["name"] for feed in document["feeds"]})
        url = document.get("next_url", "").removeprefix(BASE)
    assert set.union(*parts) == whole | {"tag/ragam"}
    assert sum(map(len, parts)) == len(whole) + 1
    newsroom.publisher.put([submission("empat", tags=["Baru"], authors=["Baru"])])
    assert {feed["name"] for feed in payload(client.get("/feeds.json?all"))["feeds"]} == parts[0]
    included = [
        o.get("url") for o in xml(client.get("/feeds.opml?all=2")).iter("outline") if o.get("type") == "include"
    ]
    assert included == [f"{BASE}/feeds.opml?all=3"]
    assert refusal(client.get("/feeds.opml?all=999")) == "the directory has no part 999"
    for query in ("all=", "all=0", "all=1", "all=02", "all&x", "all=2&all=3", "ALL", "all=99999999"):
        assert client.get(f"/feeds.opml?{query}").status_code == 400, query


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=ase", ["tag/asean-g20"]),
        ("q=G20&kind=tag", ["tag/asean-g20"]),
        ("q=ASEAN+%26", ["tag/asean-g20"]),
        ("q=aminah", ["author/siti-aminah"]),
        ("q=aminah&kind=tag", []),
        ("q=bis", ["category/ekonomi-bisnis"]),
        ("q=%25%25", []),
        ("q=__", []),
        ("q=%E6%97%A5%E6%9C%AC", ["tag/日本"]),
    ],
)
def test_feeds_are_found_by_the_beginnings_of_words(
    client: FlaskClient, newsroom: Services, query: str, found: list[str]
) -> None:
    assert [feed["name"] for feed in payload(client.get(f"/feeds.json?{query}"))["feeds"]] == found
    html = client.get(f"/feeds?{query}", headers={"Accept": "text/html"}).get_data(as_text=True)
    assert html.count("<li><a", html.index("<main")) - html.count("<li><a", html.index("</main")) == len(found)


@pytest.mark.parametrize(
    "query", ["q=", "q=a", "q=" + "a" * 101, "kind=tag", "q=as&kind=feed", "q=as&limit=1", "q=a&q=b"]
)
def test_a_search_for_feeds_needs_a_word(client: FlaskClient, query: str) -> None:
    assert refusal(client.get(f"/feeds.json?{query}"))


def test_hidden_feeds_are_not_found(build: Build, settings: Settings, newsroom: Services) -> None:
    ours = settings.model_copy(update={"catalogue": Catalogue(hidden_categories=("advertorial",))})
    client = create_app(ours, build(ours)).test_client()
    assert payload(client.get("/feeds.json?q=adver"))["feeds"] == []


def test_the_opml_is_the_same_until_the_list_changes(client: FlaskClient, newsroom: Services) -> None:
    first = client.get("/feeds.opml")
    modified = newsroom.documents.directory(OPML).document.last_modified
    newsroom.publisher.put([submission("satu", title="Judul lain"), submission("tiga")])
    second = client.get("/feeds.opml", headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 304
    assert newsroom.documents.directory(OPML).document.last_modified == modified


# --- the sitemap ---------------------------------------------------------------------------------------------


def test_the_sitemap_says_of_an_article_what_google_news_asks_for(client: FlaskClient, services: Services) -> None:
    services.publisher.put(
        [fresh("a/b &", title="Tarif <air> & listrik", url="https://berita.example/a?b=1&c=2"), fresh("dua")]
    )
    root = xml(client.get("/sitemap-news.xml"))
    assert root.tag == f"{SITEMAP}urlset"
    assert set(locations(root)) == {f"{BASE}/articles/dua", "https://berita.example/a?b=1&c=2"}
    for url in root:
        assert [child.tag for child in url] == [f"{SITEMAP}loc", f"{SITEMAP}lastmod", f"{NEWS}news"]
        news = url[2]
        assert [child.tag for child in news] == [f"{NEWS}publication", f"{NEWS}publication_date", f"{NEWS}title"]
        assert {child.tag: child.text for child in news[0]} == {f"{NEWS}name": "Warta Uji", f"{NEWS}language": "id"}
        published = datetime.fromisoformat(str(news[1].text))
        assert published.utcoffset() == timedelta(hours=7)
    assert "Tarif <air> & listrik" in {str(title.text) for title in root.iter(f"{NEWS}title")}


def test_news_leave_after_two_days(settings: Settings, services: Services) -> None:
    services.publisher.put(
        [
            fresh("tepat", timedelta(hours=47, minutes=30)),
            fresh("lewat", timedelta(hours=48)),
            fresh("embargo", timedelta(hours=-1)),
        ]
    )
    client = create_app(settings, services).test_client()
    assert locations(xml(client.get("/sitemap-news.xml"))) == [f"{BASE}/articles/tepat"]
    services.publisher.withdraw("tepat")
    assert locations(xml(client.get("/sitemap-news.xml"))) == []


def test_time_alone_makes_another_sitemap(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = services.documents
    services.publisher.put([fresh("satu", timedelta(hours=40))])
    first = documents.sitemap().document
    assert documents.sitemap().document is first
    now = datetime.now(UTC)
    monkeypatch.setattr(documents, "clock", lambda: now + timedelta(minutes=2))
    services.memory.invalidate([])
    unchanged = documents.sitemap()
    assert (unchanged.how, unchanged.document) == ("built", first)
    monkeypatch.setattr(documents, "clock", lambda: now + timedelta(hours=9))
    services.memory.invalidate([])
    later = documents.sitemap().document
    assert b"satu" not in later.body
    assert later.last_modified > first.last_modified


def test_more_than_a_thousand_are_split_under_an_index(client: FlaskClient, services: Services) -> None:
    services.publisher.put([fresh(f"b-{n}", timedelta(seconds=n)) for n in range(1, 2501)])
    index = xml(client.get("/sitemap-news.xml"))
    assert index.tag == f"{SITEMAP}sitemapindex"
    assert locations(index) == [f"{BASE}/sitemap-news/{part}.xml" for part in (1, 2, 3)]
    parts = [locations(xml(client.get(address.removeprefix(BASE)))) for address in locations(index)]
    assert [len(part) for part in parts] == [1000, 1000, 500]
    assert [address for part in parts for address in part] == [f"{BASE}/articles/b-{n}" for n in range(1, 2501)]
    assert refusal(client.get("/sitemap-news/4.xml")) == "the sitemap has no part 4"
    for number in ("0", "-1", "x", "99999999999999999999", "01", "٣"):
        assert client.get(f"/sitemap-news/{number}.xml").status_code == 404


def test_an_article_in_another_language_says_so_in_the_sitemap(client: FlaskClient, services: Services) -> None:
    services.publisher.put([fresh("satu", timedelta(hours=1)), fresh("dua", timedelta(hours=2), language="zh-Hant")])
    root = xml(client.get("/sitemap-news.xml"))
    assert [element.text for element in root.iter(f"{NEWS}language")] == ["id", "zh-tw"]


# --- robots --------------------------------------------------------------------------------------------------


def test_robots_may_read_feeds_and_articles_and_neither_the_api_nor_count_views(client: FlaskClient) -> None:
    text = client.get("/robots.txt").get_data(as_text=True)
    robots = RobotFileParser()
    robots.parse(text.splitlines())
    for path in ("/latest.rss", "/", "/articles/1", "/category/dinamika", "/sitemap-news.xml", "/feeds.opml"):
        assert robots.can_fetch("Googlebot-News", f"{BASE}{path}")
    assert not robots.can_fetch("Googlebot-News", f"{BASE}/api/articles")
    assert "Disallow: /articles/*/views$" in text  # RFC 9309 §2.2.3, which the parser above does not know
    assert "Disallow: /articles/*/views.gif$" in text
    assert robots.site_maps() == [f"{BASE}/sitemap-news.xml"]


def test_robots_txt_answers_conditional_requests(client: FlaskClient) -> None:
    etag = client.get("/robots.txt").headers["ETag"]
    assert client.get("/robots.txt", headers={"If-None-Match": etag}).status_code == 304
    for name in ("If-Modified-Since", "If-Unmodified-Since", "Range", "If-Range"):
        answer = client.get("/robots.txt", headers={name: "Wed, 25 Nov 99999999999 00:00:00 GMT"})
        assert (answer.status_code, answer.text[:10]) == (200, "User-agent")


def test_robots_are_told_also_below_a_path(build: Build, settings: Settings, services: Services) -> None:
    ours = settings.model_copy(update={"base_url": "https://berita.example/umpan"})
    text = create_app(ours, build(ours)).test_client().get("/robots.txt").get_data(as_text=True)
    assert "Disallow: /umpan/api/\n" in text
    assert "Sitemap: https://berita.example/umpan/sitemap-news.xml\n" in text


# --- HTTP ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", MEDIA_TYPES)
def test_each_has_its_media_type_and_answers_a_client_that_has_it(
    client: FlaskClient, newsroom: Services, path: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.content_type == MEDIA_TYPES[path]
    assert answer.headers["Cache-Control"].startswith("max-age=")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == answer.headers["ETag"]
    assert again.headers["Cache-Control"] == answer.headers["Cache-Control"]
    head = client.head(path)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == answer.headers["ETag"]


@pytest.mark.parametrize("path", LISTS)
def test_each_comes_in_every_encoding_for_every_script_and_takes_no_parameter(
    client: FlaskClient, newsroom: Services, path: str
) -> None:
    plain = client.get(path)
    assert plain.headers["Access-Control-Allow-Origin"] == "*"
    assert plain.headers["Vary"] == "Accept-Encoding"

    def is_unchanged() -> bool:  # not yet, if the articles came a moment ago
        date = client.get(path).headers["Last-Modified"]
        return client.get(path, headers={"If-Modified-Since": date}).status_code == 304

    eventually(is_unchanged)
    for coding in ("gzip", "br", "zstd"):
        answer = client.get(path, headers={"Accept-Encoding": coding})
        assert answer.headers["Content-Encoding"] == coding
        assert answer.headers["ETag"] != plain.headers["ETag"]
        assert DECODE[coding](answer.data) == plain.data
    assert refusal(client.get(f"{path}?limit=5")).startswith("limit: ")


@pytest.mark.parametrize("path", LISTS)
def test_each_is_built_once_and_then_comes_from_the_cache(newsroom: Services, client: FlaskClient, path: str) -> None:
    first = client.get(path)
    text = newsroom.metrics.text().decode()
    assert 'warta_documents_total{how="built"} 1.0' in text
    assert client.get(path).data == first.data
    assert 'warta_documents_total{how="built"} 1.0' in newsroom.metrics.text().decode()


@pytest.mark.parametrize("path", LISTS)
def test_what_was_served_before_is_served_while_the_store_is_away(
    build: Build, settings: Settings, newsroom: Services, client: FlaskClient, path: str
) -> None:
    before = client.get(path)
    newsroom.publisher.put([submission("tiga", categories=["Ragam"])])
    away = settings.model_copy(update={"database_url": SecretStr("postgresql://nobody@127.0.0.1:1/nothing")})
    answer = create_app(away, build(away)).test_client().get(path)
    assert answer.status_code == 200
    assert answer.data == before.data
    assert answer.headers["Cache-Status"].startswith("warta; hit")


def test_every_list_is_strictly_valid(client: FlaskClient, newsroom: Services) -> None:
    for path in LISTS:
        data = client.get(path).data
        if "json" in path:
            json.loads(data.decode("utf-8", "strict"))
        else:
            assert data.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
            ET.fromstring(data)  # noqa: S314 - our own document
