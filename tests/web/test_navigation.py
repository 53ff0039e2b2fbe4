"""A person who opens a feed in a browser is led to the feed's page; every program gets the feed."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from service.bootstrap import Services
from tests.readers.test_collector import Process
from tests.support.answers import refusal
from tests.support.articles import submission
from tests.support.chromium import Chromium, needs_chromium
from tests.support.navigations import BROWSERS, PROGRAMS
from tests.support.server import Server, eventually

FEEDS = (
    "latest",
    "popular",
    "popular/7d",
    "trending",
    "category/dinamika",
    "category/dinamika/popular/1h",
    "tag/asean",
)


@pytest.fixture
def newsroom(services: Services) -> Services:
    services.publisher.put([submission(f"b-{n}", categories=["Dinamika"], tags=["ASEAN"]) for n in range(3)])
    return services


@pytest.mark.parametrize("extension", ["rss", "atom", "json"])
@pytest.mark.parametrize("browser", BROWSERS)
def test_a_browser_is_led_to_the_page_of_the_feed(
    client: FlaskClient, newsroom: Services, browser: str, extension: str
) -> None:
    for feed in FEEDS:
        answer = client.get(f"/{feed}.{extension}", headers=BROWSERS[browser])
        assert (answer.status_code, answer.data) == (303, b"")
        assert answer.headers["Location"] == f"https://feeds.example/{feed}"
        assert answer.headers["Cache-Control"] == "no-store"
        assert {"Surrogate-Control", "ETag", "Last-Modified", "Content-Type"}.isdisjoint(answer.headers)
        page = client.get(f"/{feed}", headers={**BROWSERS[browser], "Accept-Encoding": ""})
        assert page.content_type == "text/html; charset=utf-8"
        assert f'href="https://feeds.example/{feed}.{extension}"' in page.get_data(as_text=True)  # the URL to copy


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_gets_the_same_answer_as_before(client: FlaskClient, newsroom: Services, program: str) -> None:
    """With a browser's visits before and between."""
    for feed in FEEDS:
        for extension, media_type in {"rss": "application/rss+xml", "json": "application/feed+json"}.items():
            path = f"/{feed}.{extension}"
            whole = client.get(path)
            client.get(path, headers=BROWSERS["chromium"])
            answer = client.get(path, headers=PROGRAMS[program])
            assert (answer.status_code, answer.data) == (200, whole.data)
            for headers in (answer.headers, whole.headers):
                headers.pop("Last-Modified", None)  # in the first seconds, it is the time of the build
            assert answer.headers == whole.headers
            assert answer.mimetype == media_type
            known = {**PROGRAMS[program], "If-None-Match": answer.headers["ETag"]}
            assert client.get(path, headers=known).status_code == 304


def test_caches_are_told_what_tells_the_two_apart(client: FlaskClient, newsroom: Services) -> None:
    """All answers with a URL's document, and the redirect, have the same Vary (RFC 9110 §12.5.5)."""
    etag = client.get("/latest.rss").headers["ETag"]
    for headers in ({}, {"If-None-Match": etag}, BROWSERS["safari"], {**BROWSERS["safari"], "If-None-Match": etag}):
        assert client.get("/latest.rss", headers=headers).headers["Vary"] == "Accept-Encoding, Sec-Fetch-Dest"
    for path in ("/latest.msn.rss", "/latest.headlines.json", "/feeds.opml"):
        assert client.get(path).headers["Vary"] == "Accept-Encoding"


def test_the_page_shows_the_same_entries(client: FlaskClient, services: Services) -> None:
    services.publisher.put([submission(str(n), published_at=f"2026-02-21T01:00:{n % 60:02}+07:00") for n in range(160)])
    for path, page in {"/latest.rss?limit=3": "/latest?limit=3", "/latest/archive/0.atom": "/latest/archive/0"}.items():
        answer = client.get(path, headers=BROWSERS["firefox"])
        assert answer.headers["Location"] == f"https://feeds.example{page}"
        assert client.get(page, headers=BROWSERS["firefox"]).status_code == 200


