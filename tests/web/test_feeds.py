"""Feeds over HTTP: every one of the catalogue in every format, and what the headers promise."""

import gzip
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import brotli
import feedparser
import pytest
import zstandard
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.http import http_date, parse_date
from werkzeug.test import TestResponse

from service.app import create_app
from service.bootstrap import Services
from service.core.settings.catalogue import Catalogue
from service.core.settings.model import Settings
from service.core.settings.serving import Http
from service.documents.formats import FORMATS
from service.storage import ArticleStore
from tests.support.answers import payload, refusal
from tests.support.articles import submission

BASE = "https://feeds.example"
DECODE = {
    None: lambda body: body,
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": zstandard.ZstdDecompressor().decompress,
}
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.fixture(autouse=True)
def newsroom(services: Services) -> Services:
    """Twelve articles; the older an article, the more it was read."""
    services.publisher.put(
        [
            submission(
                f"berita-{n:02}",
                published_at=f"2026-02-{n:02}T09:00:00+07:00",
                categories=["Dinamika", "Ekonomi & Bisnis"] if n % 2 else ["Dinamika"],
                tags=["ASEAN"],
                authors=["Siti Aminah"],
            )
            for n in range(1, 13)
        ]
    )
    for n in range(1, 13):
        services.counter.add(f"berita-{n:02}", views=13 - n)
    return services


def ids(answer: TestResponse) -> list[str]:
    """The ids of the feed's entries, as a reader of that format sees them."""
    assert answer.status_code == 200
    if answer.content_type.startswith("application/feed+json"):
        return [item["id"].rpartition(":")[2] for item in payload(answer)["items"]]
    parsed = feedparser.parse(answer.data)
    assert not parsed.bozo, parsed.bozo_exception
    return [entry.id.rpartition(":")[2] for entry in parsed.entries]


def names(numbers: Iterable[int]) -> list[str]:
    return [f"berita-{n:02}" for n in numbers]


# --- which feeds there are -----------------------------------------------------------------------------------


