"""Feeds: which there are, which articles each shows and in which order, under which title and address.

A feed's name is its path without the extension: `latest`, `category/politik/popular/24h`. Names of feeds that
the store keeps lists for (`latest`, `category/…`, `tag/…`, `author/…`) are its *shelves*; a popular feed ranks the
articles of a shelf by page views.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Self

from service.articles.article import Article
from service.articles.text import slug
from service.core.settings.model import Curated, Selection

Kind = Literal["latest", "category", "tag", "author"]
LATEST = "latest"
POPULAR = "popular"
TRENDING = "trending"  # the window of what is read most now
DIRECTORY = "directory"  # what directories are kept under, as feeds are under their shelf
ENTERED = "popular/entered"  # the shelf of articles that have entered the popular list, each once
SHELF_KINDS: tuple[Kind, ...] = ("category", "tag", "author")


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
    """A feed's name, understood: the articles of `shelf`, newest first, or most read first in `window` (which may be
    TRENDING).

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
        if self.window == TRENDING:
            return TRENDING if self.shelf == LATEST else f"{self.shelf}/{TRENDING}"
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
class Countable:
    """What the view counter knows of an article: the category shelves on which it stands, and its age."""

    shelves: Sequence[str]
    published_at: datetime


@dataclass(frozen=True)
class Ranking:
    """The order of a popular feed: views by article id, first ones first, as they were when the order last changed; and
    which of them stand first because an editor has pinned them."""

    views: Mapping[str, int]
    since: datetime
    pinned: frozenset[str] = frozenset()

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
