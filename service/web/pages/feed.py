"""The page of a feed, and of each page of its archive."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from service.core.settings.counting import WINDOWS
from service.documents.cache_entry import DocumentKey
from service.documents.formats import DEFAULT_FORMAT
from service.documents.formats.context import EntryValues, RenderContext
from service.feeds.names import LATEST, TRENDING, ArticleList, FeedName, Ranking
from service.publishing.feed_documents import order_of
from service.web.pages.boxes import Navigation, latest_box, popular_box, popular_in_category_box
from service.web.pages.card import site_card
from service.web.pages.page import BoxSource, PageBuilder, PageSource, discovery
from service.web.pages.structured_data import breadcrumbs

NEAR = 2  # numbers of archive pages that are shown on each side of the current page


class NumberedPage(NamedTuple):
    """A link to an archive page. Numbers count from the oldest page, so that a page keeps its number.

    `url` is None for the current page. The number 0 stands for pages that are left out.
    """

    number: int
    url: str | None


class FeedPage(PageSource):
    """The page of a feed with at most `limit` entries, or of a page of its archive."""

    template = "feed.html"

    def __init__(self, builder: PageBuilder, name: FeedName, limit: int | None) -> None:
        usual = builder.feeds.catalogue.limit(name)
        self._name = name
        self._limit = limit or usual
        super().__init__(
            builder, DocumentKey(name.list_name, f"page:{name.path}:{self._limit}", unusual=self._limit != usual)
        )

    @cached_property
    def _ranking(self) -> Ranking | None:
        return self._builder.feeds.selections.ranking(self._name, self._limit)

    @property
    def own_order(self) -> str:
        return order_of(self._ranking)

    def boxes(self) -> Mapping[str, BoxSource]:
        """The popular articles beside the newest ones, and the other way round."""
        name, builder = self._name, self._builder
        is_of_site = name.list_name == LATEST
        beside = {}
        if name.window is None and name.list_name.startswith("category/"):
            beside["popular_here"] = popular_in_category_box(builder, name.list_name)
        if name.window is None or not is_of_site:
            beside["popular"] = popular_box(builder)
        if name.window is not None or not is_of_site:
            beside["latest"] = latest_box(builder)
        return {"navigation": Navigation(builder), **beside}

    def values(self) -> tuple[Mapping[str, object], datetime]:
        builder, feeds, name = self._builder, self._builder.feeds, self._name
        listing = feeds.selections.of(name, self._limit, self._ranking)
        context = feeds.context_of(name, "", self._limit, self._ranking, listing)
        catalogue, article_list = feeds.catalogue, listing.article_list
        sentence = catalogue.own_description(name) or about(article_list, name, self._builder) or context.description
        return {
            "context": context,
            "feed": context.feed,
            "label": catalogue.label(name.feed, article_list),
            "about": sentence,
            "feed_url": catalogue.url(name.feed, DEFAULT_FORMAT.extension),
            "entries": [EntryValues(article, builder.settings) for article in context.entries],
            "windows": [*self._windows()],
            "numbers": [*numbered(context.archive_pages, name, feeds.catalogue.url)] if name.window is None else [],
            **discovery([(name.feed, article_list)], builder),
            **self._head(context, sentence, article_list),
        }, max(context.feed.modified_at, self._ranking.since) if self._ranking else context.feed.modified_at

    def _head(self, context: RenderContext, sentence: str, article_list: ArticleList) -> dict[str, object]:
        """The values of the head. The page with another limit, or of the default window, has the usual page's URL."""
        builder, catalogue, settings = self._builder, self._builder.feeds.catalogue, self._builder.settings
        is_default = self._name.window == settings.popular.default_window
        canonical = catalogue.url(replace(self._name, default_window=is_default))
        if self._name.page is not None:
            return {"canonical": canonical}  # search engines shall not show archive pages
        trail = [(settings.site.title, f"{settings.base_url}/"), (catalogue.label(self._name, article_list), canonical)]
        return {
            "canonical": canonical,
            "card": site_card(context.feed.title, sentence, canonical, context.entries, builder.settings),
            "structured": [breadcrumbs(trail)],
        }

    def _windows(self) -> Iterator[tuple[str, str, bool]]:
        """URL and label of the newest articles and of each popular feed of the list, and whether the page shows it."""
        name, catalogue = self._name.feed, self._builder.feeds.catalogue
        if name.list_name != LATEST and not name.list_name.startswith("category/"):
            return
        texts = self._builder.templates.texts
        yield catalogue.url(FeedName(name.list_name)), texts.gettext("Latest"), name.window is None
        for window in WINDOWS:
            is_default = window == self._builder.settings.popular.default_window
            url = catalogue.url(FeedName(name.list_name, window, default_window=is_default))
            yield url, catalogue.window_label(window), name.window == window
        yield catalogue.url(FeedName(name.list_name, TRENDING)), texts.gettext("Trending"), name.window == TRENDING


def about(article_list: ArticleList, name: FeedName, builder: PageBuilder) -> str:
    """A sentence that says which stories the feed shows; "" if its description says so already."""
    gettext = builder.templates.texts.gettext
    if name.window:
        return gettext("What is read most right now.") if name.window == TRENDING and name.list_name == LATEST else ""
    title = article_list.title
    sentences = {
        "latest": lambda: gettext("All stories, as they come."),
        "category": lambda: gettext("The newest stories in {name}.", name=title),
        "tag": lambda: gettext("The newest stories about {name}.", name=title),
        "author": lambda: gettext("The newest stories by {name}.", name=title),
        "entered": lambda: gettext("Stories that have just become popular."),
    }
    return sentences[article_list.kind]() if article_list.kind in sentences else ""


def numbered(count: int, name: FeedName, url: Callable[[FeedName], str]) -> Iterator[NumberedPage]:
    """The links to the full pages of an archive with `count` of them, the newest first.

    They are those near the current page, or the newest ones, and the oldest one.
    """
    current = int(name.page) + 1 if name.page and name.page.isdecimal() else 0
    middle = current or count
    shown = {number for number in range(middle - NEAR, middle + NEAR + 1) if 1 <= number <= count}
    if count:
        shown |= {1, count}
    before = count + 1
    for number in sorted(shown, reverse=True):
        if before - number > 1:
            yield NumberedPage(0, None)
        yield NumberedPage(number, url(replace(name, page=str(number - 1))) if number != current else None)
        before = number
