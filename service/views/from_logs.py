"""Page views from access logs, for caches that answer beacons and pixels without Warta.

Each line counts once, however often a log is read: one transaction stores the views and the position in the log.
"""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from urllib.parse import unquote, urlsplit

from service.articles.dates import utc_now
from service.articles.validation import nfc
from service.core.access_logs.reader import AccessLog, LogPortion, LogSummary, portions
from service.core.access_logs.request import LoggedRequest
from service.core.bots import MAX_AGENT_CHARACTERS
from service.core.ip_addresses import client_in_log, wider_networks
from service.core.settings.model import Settings
from service.core.visitors import ignored_reason, utc_offset
from service.storage import ViewStore
from service.storage.views import STEPS
from service.views import Ceilings, RedisViews, ViewCounter

_VIEW = re.compile(r"/articles/(?P<id>.+)/views(?P<pixel>\.gif)?")


class ViewsFromLogs:
    """Counts page views in logs, in the order of the lines. Not thread-safe.

    Visitors are recognized as in live counting, but only within one run: the salt is made for each run.
    """

    def __init__(
        self,
        store: ViewStore,
        counter: ViewCounter,
        redis_views: RedisViews,
        settings: Settings,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._counter = counter
        self._redis_views = redis_views
        self._once = settings.views.once * 60
        self._ceilings = Ceilings(settings.views)
        self._trusted = settings.trusted_proxies
        self._zone = settings.site.zone
        self._base = urlsplit(settings.base_url).path
        self._clock = clock
        self._salt = os.urandom(16)
        self._seen: dict[bytes, float] = {}

    def count(self, log: AccessLog) -> LogSummary:
        """Count the lines of a log that were not counted before.

        An incomplete last line is left for the next run. Raises LogUnreadable, StoreUnavailable, RedisUnavailable.
        """
        tally = LogSummary()
        for portion in portions(log, self._store.log_read, tally, self._clock().timestamp()):
            self._store_views(portion, self._counted(portion, tally))
        return tally

    def _store_views(self, portion: LogPortion, views: Counter[tuple[str, int]]) -> None:
        """Add the views of a portion to Redis and to the store. If a run stops in between, the next run completes it.

        The token of a portion is the same in each run, so nothing is added twice.
        """
        token = portion.token
        rows: Counter[tuple[str, int, int]] = Counter()
        for (id_, at), times in views.items():
            rows.update({(id_, step, at // step * step): times for step in STEPS})
        self._redis_views.restore(((*row, times) for row, times in rows.items()), under=token)
        self._store.add_once(token, views, self._clock(), log=portion.position)
        self._redis_views.end_restore(under=token)

    def _counted(self, portion: LogPortion, tally: LogSummary) -> Counter[tuple[str, int]]:
        """Return the views that count, by article id and the start of the five minutes (seconds since the epoch)."""
        views: Counter[tuple[str, int]] = Counter()
        for hit in portion.requests:
            if article_id := self._article(hit):
                client = client_in_log(hit.ip_address, self._trusted)
                tally.add_client(client)
                fate = self._fate(hit, article_id, client)
                tally.outcomes[fate] += 1
                if fate == "counted":
                    views[article_id, int(hit.at) // 300 * 300] += 1
        self._forget(hit_at=max((at for _, at in views), default=0))
        return views

    def _article(self, hit: LoggedRequest) -> str | None:
        """Return the id of the viewed article; None if the request is no page view."""
        path = hit.target.partition("?")[0]
        found = _VIEW.fullmatch(unquote(path.removeprefix(self._base)))
        if not found or not (200 <= hit.status < 300 or hit.status == 304):
            return None
        return nfc(found["id"]) if hit.method == ("GET" if found["pixel"] else "POST") else None

    def _fate(self, hit: LoggedRequest, article_id: str, client: str) -> str:
        if reason := ignored_reason({"HTTP_USER_AGENT": hit.agent}):
            return reason.value
        if not self._counter.registered.knows(article_id):
            return "unknown"
        visit = self._hash(client, article_id, hit.agent[:MAX_AGENT_CHARACTERS])
        if abs(hit.at - self._seen.get(visit, -1e9)) < self._once:
            return "repeated"
        sources = [self._hash(each) for each in (client, *wider_networks(client))]
        day = int(hit.at + utc_offset(self._zone, hit.at)) // 86_400
        if not self._ceilings.take(article_id, sources, day):
            return "limited"
        self._seen[visit] = hit.at
        return "counted"

    def _hash(self, *words: str) -> bytes:
        return hashlib.blake2b("\n".join(words).encode(), key=self._salt, digest_size=8).digest()

    def _forget(self, hit_at: float) -> None:
        since = hit_at - self._once
        self._seen = {visit: at for visit, at in self._seen.items() if at >= since}
        self._ceilings.forget()