def test_every_feed_of_the_catalogue_answers_in_every_format(client: FlaskClient, newsroom: Services) -> None:
    catalogue = newsroom.documents.catalogue
    list_names = [
        article_list for article_list in newsroom.store.all_lists() if article_list.kind != "entered"
    ]  # by events, not by articles
    feeds = [str(name) for article_list in list_names for name in catalogue.names(article_list)]
    windows = ("1h", "24h", "7d", "30d")
    for path in (
        *("latest", "category/dinamika", "category/ekonomi-bisnis", "tag/asean", "author/siti-aminah"),
        *("popular", "category/dinamika/popular", *(f"popular/{window}" for window in windows)),
        *(f"category/dinamika/popular/{window}" for window in windows),
    ):
        assert path in feeds
    for path in feeds:
        few = [n for n in range(1, 13) if "ekonomi" not in path or n % 2]
        expected = names(few if "popular" in path or "trending" in path else reversed(few))
        for extension, format_ in FORMATS.items():
            answer = client.get(f"/{path}.{extension}")
            assert ids(answer) == expected, path
            assert answer.content_type == f"{format_.media_type}; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        *("/tiada", "/latest.xml", "/latest/.rss", "/.rss", "/latest.rss.rss"),
        *("/popular/1y.rss", "/popular/24h/1h.rss", "/latest/popular.rss", "/popular/.rss"),
        *("/category.rss", "/category/.rss", "/category/tiada.rss", "/category/tiada/popular.rss"),
        *("/category/-dinamika/popular/2h.rss", "/category/dinamika/popular/2h.rss"),
        *("/tag/tiada.rss", "/tag/asean/popular.rss", "/author/siti-aminah/popular.rss", "/author/siti.rss"),
        *("/tag/..%2flatest.rss", "/latest.rss%00", "/%ff.rss", "/latest%0d%0aX-Injected:1.rss"),
    ],
)
def test_what_is_no_feed_is_not_found(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    refusal(answer)
    assert "X-Injected" not in answer.headers


# --- the one parameter ---------------------------------------------------------------------------------------


def test_a_feed_is_as_long_as_it_is_asked_to_be(client: FlaskClient) -> None:
    for extension in FORMATS:
        assert ids(client.get(f"/latest.{extension}?limit=1")) == ["berita-12"]
        assert ids(client.get(f"/popular.{extension}?limit=3")) == names([1, 2, 3])
        assert len(ids(client.get(f"/latest.{extension}?limit=100"))) == 12


@pytest.mark.parametrize(
    ("query", "named"),
    [
        *((f"limit={value}", "limit") for value in ("0", "101", "007", "abc", "", "-1", "1.5", "1e1", "+5", "%D9%A1")),
        *(("limit=5&limit=5", "limit"), ("limit=5;limit=6", "limit"), ("limit", "limit"), ("LIMIT=5", "LIMIT")),
        *(("page=2", "page"), ("limit=5&source=x", "source"), ("=5", ""), ("x=%ff", "x")),
    ],
)
def test_any_other_query_is_refused_so_that_addresses_stay_canonical(
    client: FlaskClient, query: str, named: str
) -> None:
    for path in ("/latest.rss", "/latest", "/popular.json"):
        answer = client.get(f"{path}?{query}")
        assert answer.status_code == 400, path
        assert refusal(answer).startswith(f"{named}: ")


def test_limits_and_titles_come_from_the_settings(settings: Settings, newsroom: Services) -> None:
    """A request for the feed's own length is the same document, under the same address."""
    catalogue = Catalogue(limit=4, limits={"popular": 2}, titles={"latest": "UPDATE"})
    ours = settings.model_copy(update={"catalogue": catalogue, "http": Http(max_age=7)})
    services = Services.build(ours)
    client = create_app(ours, services).test_client()
    assert len(ids(client.get("/latest.rss"))) == 4
    assert len(ids(client.get("/popular.rss"))) == 2
    assert payload(client.get("/latest.json"))["title"] == "Warta Uji – UPDATE"
    plain, same, shorter = (client.get(f"/latest.rss{query}") for query in ("", "?limit=4", "?limit=3"))
    assert (plain.data, plain.headers["Link"]) == (same.data, same.headers["Link"])
    assert f'<{BASE}/latest.rss?limit=3>; rel="self"' in shorter.headers["Link"]
    assert plain.headers["Cache-Control"].startswith("max-age=7, ")
    services.close()


# --- headers -------------------------------------------------------------------------------------------------


def test_every_feed_carries_what_caches_and_readers_need(settings: Settings, newsroom: Services) -> None:
    ours = settings.model_copy(update={"hubs": ("https://hub.example/",)})
    services = Services.build(ours)
    answer = create_app(ours, services).test_client().get("/category/dinamika.atom")
    services.close()
    assert answer.headers["Cache-Control"] == "max-age=60, stale-while-revalidate=300, stale-if-error=86400"
    assert answer.headers["Vary"] == "Accept-Encoding, Sec-Fetch-Dest"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["ETag"].startswith('"')
    assert answer.headers["Link"].split(", ") == [
        f'<{BASE}/category/dinamika.atom>; rel="self"',
        '<https://feeds.example/hub>; rel="hub"',
        '<https://hub.example/>; rel="hub"',
        f'<{BASE}/category/dinamika.rss>; rel="alternate"; type="application/rss+xml"',
        f'<{BASE}/category/dinamika.json>; rel="alternate"; type="application/feed+json"',
    ]


def test_addresses_never_come_from_the_request(client: FlaskClient) -> None:
    for path in ("/latest.rss", "/latest.atom", "/latest.json", "/latest", "/"):
        headers = {"Host": "jahat.example", "X-Forwarded-Host": "jahat.example", "Accept": "*/*"}
        answer = client.get(path, headers=headers)
        assert "jahat.example" not in answer.get_data(as_text=True) + str(answer.headers)


def test_head_is_get_without_a_body(client: FlaskClient) -> None:
    for path in ("/latest.rss", "/latest.atom", "/popular.json", "/latest", "/"):
        got, head = client.get(path), client.head(path)
        assert head.status_code == 200
        assert head.data == b""
        assert dict(head.headers) == dict(got.headers)
        assert head.headers["Content-Length"] == str(len(got.data))


def test_other_methods_are_refused_with_those_that_are_not(client: FlaskClient) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "PROPFIND"):
        answer = client.open("/latest.rss", method=method)
        assert answer.status_code == 405
        refusal(answer)
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_scripts_of_other_sites_may_send_conditions(client: FlaskClient) -> None:
    for path in ("/latest.json", "/category/dinamika", "/feeds.json"):
        asked = {"Origin": "https://lain.example", "Access-Control-Request-Headers": "if-none-match"}
        answer = client.options(path, headers=asked)
        assert (answer.status_code, answer.data) == (204, b"")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]
        assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"


