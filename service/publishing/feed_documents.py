"""The documents of feeds, of the directory and of the sitemap: how each is built, served through the caches."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property

from service import __version__
from service.articles.dates import utc_now
from service.core.errors import NotFound, RedisUnavailable, StoreUnavailable
from service.core.lru import LruCache
from service.core.metrics import Metrics
from service.core.settings.model import Settings
from service.documents.builder import DocumentBuilder, DocumentSource
from service.documents.cache_entry import DocumentKey
from service.documents.formats import FeedFormat, RenderContext, sitemap
from service.documents.formats.directory import Directory, DirectoryFormat
from service.documents.memory_cache import Slot
from service.documents.parts import DocumentParts
from service.feeds.catalogue import FeedCatalogue
from service.feeds.names import DIRECTORY, ArticleList, FeedName, Ranking
from service.publishing.selection import Selections
from service.publishing.stored_rankings import StoredRankings
from service.storage import ArticleStore, Listing
from service.views import ViewCounter

LISTS_PER_PART = 2_000  # lists in a part of the directory: some 0.5 MB of OPML, 1 MB of JSON
MAX_KNOWN_LISTS = 20_000  # names of lists that a process remembers; a list never vanishes

log = logging.getLogger(__name__)


class FeedDocuments:
    """Serves every document. Built once per process and shared by its threads."""

    def __init__(
        self,
        settings: Settings,
        store: ArticleStore,
        builder: DocumentBuilder,
        counter: ViewCounter,
        stored_rankings: StoredRankings,
        metrics: Metrics,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.settings = settings
        self.catalogue = FeedCatalogue(settings)
        self.store = store
        self.selections = Selections(self.catalogue, store, counter, stored_rankings, clock)
        self.metrics = metrics
        self.clock = clock
        self.appearance = _appearance(settings)
        self._builder = builder
        self._known_lists: LruCache[str, bool] = LruCache(MAX_KNOWN_LISTS)

    def feed(self, name: FeedName, format_: FeedFormat, limit: int | None = None) -> Slot:
        """The document of a feed in a format, with at most `limit` entries (by default, the usual limit of the feed).

        Raises NotFound for a feed that has never existed; FeedUnavailable if the store is unavailable and no cache has
        a copy.
        """
        self.require_feed(name)
        return self._builder.get_or_build(_Feed(self, name, format_, limit))

    def from_store(self, name: FeedName, format_: FeedFormat, limit: int | None = None) -> DocumentParts | None:
        """The document of a feed, made from the store without the caches: they may not have the last change yet.

        None for a popular feed while its order is not known for sure, since Redis is away. Raises NotFound,
        StoreUnavailable.
        """
        self.require_feed(name)
        try:
            ranking = self.selections.current_ranking(name, limit or self.catalogue.limit(name))
        except RedisUnavailable:
            return None
        return _Feed(self, name, format_, limit).build_in_order(ranking, "")[0]

    def directory(self, format_: DirectoryFormat, part: int | None = None) -> Slot:
        """The list of the main feeds in a format for programs, or a part of the list of all feeds; the first is 1.

        Raises NotFound for a part that does not exist, FeedUnavailable.
        """
        return self._builder.get_or_build(_Directory(self, format_, part))

    def sitemap(self, part: int | None = None) -> Slot:
        """The sitemap of the newest articles, or one part of it.

        Raises NotFound for a part that does not exist, FeedUnavailable.
        """
        return self._builder.get_or_build(_Sitemap(self, part))

    def context(self, name: FeedName, limit: int | None = None) -> RenderContext:
        """The feed with its articles, as its HTML page shows them. Raises NotFound, StoreUnavailable."""
        self.require_feed(name)
        limit = limit or self.catalogue.limit(name)
        ranking = self.selections.ranking(name, limit)
        return self.context_of(name, "", limit, ranking, self.selections.of(name, limit, ranking))

    def main_lists(self) -> list[ArticleList]:
        """The lists of the whole site, then those of the categories, without hidden ones. Raises StoreUnavailable."""
        found = [*self.store.lists(self.catalogue.site_lists), *self.store.categories()]
        return [article_list for article_list in found if self.catalogue.is_listed(article_list)]

    def require_feed(self, name: FeedName) -> None:
        """Raise NotFound for a feed whose list has never existed, before a look into Redis that would leave keys there.

        The store is asked once for each list. Without the store, only the lists that Redis knows have documents; for
        the others this raises FeedUnavailable.
        """
        if self._known_lists.get(name.list_name):
            return
        try:
            self.store.article_list(name.list_name)
        except StoreUnavailable:
            self._builder.require_version(name.list_name)
        else:
            self._known_lists.put(name.list_name, True)

    def recompress(self) -> None:
        """Compress documents with many readers into fewer bytes. Raises RedisUnavailable."""
        while self._builder.recompress_next():
            pass

    def context_of(
        self, name: FeedName, extension: str, limit: int, ranking: Ranking | None, listing: Listing
    ) -> RenderContext:
        """The feed with these articles, as the format with the `extension` shows it; without one, as its HTML page."""

        def page_url(page: str | None) -> str | None:
            return self.catalogue.url(replace(name, page=page), extension, limit) if page else None

        return RenderContext(
            feed=self.catalogue.feed(name, listing.article_list, limit),
            entries=listing.entries,
            url=self.catalogue.url(name, extension, limit),
            settings=self.settings,
            older=page_url(listing.older),
            newer=page_url(listing.newer),
            current=self.catalogue.url(name.feed, extension, limit) if name.page else None,
            is_complete=listing.is_complete,
            ranking=ranking,
            tombstones=listing.tombstones,
            archive_pages=listing.full_pages,
        )


class _Feed(DocumentSource):
    """A feed in one format, with a number of entries."""

    def __init__(self, documents: FeedDocuments, name: FeedName, format_: FeedFormat, limit: int | None) -> None:
        usual = documents.catalogue.limit(name)
        self._documents = documents
        self._name = name
        self._format = format_
        self._limit = limit or usual
        self.key = DocumentKey(name.list_name, f"{name.path}:{format_.extension}:{self._limit}", self._limit != usual)
        self.label = format_.extension
        self.media_type = format_.content_type

    @cached_property
    def _ranking(self) -> Ranking | None:
        return self._documents.selections.ranking(self._name, self._limit)

    @property
    def order(self) -> str:
        return f"{self._documents.appearance}/{order_of(self._ranking)}"

    def build(self, built_from: str) -> tuple[DocumentParts, datetime]:
        return self.build_in_order(self._ranking, built_from)

    def build_in_order(self, ranking: Ranking | None, built_from: str) -> tuple[DocumentParts, datetime]:
        """The document with this ranking, as `build` returns it."""
        documents = self._documents
        listing = documents.selections.of(self._name, self._limit, ranking, built_from)
        whole = documents.context_of(self._name, self._format.extension, self._limit, ranking, listing)
        context, left_out = self._format.accept(whole)
        if left_out:
            documents.metrics.left_out.labels(self._format.name).inc(len(left_out))
            log.info("%d articles are left out of %s; warta check says why", len(left_out), context.url)
        # The order may change while the list does not.
        modified_at = max(context.feed.modified_at, ranking.since) if ranking else context.feed.modified_at
        return self._format.document(context), modified_at

    def changed_at(self) -> datetime:
        return self._documents.store.article_list(self._name.list_name).modified_at


class _Directory(DocumentSource):
    """The list of the main feeds, or a part of the list of all feeds."""

    def __init__(self, documents: FeedDocuments, format_: DirectoryFormat, part: int | None) -> None:
        self._documents = documents
        self._format = format_
        self._part = part
        self.key = DocumentKey(DIRECTORY, f"{format_.name}:{part}" if part else format_.name)
        self.label = format_.name
        self.media_type = format_.content_type

    @property
    def order(self) -> str:
        return self._documents.appearance

    def build(self, built_from: str) -> tuple[DocumentParts, datetime]:  # noqa: ARG002 - it reads the lists anew
        documents, has_next = self._documents, False
        if self._part is None:
            lists = documents.main_lists()
        else:
            lists, has_next = documents.store.part_of_lists(self._part, LISTS_PER_PART)
            if not lists:
                raise NotFound(f"the directory has no part {self._part}")
        directory = Directory.of(lists, documents.catalogue, documents.settings, self._part, has_next)
        return DocumentParts(self._format.render(directory)), directory.modified_at


class _Sitemap(DocumentSource):
    """The sitemap, or a part of it.

    An article leaves the sitemap in the minute in which it becomes too old: each minute has a document.
    """

    label = "sitemap"
    media_type = sitemap.CONTENT_TYPE

    def __init__(self, documents: FeedDocuments, part: int | None) -> None:
        self._documents = documents
        self._part = part
        self._minute = documents.clock().replace(second=0, microsecond=0)
        self.key = DocumentKey(DIRECTORY, f"sitemap:{part or ''}")

    @property
    def order(self) -> str:
        return f"{self._documents.appearance}/{self._minute.isoformat()}"

    def build(self, built_from: str) -> tuple[DocumentParts, datetime]:  # noqa: ARG002 - no other document shows it
        documents = self._documents
        since = self._minute + timedelta(minutes=1) - sitemap.MAX_ARTICLE_AGE
        headlines = documents.store.headlines(since, documents.clock())
        return DocumentParts(sitemap.render(headlines, self._part, documents.settings)), self._minute


def order_of(ranking: Ranking | None) -> str:
    """A digest of the order of a popular feed; "" for other feeds."""
    if ranking is None:
        return ""
    places = [f"{id_} pinned" if id_ in ranking.pinned else id_ for id_ in ranking.ids]
    return digest("\n".join([str(ranking.since), *places]))


def _appearance(settings: Settings) -> str:
    """A digest of the release and of the settings that documents show.

    It is part of a document's version: after a restart with other settings, old documents must not be served.
    """
    shown = {"base_url", "site", "catalogue", "podcast", "popular"}
    return digest(f"{__version__} {settings.model_dump_json(include=shown)} {settings.named_hubs}")


def digest(text: str) -> str:
    """16 hexadecimal digits that identify the text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
