"""The document builder: serves documents from this process's memory, else from Redis, else builds them.

One process builds a document for all processes and hosts. Meanwhile the others serve the previous document, or wait if
there is none. While the store is away, the last good copy is served.
"""

import logging
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime

from service.core.errors import FeedUnavailable, RedisUnavailable, StoreUnavailable
from service.core.metrics import Metrics
from service.documents.cache_entry import CacheEntry, DocumentKey
from service.documents.document import Document
from service.documents.encodings import Level
from service.documents.memory_cache import MemoryCache, Moment, Slot
from service.documents.parts import DocumentParts
from service.documents.redis_cache import BUILD_SECONDS, Lookup, RedisCache

# Builds of a document that changes while it is built, before the last result is served although it is old. The build is
# repeated because Redis does not store an old document: the next request of the reader could get an even older one.
MAX_BUILDS = 3
# Seconds with a lookup that found the same document; then smaller encodings are worth their time
HOT_AFTER_SECONDS = 10

log = logging.getLogger(__name__)


class DocumentSource(ABC):
    """The source of one document: its key, its order now, and its build. One object serves one request.

    `label` is the document's kind in the metrics.
    """

    key: DocumentKey
    label: str
    media_type: str

    @property
    @abstractmethod
    def order(self) -> str:
        """An identifier of what the list's version does not cover, such as a ranking or a minute.

        Another order means another document.
        """

    @abstractmethod
    def build(self, built_from: str) -> tuple[DocumentParts, datetime]:
        """The document, and the time of the last known change of its content. Raises NotFound, StoreUnavailable.

        `built_from` identifies the version and the order that were current before the build; it is empty if they are
        not known for sure.
        """

    def changed_at(self) -> datetime:
        """The time of the last change of the list in the store, or a time in the future if that is not known.

        Raises NotFound, StoreUnavailable.
        """
        return datetime.max.replace(tzinfo=UTC)


