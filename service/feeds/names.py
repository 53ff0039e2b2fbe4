"""Names of feeds and of the lists of articles (lists) that they show, with the values that describe a feed.

A feed's name is its URL path without the extension: `latest`, `category/politik/popular/24h`. The lists of articles
that the store keeps are its *lists*. A list has the name of the feed that shows it in order of time: `latest`,
`category/…`, `tag/…`, `author/…`, `feed/…`. A popular feed ranks the articles of a list by page views.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Literal, Self

from service.articles.article import Article
from service.core.settings.catalogue import ArticleSelection, CuratedFeed
from service.feeds.list_names import ListNames

FeedKind = Literal["latest", "category", "tag", "author"]
LATEST = "latest"
POPULAR = "popular"
TRENDING = "trending"  # the window of trending feeds: the articles that are read most right now
DIRECTORY = "directory"  # cached directories have this in place of the name of a list
ENTERED = "popular/entered"  # the list of articles that have entered the popular list; each article enters once
LIST_KINDS: tuple[FeedKind, ...] = ("category", "tag", "author")


@dataclass(frozen=True)
class ArticleList:
    """A list of articles in the store, without its articles. `modified_at` rises a second or more with every change."""

    name: str
    title: str
    modified_at: datetime

    @property
    def kind(self) -> str:
        """The kind of list: latest, category, tag, author, feed or entered."""
        return "entered" if self.name == ENTERED else self.name.partition("/")[0]


@dataclass(frozen=True)
class FeedName:
    """The parsed name of a feed. It shows the articles of `list_name`.

    Without `window` the newest articles are first; with `window` (which may be TRENDING) the most read in that window.
    `page` names a page of the feed's archive in place of its newest entries (RFC 5005 §4).
    """

    list_name: str
    window: str | None = None
    default_window: bool = False
    page: str | None = None

    @cached_property
    def feed(self) -> "FeedName":
        """The name of the feed to which this archive page belongs; the same name if it is no page."""
        return replace(self, page=None) if self.page is not None else self

    @cached_property
    def path(self) -> str:
        """The path of the feed's URL, without extension and without a slash in front."""
        if self.page is not None:
            return f"{self.list_name}/archive/{self.page}"
        if self.window is None:
            return self.list_name
        if self.window == TRENDING:
            return TRENDING if self.list_name == LATEST else f"{self.list_name}/{TRENDING}"
        path = POPULAR if self.list_name == LATEST else f"{self.list_name}/{POPULAR}"
        return path if self.default_window else f"{path}/{self.window}"

    @property
    def is_main(self) -> bool:
        """True if this is the feed of articles in order of publication, or the popular feed of the site."""
        if self.window is None:
            return self.list_name != ENTERED
        return self.list_name == LATEST and self.default_window

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True)
class Feed:
    """The description of a feed, without articles. `link` is the URL of its page for people. `modified_at` is UTC.

    The feed of a search is not one of the catalogue: its name says nothing, and its link identifies it.
    """

    name: FeedName
    title: str
    description: str
    link: str
    limit: int
    modified_at: datetime
    is_search: bool = False


@dataclass(frozen=True)
class Tombstone:
    """A withdrawn article that was on the list. `at` is the time of withdrawal. `url` is None for Warta's own page."""

    article_id: str
    at: datetime
    url: str | None = None


@dataclass(frozen=True)
class CountableArticle:
    """The data of an article for the view counter: its category lists and its time of publication."""

    list_names: Sequence[str]
    published_at: datetime


@dataclass(frozen=True)
class Ranking:
    """The order of a popular feed.

    `views` has the page views by article id, in the order of the feed; the counts are from the time of the last change
    of the order, `since`. `pinned` are the ids of the articles that an editor has pinned to the top. A ranking
    `from_store` has the views that were stored until `since`, because Redis is away or does not have all views.
    """

    views: Mapping[str, int]
    since: datetime
    pinned: frozenset[str] = frozenset()
    from_store: bool = False

    @property
    def ids(self) -> list[str]:
        return list(self.views)


@dataclass(frozen=True)
class CuratedFeedRule:
    """The rule that selects the articles of a curated feed.

    The feed shows the articles on an included list or in an included section; all articles if nothing is included. It
    does not show articles on an excluded list or in an excluded section. It always shows pinned articles.
    """

    list_name: str
    title: str
    include_lists: frozenset[str]
    include_sections: frozenset[str]
    exclude_lists: frozenset[str]
    exclude_sections: frozenset[str]
    pinned: tuple[str, ...]

    @classmethod
    def from_settings(cls, curated: CuratedFeed, names: ListNames) -> Self:
        """The rule in the settings. Names of categories, tags and authors become slugs, as in URLs."""
        include, exclude = curated.include, curated.exclude
        return cls(
            f"feed/{curated.name}",
            curated.title,
            _list_names(include, names),
            frozenset(include.sections),
            _list_names(exclude, names),
            frozenset(exclude.sections),
            curated.pinned,
        )

    @property
    def digest(self) -> str:
        """A hash of the rule, without `list_name` and `title`. Rules that select by other values have other hashes."""
        parts = [self.include_lists, self.include_sections, self.exclude_lists, self.exclude_sections, self.pinned]
        return hashlib.sha256(json.dumps([sorted(part) for part in parts]).encode()).hexdigest()

    def selects(self, article: Article, standing: Collection[str]) -> bool:
        """True if the feed shows the article. `standing` are the lists of the article by its own fields."""
        if article.id in self.pinned:
            return True
        everything = not self.include_lists and not self.include_sections
        included = everything or article.section in self.include_sections
        if not included and self.include_lists.isdisjoint(standing):
            return False
        return article.section not in self.exclude_sections and self.exclude_lists.isdisjoint(standing)


def _list_names(selection: ArticleSelection, names: ListNames) -> frozenset[str]:
    kinds = {"category": selection.categories, "tag": selection.tags, "author": selection.authors}
    return frozenset(names.of(kind, name) for kind, selected in kinds.items() for name in selected)


class ListAssignment:
    """Computes the lists of an article: by its own fields, and by the rules of the curated feeds."""

    def __init__(self, curated: Iterable[CuratedFeed] = (), names: ListNames | None = None) -> None:
        self.names = names or ListNames()
        self._curated = tuple(curated)
        self.rules = tuple(CuratedFeedRule.from_settings(feed, self.names) for feed in self._curated)

    def with_stored(self, lists: Iterable[tuple[str, str]]) -> "ListAssignment":
        """This assignment, with the names of the stored lists, each with its title."""
        return ListAssignment(self._curated, self.names.with_stored(lists))

    def __call__(self, article: Article) -> dict[str, str]:
        """The titles of the article's lists by name. Empty for drafts and withdrawn articles."""
        if article.status != "published":
            return {}
        standing = {LATEST: "", **self.names.of_article(article)}
        return {**standing, **{rule.list_name: rule.title for rule in self.rules if rule.selects(article, standing)}}
