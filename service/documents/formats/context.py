"""The values of a feed and of an article that all formats show. The formats only differ in how they write them."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from service.articles import media
from service.articles.article import Article, Enclosure, page_url
from service.articles.direction import is_right_to_left
from service.articles.plain_text import beginning
from service.articles.teaser import teaser
from service.articles.ui_language import ui_language
from service.core.settings.model import Settings
from service.core.settings.site import Site
from service.feeds.names import Feed, Ranking, Tombstone

MAX_TEASER = 280  # characters; aggregators show about as much of a story
_CORRECTION = {"id": "Ralat", "en": "Correction"}
_SHORTENED = {"id": "Isi {} berita terbawah diringkas.", "en": "The last {} stories are shortened to summaries."}
# The characters that RFC 4151 §2.1 allows after the authority: pchar, "/" and "?".
_TAG_SAFE = "-._~!$&'()*+,;=:@/?"


def guid(article_id: str, settings: Settings) -> str:
    """The guid of an article: a tag URI (RFC 4151) from the site's tag authority and the id in the CMS."""
    return f"tag:{settings.site.tag_authority}:{quote(article_id, safe=_TAG_SAFE)}"


def local_time(when: datetime, site: Site) -> datetime:
    """The time with the site's offset from UTC.

    It is in UTC if the offset is not a multiple of half an hour, as in Nepal and before standard time: validators
    object to such offsets.
    """
    there = when.astimezone(site.zone)
    return when.astimezone(UTC) if (there.utcoffset() or timedelta()) % timedelta(minutes=30) else there


def rfc3339(when: datetime, site: Site) -> str:
    """A time in the form of Atom and JSON Feed, with the site's offset (RFC 3339)."""
    return local_time(when, site).isoformat()


@dataclass(frozen=True)
class RenderContext:
    """A feed with its entries and the settings: all that a format needs. `url` is the URL of the document (self)."""

    feed: Feed
    entries: Sequence[Article]
    url: str
    settings: Settings
    # The archive (RFC 5005 §4): URLs of the older and newer document; on an archive page also of the current feed.
    older: str | None = None
    newer: str | None = None
    current: str | None = None
    is_complete: bool = False  # an archive page that never loses or gains an entry
    ranking: Ranking | None = None  # of a popular feed
    tombstones: Sequence[Tombstone] = ()
    archive_pages: int = 0  # full pages of the archive, which are named 0, 1, …
    shortened: int = 0  # entries at the end that are shortened, because the document would be too long

    @property
    def description(self) -> str:
        """The feed's description, followed by a note if entries are shortened."""
        if not self.shortened:
            return self.feed.description
        stop = "" if self.feed.description.endswith((".", "!", "?")) else "."
        sentence = _SHORTENED[ui_language(self.settings.site.language)].format(self.shortened)
        return f"{self.feed.description}{stop} {sentence}"

    @property
    def has_episodes(self) -> bool:
        """True if an entry has an audio or video file: the feed is a podcast, too."""
        return any(EntryValues(article, self.settings).recording for article in self.entries)

    @property
    def hubs(self) -> tuple[str, ...]:
        """The URLs of the hubs; none for a search, and none on a page of an archive: these are no topics."""
        return self.settings.named_hubs if self.feed.name.page is None and not self.feed.is_search else ()

    @property
    def archive_links(self) -> list[tuple[str, str]]:
        """The link relation and URL of each neighbouring document in the archive (RFC 5005 §4).

        The older results of a search are no archive: they are the next page (RFC 5005 §3).
        """
        older = "next" if self.feed.is_search else "prev-archive"
        links = [(older, self.older), ("next-archive", self.newer), ("current", self.current)]
        return [(relation, url) for relation, url in links if url]

    @property
    def withdrawn(self) -> list[str]:
        """The ids of the articles in the tombstones."""
        return [tombstone.article_id for tombstone in self.tombstones]

    @property
    def updated_at(self) -> datetime:
        """The last change of the entries, the tombstones or the order of the feed.

        It does not depend on the clock, so that the same content gives the same bytes.
        """
        times = [entry.updated_at for entry in self.entries] + [tombstone.at for tombstone in self.tombstones]
        if self.ranking:
            times.append(self.ranking.since)
        return max(times, default=self.feed.modified_at)