def test_two_slashes_are_another_address(client: FlaskClient) -> None:
    answer = client.get("/", environ_overrides={"PATH_INFO": "//latest.rss"})
    assert answer.status_code == 404
    assert refusal(answer) == "there is nothing at this URL"


# --- the client has it already -------------------------------------------------------------------------------


def test_an_etag_is_strong_and_one_of_each_representation(client: FlaskClient) -> None:
    etags = {
        (path, coding): client.get(path, headers={"Accept-Encoding": coding}).headers["ETag"]
        for path in ("/latest.rss", "/latest.atom", "/latest.json", "/latest.rss?limit=3")
        for coding in ("identity", "gzip", "br", "zstd")
    }
    assert len(set(etags.values())) == len(etags)
    assert not any(etag.startswith("W/") for etag in etags.values())


def test_if_none_match(client: FlaskClient) -> None:
    etag = client.get("/latest.rss").headers["ETag"]
    zipped = client.get("/latest.rss", headers={"Accept-Encoding": "gzip"}).headers["ETag"]
    for given_ in (etag, f"W/{etag}", "*", f'"lain", {etag}', f'W/"lain" , W/{etag},"lain"', f"{zipped}, {etag}"):
        answer = client.get("/latest.rss", headers={"If-None-Match": given_})
        assert (answer.status_code, answer.data) == (304, b""), given_
    for given_ in ('"lain"', zipped, etag.strip('"')[:-1], '""', "", f'"{etag}"', "W/"):
        assert client.get("/latest.rss", headers={"If-None-Match": given_}).status_code == 200, given_


def test_a_304_has_the_headers_of_a_200(client: FlaskClient) -> None:
    full = client.get("/latest.rss", headers={"Accept-Encoding": "gzip"})
    etag = full.headers["ETag"]
    answer = client.get("/latest.rss", headers={"Accept-Encoding": "gzip", "If-None-Match": etag})
    assert answer.status_code == 304
    for name in ("ETag", "Vary", "Cache-Control", "Link", "Access-Control-Allow-Origin", "X-Content-Type-Options"):
        assert answer.headers[name] == full.headers[name]
    assert "Content-Type" not in answer.headers
    assert "Content-Encoding" not in answer.headers
    assert client.head("/latest.rss", headers={"If-None-Match": "*"}).status_code == 304


