"""Curation of popular and trending lists by editors.

Decisions are stored and audited. They are also written to Redis, so that every ranking applies them at once.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from service.articles.dates import utc_now
from service.core.errors import BadRequest, RedisUnavailable, StoreUnavailable
from service.feeds.editorial import AuditLine, Decision, Ruling
from service.feeds.names import LATEST
from service.publishing.publisher import Publisher
from service.storage import ArticleStore, DecisionStore
from service.views import Rulings

# Attempts to update Redis while other processes update it, too. After these, the next background round updates it.
ATTEMPTS = 3
TOLD = 1_000  # audit lines that are read, at most, to find the changes since the last update of Redis

log = logging.getLogger(__name__)


class Curation:
    """Stores editors' decisions and applies them to the lists. Built once per process and shared by its threads.

    The store is the truth. Redis is updated to the store's version after every decision. The background work compares
    the two twice a second: it repairs Redis after a crash, an outage or a loss of data. After an update, the documents
    of the changed lists are outdated, and the edge is purged.
    """

    def __init__(
        self,
        decisions: DecisionStore,
        articles: ArticleStore,
        rulings: Rulings,
        publisher: Publisher,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._decisions = decisions
        self._articles = articles
        self._rulings = rulings
        self._publisher = publisher
        self._clock = clock

    def decide(self, article_id: str, decision: Decision, by: str) -> AuditLine:
        """Store a decision and return its audit line. It replaces the article's previous decision for the same lists.

        While Redis is unavailable, the decision is stored, and the lists follow when Redis is back. Raises BadRequest
        for an end in the past, NotFound for an unknown article, DecisionInvalid for an unknown category,
        TooManyDecisions, StoreUnavailable.
        """
        now = self._clock()
        if decision.until and decision.until <= now:
            raise BadRequest(f"until: {decision.until.isoformat()} is past")
        return self._done(self._decisions.decide(article_id, decision, by, now))

    def release(self, article_id: str, category: str, by: str, note: str = "") -> AuditLine:
        """End the article's decision for the category (its slug; empty for all lists) and return the audit line.

        Raises NotFound if there is no such decision, StoreUnavailable.
        """
        return self._done(self._decisions.release(article_id, category, by, note, self._clock()))

    def in_force(self) -> list[Ruling]:
        """The decisions in force: those for all lists first, then by category; pins in their order.

        Raises StoreUnavailable.
        """
        now = self._clock()
        rulings = self._decisions.in_force().rulings
        return [ruling for ruling in rulings if not ruling.decision.until or ruling.decision.until > now]

    def audit(self, since: int, limit: int) -> list[AuditLine]:
        """Up to `limit` audit lines after the cursor `since`, oldest first. Raises StoreUnavailable."""
        return self._decisions.audit(since, limit)

    def settle(self) -> None:
        """End the decisions whose end has come, and update Redis if its version is not the store's.

        Raises StoreUnavailable, RedisUnavailable.
        """
        _log(self._decisions.end(self._clock()))
        self._tell()

    def _done(self, lines: Sequence[AuditLine]) -> AuditLine:
        _log(lines)
        try:
            self._tell()
        except (RedisUnavailable, StoreUnavailable) as error:
            log.warning("decisions wait to be announced: %s", error)
        return lines[-1]

    def _tell(self) -> None:
        for _ in range(ATTEMPTS):
            # Read before the store: if another process updates Redis meanwhile, `replace` must not undo that.
            seen = self._rulings.version()
            if seen == self._decisions.version():
                return
            held = self._decisions.in_force()
            # Read before `replace`: if the store failed after it, the edge would keep the old lists.
            concerned = self._concerned(held.rulings, seen)
            if self._rulings.replace(held.rulings, held.version, seen):
                self._publisher.outdate(concerned)
                return

    def _concerned(self, rulings: Iterable[Ruling], seen: int | None) -> set[str]:
        """The names of the lists whose lists may have changed since the version `seen`.

        These are the lists of all articles with a decision since then. If Redis has lost its version (`seen` is
        None), or the audit has no line after it, they are the lists of all articles with a decision in force.
        """
        lines = self._decisions.audit(seen, TOLD) if seen is not None else []
        changed = [line.ruling for line in lines] or list(rulings)
        everywhere = list({ruling.article_id for ruling in changed if ruling.decision.list_name == LATEST})
        visible = self._articles.countable(everywhere, self._clock())
        own = {ruling.decision.list_name for ruling in changed}
        return own.union(*(article.list_names for article in visible.values()))


def _log(lines: Iterable[AuditLine]) -> None:
    for line in lines:
        log.info("curation", extra=line.fields())
