"""The press: serves documents from this process's memory, else from Redis, else builds them.

One process builds a document for all processes and hosts. Meanwhile the others serve the previous document, or wait if
there is none. While the store is away, the last good copy is served.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from service.core.errors import FeedUnavailable, RedisUnavailable, StoreUnavailable
from service.core.metrics import Metrics
from service.documents.document import Document, Draft
from service.documents.encodings import Level
from service.documents.memory_cache import Held, Memory, Moment
from service.documents.redis_cache import BUILD, FeedCache, Kept, Sought, Turn

# Builds of a document that changes while it is built, before the last result is served although it is old. The build is
# repeated because Redis does not store an old document: the next request of the reader could get an even older one.
ATTEMPTS = 3
# Seconds with a lookup that found the same document. After so many, smaller encodings are worth their time.
WORTH = 10

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Served:
    """A document, and `how` it was found.

    `how` is one of `held` (in memory), `fresh` (from Redis), `built` (just now), `previous` (an old document while
    the new one is built) or `stale` (the last good copy, because the store is away). `place` is its place in memory;
    None if memory does not hold it.
    """

    kept: Kept
    how: str
    place: Held | None = None

    @property
    def document(self) -> Document:
        return self.kept.document


@dataclass(frozen=True)
class Plan:
    """How a document is built at this moment.

    `build` makes the document. Its argument names what the document shows: the version and the order that were current
    before the build, or an empty string if they are not known for sure. `order` identifies what the list's version
    does not cover, such as a ranking or a minute: another order means another document. `since` is the time at which
    this order began, if it is known. `changed_at` returns the time of the last change of the shown content in the
    store, or a time in the future if it is not known. `build` and `changed_at` may raise NotFound and StoreUnavailable.
    """

    build: Callable[[str], Draft]
    order: str = ""
    since: datetime | None = None
    changed_at: Callable[[], datetime] = lambda: datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Wanted:
    """A requested document: its list, its key there, its `kind` for the metrics, and the function that plans it.

    It is `unusual` if the client chose the number of its entries.
    """

    list_name: str
    key: str
    kind: str
    plan: Callable[[], Plan]
    unusual: bool = False


class Press:
    """Serves documents, and builds those that no cache has. Shared by a process's threads."""

    def __init__(self, memory: Memory, cache: FeedCache, metrics: Metrics, worth: int = WORTH) -> None:
        self._memory = memory
        self._cache = cache
        self._metrics = metrics
        self._worth = worth
        self._alone = [threading.Lock() for _ in range(64)]

    def serve(self, wanted: Wanted) -> Served:
        """The document. Raises the errors of its plan, and FeedUnavailable if the store is away and there is no copy.

        StoreUnavailable from the build is not raised: the last good copy is served.
        """
        served = self._held(wanted) or self._looked_up(wanted)
        self._metrics.documents.labels(served.how).inc()
        return served

    def _held(self, wanted: Wanted) -> Served | None:
        """The document in memory. None if it is not current, or if this request has to look for a newer one."""
        place = self._memory.find(wanted.list_name, wanted.key, unusual=wanted.unusual)
        copy = place.current() if place else None
        if place and copy and not place.claim():
            return Served(copy.kept, "held", place)
        return None

    def _looked_up(self, wanted: Wanted) -> Served:
        moment = self._memory.moment()
        place = self._memory.find(wanted.list_name, wanted.key, unusual=wanted.unusual)
        known = place.copy.kept if place else None
        plan = wanted.plan()
        with suppress(RedisUnavailable):
            served = self._shared(wanted, plan, known)
            if not self._is_behind(served, plan):
                return self._remembered(wanted, served, moment)
            known = _newer(known, served.kept)
        with self._alone[hash(wanted.key) % len(self._alone)]:  # one thread builds, the others use its document
            return self._held(wanted) or self._remembered(wanted, self._rebuilt(wanted, plan, known), moment)

    def _is_behind(self, served: Served, plan: Plan) -> bool:
        """Whether the store has a change that Redis does not have yet, because Redis was away a moment ago.

        A document from before the change would pass for current, and readers would go back in time.
        """
        if served.how == "built" or not self._in_doubt():
            return False
        with suppress(StoreUnavailable):
            return plan.changed_at() > served.document.last_modified
        return False

    def _in_doubt(self) -> bool:
        return self._memory.in_doubt() or self._cache.is_settling

    def _remembered(self, wanted: Wanted, served: Served, moment: Moment) -> Served:
        """Hold the document in memory if it was current at `moment`, when the lookup began.

        A document that many readers ask for is noted in Redis for smaller encodings.
        """
        if served.how not in ("fresh", "built"):
            return served
        place = self._memory.hold(wanted.list_name, wanted.key, served.kept, moment, unusual=wanted.unusual)
        if place.demand >= self._worth and not place.is_noted and served.document.level is Level.QUICK:
            with suppress(RedisUnavailable):
                self._cache.ask_polish(Sought(wanted.list_name, wanted.key))
                place.is_noted = True
        return replace(served, place=place)

    def polish(self) -> bool:
        """Make the smallest encodings of one document from the list in Redis. Returns False if the list is empty.

        It takes a large part of a second: call it in a thread for which no request waits. Raises RedisUnavailable.
        """
        asked = self._cache.to_polish()
        if asked is None:
            return False
        cached = self._cache.find(asked)
        kept = cached.kept
        if kept and kept.document.level is Level.QUICK and kept.shows.startswith(f"{cached.version}/"):
            self._cache.keep(asked, cached, Kept(kept.document.polished(), kept.shows))
        return True

    # --- Redis, shared by all hosts --------------------------------------------------------------------------

    def _shared(self, wanted: Wanted, plan: Plan, known: Kept | None) -> Served:
        """The document from Redis, or built and stored there.

        Raises RedisUnavailable, also after BUILD seconds of waiting for another builder. The caller then builds, too.
        """
        sought = Sought(wanted.list_name, wanted.key, plan.order, known)
        deadline = time.monotonic() + BUILD
        while time.monotonic() < deadline:
            with self._cache.seek(sought) as (cached, turn):
                if cached.kept and cached.current:
                    return Served(cached.kept, "fresh")
                if turn:
                    return self._renewed(wanted, plan, known, turn)
            if cached.kept:
                return Served(cached.kept, "previous")
            time.sleep(0.01)
        raise RedisUnavailable("the process that builds the document does not finish")

    def _renewed(self, wanted: Wanted, plan: Plan, known: Kept | None, turn: Turn) -> Served:
        """Build the document and store it in Redis, unless another builder has just done so."""
        for attempt in range(ATTEMPTS):
            if attempt:
                turn.again()
            cached = turn.cached
            if cached.kept and cached.current:
                return Served(cached.kept, "fresh")
            # In doubt, Redis may not have the version of the last change yet. Articles that were read for the version
            # in Redis may be older than that change, so the build must not reuse them.
            shows = "" if self._in_doubt() else cached.wanted
            served = self._rebuilt(wanted, plan, _newer(cached.kept, known), shows)
            if served.how != "built":
                return served
            try:
                kept = turn.keep(served.document)
            except RedisUnavailable:
                log.info("the document of %s could not be kept", wanted.key)
                return served
            if kept:
                return Served(kept, "built")
        return replace(served, how="previous")  # changes come faster than builds

    # --- building --------------------------------------------------------------------------------------------

    def _rebuilt(self, wanted: Wanted, plan: Plan, previous: Kept | None, shows: str = "") -> Served:
        """Build the document. While the store is away, `previous` is served as the last good copy.

        Raises FeedUnavailable if there is no copy either.
        """
        try:
            with self._metrics.build_seconds.labels(wanted.kind).time():
                document = _following(previous.document if previous else None, plan.build(shows), plan.since)
        except StoreUnavailable as error:
            if previous is None:
                raise FeedUnavailable(f"the document {wanted.key} cannot be built now: {error}") from error
            return Served(previous, "stale")
        return Served(Kept(document, shows=""), "built")


def _newer(one: Kept | None, other: Kept | None) -> Kept | None:
    """The copy with the later Last-Modified of two copies of a document; `one` if they are equal."""
    if one is None or other is None:
        return one or other
    return other if other.document.last_modified > one.document.last_modified else one


def _following(previous: Document | None, draft: Draft, since: datetime | None) -> Document:
    """The document of the draft, as the successor of `previous`.

    Last-Modified never goes back: it rises by at least a second if the bytes change, and stays if they do not.
    """
    if previous and previous.digest == draft.digest:
        return previous
    at = draft.modified_at
    if since:  # the order may change while the list does not
        at = max(at, since)
    if previous:
        at = max(at, previous.last_modified + timedelta(seconds=1))
    return Document.of(draft, at, previous)
