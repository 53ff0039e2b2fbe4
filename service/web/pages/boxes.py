"""The boxes that pages share: Populer, UPDATE, and the categories in the navigation."""

from collections import Counter
from datetime import datetime
from itertools import islice

from service.documents.cache_entry import DocumentKey
from service.documents.parts import DocumentParts
from service.feeds.catalogue import FeedCatalogue
from service.feeds.names import LATEST, ArticleList, FeedName
from service.web.pages.page import BoxSource, FeedBox, PageBuilder

MAX_NAVIGATION = 8  # categories in the navigation
RECENT = 100  # newest articles by which the categories of the navigation, and the topics of the front page, are chosen


def popular_box(builder: PageBuilder) -> BoxSource:
    """Populer: the most read articles of the site in the default window."""
    return FeedBox(builder, _popular(builder, LATEST), lambda _: builder.templates.texts.gettext("Popular"))


def popular_in_category_box(builder: PageBuilder, list_name: str) -> BoxSource:
    """The most read articles of a category."""

    def title(article_list: ArticleList) -> str:
        return builder.templates.texts.gettext("Popular in {category}", category=article_list.title)

    return FeedBox(builder, _popular(builder, list_name), title)


def latest_box(builder: PageBuilder) -> BoxSource:
    """UPDATE: the newest articles of the site."""
    texts = builder.templates.texts
    title = texts.pgettext("title of a box with the newest stories", "Latest")
    return FeedBox(builder, FeedName(LATEST), lambda _: title)


def _popular(builder: PageBuilder, list_name: str) -> FeedName:
    return FeedName(list_name, builder.settings.popular.default_window, default_window=True)


class Navigation(BoxSource):
    """Links to the categories with most of the newest articles, by title."""

    def __init__(self, builder: PageBuilder) -> None:
        super().__init__(builder, DocumentKey(LATEST, "box:navigation"))

    def build(self, built_from: str) -> tuple[DocumentParts, datetime]:  # noqa: ARG002 - no other document shows it
        builder = self._builder
        newest = builder.store.newest(LATEST, RECENT, builder.clock())
        names = Counter(
            builder.store.list_name("category", category)
            for article in newest.entries
            for category in article.categories
        )
        found = listed(builder.store.lists([name for name, _ in names.most_common(3 * MAX_NAVIGATION)]), builder)
        most = sorted(found, key=lambda each: (-names[each.name], each.name))[:MAX_NAVIGATION]
        chosen = [each for each in found if each in most]
        html = builder.templates.render("navigation.html", categories=labelled(chosen, builder.feeds.catalogue))
        return DocumentParts(html.encode()), newest.article_list.modified_at


def listed(article_lists: list[ArticleList], builder: PageBuilder) -> list[ArticleList]:
    """The lists that directories show."""
    return [article_list for article_list in article_lists if builder.feeds.catalogue.is_listed(article_list)]


def labelled(article_lists: list[ArticleList], catalogue: FeedCatalogue) -> list[tuple[str, str]]:
    """The URL of the page of each list in order of time, and its label."""
    names = [(FeedName(article_list.name), article_list) for article_list in article_lists]
    return [(catalogue.url(name), catalogue.label(name, article_list)) for name, article_list in names]


def most_frequent(names: Counter[str], most: int) -> list[str]:
    """The most frequent names; those that are equally frequent in the order in which they were counted."""
    return [name for name, _ in islice(names.most_common(), most)]
