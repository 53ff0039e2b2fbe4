"""Curation of popular and trending lists: what editors decide is stored, audited, and seen by every ranking at once."""

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

ATTEMPTS = 3  # to tell Redis, while others tell it something newer; after that the next round of background work does
TOLD = 1_000  # lines of the audit that are looked at for what has changed since Redis was told

log = logging.getLogger(__name__)


class Curation:
    """Built once per process and shared by its threads.

    The store is the truth. Redis is brought to its version after every change, and twice a second by the background
    work: after a crash, an outage, a loss. Then the lists' documents become old, and the edge is purged.
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
        """From now on the decision holds, in place of the article's former one for the same lists; its line of the
        audit.

        Raises BadRequest for an end that is past, NotFound for an unknown article, DecisionInvalid for an unknown
        category, TooManyDecisions, StoreUnavailable. While Redis is away, lists follow when it is back.
        """
        now = self._clock()
        if decision.until and decision.until <= now:
            raise BadRequest(f"until: {decision.until.isoformat()} is past")
        return self._done(self._decisions.decide(article_id, decision, by, now))

    def release(self, article_id: str, category: str, by: str, note: str = "") -> AuditLine:
        """The article's decision for the category (its slug; empty: for all lists) holds no longer.

        Raises NotFound where there is none, StoreUnavailable.
        """
        return self._done(self._decisions.release(article_id, category, by, note, self._clock()))

    def in_force(self) -> list[Ruling]:
        """What holds: for all lists first, then by category; pins in their order. Raises StoreUnavailable."""
        now = self._clock()
        rulings = self._decisions.in_force().rulings
        return [ruling for ruling in rulings if not ruling.decision.until or ruling.decision.until > now]

    def audit(self, since: int, limit: int) -> list[AuditLine]:
        """Up to `limit` lines after the cursor `since`, oldest first. Raises StoreUnavailable."""
        return self._decisions.audit(since, limit)

    def settle(self) -> None:
        """End what has come to its end, and tell Redis what it does not know. Raises StoreUnavailable,
        RedisUnavailable."""
        _log(self._decisions.end(self._clock()))
        self._tell()

    def _done(self, lines: Sequence[AuditLine]) -> AuditLine:
        _log(lines)
        try:
            self._tell()
        except (RedisUnavailable, StoreUnavailable) as error:
            log.warning("decisions wait to be told: %s", error)
        return lines[-1]

    def _tell(self) -> None:
        for _ in range(ATTEMPTS):
            seen = self._rulings.version()  # before the store is asked: whoever tells Redis meanwhile knows better
            if seen == self._decisions.version():
                return
            held = self._decisions.in_force()
            concerned = self._concerned(held.rulings, seen)  # or a store that fails now would leave the edge as it is
            if self._rulings.replace(held.rulings, held.version, seen):
                self._publisher.outdate(concerned)
                return

    def _concerned(self, rulings: Iterable[Ruling], seen: int | None) -> set[str]:
        """The shelves whose lists may be others than at the version `seen`: those of the articles that were decided
        about since; after a loss, of all that are."""
        lines = self._decisions.audit(seen, TOLD) if seen is not None else []
        changed = [line.ruling for line in lines] or list(rulings)
        everywhere = list({ruling.article_id for ruling in changed if ruling.decision.shelf == LATEST})
        visible = self._articles.countable(everywhere, self._clock())
        own = {ruling.decision.shelf for ruling in changed}
        return own.union(*(article.shelves for article in visible.values()))


def _log(lines: Iterable[AuditLine]) -> None:
    for line in lines:
        log.info("curation", extra=line.fields())
