"""Feeds: which there are, which articles each shows and in which order, under which title and address.

A feed's name is its path without the extension: `latest`, `category/politik/popular/24h`. Names of feeds that
the store keeps lists for (`latest`, `category/…`, `tag/…`, `author/…`) are its *shelves*; a popular feed ranks the
articles of a shelf by page views.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Self
from urllib.parse import quote

from service.article import Article
from service.errors import NotFound
from service.settings import WINDOWS, Catalogue, Curated, Selection, Settings
from service.text import slug

Kind = Literal["latest", "category", "tag", "author"]
LATEST = "latest"
POPULAR = "popular"
ENTERED = "popular/entered"  # the shelf of articles that have entered the popular list, each once
SHELF_KINDS: tuple[Kind, ...] = ("category", "tag", "author")

_WORDS = {
    "id": {
        "latest": "Terbaru",
        "popular": "Populer",
        "entered": "Baru populer",
        "window": "{description} Paling banyak dibaca dalam {window} terakhir.",
        "category": "{}",
        "tag": "Topik {}",
        "author": "Laporan {}",
        "1h": "1 jam",
        "24h": "24 jam",
        "7d": "7 hari",
        "30d": "30 hari",
    },
    "en": {
        "latest": "Latest",
        "popular": "Popular",
        "entered": "Newly popular",
        "window": "{description} Most read in the last {window}.",
        "category": "{}",
        "tag": "Topic: {}",
        "author": "Stories by {}",
        "1h": "1 hour",
        "24h": "24 hours",
        "7d": "7 days",
        "30d": "30 days",
    },
}


@dataclass(frozen=True)
class Shelf:
    """What the store knows of a list of articles. `modified_at` rises by at least a second with every change."""

    name: str
    title: str
    modified_at: datetime

    @property
    def kind(self) -> str:
        """latest, category, tag, author, feed or entered."""
        return "entered" if self.name == ENTERED else self.name.partition("/")[0]


@dataclass(frozen=True)
class FeedName:
    """A feed's name, understood: the articles of `shelf`, newest first, or most read first in `window`.

    `page` is a page of the feed's archive instead of its newest entries (RFC 5005 §4).
    """

    shelf: str
    window: str | None = None
    default_window: bool = False
    page: str | None = None

    @property
    def head(self) -> "FeedName":
        """The feed that this is a page of; itself for a feed."""
        return replace(self, page=None) if self.page is not None else self

    def __str__(self) -> str:
        if self.page is not None:
            return f"{self.shelf}/archive/{self.page}"
        if self.window is None:
            return self.shelf
        path = POPULAR if self.shelf == LATEST else f"{self.shelf}/{POPULAR}"
        return path if self.default_window else f"{path}/{self.window}"


@dataclass(frozen=True)
class Feed:
    """Everything about a feed but its articles; `link` is the page for people, `modified_at` is in UTC."""

    name: FeedName
    title: str
    description: str
    link: str
    limit: int
    modified_at: datetime


@dataclass(frozen=True)
class Tombstone:
    """An article that was on the shelf, and was withdrawn `at`; its `url` if it was not Warta's own page."""

    article_id: str
    at: datetime
    url: str | None = None


@dataclass(frozen=True)
class Ranking:
    """The order of a popular feed: views by article id, most first, as they were when the order last changed."""

    views: Mapping[str, int]
    since: datetime

    @property
    def ids(self) -> list[str]:
        return list(self.views)


def shelves(article: Article) -> dict[str, str]:
    """The shelves that a published article's own fields put it on, with their titles; none for drafts and withdrawn
    ones."""
    if article.status != "published":
        return {}
    return {
        LATEST: "",
        **{f"category/{slug(name)}": name for name in article.categories},
        **{f"tag/{slug(name)}": name for name in article.tags},
        **{f"author/{slug(author.name)}": author.name for author in article.authors},
    }


@dataclass(frozen=True)
class Rule:
    """Which articles a curated feed shows: those on an included shelf or in an included section, or all if nothing is
    included; less those excluded; and the pinned ones in any case."""

    shelf: str
    title: str
    include_shelves: frozenset[str]
    include_sections: frozenset[str]
    exclude_shelves: frozenset[str]
    exclude_sections: frozenset[str]
    pinned: tuple[str, ...]

    @classmethod
    def of(cls, curated: Curated) -> Self:
        """The rule that the settings state; names are compared as they stand in addresses."""
        include, exclude = curated.include, curated.exclude
        return cls(
            f"feed/{curated.name}",
            curated.title,
            _named(include),
            frozenset(include.sections),
            _named(exclude),
            frozenset(exclude.sections),
            curated.pinned,
        )

    @property
    def digest(self) -> str:
        """Another for every other rule."""
        parts = [self.include_shelves, self.include_sections, self.exclude_shelves, self.exclude_sections, self.pinned]
        return hashlib.sha256(json.dumps([sorted(part) for part in parts]).encode()).hexdigest()

    def fits(self, article: Article, standing: Collection[str]) -> bool:
        """Whether the feed shows an article that stands on these shelves."""
        if article.id in self.pinned:
            return True
        everything = not self.include_shelves and not self.include_sections
        included = everything or article.section in self.include_sections
        if not included and self.include_shelves.isdisjoint(standing):
            return False
        return article.section not in self.exclude_sections and self.exclude_shelves.isdisjoint(standing)


def _named(selection: Selection) -> frozenset[str]:
    kinds = {"category": selection.categories, "tag": selection.tags, "author": selection.authors}
    return frozenset(f"{kind}/{slug(name)}" for kind, names in kinds.items() for name in names)


