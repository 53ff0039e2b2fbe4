"""The directory for machines: every listed feed, as OPML, as JSON, and as a feed menu."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Annotated, NotRequired, Self

from lxml import etree
from pydantic import Field
from typing_extensions import TypedDict

from service.articles.ui_language import ui_language
from service.core.settings.model import WINDOWS, Settings
from service.documents.formats import DEFAULT_FORMAT, FORMATS
from service.documents.formats.context import rfc3339
from service.feeds.catalogue import FeedCatalogue
from service.feeds.names import TRENDING, ArticleList, Feed

_GROUPS = {
    "id": {"site": "Semua berita", "category": "Kategori", "tag": "Topik", "author": "Penulis"},
    "en": {"site": "All news", "category": "Categories", "tag": "Topics", "author": "Authors"},
}
FEED_KINDS = tuple(_GROUPS["en"])


Url = Annotated[str, Field(json_schema_extra={"format": "uri"})]


class ListedFeed(TypedDict):
    """A feed in `/feeds.json`."""

    name: Annotated[str, Field(description="The path without extension.")]
    title: Annotated[str, Field(description="The title of the feed.")]
    kind: Annotated[str, Field(json_schema_extra={"enum": list(FEED_KINDS)})]
    page: Annotated[Url, Field(description="The feed as a page for people.")]
    formats: Annotated[dict[str, Url], Field(description="URL by format.")]
    limit: Annotated[int, Field(description="Number of entries without ?limit=.")]
    window: NotRequired[
        Annotated[
            str,
            Field(
                description="The most read articles in this window; without it, the newest articles.",
                json_schema_extra={"enum": [*WINDOWS, TRENDING]},
            ),
        ]
    ]
    modified_at: NotRequired[
        Annotated[
            str,
            Field(
                description="The last change of its articles. Popular feeds change with the views, and have none.",
                json_schema_extra={"format": "date-time"},
            ),
        ]
    ]


class FeedList(TypedDict):
    """The document `/feeds.json`."""

    title: Annotated[str, Field(description="Name of the newsroom.")]
    description: str
    language: str
    home_page: Url
    hubs: Annotated[list[Url], Field(description="WebSub hubs that hear of every feed.")]
    feeds: list[ListedFeed]


FeedMenuItem = TypedDict("FeedMenuItem", {"feed-title": str, "rss": Url, "atom": Url})
FeedMenu = TypedDict("FeedMenu", {"feed-menu": str, "items": "list[FeedMenuItem | FeedMenu]"})


@dataclass(frozen=True)
class DirectoryEntry:
    """A listed feed. `kind` is one of FEED_KINDS; `label` is the feed's title without the title of the site."""

    kind: str
    label: str
    feed: Feed


@dataclass(frozen=True)
class Directory:
    """The listed feeds, those of the whole site first. `modified_at` is the last change of any list."""

    feeds: Sequence[DirectoryEntry]
    modified_at: datetime
    catalogue: FeedCatalogue
    settings: Settings

    @classmethod
    def of(cls, article_lists: Sequence[ArticleList], catalogue: FeedCatalogue, settings: Settings) -> Self:
        """The directory of the listed feeds that show these lists. There must be at least one list."""
        feeds = [
            DirectoryEntry(_kind(article_list), catalogue.label(name, article_list), catalogue.feed(name, article_list))
            for article_list in sorted(article_lists, key=lambda article_list: FEED_KINDS.index(_kind(article_list)))
            if catalogue.is_listed(article_list)
            for name in catalogue.names(article_list)
        ]
        return cls(feeds, max(article_list.modified_at for article_list in article_lists), catalogue, settings)

    @property
    def groups(self) -> Iterator[tuple[str, Iterator[DirectoryEntry]]]:
        """The feeds grouped by kind, each group with the kind's title in the site's language."""
        language = ui_language(self.settings.site.language)
        for kind, feeds in groupby(self.feeds, lambda entry: entry.kind):
            yield _GROUPS[language][kind], feeds

    def address(self, entry: DirectoryEntry, extension: str = "") -> str:
        """The URL of the feed in the format with this extension; without one, of its HTML page."""
        return self.catalogue.url(entry.feed.name, extension)