@dataclass(frozen=True)
class EntryValues:
    """An article with its values as all formats show them. Times have the site's offset (see `local_time`)."""

    article: Article
    settings: Settings

    @property
    def guid(self) -> str:
        return guid(self.article.id, self.settings)

    @property
    def link(self) -> str:
        return self.article.url or page_url(self.settings.base_url, self.article.id)

    @property
    def published_at(self) -> datetime:
        return local_time(self.article.published_at, self.settings.site)

    @property
    def updated_at(self) -> datetime:
        return local_time(self.article.updated_at, self.settings.site)

    @property
    def authors(self) -> list[tuple[str, str | None]]:
        """Name and URL of each author; the publisher's for an article without authors, since Atom requires one."""
        bylines = [(author.name, author.url) for author in self.article.authors]
        return bylines or [(self.settings.site.author, self.settings.home)]

    @property
    def language(self) -> str:
        return self.article.language or self.settings.site.language

    @property
    def rights(self) -> str:
        return self.article.license or self.settings.site.rights

    @property
    def summary(self) -> str:
        """The summary as plain text, never empty: the article's, else the beginning of the body, else the title."""
        return self.article.summary or self.teaser(MAX_TEASER) or self.article.title

    def teaser(self, longest: int) -> str:
        """The beginning of the body as plain text, of at most `longest` characters; "" if the body has no text."""
        return teaser(beginning(self.article.content_html, longest), longest)

    @property
    def content_html(self) -> str:
        """The body, as HTML, after the correction if there is one.

        An article with a correction but without a body shows its summary. Without both, the value is empty. Text from
        right to left says so itself, because readers show it on pages in other languages.
        """
        content = self.article.content_html.replace("\r", "\n")  # as HTML and XML read it, so that all formats agree
        if self.article.correction:
            note = html.escape(self.article.correction, quote=False)
            body = content or f"<p>{html.escape(self.summary, quote=False)}</p>"
            content = f"<p><strong>{_CORRECTION[ui_language(self.language)]}:</strong> {note}</p>{body}"
        return f'<div dir="rtl">{content}</div>' if content and is_right_to_left(self.language) else content

    @property
    def labels(self) -> list[tuple[str, str]]:
        """Categories, then tags, each name once; with the base URL of categories or of tags, to tell them apart."""
        base = self.settings.base_url
        names = dict.fromkeys(self.article.categories, f"{base}/category/")
        for tag in self.article.tags:
            names.setdefault(tag, f"{base}/tag/")
        return list(names.items())

    @property
    def files(self) -> list[Enclosure]:
        """The photo first, then the other files, then the audio and video files of the body; each URL once."""
        image = self.article.image
        photo = []
        if image and image.url:
            photo = [Enclosure.model_construct(url=image.url, type=image.type, length=image.length)]
        files: dict[str, Enclosure] = {}
        played = [
            Enclosure.model_construct(url=url, type=type_, length=0)
            for url, type_ in media.files(self.article.content_html)
        ]
        for file in [*photo, *self.article.enclosures, *played]:
            files.setdefault(file.url, file)
        return list(files.values())

    @property
    def recording(self) -> Enclosure | None:
        """The first audio or video file: it makes the article an episode of a podcast."""
        return next((file for file in self.files if file.type.startswith(("audio/", "video/"))), None)

    @property
    def enclosure(self) -> Enclosure | None:
        """The only enclosure of an RSS item: the recording, else the photo, else the first file."""
        return self.recording or next(iter(self.files), None)
