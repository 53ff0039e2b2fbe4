"""The press: documents through the cache. One build per document over all workers and hosts; the others get the
previous document, or wait; while the store is away everybody gets the last good copy."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.cache import BUILD, Cached, FeedCache
from service.document import Document
from service.errors import FeedUnavailable, RedisUnavailable, StoreUnavailable
from service.metrics import Metrics

# Builds before a document is served that is old already: what is not kept would be followed by the one before it.
ATTEMPTS = 3

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Served:
    """A document and how it came: `fresh` from the cache, `built` just now, the `previous` one while another
    builds, or a `stale` last good copy because the store is away."""

    document: Document
    how: str


@dataclass(frozen=True)
class Wanted:
    """One document: under which shelf and key it is kept, what kind it is, and how it is built.

    `order` stands for what the shelf's version does not cover (a ranking, a minute): another order, another document.
    `since` is when that order came to be, where it is known.
    """

    shelf: str
    key: str
    kind: str
    build: Callable[[], Document]
    order: str = ""
    since: datetime | None = None


class Press:
    """Serves documents from the cache, and builds what it does not hold; shared by a process's threads."""

    def __init__(self, cache: FeedCache, metrics: Metrics) -> None:
        self._cache = cache
        self._metrics = metrics

    def serve(self, wanted: Wanted) -> Served:
        """The document. Raises what its `build` does; FeedUnavailable when the store is away and there is no copy."""
        try:
            cached = self._cache.find(wanted.shelf, wanted.key, wanted.order)
        except RedisUnavailable:
            served = Served(self._built(wanted, None), "built")
        else:
            served = self._served(wanted, cached)
        self._metrics.documents.labels(served.how).inc()
        return served

    def _served(self, wanted: Wanted, cached: Cached) -> Served:
        if cached.document and cached.current:
            return Served(cached.document, "fresh")
        try:
            with self._cache.building(wanted.shelf, wanted.key) as mine:
                if mine:
                    return self._renewed(wanted)
        except RedisUnavailable:
            return self._rebuilt(wanted, cached.document)
        if cached.document:
            return Served(cached.document, "previous")
        return self._awaited(wanted)

    def _renewed(self, wanted: Wanted) -> Served:
        """Build and keep, unless another has just done so."""
        for _ in range(ATTEMPTS):
            cached = self._cache.find(wanted.shelf, wanted.key, wanted.order)
            if cached.document and cached.current:
                return Served(cached.document, "fresh")
            served = self._rebuilt(wanted, cached.document)
            if served.how != "built" or self._kept(wanted, cached.version, served.document):
                break
        return served

    def _kept(self, wanted: Wanted, version: str, document: Document) -> bool:
        """Whether all is done that can be: the document is kept, or Redis is away. False when it is old already."""
        try:
            return self._cache.keep(wanted.shelf, wanted.key, version, document, wanted.order)
        except RedisUnavailable:
            log.info("the document of %s could not be kept", wanted.key)
            return True

    def _rebuilt(self, wanted: Wanted, previous: Document | None) -> Served:
        """Build; while the store is away, the last good copy instead, if there is one."""
        try:
            return Served(self._built(wanted, previous), "built")
        except FeedUnavailable:
            if previous is None:
                raise
            return Served(previous, "stale")

    def _awaited(self, wanted: Wanted) -> Served:
        """Wait for the one who builds, and take over if that comes to nothing; in the end, build too."""
        deadline = time.monotonic() + BUILD
        while time.monotonic() < deadline:
            time.sleep(0.01)
            try:
                cached = self._cache.find(wanted.shelf, wanted.key, wanted.order)
                if cached.document and cached.current:
                    return Served(cached.document, "fresh")
                with self._cache.building(wanted.shelf, wanted.key) as mine:
                    if mine:
                        return self._renewed(wanted)
            except RedisUnavailable:
                break
        return Served(self._built(wanted, None), "built")

    def _built(self, wanted: Wanted, previous: Document | None) -> Document:
        with self._metrics.build_seconds.labels(wanted.kind).time():
            try:
                document = wanted.build()
            except StoreUnavailable as error:
                raise FeedUnavailable(f"the document {wanted.key} cannot be built now: {error}") from error
            return self._dated(wanted, document, previous)

    def _dated(self, wanted: Wanted, document: Document, previous: Document | None) -> Document:
        """Last-Modified never goes back, rises when the bytes change, and stays when they do not."""
        if previous and previous.digest == document.digest:
            return document.modified(previous.last_modified)
        at = document.last_modified
        if wanted.since:  # the order changes without the shelf
            at = max(at, wanted.since)
        if previous:
            at = max(at, previous.last_modified + timedelta(seconds=1))
        return document.modified(at)
