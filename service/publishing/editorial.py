"""Editorial overrides of popular and trending lists: stored, audited, and applied at once.

They are also written to Redis, so that every ranking applies them at once.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from service.articles.dates import utc_now
from service.core.errors import BadRequest, RedisUnavailable, StoreUnavailable
from service.feeds.editorial import AuditLine, EditorialOverride, OverrideRecord
from service.feeds.names import LATEST
from service.publishing.announcements import Announcements
from service.storage import ArticleStore, OverrideStore
from service.views import RedisOverrides

# Attempts to update Redis while other processes update it, too. After these, the next background round updates it.
MAX_ATTEMPTS = 3
AUDIT_LINES_PER_READ = 1_000

log = logging.getLogger(__name__)


class OverridePublisher:
    """Stores editorial overrides and applies them to the lists. Built once per process and shared by its threads.

    The store is the truth. Redis is updated to the store's version after every override. The background work compares
    the two twice a second: it repairs Redis after a crash, an outage or a loss of data. After an update, the documents
    of the changed lists are outdated, and the edge is purged.
    """

    def __init__(
        self,
        store: OverrideStore,
        articles: ArticleStore,
        redis: RedisOverrides,
        announcements: Announcements,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._articles = articles
        self._redis = redis
        self._announcements = announcements
        self._clock = clock

    def put(self, article_id: str, override: EditorialOverride, by: str) -> AuditLine:
        """Store an override and return its audit line. It replaces the article's previous override for the same lists.

        While Redis is unavailable, the override is stored, and the lists follow when Redis is back. Raises BadRequest
        for an end in the past, NotFound for an unknown article, OverrideInvalid for an unknown category,
        TooManyOverrides, StoreUnavailable.
        """
        now = self._clock()
        if override.until and override.until <= now:
            raise BadRequest(f"until: {override.until.isoformat()} is past")
        return self._apply(self._store.put(article_id, override, by, now))

    def release(self, article_id: str, category: str, by: str, note: str = "") -> AuditLine:
        """End the article's override for the category (its slug; empty for all lists) and return the audit line.

        Raises NotFound if there is no such override, StoreUnavailable.
        """
        return self._apply(self._store.release(article_id, category, by, note, self._clock()))

    def in_force(self) -> list[OverrideRecord]:
        """The overrides in force: those for all lists first, then by category; pins in their order.

        Raises StoreUnavailable.
        """
        now = self._clock()
        records = self._store.in_force().records
        return [record for record in records if not record.override.until or record.override.until > now]

    def audit_key(self, cursor: str) -> int:
        """The key of the audit line with this cursor; 0 for `0`. Raises CursorUnknown, StoreUnavailable."""
        return self._store.audit_key(cursor)

    def audit(self, since: int, limit: int) -> list[AuditLine]:
        """Up to `limit` audit lines after the cursor `since`, oldest first. Raises StoreUnavailable."""
        return self._store.audit(since, limit)

    def sync(self) -> None:
        """End the overrides whose end has come, move those for renamed categories, and update Redis if it is behind.

        Raises StoreUnavailable, RedisUnavailable.
        """
        _log(self._store.end(self._clock()))
        _log(self._store.move_renamed(self._clock()))
        self._update_redis()

    def _apply(self, lines: Sequence[AuditLine]) -> AuditLine:
        _log(lines)
        try:
            self._update_redis()
        except (RedisUnavailable, StoreUnavailable) as error:
            log.warning("decisions wait to be announced: %s", error)
        return lines[-1]

    def _update_redis(self) -> None:
        for _ in range(MAX_ATTEMPTS):
            # Read before the store: if another process updates Redis meanwhile, `replace` must not undo that.
            seen = self._redis.version()
            if seen == self._store.version():
                return
            active = self._store.in_force()
            # Read before `replace`: if the store failed after it, the edge would keep the old lists.
            changed_lists = self._changed_lists(active.records, seen)
            if self._redis.replace(active.records, active.version, seen):
                self._announcements.invalidate(changed_lists)
                return

    def _changed_lists(self, records: Iterable[OverrideRecord], seen: int | None) -> set[str]:
        """The names of the lists whose lists may have changed since the version `seen`.

        These are the lists of all articles with an override since then. If Redis has lost its version (`seen` is
        None), or the audit has no line after it, they are the lists of all articles with an override in force.
        """
        lines = self._audit_since(seen) if seen is not None else []
        changed = [line.record for line in lines] or list(records)
        site_wide = list({record.article_id for record in changed if record.override.list_name == LATEST})
        visible = self._articles.countable(site_wide, self._clock())
        own = {record.override.list_name for record in changed}
        return own.union(*(article.list_names for article in visible.values()))

    def _audit_since(self, version: int) -> list[AuditLine]:
        """All audit lines after the version, oldest first."""
        lines: list[AuditLine] = []
        while more := self._store.audit(lines[-1].key if lines else version, AUDIT_LINES_PER_READ):
            lines += more
        return lines


def _log(lines: Iterable[AuditLine]) -> None:
    for line in lines:
        log.info("curation", extra=line.fields())
