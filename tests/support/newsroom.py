"""A small newsroom to render: settings, articles with everything or next to nothing, and editions of them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from service.articles.article import Article, Submission
from service.articles.validation import ValidationContext
from service.core.settings.model import Catalogue, Settings, Site
from service.documents.formats import FORMATS, Edition, Format
from service.feeds.catalogue import FeedCatalogue
from service.feeds.names import ArticleList

NOW = datetime(2026, 2, 22, 2, 40, tzinfo=UTC)
MODIFIED = datetime(2026, 2, 22, 2, 41, tzinfo=UTC)

SETTINGS = Settings(
    base_url="https://feeds.example",
    hubs=("https://hub.example/",),
    catalogue=Catalogue(ttl=7),
    site=Site(
        title="Warta Uji",
        description="Berita & kabar",
        link="https://news.example/",
        rights="© Warta Uji",
        logo="https://news.example/logo.png",
        publisher="Redaksi Warta",
        tag_authority="news.example,2026",
    ),
)

RICH: dict[str, Any] = {
    "id": "2026/123 a",
    "url": "https://news.example/dinamika/123",
    "title": "Sekjen Kemnaker: “Dialog” & kerja sama <3",
    "summary": "Ringkasan dengan & dan 3 < 4.",
    "content_html": "<p>Isi <b>tebal</b> &amp; <a href='/lain'>lain</a> ]]&gt;</p>",
    "section": "Berita",
    "categories": ["Dinamika", "Hukum & HAM"],
    "tags": ["Kemnaker", "Dinamika"],
    "authors": [
        {"name": "Sarah Meiliana Gunawan", "url": "https://news.example/penulis/sarah"},
        {"name": "Budi Santoso"},
    ],
    "published_at": "2026-02-12T09:33:00+07:00",
    "updated_at": "2026-02-12T11:00:05+07:00",
    "language": "su",
    "image": {
        "url": "https://news.example/foto.png?a=1&b=2",
        "length": 2048,
        "width": 1200,
        "height": 800,
        "caption": "Sekjen Anwar Sanusi",
        "credit": "Sarah/Ist",
    },
    "enclosures": [
        {"url": "https://news.example/a.mp3", "length": 9},
        {"url": "https://news.example/foto.png?a=1&b=2"},
    ],
    "correction": "Nama & jabatan diperbaiki.",
    "license": "https://creativecommons.org/licenses/by/4.0/",
}
BARE: dict[str, Any] = {"id": "7", "title": "Judul saja", "published_at": "2026-02-11T00:00:00Z"}
CAPTIONED: dict[str, Any] = {
    "id": "8",
    "title": "Foto tanpa berkas",
    "content_html": "<p>Paragraf pertama.</p><p>Paragraf kedua.</p>",
    "published_at": "2026-02-10T00:00:00Z",
    "image": {"caption": "Keterangan", "credit": "Ist"},
    "enclosures": [{"url": "https://news.example/dokumen"}],
}


def article(fields: dict[str, Any], settings: Settings = SETTINGS) -> Article:
    return Submission.read(fields, ValidationContext.of(settings)).article(None, NOW)


def edition(
    entries: Iterable[Article], path: str = "latest", format_: Format = FORMATS["rss"], settings: Settings = SETTINGS
) -> Edition:
    """An edition as the publisher makes it."""
    catalogue = FeedCatalogue(settings)
    name = catalogue.parse(path)
    feed = catalogue.feed(name, ArticleList(name.list_name, "Dinamika" if "/" in name.list_name else "", MODIFIED))
    addresses = {each: f"{settings.base_url}/{path}.{each.extension}" for each in FORMATS.values()}
    alternates = [(url, each.media_type) for each, url in addresses.items() if each != format_]
    return Edition(feed, list(entries), addresses[format_], alternates, settings)


def rendered(extension: str, entries: Iterable[Article], path: str = "latest", settings: Settings = SETTINGS) -> bytes:
    format_ = FORMATS[extension]
    return bytes(format_.render(edition(entries, path, format_, settings)))


def numbered(count: int) -> list[Article]:
    """Articles a minute apart, newest first."""
    newest = datetime(2026, 2, 20, tzinfo=UTC)
    times = [newest - timedelta(minutes=n) for n in range(count)]
    return [
        article({"id": str(n), "title": f"Judul {n}", "content_html": f"<p>Isi {n}.</p>", "published_at": time})
        for n, time in enumerate(times)
    ]
