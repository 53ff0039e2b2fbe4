"""The script on sites of other kinds: names as editors write them, pages that change without a load, consent."""

from collections.abc import Iterator

import pytest

from service.web.embed import SCRIPT_FILE
from tests.support.chromium import Chromium, Tab, needs_chromium
from tests.support.news_site import CORS, NewsSite, boxes
from tests.support.server import Server, eventually

# As strict as can be for a site that adds script tags itself.
POLICY = "default-src 'none'; script-src {warta}/embed.js; connect-src {warta}"

pytestmark = needs_chromium

ARTICLES: list[dict[str, object]] = [
    {"id": "satu", "title": "Jalan", "categories": ["Straße"], "tags": ["C#"]},
    {"id": "dua", "title": "Museum", "categories": ["Πολιτισμός"], "authors": ["Siti Aminah"]},
    {"id": "tiga", "title": "Kode", "categories": ["C++"]},
    {"id": "empat", "title": "Hujan", "categories": ["Cuaca/Iklim"]},
]
NAMES = {  # what editors write into attributes, and the headline that the box shows
    "strasse": ('data-warta="update" data-category=" Straße "', "Jalan"),
    "greek": ('data-warta=" Terbaru" data-category="ΠΟΛΙΤΙΣΜΌΣ"', "Museum"),
    "symbol": ('data-warta="latest" data-category="C++" data-limit=" 5 "', "Kode"),
    "slash": ('data-warta="latest" data-category="Cuaca/Iklim" data-limit="banyak"', "Hujan"),
    "tag": ('data-warta="tag/C#"', "Jalan"),
    "author": ('data-warta="author/Siti Aminah" data-limit="0"', "Museum"),
    "more": ('data-warta="category/strasse" data-more="/semua?a=1"', "Jalan"),
    "wrong": ('data-warta="tag/C#" data-category="C++"', None),  # there is no such feed
    "empty": ('data-warta=" "', None),
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("sites") / "data") as server:
        server.load({"content_html": "<p>Isi.</p>", **article} for article in ARTICLES)
        yield server


@pytest.fixture
def counting() -> Iterator[NewsSite]:
    """In place of Warta: the script, two feeds, and what it is asked for."""
    with NewsSite() as counting:
        counting.answer("/embed.js", SCRIPT_FILE.read_text())
        for name in ("latest", "popular"):
            item = {"url": "https://x.example/1", "title": name, "date_published": "2026-02-12T02:33:00+07:00"}
            counting.answer(f"/{name}.headlines.json", {"title": name, "language": "id", "items": [item]})
        yield counting


def views(counting: NewsSite) -> list[str]:
    """The ids of the articles whose views were sent."""
    return [line.split("/")[2] for line in counting.asked if line.startswith("POST ")]


def opened(browser: Chromium, site: NewsSite, counting: NewsSite, attributes: str) -> Tab:
    tab = browser.tab()
    head = f'<script async crossorigin src="{counting.url}/embed.js" {attributes}></script>'
    tab.open(site.article(counting.url, boxes={"box": 'data-warta="update"'}, head=head, policy=POLICY))
    tab.eventually("document.querySelectorAll('.warta-list').length === 1")
    tab.settle()
    return tab


def test_names_are_found_as_editors_write_them(served: Server, browser: Chromium, site: NewsSite) -> None:
    tab = browser.tab()
    head = f'<script async src="{served.base_url}/embed.js"></script>'
    tab.open(site.article(served.base_url, boxes={id_: box for id_, (box, _) in NAMES.items()}, head=head))
    tab.eventually(f"document.querySelectorAll('.warta-list').length >= {len(NAMES) - 2}")
    tab.settle()
    shown = {id_: text.partition("\n")[0] for id_, text in boxes(tab).items()}
    assert shown == {id_: headline or "Lihat semua" for id_, (_, headline) in NAMES.items()}
    links = tab.evaluate("['more', 'strasse', 'tag'].map(id => document.querySelector(`#${id} .warta-more a`).href)")
    assert links == [f"{site.url}/semua?a=1", f"{served.base_url}/category/strasse", f"{served.base_url}/tag/c~hash"]
    assert list(tab.complaints()) == []


def test_a_site_that_shows_the_next_article_without_a_load(
    browser: Chromium, site: NewsSite, counting: NewsSite
) -> None:
    """By the attribute, the function, and a tag of its own; each article counts once."""
    tab = opened(browser, site, counting, 'data-article=" satu "')
    assert views(counting) == ["satu"]
    tab.evaluate("history.pushState({}, '', '/berita/dua'); document.querySelector('script').dataset.article = 'dua'")
    assert eventually(lambda: views(counting)[1:]) == ["dua"]
    tab.evaluate("warta.view('tiga'); warta.view('tiga'); warta.view('satu'); warta.view(''); warta.view(4)")
    eventually(lambda: len(views(counting)) >= 4)
    assert sorted(views(counting)[2:]) == ["4", "tiga"]  # two requests, which may overtake each other
    tab.evaluate(
        "document.head.append(Object.assign(document.createElement('script'),"
        " {src: document.querySelector('script').src}));"
        "document.head.lastChild.dataset.article = 'lima'"
    )
    assert eventually(lambda: views(counting)[4:]) == ["lima"]
    tab.call("Runtime.evaluate", expression="history.back()")
    tab.evaluate("document.querySelector('script').dataset.article = 'satu'")
    tab.settle()
    assert sorted(views(counting)) == ["4", "dua", "lima", "satu", "tiga"]
    assert list(tab.complaints()) == []


