"""The press: documents from this process's memory, else from Redis, else built, once for all workers and hosts.

While one builds, the others get the previous document, or wait; while the store is away everybody gets the last good
copy.
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

# Builds before a document is served that is old already: what is not kept would be followed by the one before it.
ATTEMPTS = 3
# A document that was looked after in so many seconds goes to so many readers that fewer bytes are worth the time.
WORTH = 10

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Served:
    """A document and how it came: `held` in memory, `fresh` from Redis, `built` just now, the `previous` one while
    another builds, or a `stale` last good copy because the store is away. `place` is where memory holds it, if it does.
    """

    kept: Kept
    how: str
    place: Held | None = None

    @property
    def document(self) -> Document:
        return self.kept.document


@dataclass(frozen=True)
class Plan:
    """How a document is built now.

    `build` is told what the document will show: the version and the order that were current before, or nothing where
    that cannot be known. `order` stands for what the shelf's version does not cover (a ranking, a minute): another
    order, another document. `since` is when that order came to be, where it is known. `changed_at` tells when the store
    saw the last change of what the document shows; a time to come where that is not known. It may raise NotFound,
    StoreUnavailable.
    """

    build: Callable[[str], Draft]
    order: str = ""
    since: datetime | None = None
    changed_at: Callable[[], datetime] = lambda: datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Wanted:
    """One document: under which shelf and key it is kept, what kind it is, and how to plan it.

    It is `unusual` where a client chose the number of its entries.
    """

    shelf: str
    key: str
    kind: str
    plan: Callable[[], Plan]
    unusual: bool = False


class Press:
    """Serves documents, and builds what nobody has; shared by a process's threads."""

    def __init__(self, memory: Memory, cache: FeedCache, metrics: Metrics, worth: int = WORTH) -> None:
        self._memory = memory
        self._cache = cache
        self._metrics = metrics
        self._worth = worth
        self._alone = [threading.Lock() for _ in range(64)]

    def serve(self, wanted: Wanted) -> Served:
        """The document. Raises what its build does; FeedUnavailable when the store is away and there is no copy."""
        served = self._held(wanted) or self._looked_up(wanted)
        self._metrics.documents.labels(served.how).inc()
        return served

    def _held(self, wanted: Wanted) -> Served | None:
        """What memory has, if that is current and it is not this request that has to look."""
        place = self._memory.find(wanted.shelf, wanted.key, unusual=wanted.unusual)
        copy = place.current() if place else None
        if place and copy and not place.claim():
            return Served(copy.kept, "held", place)
        return None

    def _looked_up(self, wanted: Wanted) -> Served:
        moment = self._memory.moment()
        place = self._memory.find(wanted.shelf, wanted.key, unusual=wanted.unusual)
        known = place.copy.kept if place else None
        plan = wanted.plan()
        with suppress(RedisUnavailable):
            served = self._shared(wanted, plan, known)
            if not self._is_behind(served, plan):
                return self._remembered(wanted, served, moment)
            known = _newer(known, served.kept)
        with self._alone[hash(wanted.key) % len(self._alone)]:  # one builds, and the others take that
            return self._held(wanted) or self._remembered(wanted, self._rebuilt(wanted, plan, known), moment)

    def _is_behind(self, served: Served, plan: Plan) -> bool:
        """Whether the store knows of a change that Redis, which was away a moment ago, is still to be told of.

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
        """Hold what was current when we began to look."""
        if served.how not in ("fresh", "built"):
            return served
        place = self._memory.hold(wanted.shelf, wanted.key, served.kept, moment, unusual=wanted.unusual)
        if place.demand >= self._worth and not place.is_noted and served.document.level is Level.QUICK:
            with suppress(RedisUnavailable):
                self._cache.ask_polish(Sought(wanted.shelf, wanted.key))
                place.is_noted = True
        return replace(served, place=place)

    def polish(self) -> bool:
        """Make the smallest encodings of one document that is worth it; whether there was one.

        Takes a good part of a second: for a thread that nobody waits for. Raises RedisUnavailable.
        """
        asked = self._cache.to_polish()
        if asked is None:
            return False
        cached = self._cache.find(asked)
        kept = cached.kept
        if kept and kept.document.level is Level.QUICK and kept.shows.startswith(f"{cached.version}/"):
            self._cache.keep(asked, cached, Kept(kept.document.polished(), kept.shows))
        return True

    # --- what all hosts share --------------------------------------------------------------------------------

    def _shared(self, wanted: Wanted, plan: Plan, known: Kept | None) -> Served:
        """From Redis, or built for it. Raises RedisUnavailable, also for who has waited for a builder long enough: he
        builds, too."""
        sought = Sought(wanted.shelf, wanted.key, plan.order, known)
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
        raise RedisUnavailable("the one who builds does not come to an end")

    def _renewed(self, wanted: Wanted, plan: Plan, known: Kept | None, turn: Turn) -> Served:
        """Build and keep, unless another has just done so."""
        for attempt in range(ATTEMPTS):
            if attempt:
                turn.again()
            cached = turn.cached
            if cached.kept and cached.current:
                return Served(cached.kept, "fresh")
            # What was read for the version may be from before a change of which Redis is still to be told.
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
        return replace(served, how="previous")  # changes come faster than we build

    # --- building --------------------------------------------------------------------------------------------

    def _rebuilt(self, wanted: Wanted, plan: Plan, previous: Kept | None, shows: str = "") -> Served:
        """Build; while the store is away, the last good copy instead, if there is one."""
        try:
            with self._metrics.build_seconds.labels(wanted.kind).time():
                document = _following(previous.document if previous else None, plan.build(shows), plan.since)
        except StoreUnavailable as error:
            if previous is None:
                raise FeedUnavailable(f"the document {wanted.key} cannot be built now: {error}") from error
            return Served(previous, "stale")
        return Served(Kept(document, shows=""), "built")


def _newer(one: Kept | None, other: Kept | None) -> Kept | None:
    """The one that was changed last, of two copies of a document; the first if that is the same."""
    if one is None or other is None:
        return one or other
    return other if other.document.last_modified > one.document.last_modified else one


def _following(previous: Document | None, draft: Draft, since: datetime | None) -> Document:
    """Last-Modified never goes back, rises when the bytes change, and stays when they do not."""
    if previous and previous.digest == draft.digest:
        return previous
    at = draft.modified_at
    if since:  # the order changes without the shelf
        at = max(at, since)
    if previous:
        at = max(at, previous.last_modified + timedelta(seconds=1))
    return Document.of(draft, at, previous)