def test_if_modified_since_counts_only_without_if_none_match(client: FlaskClient, newsroom: Services) -> None:
    moved_on = datetime.now(UTC) - timedelta(hours=1)
    rewind(newsroom.store, moved_on)
    answer = client.get("/latest.rss?limit=9")  # not cached yet
    modified = parse_date(answer.headers["Last-Modified"])
    assert modified == moved_on.replace(microsecond=0)

    def status(since: str, **more: str) -> int:
        headers = {"If-Modified-Since": since, **{name.replace("_", "-"): value for name, value in more.items()}}
        return client.get("/latest.rss?limit=9", headers=headers).status_code

    assert status(http_date(modified)) == 304
    assert status(http_date(modified + timedelta(seconds=1))) == 304
    assert status(http_date(modified - timedelta(seconds=1))) == 200
    assert status("kemarin") == 200
    assert status("") == 200
    assert status(http_date(modified), If_None_Match='"lain"') == 200
    assert status(http_date(modified - timedelta(days=1)), If_None_Match=answer.headers["ETag"]) == 304


def rewind(store: ArticleStore, at: datetime) -> None:
    """As if the lists had last changed at `at`; the test's articles have just been put."""
    from sqlalchemy import update

    from service.storage.tables import article_lists

    with store._database.writing() as connection:
        connection.execute(update(article_lists).values(modified_at=at.replace(microsecond=0)))


def test_a_time_in_the_future_is_not_sent_and_means_nothing(client: FlaskClient, newsroom: Services) -> None:
    """Many changes push the time of a list ahead of the clock. The time of the build is sent, which gives no 304."""
    rewind(newsroom.store, datetime.now(UTC) + timedelta(hours=1))
    answer = client.get("/latest.rss?limit=9")
    sent, now = parse_date(answer.headers["Last-Modified"]), datetime.now(UTC)
    assert sent
    assert timedelta() <= now - sent < timedelta(seconds=60)
    for since in (sent, now + timedelta(days=1)):
        assert client.get("/latest.rss?limit=9", headers={"If-Modified-Since": http_date(since)}).status_code == 200


