"""The front page: the newest headlines, Populer, and the directory of feeds for people."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.articles.article import Article
from service.core.settings.counting import WINDOWS
from service.documents.cache_entry import DocumentKey
from service.documents.formats.context import EntryValues
from service.feeds.names import DIRECTORY, LATEST, TRENDING, ArticleList, FeedName
from service.web.pages.boxes import RECENT, Navigation, listed, most_frequent, popular_box
from service.web.pages.card import site_card
from service.web.pages.feed import about
from service.web.pages.page import BoxSource, PageBuilder, PageSource, discovery
from service.web.pages.structured_data import web_site

LEADING = 5  # headlines with a photo
MAX_CATEGORIES = 60  # categories with their newest headline; the others are found by the search
MAX_CHIPS = 24  # topics, and as many authors
_SAMPLED = 8  # newest articles of a category, whose tags say what it holds
_TOPICS_OF_CATEGORY = 4


@dataclass(frozen=True)
class CategoryCard:
    """A category on the front page: its feed, a line about it, and its newest article."""

    name: FeedName
    url: str
    label: str
    description: str
    topics: Sequence[str]
    newest: EntryValues | None


class HomePage(PageSource):
    """The front page."""

    template = "home.html"

    def __init__(self, builder: PageBuilder) -> None:
        super().__init__(builder, DocumentKey(DIRECTORY, "page:home"))

    def boxes(self) -> Mapping[str, BoxSource]:
        return {"navigation": Navigation(self._builder), "popular": popular_box(self._builder)}

    def values(self) -> tuple[Mapping[str, object], datetime]:
        builder, catalogue = self._builder, self._builder.feeds.catalogue
        newest = builder.store.newest(LATEST, RECENT, builder.clock())
        lists = builder.feeds.main_lists()
        categories = [article_list for article_list in lists if article_list.kind == "category"]
        popular = FeedName(LATEST, builder.settings.popular.default_window, default_window=True)
        trending = FeedName(LATEST, TRENDING)
        others = [article_list for article_list in lists if article_list.kind in ("entered", "feed")]
        return {
            "entries": [EntryValues(article, builder.settings) for article in leading(newest.entries)],
            "feed": catalogue.feed(FeedName(LATEST), newest.article_list),
            "feed_url": catalogue.url(FeedName(LATEST), "rss"),
            "label": catalogue.label(FeedName(LATEST), newest.article_list),
            "popular_feed": (popular, catalogue.label(popular, newest.article_list)),
            "windows": [(FeedName(LATEST, window), catalogue.window_label(window)) for window in WINDOWS],
            "site_feeds": [
                self._described(trending, newest.article_list),
                *[self._described(FeedName(each.name), each) for each in others],
            ],
            "categories": self._cards(categories[:MAX_CATEGORIES]),
            "is_complete": len(categories) <= MAX_CATEGORIES,
            "topics": self._most_named("tag", newest.entries),
            "authors": self._most_named("author", newest.entries),
            **discovery([(FeedName(LATEST), newest.article_list), (popular, newest.article_list)], builder),
            "card": site_card(
                builder.settings.site.title,
                builder.settings.site.description,
                f"{builder.settings.base_url}/",
                leading(newest.entries),
                builder.settings,
            ),
            "structured": [web_site(builder.settings)],
            "is_home": True,
        }, newest.article_list.modified_at

    def _described(self, name: FeedName, article_list: ArticleList) -> tuple[FeedName, str, str]:
        """The name of a feed, its label, and a sentence about it."""
        catalogue = self._builder.feeds.catalogue
        sentence = catalogue.own_description(name) or about(article_list, name, self._builder)
        return name, catalogue.label(name, article_list), sentence

    def _cards(self, categories: Sequence[ArticleList]) -> list[CategoryCard]:
        builder, catalogue = self._builder, self._builder.feeds.catalogue
        listings = builder.store.newest_of([each.name for each in categories], _SAMPLED, builder.clock())
        cards = []
        for article_list, listing in zip(categories, listings, strict=True):
            name = FeedName(article_list.name)
            tags = Counter(tag for article in listing.entries for tag in article.tags)
            cards.append(
                CategoryCard(
                    name,
                    catalogue.url(name),
                    catalogue.label(name, article_list),
                    catalogue.own_description(name),
                    most_frequent(tags, _TOPICS_OF_CATEGORY),
                    EntryValues(listing.entries[0], builder.settings) if listing.entries else None,
                )
            )
        return cards

    def _most_named(self, kind: str, newest: Sequence[Article]) -> list[tuple[str, str]]:
        """URL and label of the topics, or of the authors, of most of the newest articles; sorted by label."""
        builder = self._builder
        names: Counter[str] = Counter()
        for article in newest:
            titles = article.tags if kind == "tag" else [author.name for author in article.authors]
            names.update(builder.store.list_name(kind, title) for title in titles)
        found = builder.store.lists(most_frequent(names, MAX_CHIPS))
        return [(builder.feeds.catalogue.url(FeedName(each.name)), each.title) for each in listed(found, builder)]


def leading(newest: Sequence[Article]) -> list[Article]:
    """The newest articles, LEADING of them. The newest one with a photo is first."""
    first = newest[:LEADING]
    with_photo = next((article for article in first if article.image and article.image.url), None)
    return sorted(first, key=lambda article: article is not with_photo)
