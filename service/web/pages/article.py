"""The page of an article, and the demo page with the script of news pages."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from markupsafe import Markup

from service.articles.article import Article, page_url
from service.core.errors import NotFound
from service.core.lru import LruCache
from service.documents.cache_entry import DocumentKey
from service.documents.formats.context import EntryValues
from service.feeds.names import LATEST, FeedName
from service.web.pages.boxes import Navigation, latest_box, listed, popular_box
from service.web.pages.card import article_card
from service.web.pages.page import BoxSource, PageBuilder, PageSource, discovery
from service.web.pages.structured_data import breadcrumbs, news_article

MAX_KNOWN_ARTICLES = 20_000  # ids of visible articles that a process remembers
MAX_DEMO_CANDIDATES = 10  # newest articles; the demo page shows the first one with a photo
RELATED = 4  # articles in Baca juga
UPDATED_AFTER = timedelta(minutes=1)  # a shorter time between publication and change is no update


class KnownArticles:
    """Answers whether an article is visible, before a look into Redis that would leave keys there.

    The store is asked once for each article. Shared by threads.
    """

    def __init__(self, builder: PageBuilder) -> None:
        self._builder = builder
        self._visible: LruCache[str, bool] = LruCache(MAX_KNOWN_ARTICLES)

    def require(self, article_id: str) -> None:
        """Raise NotFound or Gone for an article that readers may not see. Raises StoreUnavailable."""
        if not self._visible.get(article_id):
            self.read(article_id)

    def read(self, article_id: str) -> Article:
        """The article. Raises NotFound, Gone, StoreUnavailable."""
        try:
            article = self._builder.store.visible_article(article_id, self._builder.clock())
        except NotFound:
            self._visible.put(article_id, False)
            raise
        self._visible.put(article_id, True)
        return article


class ArticlePage(PageSource):
    """The page of an article. Its boxes show the list of all articles, so it belongs to this list."""

    template = "article.html"

    def __init__(self, builder: PageBuilder, article_id: str, known: KnownArticles) -> None:
        super().__init__(builder, DocumentKey(LATEST, f"page:article:{article_id}"))
        self._id = article_id
        self._known = known

    def boxes(self) -> Mapping[str, BoxSource]:
        builder = self._builder
        return {"navigation": Navigation(builder), "popular": popular_box(builder), "latest": latest_box(builder)}

    def values(self) -> tuple[Mapping[str, object], datetime]:
        article = self._known.read(self._id)
        related = self._builder.store.related(article, RELATED, self._builder.clock())
        return {
            **article_values(article, self._builder),
            **_head(article, self._builder),
            "related": [EntryValues(each, self._builder.settings) for each in related],
        }, article.updated_at


class DemoPage(PageSource):
    """A news page with the script `/embed.js`, which fills its boxes."""

    template = "demo.html"

    def __init__(self, builder: PageBuilder) -> None:
        super().__init__(builder, DocumentKey(LATEST, "page:demo"))

    def boxes(self) -> Mapping[str, BoxSource]:
        return {"navigation": Navigation(self._builder)}

    def values(self) -> tuple[Mapping[str, object], datetime]:
        """The values about the newest article with a photo. Raises NotFound if there is no article."""
        listing = self._builder.store.newest(LATEST, MAX_DEMO_CANDIDATES, self._builder.clock())
        newest = listing.entries
        if not newest:
            raise NotFound("there is no article to show yet")
        article = next((each for each in newest if each.image and each.image.url), newest[0])
        feeds = discovery([(FeedName(LATEST), listing.article_list)], self._builder)
        return {**article_values(article, self._builder), **feeds}, listing.article_list.modified_at


def _head(article: Article, builder: PageBuilder) -> dict[str, object]:
    """The values of the head: the card, the structured data, and the feeds of the article."""
    settings, store, catalogue = builder.settings, builder.store, builder.feeds.catalogue
    entry = EntryValues(article, settings)

    def feed_url(kind: str, name: str) -> str:
        return catalogue.url(FeedName(store.list_name(kind, name)))

    authors = [(author.name, author.url or feed_url("author", author.name)) for author in article.authors]
    trail = [(settings.site.title, f"{settings.base_url}/")]
    trail += [(name, feed_url("category", name)) for name in article.categories[:1]]
    lists = [LATEST, *[store.list_name("category", name) for name in article.categories]]
    known = listed([store.article_list(LATEST), *store.lists(lists[1:])], builder)
    return {
        "card": article_card(entry, [url for _, url in authors]),
        "structured": [news_article(entry, authors), breadcrumbs([*trail, (article.title, entry.link)])],
        **discovery([(FeedName(each.name), each) for each in known], builder),
    }


def article_values(article: Article, builder: PageBuilder) -> dict[str, object]:
    """The values of the templates about an article."""
    entry = EntryValues(article, builder.settings)
    own_page = page_url(builder.settings.base_url, article.id)
    list_name, url = builder.store.list_name, builder.feeds.catalogue.url

    def feed_url(kind: str, name: str) -> str:
        return url(FeedName(list_name(kind, name)))

    recordings = [file for file in entry.files if file.type.startswith(("audio/", "video/"))]
    return {
        "entry": entry,
        "article": article,
        "body": Markup(article.content_html),  # noqa: S704 - sanitized when it came in
        "is_updated": article.updated_at - article.published_at >= UPDATED_AFTER,
        "category_url": partial(feed_url, "category"),
        "tag_url": partial(feed_url, "tag"),
        "author_url": partial(feed_url, "author"),
        "recordings": recordings,
        "files": [file for file in article.enclosures if file not in recordings and not file.type.startswith("image/")],
        "pixel": f"{own_page}/views.gif",
        "own_page": own_page,
    }