class DocumentBuilder:
    """Validates, builds and dates documents. Shared by a process's threads.

    The caches are two tiers with the same three methods, `find`, `store` and `invalidate`. `hot_after` is in seconds.
    """

    def __init__(
        self, memory: MemoryCache, redis: RedisCache, metrics: Metrics, hot_after: int = HOT_AFTER_SECONDS
    ) -> None:
        self._memory = memory
        self._redis = redis
        self._metrics = metrics
        self._hot_after = hot_after
        self._building = [threading.Lock() for _ in range(64)]

    def get_or_build(self, source: DocumentSource) -> Slot:
        """The document. Raises the errors of its source, and FeedUnavailable if the store is away without a copy.

        StoreUnavailable from the build is not raised: the last good copy is served.
        """
        slot = self._memory.find(source.key)
        if slot and slot.is_current() and not slot.try_refresh():
            self._metrics.documents.labels("held").inc()
            return slot
        slot, how = self._look_up(source, slot.entry if slot else None)
        self._metrics.documents.labels(how).inc()
        return slot

    def require_version(self, list_name: str) -> None:
        """Raise FeedUnavailable if Redis has no version of the list, and so no document of it."""
        with suppress(RedisUnavailable):
            if not self._redis.has_version(list_name):
                raise FeedUnavailable(f"the documents of {list_name} cannot be built now, and there is no copy")

    def invalidate(self, list_names: Iterable[str], since: datetime | None = None) -> None:
        """Mark the documents of these lists as outdated in both caches. `since` is the time of the change.

        Raises RedisUnavailable.
        """
        list_names = list(list_names)
        try:
            self._redis.invalidate(list_names, since)
        finally:  # also while Redis fails: memory holds documents that were built from the store
            self._memory.invalidate(list_names)

    def recompress_next(self) -> bool:
        """Make the smallest encodings of the hot document that was noted first. Returns False if none is noted.

        It takes a large part of a second: call it in a thread for which no request waits. Raises RedisUnavailable.
        """
        key = self._redis.next_hot()
        if key is None:
            return False
        lookup = self._redis.find(key)
        entry = lookup.entry
        if entry and entry.document.level is Level.QUICK and entry.built_from.startswith(f"{lookup.version}/"):
            _, _, lookup.order = entry.built_from.partition("/")
            self._redis.store(lookup, entry.document.recompressed())
        return True

    def _look_up(self, source: DocumentSource, known: CacheEntry | None) -> tuple[Slot, str]:
        """The document from Redis or from a build, and how it was found."""
        moment = self._memory.moment()
        order = source.order
        with suppress(RedisUnavailable):
            entry, how = self._from_redis(source, order, known)
            if how == "built" or not self._is_redis_behind(source, entry):
                return self._remembered(source.key, entry, how, moment), how
            known = _newer(known, entry)
        with self._building[hash(source.key) % len(self._building)]:  # one thread builds, the others use its document
            slot = self._memory.find(source.key)
            if slot and slot.is_current() and not slot.try_refresh():
                return slot, "held"
            entry, how = self._built(source, known)
            return self._remembered(source.key, entry, how, moment), how

    def _from_redis(self, source: DocumentSource, order: str, known: CacheEntry | None) -> tuple[CacheEntry, str]:
        """The document from Redis, or built and stored there.

        Raises RedisUnavailable, also after BUILD_SECONDS of waiting for another builder. The caller then builds, too.
        """
        deadline = time.monotonic() + BUILD_SECONDS
        while time.monotonic() < deadline:
            lookup = self._redis.find(source.key, order, known, lock=True)
            if lookup.entry and lookup.is_current:
                return lookup.entry, "fresh"
            if lookup.token:
                return self._built_for_all(source, known, lookup)
            if lookup.entry:
                return lookup.entry, "previous"
            time.sleep(0.01)
        raise RedisUnavailable("the process that builds the document does not finish")

    def _built_for_all(
        self, source: DocumentSource, known: CacheEntry | None, lookup: Lookup
    ) -> tuple[CacheEntry, str]:
        """Build the document under the build lock of the `lookup`, and store it in Redis."""
        try:
            for _ in range(MAX_BUILDS):
                # A suspect Redis may not have the version of the last change yet. Articles that were read for the
                # version in Redis may be older than that change, so the build must not reuse them.
                built_from = "" if self._redis.is_suspect else lookup.built_from
                entry, how = self._built(source, _newer(lookup.entry, known), built_from)
                if how != "built":
                    return entry, how
                try:
                    if stored := self._redis.store(lookup, entry.document):
                        return stored, "built"
                except RedisUnavailable:
                    log.info("the document %s could not be stored", source.key.name)
                    return entry, "built"
                lookup = self._redis.find_again(lookup)
                if lookup.entry and lookup.is_current:  # another builder has been faster
                    return lookup.entry, "fresh"
            return entry, "previous"  # changes come faster than builds
        finally:
            self._redis.release(lookup)

    def _built(
        self, source: DocumentSource, previous: CacheEntry | None, built_from: str = ""
    ) -> tuple[CacheEntry, str]:
        """Build the document. While the store is away, `previous` is served as the last good copy.

        Raises FeedUnavailable if there is no copy either.
        """
        try:
            with self._metrics.build_seconds.labels(source.label).time():
                parts, modified_at = source.build(built_from)
                before = previous.document if previous else None
                document = Document.after(before, parts, source.media_type, modified_at)
        except StoreUnavailable as error:
            if previous is None:
                raise FeedUnavailable(f"the document {source.key.name} cannot be built now: {error}") from error
            return previous, "stale"
        return CacheEntry(document, built_from=""), "built"

    def _remembered(self, key: DocumentKey, entry: CacheEntry, how: str, moment: Moment) -> Slot:
        """Store the document in memory if it was current at `moment`, when the lookup began.

        A document that many readers ask for is noted in Redis for smaller encodings.
        """
        if how not in ("fresh", "built"):
            return self._memory.unstored(entry, how)
        slot = self._memory.store(key, entry, how, moment)
        if slot.demand >= self._hot_after and not slot.is_hot and slot.document.level is Level.QUICK:
            with suppress(RedisUnavailable):
                self._redis.note_hot(key)
                slot.is_hot = True
        return slot

    def _is_redis_behind(self, source: DocumentSource, entry: CacheEntry) -> bool:
        """True if the store has a change that Redis does not have yet, because Redis was away a moment ago.

        A document from before the change would pass for current, and readers would go back in time.
        """
        if not self._redis.is_suspect:
            return False
        with suppress(StoreUnavailable):
            return source.changed_at() > entry.document.last_modified
        return False


def _newer(one: CacheEntry | None, other: CacheEntry | None) -> CacheEntry | None:
    """The entry with the later Last-Modified of two entries of a document; `one` if they are equal."""
    if one is None or other is None:
        return one or other
    return other if other.document.last_modified > one.document.last_modified else one
