"""The script of a news page: how it is served, and what it does in a real browser on a site of another origin."""

import gzip
import json
import re
import time
from collections.abc import Iterator
from datetime import date

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.bootstrap import Services
from service.core.settings.model import Settings
from service.core.settings.serving import Edge
from service.web.embed import SCRIPT_FILE
from service.web.localization import LOCALES, localization
from tests.support.answers import refusal
from tests.support.articles import submission
from tests.support.build import Build
from tests.support.chromium import Chromium, needs_chromium
from tests.support.news_site import BOXES, TAG, NewsSite, boxes
from tests.support.people import reader
from tests.support.server import Server, eventually
from tests.web.pages.test_handlers import ATTACK, Markup

# --- as it is served -------------------------------------------------------------------------------------------------


def test_the_script_is_small_and_may_be_loaded_by_every_page(client: FlaskClient) -> None:
    answer = client.get("/embed.js", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert len(answer.data) < 4096
    assert gzip.decompress(answer.data) == SCRIPT_FILE.read_bytes()
    for name, value in {
        "Content-Type": "text/javascript; charset=utf-8",
        "Content-Encoding": "gzip",
        "Cache-Control": "max-age=3600, stale-while-revalidate=86400, stale-if-error=604800",
        "Access-Control-Allow-Origin": "*",  # for `crossorigin` and `integrity`
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Encoding",
    }.items():
        assert answer.headers[name] == value
    assert "Set-Cookie" not in answer.headers
    for coding in ("", "gzip", "br", "zstd"):
        encoded = client.get("/embed.js", headers={"Accept-Encoding": coding})
        again = client.get("/embed.js", headers={"Accept-Encoding": coding, "If-None-Match": encoded.headers["ETag"]})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", encoded.headers["ETag"])
        assert "Content-Type" not in again.headers


def test_an_edge_has_the_next_release_at_once(settings: Settings) -> None:
    """Every start purges the tag `warta`."""
    behind = settings.model_copy(update={"edge": Edge(kind="varnish", addresses=("http://edge.example",))})
    built = Services.build(behind)
    assert create_app(behind, built).test_client().get("/embed.js").headers["Surrogate-Key"] == "warta"
    built.close()


@pytest.mark.parametrize("language", LOCALES)
def test_the_script_speaks_as_the_pages_do(language: str) -> None:
    script = SCRIPT_FILE.read_text(encoding="utf-8")
    texts = localization(language)
    days = [texts.date(date(2026, 2, day)).partition(",")[0] for day in range(1, 8)]
    months = [texts.date(date(2026, month, 1)).split()[2] for month in range(1, 13)]
    for words in (" ".join(days), " ".join(months), texts.gettext("More")):
        assert f'"{words}"' in script


def test_the_demo_page_is_text_and_the_script(client: FlaskClient, services: Services) -> None:
    assert refusal(client.get("/embed/demo")) == "there is no article to show yet"
    image = {"url": "https://x.example/a.jpg", "caption": ATTACK, "credit": ATTACK}
    attacked = {"title": ATTACK, "section": ATTACK, "categories": [f"Kategori {ATTACK}"], "authors": [ATTACK]}
    services.publisher.put([submission('a"><b>', image=image, **attacked)])
    answer = client.get("/embed/demo")
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src https://feeds.example/embed.js;" in policy
    assert "connect-src https://feeds.example/;" in policy
    html = Markup(answer.get_data(as_text=True))
    assert list(html.all("script")) == [
        {"async": "", "crossorigin": "", "src": "https://feeds.example/embed.js", "data-article": 'a"><b>'}
    ]
    assert [box["data-warta"] for box in html.all("div") if "data-warta" in box] == ["update", "populer", "update"]
    assert not [name for _, attributes in html.tags for name in attributes if name.startswith("on")]
    assert "1522756" not in html.text


def test_without_article_pages_there_is_a_script_and_no_demo_page(
    settings: Settings, services: Services, build: Build
) -> None:
    services.publisher.put([submission("satu")])
    ours = settings.model_copy(update={"article_pages": False})
    client = create_app(ours, build(ours)).test_client()
    assert refusal(client.get("/embed/demo")) == "article pages are off"
    assert client.get("/embed.js").status_code == 200


# --- in a browser ----------------------------------------------------------------------------------------------------

ARTICLES: list[dict[str, object]] = [
    {"id": "satu", "title": "Jembatan Baru & Lama", "published_at": "2026-02-12T02:33:00+07:00"},
    {"id": "dua", "title": "Pasar Pagi", "published_at": "2026-02-15T06:59:00+07:00", "categories": ["Seni & Budaya"]},
    {"id": "a/b %?", "title": "Hujan", "published_at": "2026-03-01T00:05:00+07:00", "url": "https://news.example/3"},
    {"id": "empat", "title": "Panen", "published_at": "2025-12-31T23:00:00Z", "categories": ["Hukum"]},  # unread
]
SATU = "Jembatan Baru & Lama\nKamis, 12 Februari 2026 | 02:33"
DUA = "Pasar Pagi\nMinggu, 15 Februari 2026 | 06:59"
TIGA = "Hujan\nMinggu, 1 Maret 2026 | 00:05"
EMPAT = "Panen\nKamis, 1 Januari 2026 | 06:00"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`warta serve` with four articles and their readers."""
    with Server(tmp_path_factory.mktemp("embed") / "data") as server:
        common: dict[str, object] = {
            "categories": ["Dinamika"],
            "authors": ["Siti Aminah"],
            "content_html": "<p>Isi.</p>",
        }
        server.load({**common, **article} for article in ARTICLES)
        for n, article_id in enumerate(("dua", "dua", "satu")):
            assert server.request("POST", f"/articles/{article_id}/views", headers=reader(n)).status == 204
        yield server


def settled(server: Server) -> float:
    """The same, when all that came is counted."""
    views = counted(server)
    while True:
        time.sleep(0.8)
        before, views = views, counted(server)
        if views == before:
            return views


def counted(server: Server) -> float:
    """Views that were counted: half a second after they came."""
    metrics = server.get("/metrics").body.decode()
    return sum(map(float, re.findall(r'warta_views_total\{fate="counted"\} (\S+)', metrics)))


@needs_chromium
def test_a_news_page_shows_its_boxes_and_is_counted_once(served: Server, browser: Chromium, site: NewsSite) -> None:
    tab = browser.tab()
    tab.call("Emulation.setTimezoneOverride", timezoneId="America/New_York")
    before = settled(served)
    tab.open(site.article(served.base_url, head=TAG + TAG))  # twice by mistake
    tab.eventually("document.querySelectorAll('.warta-list').length", lambda filled: filled == 5)
    more = "Selengkapnya"
    assert boxes(tab) == {
        "populer": f"{DUA}\n{SATU}\n{more}",
        "hour": f"{DUA}\n{more}",
        "update": f"{TIGA}\n{DUA}\n{SATU}\n{EMPAT}\n{more}",
        "category": f"{TIGA}\n{more}",
        "author": f"{TIGA}\n{DUA}\n{SATU}\n{EMPAT}\n{more}",
        "empty": "Lihat semua",
    }
    links = "[...document.querySelectorAll('#populer a, #category a, #hour .warta-more a')].map(a => a.href)"
    base = served.base_url
    assert tab.evaluate(links) == [
        *(f"{base}/articles/dua", f"{base}/articles/satu", "https://news.example/populer"),
        f"{base}/category/seni-budaya/popular/1h",
        *("https://news.example/3", f"{base}/category/dinamika"),
    ]
    assert tab.evaluate("[...document.querySelectorAll('.warta-list')].map(list => list.localName)") == [
        *("ol", "ol", "ul", "ul", "ul")
    ]
    assert tab.evaluate("document.querySelector('#category time').dateTime") == "2026-03-01T00:05:00+07:00"

    assert eventually(lambda: counted(served) - before) == 1
    tab.settle()
    assert settled(served) == before + 1
    assert list(tab.complaints()) == []


@needs_chromium
def test_warta_neither_gets_nor_sets_a_cookie(served: Server, browser: Chromium, site: NewsSite) -> None:
    tab = browser.tab()
    for _ in range(2):  # the first time the site sets its own
        tab.open(site.article(served.base_url))
        tab.eventually("document.querySelectorAll('.warta-list').length", lambda filled: filled == 5)
        tab.settle()
    sent = {True: 0, False: 0}
    for event in tab.events("Network.requestWillBeSentExtraInfo"):
        headers = {name.lower(): value for name, value in event["headers"].items()}
        ours = served.base_url.endswith(headers["host"])
        assert not (ours and "cookie" in headers), headers
        sent[ours] += ours or "cookie" in headers
    assert min(sent.values()) > 0
    assert [cookie["name"] for cookie in tab.call("Network.getCookies", urls=[served.base_url])["cookies"]] == [
        "pembaca"
    ]


@needs_chromium
def test_a_view_counts_when_the_page_is_seen_and_not_again_when_it_comes_back(
    served: Server, browser: Chromium, site: NewsSite
) -> None:
    before = settled(served)
    tab = browser.tab(background=True)
    tab.open(site.article(served.base_url))
    tab.eventually("document.querySelectorAll('.warta-list').length", lambda filled: filled == 5)
    assert tab.evaluate("document.visibilityState") == "hidden"
    tab.settle()
    assert settled(served) == before
    tab.show()
    assert eventually(lambda: counted(served) - before) == 1

    tab.settle()
    tab.evaluate("document.title = 'dibaca'")
    tab.open(f"{served.base_url}/latest")
    tab.settle()
    tab.call("Runtime.evaluate", expression="history.back()")
    tab.eventually("document.title", lambda title: title == "dibaca")  # from the back/forward cache, as it was left
    assert tab.evaluate("document.visibilityState") == "visible"
    tab.settle()
    assert settled(served) == before + 1


@needs_chromium
def test_a_page_that_is_prerendered_counts_when_it_is_opened(browser: Chromium, site: NewsSite) -> None:
    """A browser that somebody watches does not prerender: the page before opens the next one when it is told to."""
    rules = json.dumps({"prerender": [{"urls": ["/berita"], "eagerness": "immediate"}]})
    walk = "setInterval(async () => { if ((await fetch('/go')).ok) location = '/berita' }, 50)"
    front = f'<!doctype html><script type="speculationrules">{rules}</script><script>{walk}</script>'
    site.pages["/"] = front.encode(), {"Content-Type": "text/html"}
    with NewsSite() as warta:
        warta.answer("/embed.js", SCRIPT_FILE.read_text())
        warta.answer("/latest.headlines.json", {})
        site.article(warta.url, boxes={"update": BOXES["update"]})
        browser.call("Target.createTarget", url=f"{site.url}/")
        eventually(lambda: "GET /latest.headlines.json" in warta.asked)
        time.sleep(0.3)
        assert warta.asked == ["GET /embed.js", "GET /latest.headlines.json"]
        site.pages["/go"] = b"", {}
        assert eventually(lambda: warta.asked[2:]) == ["POST /articles/a%2Fb%20%25%3F/views"]


@needs_chromium
@pytest.mark.parametrize("state", ["gone", "silent", "slow"])
def test_without_warta_the_page_is_as_it_was(browser: Chromium, site: NewsSite, state: str) -> None:
    """Nothing listens; something listens and never answers; the script comes, but no feed."""
    tab = browser.tab()
    with NewsSite(silent=True) as warta:
        if state == "slow":
            warta.answer("/embed.js", SCRIPT_FILE.read_text())
        away = "http://127.0.0.1:9" if state == "gone" else warta.url
        tab.open(site.article(away))
        ready = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
        assert 0 < tab.eventually(ready) < 5000
        assert boxes(tab) == dict.fromkeys(BOXES, "Lihat semua")
        if state == "slow":  # it gives up by itself
            gone = eventually(lambda: [event for event in tab.events("Network.loadingFailed") if event["canceled"]])
            assert gone
        elif state == "gone":
            tab.settle()
        assert boxes(tab) == dict.fromkeys(BOXES, "Lihat semua")
        assert list(tab.complaints()) == []


@needs_chromium
def test_without_scripts_the_page_is_as_it_was(served: Server, browser: Chromium, site: NewsSite) -> None:
    tab = browser.tab()
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    tab.open(site.article(served.base_url))
    assert tab.text("#populer") == "Lihat semua"
    before = settled(served)
    tab.open(f"{served.base_url}/embed/demo")
    assert "Selengkapnya" in tab.text("main")
    assert eventually(lambda: counted(served) - before) == 1  # by the picture


@needs_chromium
def test_markup_in_a_feed_is_shown_as_text_and_other_answers_show_nothing(browser: Chromium, site: NewsSite) -> None:
    """Also where a page trusts strings: no policy here."""
    date = "2026-02-12T02:33:00+07:00"
    bad = '<img src=x onerror="document.title=666">'
    items: list[dict[str, object]] = [
        {"url": "javascript:document.title=666", "title": "Buruk", "date_published": date},
        {"url": 'https://x.example/"><b>', "title": bad, "language": bad, "date_published": date},
    ]
    refused: list[object] = ["", "null", "[]", "{", {}, {"items": 5}, {"items": [None]}, {"items": []}]
    refused += [{"items": [{**items[1], "date_published": "kemarin"}]}, {"items": items[:1]}]
    with NewsSite() as warta:
        warta.answer("/embed.js", SCRIPT_FILE.read_text())
        warta.answer("/latest.headlines.json", {"title": bad, "language": "en-GB", "items": items})
        for number, answer in enumerate(refused):
            warta.answer(f"/feed/{number}.headlines.json", answer)
        ids = {f"n{number}": f'data-warta="feed/{number}"' for number in range(len(refused) + 1)}  # the last is 404
        good = 'data-warta="UPDATE" data-more="javascript:document.title=666"'
        tab = browser.tab()
        tab.open(site.article(warta.url, boxes={"good": good, "again": good, **ids}, policy=""))
        tab.eventually("document.querySelectorAll('.warta-list').length", lambda filled: filled == 2)
        tab.settle()
        assert boxes(tab) == {
            **dict.fromkeys(["good", "again"], f"{bad}\nThursday, 12 February 2026 | 02:33\nMore"),
            **dict.fromkeys(ids, "Lihat semua"),
        }
        assert tab.evaluate("[...document.querySelectorAll('#good a')].map(a => a.href)") == [
            *("https://x.example/%22%3E%3Cb%3E", f"{warta.url}/latest")
        ]
        assert tab.evaluate("document.querySelectorAll('img').length") == 0
        assert tab.evaluate("document.title") == "Berita"
        assert warta.asked.count("GET /latest.headlines.json") == 1
        assert list(tab.complaints()) == []


@needs_chromium
@pytest.mark.parametrize("width", [390, 1280])
def test_the_demo_page_is_a_news_page(served: Server, browser: Chromium, width: int) -> None:
    tab = browser.tab()
    tab.call("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 600)
    tab.open(f"{served.base_url}/embed/demo")
    tab.eventually("document.querySelectorAll('.warta-list').length", lambda filled: filled == 3)
    shown = tab.text("main")
    for part in ("Dinamika", "MINGGU, 1 MARET 2026 | 00:05 WIB | LAPORAN: SITI AMINAH", "Isi.", "Populer", "UPDATE"):
        assert part in shown
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    assert list(tab.complaints()) == []
