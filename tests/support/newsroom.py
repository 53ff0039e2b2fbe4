"""A small newsroom to render: settings, articles with everything or next to nothing, and their feeds."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from service.articles.article import Article, Submission
from service.articles.validation import ValidationContext
from service.core.settings.catalogue import Catalogue
from service.core.settings.model import Settings
from service.core.settings.podcast import Podcast
from service.core.settings.site import Site
from service.documents.formats import FORMATS, FeedFormat, RenderContext
from service.feeds.catalogue import FeedCatalogue
from service.feeds.names import ArticleList

NOW = datetime(2026, 2, 22, 2, 40, tzinfo=UTC)
MODIFIED = datetime(2026, 2, 22, 2, 41, tzinfo=UTC)

SETTINGS = Settings(
    base_url="https://feeds.example",
    hubs=("https://hub.example/",),
    catalogue=Catalogue(ttl=7),
    podcast=Podcast(owner_email="siniar@news.example"),
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

EPISODE: dict[str, Any] = {
    "id": "siniar-12",
    "title": "Banjir dan tata kota",
    "summary": "Mengapa kota kita & kota lain banjir.",
    "published_at": "2026-02-12T09:33:00+07:00",
    "authors": ["Sarah", "Budi"],
    "image": {"url": "https://news.example/12.jpg", "width": 1200, "height": 800},
    "enclosures": [{"url": "https://news.example/12.mp3", "length": 28311552}],
    "podcast": {
        "duration": "29:31",
        "explicit": False,
        "season": 2,
        "episode": 12,
        "type": "full",
        "image": "https://news.example/12-persegi.png",
        "author": "Suara Kota",
        "transcripts": [
            {"url": "https://news.example/12.vtt", "language": "id", "rel": "captions"},
            {"url": "https://news.example/12.html"},
        ],
        "chapters": "https://news.example/12.json",
    },
}


def article(fields: dict[str, Any], settings: Settings = SETTINGS) -> Article:
    return Submission.read(fields, ValidationContext.of(settings)).article(None, NOW)


def context(
    entries: Iterable[Article],
    path: str = "latest",
    format_: FeedFormat = FORMATS["rss"],
    settings: Settings = SETTINGS,
) -> RenderContext:
    """A context as the publisher makes it."""
    catalogue = FeedCatalogue(settings)
    name = catalogue.parse(path)
    feed = catalogue.feed(name, ArticleList(name.list_name, "Dinamika" if "/" in name.list_name else "", MODIFIED))
    return RenderContext(feed, list(entries), f"{settings.base_url}/{path}.{format_.extension}", settings)


def rendered(extension: str, entries: Iterable[Article], path: str = "latest", settings: Settings = SETTINGS) -> bytes:
    format_ = FORMATS[extension]
    return bytes(format_.render(context(entries, path, format_, settings)))


def numbered(count: int) -> list[Article]:
    """Articles a minute apart, newest first."""
    newest = datetime(2026, 2, 20, tzinfo=UTC)
    times = [newest - timedelta(minutes=n) for n in range(count)]
    return [
        article({"id": str(n), "title": f"Judul {n}", "content_html": f"<p>Isi {n}.</p>", "published_at": time})
        for n, time in enumerate(times)
    ]