def test_after_many_changes_a_reader_without_etags_gets_304(
    client: FlaskClient, newsroom: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As soon as no process has an older document."""
    monkeypatch.setattr("service.documents.document.SETTLED_SECONDS", 0)
    for n in range(20):
        newsroom.publisher.put([submission("berita-01", title=f"Judul ke-{n}")])
    assert newsroom.store.article_list("latest").modified_at > datetime.now(UTC)
    sent = client.get("/latest.rss").headers["Last-Modified"]
    assert client.get("/latest.rss", headers={"If-Modified-Since": sent}).status_code == 304
    day_after = http_date(datetime.now(UTC) + timedelta(days=1))
    assert client.get("/latest.rss", headers={"If-Modified-Since": day_after}).status_code == 200


# --- content codings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [
        (None, {None}),
        ("", {None}),
        ("identity", {None}),
        ("gzip", {"gzip"}),
        ("GZip", {"gzip"}),
        ("br", {"br"}),
        ("zstd", {"zstd"}),
        ("gzip, deflate, br, zstd", {"gzip", "br", "zstd"}),
        ("br;q=0.5, gzip;q=0.9", {"gzip"}),
        ("br;q=0.001, identity;q=0", {"br"}),
        ("gzip;q=0", {None}),
        ("gzip;q=0, *", {"br", "zstd"}),
        ("*", {"gzip", "br", "zstd", None}),
        ("*;q=0, br", {"br"}),
        ("*;q=0, identity", {None}),
        ("identity;q=0.5, gzip;q=0.4", {None}),
        ("deflate, x-lama", {None}),
        ("gzip;q=abc", {None, "gzip"}),
        (",,;", {None}),
    ],
)
def test_the_coding_is_one_that_the_client_accepts(
    client: FlaskClient, accepted: str | None, sent: set[str | None]
) -> None:
    plain = client.get("/latest.rss").data
    answer = client.get("/latest.rss", headers={} if accepted is None else {"Accept-Encoding": accepted})
    assert answer.status_code == 200
    coding = answer.headers.get("Content-Encoding")
    assert coding in sent
    assert DECODE[coding](answer.data) == plain
    assert answer.headers["Content-Length"] == str(len(answer.data))
    assert answer.headers["Vary"] == "Accept-Encoding, Sec-Fetch-Dest"


@pytest.mark.parametrize("accepted", ["identity;q=0", "*;q=0", "identity;q=0, deflate", "gzip;q=0, *;q=0"])
def test_who_accepts_no_coding_that_there_is_gets_none(client: FlaskClient, accepted: str) -> None:
    answer = client.get("/latest.rss", headers={"Accept-Encoding": accepted})
    assert answer.status_code == 406
    assert "gzip" in refusal(answer)


names_of_codings = st.sampled_from(["gzip", "br", "zstd", "identity", "*", "deflate"])
qualities = st.sampled_from(["", ";q=1", ";q=0", ";q=0.0", ";q=0.5", "; q=0.001"])


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(names_of_codings, qualities, min_size=1))
def test_no_header_gets_a_coding_that_it_rules_out(client: FlaskClient, accepted: Mapping[str, str]) -> None:
    """RFC 9110 §12.5.3, over all combinations."""
    answer = client.get("/latest.rss", headers={"Accept-Encoding": ", ".join(f"{c}{q}" for c, q in accepted.items())})
    refused = {
        coding for coding, quality in accepted.items() if "q=0" in quality and float(quality[-3:].strip("=;q ")) == 0
    }

    def acceptable(coding: str) -> bool:
        if coding in accepted:
            return coding not in refused
        if "*" in accepted:
            return "*" not in refused
        return coding == "identity"

    if answer.status_code == 406:
        assert not any(map(acceptable, ("identity", "gzip", "br", "zstd")))
    else:
        assert acceptable(answer.headers.get("Content-Encoding", "identity"))


# --- the same address for people and machines ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "application/rss+xml"),
        ("*/*", "application/rss+xml"),
        (BROWSER, "text/html"),
        ("text/html", "text/html"),
        ("application/atom+xml", "application/atom+xml"),
        ("application/feed+json", "application/feed+json"),
        ("application/json", "application/feed+json"),
        ("application/rss+xml;q=0.5, application/atom+xml", "application/atom+xml"),
        ("application/rss+xml, text/html;q=0.9", "application/rss+xml"),
        ("application/xml", "application/rss+xml"),
        ("text/xml", "application/rss+xml"),
        ("image/png", "application/rss+xml"),
        ("bukan; tipe", "application/rss+xml"),
    ],
)
def test_without_an_extension_the_client_chooses(client: FlaskClient, accept: str | None, media_type: str) -> None:
    for path in ("/latest", "/popular/7d", "/category/dinamika", "/tag/asean"):
        answer = client.get(path, headers={} if accept is None else {"Accept": accept})
        assert answer.status_code == 200
        assert answer.content_type == f"{media_type}; charset=utf-8"
        assert "Accept" in [name.strip() for value in answer.headers.get_all("Vary") for name in value.split(",")]


def test_a_negotiated_document_is_the_one_with_the_extension(client: FlaskClient) -> None:
    """Byte for byte, and its self link leads to the address that has only this one."""
    for extension, format_ in FORMATS.items():
        negotiated = client.get("/latest?limit=5", headers={"Accept": format_.media_type})
        direct = client.get(f"/latest.{extension}?limit=5")
        assert negotiated.data == direct.data
        assert negotiated.headers["ETag"] == direct.headers["ETag"]
        assert negotiated.headers["Link"] == direct.headers["Link"]


def test_a_feed_in_another_script_has_headers_that_are_ascii(client: FlaskClient, newsroom: Services) -> None:
    newsroom.publisher.put([submission("aksara", tags=["日本 café"])])
    answer = client.get("/tag/日本-cafe.json")
    assert ids(answer) == ["aksara"]
    address = f"{BASE}/tag/%E6%97%A5%E6%9C%AC-cafe.json"
    assert f'<{address}>; rel="self"' in answer.headers["Link"]
    assert answer.headers["Link"].isascii()
    assert json.loads(answer.data)["feed_url"] == address
