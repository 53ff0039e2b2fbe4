"""Pages for people: the front page, a page per feed, a page per article. How they look is in test_browser.py."""

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.articles.origins import SourceKind
from service.bootstrap import Services
from service.core.settings.catalogue import Catalogue
from service.core.settings.model import Settings
from service.core.settings.site import Site
from service.feeds.names import LIST_KINDS
from service.storage import ImportedArticle
from tests.support.answers import refusal
from tests.support.articles import submission
from tests.support.build import Build

BASE = "https://feeds.example"
ATTACK = """"><script>alert('x')</script><img src=x onerror=alert(1)>{{ 1234*1234 }}"""


class Markup(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, **having: str) -> Iterator[dict[str, str]]:
        yield from (found for name, found in self.tags if name == tag and having.items() <= found.items())


def page(client: FlaskClient, path: str, status: int = 200) -> Markup:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == status
    assert answer.content_type == "text/html; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    text = answer.get_data(as_text=True)
    digest = b64encode(sha256(text.partition("<style>")[2].partition("</style>")[0].encode()).digest()).decode()
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; img-src http: https: data:; media-src http: https:; "
        f"style-src 'sha256-{digest}'; script-src {BASE}/static/; "
        f"manifest-src {BASE}/manifest.webmanifest; connect-src {BASE}/feeds.json; "
        f"form-action {BASE}/; base-uri 'none'"
    )
    return Markup(text)


def test_every_text_of_an_article_is_text_on_every_page(settings: Settings, services: Services) -> None:
    """Whatever a CMS sends: nothing of it becomes a tag, an attribute or a template."""
    site = Site(title=f"Warta {ATTACK}", description=ATTACK, rights=ATTACK)
    ours = settings.model_copy(update={"site": site})
    built = Services.build(ours)
    client = create_app(ours, built).test_client()
    attacked = submission(
        "satu",
        title=f"Judul {ATTACK}",
        summary=ATTACK,
        content_html=f"<p>Isi</p>{ATTACK}<svg onload=alert(1)><a href='javascript:alert(1)'>x</a><style>*{{}}</style>",
        section=f"Bagian {ATTACK}",
        categories=[f"Kategori {ATTACK}"],
        tags=[f"Topik {ATTACK}"],
        authors=[f"Penulis {ATTACK}"],
        image={"url": "https://x.example/a.jpg?a=%22%3E%3Cscript%3E", "caption": ATTACK, "credit": ATTACK},
        correction=ATTACK,
        license=ATTACK,
    )
    built.publisher.put([attacked])
    [category, tag, author] = [
        article_list.name for article_list in built.store.all_lists() if article_list.kind in LIST_KINDS
    ]
    for path in ("/", "/latest", f"/{category}", f"/{tag}", f"/{author}", "/articles/satu"):
        html = page(client, path)
        assert {name for name, _ in html.tags}.isdisjoint({"svg", "iframe", "object"})
        scripts = [tag for tag in html.all("script") if tag.get("type") != "application/ld+json"]  # which is only data
        assert [tag["src"].startswith(f"{BASE}/static/pages-") for tag in scripts] == [True]
        assert {tag["action"] for tag in html.all("form")} <= {f"{BASE}/feeds", f"{BASE}/search"}
        for _, attributes in html.tags:
            assert "style" not in attributes
            assert not [name for name in attributes if name.startswith("on")], (path, attributes)
            assert not attributes.get("href", "").lower().startswith(("javascript:", "data:"))
        assert "1522756" not in html.text
    html = page(client, f"/tiada{ATTACK.replace('/', '')}", 404)
    assert {name for name, _ in html.tags}.isdisjoint({"img", "svg"})
    assert len(list(html.all("script"))) == 1
    built.close()


def test_the_front_page_leads_to_the_feeds_and_readers_discover_the_main_ones(
    settings: Settings, services: Services, build: Build
) -> None:
    services.publisher.put(
        [
            submission("satu", tags=["ASEAN"], authors=["Siti Aminah"], categories=["Dinamika", "Advertorial"]),
            submission("dua", categories=["Ekonomi & Bisnis"]),
        ]
    )
    ours = settings.model_copy(update={"catalogue": Catalogue(hidden_categories=("advertorial",))})
    html = page(create_app(ours, build(ours)).test_client(), "/")
    links = {tag["href"] for tag in html.all("a")}
    assert f"{BASE}/popular/7d" in links
    for name in ("latest", "popular", "trending", "category/dinamika", "category/ekonomi-bisnis"):
        assert f"{BASE}/{name}" in links
        for extension in ("rss", "atom", "json"):
            assert f"{BASE}/{name}.{extension}" in links
    assert {f"{BASE}/tag/asean", f"{BASE}/author/siti-aminah"} <= links
    assert not [link for link in links if "advertorial" in link]
    assert [tag["href"] for tag in html.all("link", rel="alternate")] == [
        *(f"{BASE}/{name}.{extension}" for name in ("latest", "popular") for extension in ("rss", "atom", "json")),
        *(f"{BASE}/feeds.opml", f"{BASE}/feeds.json"),
    ]