class Shelving:
    """On which shelves an article stands: those of its own fields, and those of the curated feeds that it fits."""

    def __init__(self, curated: Iterable[Curated] = ()) -> None:
        self.rules = tuple(Rule.of(feed) for feed in curated)

    def __call__(self, article: Article) -> dict[str, str]:
        """The shelves' titles by name; empty for drafts and withdrawn articles."""
        standing = shelves(article)
        if not standing:
            return standing
        return {**standing, **{rule.shelf: rule.title for rule in self.rules if rule.fits(article, standing)}}


class FeedCatalogue:
    """The feeds of a newsroom, as its settings name and limit them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._catalogue: Catalogue = settings.catalogue
        self._hidden = {slug(name) for name in settings.catalogue.hidden_categories}
        self._curated = {f"feed/{feed.name}": feed for feed in settings.catalogue.feeds}
        self._words = _WORDS["id" if settings.site.language.split("-")[0] == "id" else "en"]

    def parse(self, path: str) -> FeedName:
        """The name that `path` (without extension) spells. Raises NotFound where no feed can be called so."""
        name = self._parse(path)
        if name is None:
            raise NotFound(f"there is no feed {path!r}")
        return name

    def _parse(self, path: str) -> FeedName | None:
        match path.split("/"):
            case ["latest", *rest]:
                return self._newest(LATEST, rest)
            case ["popular", "entered", *rest]:
                return self._newest(ENTERED, rest)
            case ["popular", *window]:
                return self._ranked(LATEST, window)
            case ["feed", key, *rest] if f"feed/{key}" in self._curated:
                return self._newest(f"feed/{key}", rest)
            case [("category" | "tag" | "author") as kind, key, *rest] if key and slug(key) == key:
                shelf = f"{kind}/{key}"
                match rest:
                    case ["popular", *window] if kind == "category":
                        return self._ranked(shelf, window)
                return self._newest(shelf, rest)
        return None

    def _newest(self, shelf: str, rest: list[str]) -> FeedName | None:
        match rest:
            case []:
                return FeedName(shelf)
            case ["archive", page]:
                return FeedName(shelf, page=page)
        return None

    def _ranked(self, shelf: str, window: list[str]) -> FeedName | None:
        match window:
            case []:
                return FeedName(shelf, self._settings.popular.default_window, default_window=True)
            case [name] if name in WINDOWS:
                return FeedName(shelf, name)
        return None

    def address(self, name: FeedName, extension: str = "", limit: int | None = None) -> str:
        """Where the feed is: its page for people, or with an extension the document in that format."""
        suffix = f".{extension}" if extension else ""
        query = f"?limit={limit}" if limit and limit != self.limit(name) and name.page is None else ""
        return f"{self._settings.base_url}/{quote(str(name))}{suffix}{query}"

    def limit(self, name: FeedName) -> int:
        """How many entries the feed shows when the request does not say."""
        curated = self._curated.get(name.shelf)
        own = curated.limit if curated else None
        return self._catalogue.limits.get(str(name.head), own or self._catalogue.limit)

    def pinned(self, name: FeedName) -> tuple[str, ...]:
        """The ids of the articles that stand first in a curated feed."""
        curated = self._curated.get(name.shelf)
        return curated.pinned if curated else ()

    def feed(self, name: FeedName, shelf: Shelf, limit: int | None = None) -> Feed:
        """The feed called `name`, of the articles of `shelf`."""
        site = self._settings.site
        label = self.label(name, shelf)
        return Feed(
            name=name,
            title=f"{site.title} – {label}",
            description=self._description(name),
            link=self._settings.home if name.head == FeedName(LATEST) else self.address(name.head),
            limit=limit or self.limit(name),
            modified_at=shelf.modified_at,
        )

    def _description(self, name: FeedName) -> str:
        curated = self._curated.get(name.shelf)
        description = (curated.description if curated else "") or self._settings.site.description
        if name.window is None:
            return description
        stop = "" if description.endswith((".", "!", "?")) else "."
        return self._words["window"].format(description=f"{description}{stop}", window=self._words[name.window])

    def label(self, name: FeedName, shelf: Shelf) -> str:
        """What the feed is called inside the newsroom: `Dinamika – Populer 24 jam`."""
        if title := self._catalogue.titles.get(str(name.head)):
            return title
        if curated := self._curated.get(name.shelf):
            return curated.title
        shelf_label = self._catalogue.titles.get(shelf.name) or self._words[shelf.kind].format(shelf.title)
        if name.window is None:
            return shelf_label
        popular = self._words[POPULAR]
        if not name.default_window:
            popular = f"{popular} {self._words[name.window]}"
        return popular if name.shelf == LATEST else f"{shelf_label} – {popular}"

    def names(self, shelf: Shelf) -> Iterator[FeedName]:
        """Every feed that shows the articles of `shelf`, the plain one first."""
        yield FeedName(shelf.name)
        if shelf.kind in (LATEST, "category"):
            yield FeedName(shelf.name, self._settings.popular.default_window, default_window=True)
            for window in WINDOWS:
                yield FeedName(shelf.name, window)

    def listed(self, shelf: Shelf) -> bool:
        """Whether directories show the shelf's feeds."""
        kind, _, key = shelf.name.partition("/")
        if kind == "feed":  # one that the settings no longer name is gone
            return shelf.name in self._curated
        return kind != "category" or key not in self._hidden
