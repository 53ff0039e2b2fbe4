"""The documents of searches: feeds and pages. Strangers choose the words, so they have a small cache of their own."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from service.articles.dates import utc_now
from service.core.errors import BadRequest, FeedUnavailable, NotFound, StoreUnavailable
from service.core.metrics import Metrics
from service.core.settings.model import Settings
from service.documents.cache_entry import CacheEntry, DocumentKey
from service.documents.document import Document
from service.documents.formats import FeedFormat, RenderContext
from service.documents.memory_cache import MemoryCache, Slot
from service.documents.parts import DocumentParts
from service.feeds.names import Feed, FeedName
from service.feeds.searches import SEARCH, SearchName
from service.publishing.feed_documents import FeedDocuments
from service.search import Analyser, Query, parse
from service.storage import ArticleSearch, Position, Search

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)  # the time of an index that does not exist yet


@dataclass(frozen=True)
class SearchResults:
    """The results of a search on one page. `older` is the search for the next page; None if there is none."""

    name: SearchName
    query: Query
    context: RenderContext
    older: SearchName | None
    is_partial: bool


class Searches:
    """Serves the documents of searches. Built once per process and shared by its threads.

    A document is kept for a second, in memory alone. Then the next request searches anew. A document that has not
    changed keeps its ETag.
    """

    def __init__(
        self,
        settings: Settings,
        articles: ArticleSearch,
        analyser: Analyser,
        feeds: FeedDocuments,
        memory: MemoryCache,
        metrics: Metrics,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.analyser = analyser
        self._settings = settings
        self._articles = articles
        self._feeds = feeds
        self._memory = memory
        self._metrics = metrics
        self._clock = clock
        self._searching = [threading.Lock() for _ in range(64)]

    def feed(self, name: SearchName, format_: FeedFormat) -> Slot:
        """The feed of a search in a format. Raises BadRequest, FeedUnavailable."""
        return self.document(
            name, format_.extension, format_.content_type, lambda results: format_.document(results.context)
        )

    def document(
        self, name: SearchName, extension: str, media_type: str, render: Callable[[SearchResults], DocumentParts]
    ) -> Slot:
        """The results of a search as the document that `render` makes. The page has no `extension`.

        Raises BadRequest for a search that cannot be understood. Raises FeedUnavailable if the store is away, or has
        too many searches, and there is no copy.
        """
        key = DocumentKey(SEARCH, f"{extension}:{name.query}")
        if slot := self._held(key):
            return slot
        with self._searching[hash(key) % len(self._searching)]:  # one thread searches, the others use its document
            return self._held(key) or self._searched(key, name, extension, media_type, render)

    def _held(self, key: DocumentKey) -> Slot | None:
        """The document, if no new search is necessary yet."""
        slot = self._memory.find(key)
        if slot is None or not slot.is_current() or slot.try_refresh():
            return None
        self._metrics.documents.labels("held").inc()
        return slot

    def _searched(
        self,
        key: DocumentKey,
        name: SearchName,
        extension: str,
        media_type: str,
        render: Callable[[SearchResults], DocumentParts],
    ) -> Slot:
        """The document of a new search; the last one, if the store does not answer."""
        before, moment = self._memory.find(key), self._memory.moment()
        try:
            with self._metrics.build_seconds.labels(SEARCH).time():
                results = self._results(name, extension)
                parts = render(results)
        except (StoreUnavailable, FeedUnavailable) as error:
            if before is None:
                raise FeedUnavailable(f"the search cannot be answered now: {error}") from error
            self._metrics.documents.labels("stale").inc()
            return self._memory.unstored(before.entry, "stale")
        self._metrics.documents.labels("built").inc()
        modified_at = results.context.feed.modified_at
        document = Document.after(before.document if before else None, parts, media_type, modified_at)
        return self._memory.store(key, CacheEntry(document, built_from=""), "built", moment)

    def _results(self, name: SearchName, extension: str) -> SearchResults:
        query = parse(name.text, self.analyser)
        limit = name.limit or self._settings.catalogue.limit
        found = self._articles.find(self._search(name, query), limit, self._clock())
        older = _page_after(name, found.after) if found.after else None
        feed = Feed(
            name=FeedName(SEARCH),
            title=f"{self._settings.site.title} – {name.title(self._settings)}",
            description=self._settings.site.description,
            link=name.first_page.url(self._settings),
            limit=limit,
            modified_at=found.modified_at or _LONG_AGO,
            is_search=True,
        )
        context = RenderContext(
            feed=feed,
            entries=found.articles,
            url=name.url(self._settings, extension),
            settings=self._settings,
            older=older.url(self._settings, extension) if older else None,
        )
        return SearchResults(name, query, context, older, found.is_partial)

    def _search(self, name: SearchName, query: Query) -> Search:
        zone = self._settings.site.zone
        first, last = name.first_day, name.last_day
        return Search(
            query,
            self._list_names(name.category),
            since=datetime.combine(first, time(), zone) if first else None,
            until=datetime.combine(last + timedelta(days=1), time(), zone) if last else None,
            after=_position(name.before) if name.before else None,
        )

    def _list_names(self, category: str) -> set[str]:
        """The names of the category's list in the index: also those from before a rename. Raises BadRequest."""
        if not category:
            return set()
        list_name = self._feeds.store.list_name("category", category)
        try:
            self._feeds.require_feed(FeedName(list_name))
        except NotFound:
            raise BadRequest(f"category: there is no category {category!r}") from None
        return self._feeds.store.list_names.leading_to(list_name)


def _page_after(name: SearchName, after: Position) -> SearchName:
    return replace(name, before=f"{int(after.published_at.timestamp())}-{after.article_key}")


def _position(before: str) -> Position:
    seconds, _, key = before.rpartition("-")
    return Position(datetime.fromtimestamp(int(seconds), UTC), int(key))