def test_every_other_url_answers_a_browser_as_before(client: FlaskClient, newsroom: Services) -> None:
    """The formats of single programs, directories, errors, and a URL that asks for a format by Accept."""
    browser = BROWSERS["chromium"]
    for path in ("/latest.msn.rss", "/latest.headlines.json", "/feeds.opml", "/feeds.json", "/sitemap-news.xml"):
        assert client.get(path, headers={**browser, "Accept-Encoding": ""}).data == client.get(path).data
    by_accept = client.get("/latest", headers={**browser, "Accept": "application/atom+xml"})
    assert by_accept.mimetype == "application/atom+xml"
    assert client.get("/tag/tiada.rss", headers=browser).status_code == 404
    assert client.get("/latest.rss?x=1", headers=browser).status_code == 400
    assert refusal(client.get("/latest.rss?x=1")) == "x: there is no such parameter, only limit"
    moved = client.get("/category/Dinamika.rss", headers=browser)
    assert (moved.status_code, moved.headers["Location"]) == (301, "https://feeds.example/category/dinamika.rss")


def test_memory_answers_as_flask_does_and_counts_no_reader(newsroom: Services) -> None:
    process = Process(newsroom)
    cold = process.ask(app=process.warm, Sec_Fetch_Dest="document")
    assert process.ask(app=process.warm)[0] == "200 OK"
    for app in (process.flask, process.warm, process.warm):
        assert process.ask(app=app, Sec_Fetch_Dest="document") == cold
    assert cold[0] == "303 See Other"
    [feed] = process.report().feeds
    assert feed.days[-1].polls == 1


def test_the_document_can_be_seen_as_text(client: FlaskClient, newsroom: Services) -> None:
    """Firefox says of a download what it says of a click, so there is a URL."""
    compressed = {"Accept-Encoding": BROWSERS["firefox"]["Accept-Encoding"]}
    for path in ("/latest.rss", "/category/dinamika.atom", "/popular.json"):
        shown = client.get(f"{path}.txt?limit=2", headers=BROWSERS["firefox"])
        document = client.get(f"{path}?limit=2", headers=compressed)
        assert (shown.status_code, shown.data) == (200, document.data)
        assert shown.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        known = {**BROWSERS["firefox"], "If-None-Match": shown.headers["ETag"]}
        assert client.get(f"{path}.txt?limit=2", headers=known).status_code == 304
    assert client.get("/tag/tiada.rss.txt").status_code == 404
    assert client.get("/latest.rss.txt?x=1").status_code == 400


# --- in a browser ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("navigation") / "data") as server:
        server.load([{"id": "satu", "title": "Jembatan Baru", "content_html": "<p>Isi.</p>"}])
        eventually(lambda: b"Jembatan" in server.get("/latest.rss").body)
        yield server


@needs_chromium
def test_the_browsers_own_cache_keeps_page_and_feed_apart(served: Server, browser: Chromium) -> None:
    """A script's copy of the feed is fresh when the person opens it, and still there for the script afterwards."""
    tab = browser.tab()
    fetched = "fetch('/latest.rss').then(async answer => [answer.redirected, await answer.text()])"
    read = {"expression": fetched, "awaitPromise": True, "returnByValue": True}
    for _ in range(2):
        tab.open(f"{served.base_url}/healthz")  # no policy forbids a script there
        redirected, text = tab.call("Runtime.evaluate", **read)["result"]["value"]
        assert not redirected
        assert text.startswith("<?xml")
        tab.open(f"{served.base_url}/latest.rss")
        assert tab.evaluate("location.pathname") == "/latest"
        assert "Jembatan Baru" in tab.text("main")


@needs_chromium
def test_the_page_has_links_to_the_documents_as_text(served: Server, browser: Chromium) -> None:
    tab = browser.tab()
    for extension in ("rss", "atom", "json"):
        shown = f"/latest.{extension}.txt"
        tab.open(f"{served.base_url}/latest.rss")
        tab.evaluate(f"document.querySelector('.source a[href$=\"{shown}\"]').click()")
        tab.eventually(f"location.pathname === '{shown}'")
        tab.eventually("document.readyState === 'complete'")
        assert tab.text("body").split() == served.get(f"/latest.{extension}").body.decode().split()