def test_the_directory_of_an_empty_newsroom_is_a_page_too(client: FlaskClient) -> None:
    assert f"{BASE}/latest.rss" in {tag["href"] for tag in page(client, "/").all("a")}


def test_every_link_of_a_page_leads_somewhere(client: FlaskClient, services: Services) -> None:
    services.publisher.put([submission("a/b %", tags=["ASEAN", "日本"], authors=["Siti Aminah"], section="Berita")])
    services.counter.add("a/b %")
    todo, seen = ["/"], {"/"}
    while todo:
        html = page(client, todo.pop())
        addresses = [tag["href"] for tag in html.all("a")] + [tag["href"] for tag in html.all("link")]
        addresses += [tag["src"] for name in ("img", "script") for tag in html.all(name) if "src" in tag]
        for address in addresses:
            path = unescape(address).removeprefix(BASE).partition("#")[0]
            if not path or path in seen or not path.startswith("/"):
                continue
            seen.add(path)
            answer = client.get(path, headers={"Accept": "text/html"})
            assert answer.status_code == 200, path
            if answer.content_type.startswith("text/html"):
                todo.append(path)
    assert len(seen) > 30


def stories(client: FlaskClient, path: str) -> list[str]:
    """The URLs of the stories of a feed's page, without those in boxes."""
    text = client.get(path, headers={"Accept": "text/html"}).get_data(as_text=True)
    listed = text.partition('<ol class="stories')[2].partition("</ol>")[0]
    return re.findall(r'<h2><a href="([^"]*)"', listed)


def test_a_feeds_page_shows_what_the_feed_does_and_leads_to_it(client: FlaskClient, services: Services) -> None:
    services.publisher.put([submission("satu"), submission("dua", published_at="2026-02-21T09:00:00+07:00")])
    services.counter.add("dua")
    html = page(client, "/latest")
    entries = [f"{BASE}/articles/satu", f"{BASE}/articles/dua"]
    assert stories(client, "/latest") == entries
    assert "Minggu, 22 Februari 2026 | 09:00 WIB" in html.text
    assert [tag["value"] for tag in html.all("input", id="feed-url")] == [f"{BASE}/latest.rss"]
    assert {
        "https://feedly.com/i/subscription/feed%2Fhttps%3A%2F%2Ffeeds.example%2Flatest.rss",
        f"feed:{BASE}/latest.rss",
    } <= {tag["href"] for tag in html.all("a")}
    assert [tag["type"] for tag in html.all("link", rel="alternate")] == [
        *("application/rss+xml", "application/atom+xml", "application/feed+json")
    ]
    assert stories(client, "/latest?limit=1") == entries[:1]
    assert stories(client, "/popular") == entries[1:]
    assert "Populer" in html.text  # beside the newest stories
    assert "UPDATE" in page(client, "/popular").text


def test_an_articles_page_tells_the_whole_story(client: FlaskClient, services: Services) -> None:
    services.publisher.put(
        [
            submission(
                "satu",
                title="Kerja sama diperkuat",
                section="Berita",
                content_html="<p>Satu.</p><blockquote>Dua.</blockquote>",
                authors=["Siti Aminah", "Budi"],
                tags=["ASEAN"],
                correction="Nama diperbaiki.",
                updated_at="2026-02-22T10:30:00+07:00",
                enclosures=[
                    {"url": "https://x.example/a.mp3", "type": "audio/mpeg"},
                    {"url": "https://x.example/b.mp4", "type": "video/mp4"},
                    {"url": "https://x.example/laporan.pdf", "type": "application/pdf"},
                ],
                image={"url": "https://x.example/a.jpg", "caption": "Rapat", "credit": "Ist", "width": 8, "height": 5},
            )
        ]
    )
    html = page(client, "/articles/satu")
    text = " ".join(html.text.split())
    for part in (
        *("Berita · Dinamika", "Kerja sama diperkuat", "Minggu, 22 Februari 2026 | 09:00 WIB"),
        *("Laporan: Siti Aminah, Budi", "Rapat (Foto: Ist)", "Ralat: Nama diperbaiki.", "Satu.", "Dua.", "ASEAN"),
        *("Diperbarui Minggu, 22 Februari 2026 | 10:30 WIB", "UPDATE", "Bagikan WhatsApp"),
    ):
        assert part in text
    assert [tag["src"] for tag in html.all("img")] == ["https://x.example/a.jpg", f"{BASE}/articles/satu/views.gif"]
    assert [tag["src"] for tag in html.all("audio")] == ["https://x.example/a.mp3"]
    assert [tag["src"] for tag in html.all("video")] == ["https://x.example/b.mp4"]
    links = {tag["href"] for tag in html.all("a")}
    assert {f"{BASE}/author/siti-aminah", f"{BASE}/category/dinamika", f"{BASE}/tag/asean"} <= links
    assert "https://x.example/laporan.pdf" in links
    assert "https://wa.me/?text=Kerja%20sama%20diperkuat%20https%3A%2F%2Ffeeds.example%2Farticles%2Fsatu" in links
    assert [tag["href"] for tag in html.all("link", rel="canonical")] == [f"{BASE}/articles/satu"]
    assert [tag["content"] for tag in html.all("meta", property="og:title")] == ["Kerja sama diperkuat"]