def test_boxes_that_come_later_and_boxes_that_change_are_filled(
    browser: Chromium, site: NewsSite, counting: NewsSite
) -> None:
    tab = opened(browser, site, counting, "")
    tab.evaluate(
        "const made = document.createElement('div'); made.id = 'later'; made.dataset.warta = 'populer';"
        "document.body.append(made)"
    )
    tab.eventually("document.querySelector('#later .warta-link')?.innerText === 'popular'")
    tab.evaluate("document.querySelector('#box').dataset.warta = 'popular'")
    tab.eventually("document.querySelector('#box .warta-link')?.innerText === 'popular'")
    tab.evaluate("document.querySelector('#box').dataset.warta = 'tag/tiada'")
    tab.eventually("document.querySelector('#box').innerText === 'Lihat semua'")  # no list of another feed
    assert counting.asked.count("GET /latest.headlines.json") == 1
    assert views(counting) == []


@pytest.mark.parametrize("by", ["warta.consent(true)", "document.querySelector('script').dataset.consent = 'given'"])
def test_no_view_is_sent_before_consent(browser: Chromium, site: NewsSite, counting: NewsSite, by: str) -> None:
    tab = opened(browser, site, counting, 'data-article="satu" data-consent="required"')
    tab.evaluate("warta.view('dua')")
    tab.settle()
    assert views(counting) == []
    tab.evaluate(by)
    assert sorted(eventually(lambda: views(counting)[:2])) == ["dua", "satu"]
    tab.evaluate("warta.consent(false); warta.view('tiga'); warta.consent(true); warta.view('empat')")
    assert eventually(lambda: views(counting)[2:]) == ["empat"]  # a later consent is for later views


@pytest.mark.parametrize(
    ("attributes", "signal", "sent"),
    [
        ('data-respect="gpc"', "globalPrivacyControl: true", []),
        ('data-respect="DNT, gpc"', "doNotTrack: '1'", []),
        ('data-respect="gpc"', "doNotTrack: '1'", ["satu"]),
        ("", "globalPrivacyControl: true", ["satu"]),
    ],
)
def test_opt_outs_are_respected_where_the_site_says_so(
    browser: Chromium, site: NewsSite, counting: NewsSite, attributes: str, signal: str, sent: list[str]
) -> None:
    site.pages["/sinyal.js"] = (
        f"for (const [name, value] of Object.entries({{{signal}}}))"
        " Object.defineProperty(navigator, name, {get: () => value})".encode(),
        {"Content-Type": "text/javascript"},
    )
    tab = browser.tab()
    head = '<script src="/sinyal.js"></script>'
    head += f'<script async src="{counting.url}/embed.js" data-article="satu" {attributes}></script>'
    policy = "script-src 'self' {warta}/embed.js; connect-src {warta}"
    tab.open(
        site.article(counting.url, boxes={"box": 'data-warta="update"'}, head=head.replace("{", "{{"), policy=policy)
    )
    tab.eventually("document.querySelectorAll('.warta-list').length === 1")
    tab.settle()
    assert views(counting) == sent


@pytest.mark.parametrize(
    ("extra", "name"),
    [('<div id="warta"></div>', "function"), ('<script src="/own.js"></script>', "undefined")],
    ids=["an element", "a variable"],
)
def test_a_page_may_have_the_name_already(
    browser: Chromium, site: NewsSite, counting: NewsSite, extra: str, name: str
) -> None:
    """`warta` means news: a page's own element gives way, its variable does not, and its view counts either way."""
    site.pages["/own.js"] = b"var warta = {own: 1}", {"Content-Type": "text/javascript"}
    tab = browser.tab()
    head = f'{extra}<script async src="{counting.url}/embed.js" data-article="satu"></script>'
    policy = "script-src 'self' {warta}/embed.js; connect-src {warta}"
    tab.open(site.article(counting.url, boxes={"box": 'data-warta="update"'}, head=head, policy=policy))
    tab.eventually("document.querySelectorAll('.warta-list').length === 1")
    assert tab.evaluate("typeof warta.view") == name
    assert eventually(lambda: views(counting)) == ["satu"]


def test_a_page_that_isolates_itself_can_load_everything(served: Server, browser: Chromium, site: NewsSite) -> None:
    """Cross-Origin-Embedder-Policy: the script without `crossorigin`, the pixel, the beacon and the headlines."""
    base = served.base_url
    html = f"""<!doctype html><meta charset="utf-8"><script src="{base}/embed.js" data-article="satu"></script>
        <div id="box" data-warta="update">x</div><img id="pixel" src="{base}/articles/satu/views.gif">"""
    headers = {**CORS, "Content-Type": "text/html", "Cross-Origin-Embedder-Policy": "require-corp"}
    site.pages["/"] = html.encode(), headers
    tab = browser.tab()
    tab.open(f"{site.url}/")
    tab.eventually("document.querySelectorAll('.warta-list').length === 1")
    tab.eventually("document.querySelector('#pixel').naturalWidth === 1")
    tab.settle()
    assert [event for event in tab.events("Network.loadingFailed") if "blockedReason" in event] == []


def test_a_script_of_another_site_may_send_a_view_with_a_body(
    served: Server, browser: Chromium, site: NewsSite
) -> None:
    site.pages["/"] = b"<!doctype html><title>x</title>", {"Content-Type": "text/html"}
    tab = browser.tab()
    tab.open(f"{site.url}/")
    options = "{method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{}', credentials: 'omit'}"
    sent = f"fetch('{served.base_url}/articles/satu/views', {options}).then(answer => answer.status)"
    status = tab.call("Runtime.evaluate", expression=sent, awaitPromise=True, returnByValue=True)["result"]["value"]
    assert status == 204