def _kind(article_list: ArticleList) -> str:
    return article_list.kind if article_list.kind in FEED_KINDS else "site"


@dataclass(frozen=True)
class DirectoryFormat:
    """A format of the directory. `name` is its key in the cache and its label in the metrics."""

    name: str
    content_type: str
    render: Callable[[Directory], bytes]


def opml(directory: Directory) -> bytes:
    """A subscription list (OPML 2.0, opml.org/spec2.opml).

    It has no `dateModified`. The time of the last change of the list is not stored, and the time of the newest article
    would change the document and its ETag with each article.
    """
    site = directory.settings.site
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    for name, text in {
        "title": site.title,
        "ownerName": site.author,
        "ownerId": directory.settings.home,
    }.items():
        etree.SubElement(head, name).text = text
    body = etree.SubElement(root, "body")
    for title, feeds in directory.groups:
        group = etree.SubElement(body, "outline", text=title)
        for entry in feeds:
            etree.SubElement(
                group,
                "outline",
                type="rss",
                text=entry.feed.title,
                title=entry.feed.title,
                xmlUrl=directory.address(entry, DEFAULT_FORMAT.extension),
                htmlUrl=entry.feed.link,
                language=site.language,
            )
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def feed_list(directory: Directory) -> bytes:
    """The directory as JSON, in Warta's own form. OpenAPI describes it as `Directory`."""
    site = directory.settings.site
    document: FeedList = {
        "title": site.title,
        "description": site.description,
        "language": site.language,
        "home_page": directory.settings.home,
        "hubs": list(directory.settings.named_hubs),
        "feeds": [_json_entry(directory, entry) for entry in directory.feeds],
    }
    return _json(document)


def _json_entry(directory: Directory, entry: DirectoryEntry) -> ListedFeed:
    feed = entry.feed
    fields: ListedFeed = {
        "name": str(feed.name),
        "title": feed.title,
        "kind": entry.kind,
        "page": directory.address(entry),
        "formats": {extension: directory.address(entry, extension) for extension in FORMATS},
        "limit": feed.limit,
    }
    # The articles of a popular feed change with the views. The time of that change is in the feed itself.
    if feed.name.window:
        fields["window"] = feed.name.window
    else:
        fields["modified_at"] = _moment(directory, feed)
    return fields


def _moment(directory: Directory, feed: Feed) -> str:
    return rfc3339(feed.modified_at, directory.settings.site)


def feed_menu(directory: Directory) -> bytes:
    """A feed menu (draft-nottingham-feed-menu-01): the feeds of the whole site, then a menu for each other kind."""
    (_, first), *others = [(title, list(feeds)) for title, feeds in directory.groups]
    menus: list[FeedMenuItem | FeedMenu] = [
        {"feed-menu": title, "items": _menu_items(directory, feeds)} for title, feeds in others
    ]
    return _json({"feed-menu": directory.settings.site.title, "items": [*_menu_items(directory, first), *menus]})


def _menu_items(directory: Directory, feeds: Sequence[DirectoryEntry]) -> "list[FeedMenuItem | FeedMenu]":
    return [
        {
            "feed-title": entry.label,
            "rss": directory.address(entry, "rss"),
            "atom": directory.address(entry, "atom"),
        }
        for entry in feeds
    ]


def _json(document: FeedList | FeedMenu) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


OPML = DirectoryFormat("opml", "text/x-opml; charset=utf-8", opml)
FEED_LIST = DirectoryFormat("feeds", "application/json", feed_list)
FEED_MENU = DirectoryFormat("feed-menu", "application/json", feed_menu)