def test_an_article_with_a_page_of_its_own_is_canonical_there(client: FlaskClient, services: Services) -> None:
    services.publisher.put([submission("satu", url="https://warta.example/berita/1", content_html="")])
    html = page(client, "/articles/satu")
    assert [tag["href"] for tag in html.all("link", rel="canonical")] == ["https://warta.example/berita/1"]
    assert "https://warta.example/berita/1" in {tag["href"] for tag in html.all("a")}
    assert "Isi berita ini belum tersedia." in html.text


def test_what_readers_may_not_see_has_no_page(client: FlaskClient, services: Services) -> None:
    services.publisher.put(
        [
            submission("draf", status="draft"),
            submission("nanti", published_at="2199-01-01T00:00:00Z"),
            submission("lalu", expires_at="2026-02-23T00:00:00Z"),
            submission("ditarik"),
        ]
    )
    services.publisher.withdraw("ditarik")
    services.publisher.put([submission("batal", status="draft"), submission("dibatalkan", published_at="2199-01-01")])
    for never_public in ("batal", "dibatalkan"):
        services.publisher.withdraw(never_public)
    unknown = page(client, "/articles/tiada", 404).text
    for article_id in ("draf", "nanti", "lalu", "batal", "dibatalkan"):
        assert page(client, f"/articles/{article_id}", 404).text == unknown
    gone = page(client, "/articles/ditarik", 410)
    assert "Berita ini telah ditarik" in gone.text
    assert "Judul" not in gone.text


def test_article_pages_can_be_turned_off(settings: Settings, services: Services, build: Build) -> None:
    services.publisher.put([submission("satu")])
    ours = settings.model_copy(update={"article_pages": False})
    client = create_app(ours, build(ours)).test_client()
    assert refusal(client.get("/articles/satu")) == "article pages are off"
    assert client.get("/articles/satu/views.gif").status_code == 200  # the newsroom's own pages count


def test_pages_speak_the_sites_language(settings: Settings, services: Services, build: Build) -> None:
    services.publisher.put([submission("satu")])
    ours = settings.model_copy(update={"site": settings.site.model_copy(update={"language": "en-GB"})})
    html = page(create_app(ours, build(ours)).test_client(), "/latest")
    assert [tag["lang"] for tag in html.all("html")] == ["en"]
    assert "Sunday, 22 February 2026 | 09:00" in html.text
    assert "Subscribe" in html.text


@pytest.mark.parametrize("name", ["satu", "demo-2", "demo-..%2fx", "DEMO-1", "demo-" + "x" * 61, "demo-é"])
def test_photos_are_of_the_sample_newsroom_only(client: FlaskClient, services: Services, name: str) -> None:
    """Of articles that exist: a stranger must not be able to have any number of them drawn."""
    services.publisher.put([submission("satu"), submission("demo-1")])
    assert client.get(f"/photos/{name}.png").status_code == 404
    for _ in range(2):
        assert re.match(b"\x89PNG", client.get("/photos/demo-1.png").data)


def test_another_id_and_an_old_url_of_an_imported_article_redirect_to_its_page(
    client: FlaskClient, services: Services
) -> None:
    imported = ImportedArticle(
        submission("wp-7", title="Pasar"),
        SourceKind.EXPORT,
        ["https://lama.example/?p=7"],
        ["https://lama.example/pasar"],
    )
    services.publisher.put_imported([imported], replace=False, dry_run=False)
    for name in ("https://lama.example/?p=7", "https://lama.example/pasar"):
        answer = client.get(f"/articles/{quote(name, safe='')}")
        assert answer.status_code == 301
        assert answer.headers["Location"].endswith("/articles/wp-7")
