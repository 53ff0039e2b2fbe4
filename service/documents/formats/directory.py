"""The directory for machines: the listed feeds, as OPML, as JSON, and as a feed menu.

The short directory has the feeds of the site and of the categories. The whole directory also has the feeds of tags and
authors, which may be many thousands. So it comes in parts.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Annotated, NotRequired, Self

from lxml import etree
from pydantic import Field
from typing_extensions import TypedDict

from service.articles.ui_language import ui_language
from service.core.settings.counting import WINDOWS
from service.core.settings.model import Settings
from service.documents.formats import DEFAULT_FORMAT, FORMATS
from service.documents.formats.context import rfc3339
from service.feeds.catalogue import FeedCatalogue
from service.feeds.names import TRENDING, ArticleList, Feed, FeedName

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
    label: Annotated[str, Field(description="The title without the name of the newsroom.")]
    kind: Annotated[str, Field(json_schema_extra={"enum": list(FEED_KINDS)})]
    page: Annotated[Url, Field(description="The feed as a page for people.")]
    formats: Annotated[dict[str, Url], Field(description="URL by format.")]
    limit: Annotated[int, Field(description="Default number of entries.")]
    window: NotRequired[
        Annotated[
            str,
            Field(
                description="The most read articles in this window. Default: the newest articles.",
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
    """The document `/feeds.json`, and its parts with `?all`."""

    title: Annotated[str, Field(description="Name of the newsroom.")]
    description: str
    language: str
    home_page: Url
    hubs: Annotated[list[Url], Field(description="WebSub hubs that get a ping for each changed feed.")]
    feeds: list[ListedFeed]
    all_url: NotRequired[Annotated[Url, Field(description="The first part of all feeds. Only without `?all`.")]]
    next_url: NotRequired[
        Annotated[Url, Field(description="The next part. Only with `?all`, and not in the last part.")]
    ]


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
    """The listed feeds, those of the whole site first. `modified_at` is the last change of any list.

    It is the short directory if `part` is None. Otherwise it is that part of the whole one, from 1; `has_next` tells
    whether another part follows.
    """

    feeds: Sequence[DirectoryEntry]
    modified_at: datetime
    catalogue: FeedCatalogue
    settings: Settings
    part: int | None = None
    has_next: bool = False

    @classmethod
    def of(
        cls,
        article_lists: Sequence[ArticleList],
        catalogue: FeedCatalogue,
        settings: Settings,
        part: int | None = None,
        has_next: bool = False,
    ) -> Self:
        """The directory of the listed feeds that show these lists. There must be at least one list."""
        feeds = [
            DirectoryEntry(_kind(article_list), catalogue.label(name, article_list), catalogue.feed(name, article_list))
            for article_list in sorted(article_lists, key=lambda article_list: FEED_KINDS.index(_kind(article_list)))
            if catalogue.is_listed(article_list)
            for name in catalogue.names(article_list)
        ]
        modified_at = max(article_list.modified_at for article_list in article_lists)
        return cls(feeds, modified_at, catalogue, settings, part, has_next)

    @classmethod
    def found(cls, article_lists: Sequence[ArticleList], catalogue: FeedCatalogue, settings: Settings) -> Self:
        """The feeds in order of time of the lists that a search has found, perhaps none, in the order of the search."""
        feeds = []
        for article_list in article_lists:
            name = FeedName(article_list.name)
            label, feed = catalogue.label(name, article_list), catalogue.feed(name, article_list)
            feeds.append(DirectoryEntry(_kind(article_list), label, feed))
        return cls(feeds, datetime.now(UTC), catalogue, settings)

    @property
    def main_feeds(self) -> Sequence[DirectoryEntry]:
        """The feeds without the windows of popular feeds, and without the popular feeds of categories."""
        return [entry for entry in self.feeds if entry.feed.name.is_main]

    def grouped(self, feeds: Sequence[DirectoryEntry]) -> Iterator[tuple[str, Iterator[DirectoryEntry]]]:
        """The feeds grouped by kind, each group with the kind's title in the site's language."""
        language = ui_language(self.settings.site.language)
        for kind, group in groupby(feeds, lambda entry: entry.kind):
            yield _GROUPS[language][kind], group

    def next_url(self, file: str) -> str:
        """The URL of the part after this one in this file; "" after the last part, and for the short directory."""
        return f"{self.settings.base_url}/{file}?all={self.part + 1}" if self.part and self.has_next else ""

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

    The short list has `main_feeds`. A part of the whole list has all feeds, and includes the next part by its URL.

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
    for title, feeds in directory.grouped(directory.feeds if directory.part else directory.main_feeds):
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
    if url := directory.next_url("feeds.opml"):
        etree.SubElement(body, "outline", type="include", text=site.title, url=url)
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
    if not directory.part:
        document["all_url"] = f"{directory.settings.base_url}/feeds.json?all"
    elif url := directory.next_url("feeds.json"):
        document["next_url"] = url
    return _json(document)


def _json_entry(directory: Directory, entry: DirectoryEntry) -> ListedFeed:
    feed = entry.feed
    fields: ListedFeed = {
        "name": str(feed.name),
        "title": feed.title,
        "label": entry.label,
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
    (_, first), *others = [(title, list(feeds)) for title, feeds in directory.grouped(directory.feeds)]
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
