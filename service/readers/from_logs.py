"""Readers from access logs, for caches that answer polls without Warta.

Each line counts once, however often a log is read. A log has less information than a request: it shows only the
conditions that were met (304, 226), and only the bytes that were sent.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from service.articles.dates import utc_now
from service.core.access_logs.reader import AccessLog, LogPortion, LogSummary, portions
from service.core.access_logs.request import LoggedRequest
from service.core.errors import NotFound
from service.core.ip_addresses import client_in_log
from service.core.lru import LruCache
from service.core.settings.model import Settings
from service.documents.formats import POLLED_FORMATS
from service.feeds.catalogue import FeedCatalogue
from service.readers.aggregate import PollAggregate
from service.readers.polls import Poll, PolledUrl
from service.readers.unique import UniqueReaders, hash_ip_address
from service.storage import ReadershipStore
from service.storage.reader_counts import ReaderCounts

LOG_PREFIX = "readers "  # prefix of the log's name in the store, since page views are counted from the same log
SIZES_BYTES = 2**20  # bytes of memory for the length of the last document at each URL
_TARGET = re.compile(rf"/(.+?)\.({'|'.join(map(re.escape, POLLED_FORMATS))})")
_LIMIT = re.compile(r"limit=([1-9][0-9]?|100)", re.ASCII)
_ANSWERS = {200, 226, 304}


class ReadersFromLogs:
    """Counts the polls in logs, in the order of the lines. Not thread-safe."""

    def __init__(
        self,
        store: ReadershipStore,
        singles: UniqueReaders,
        catalogue: FeedCatalogue,
        settings: Settings,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._unique = singles
        self._trusted = settings.trusted_proxies
        self._base = urlsplit(settings.base_url).path
        self._clock = clock
        self._sums = PollAggregate()
        self._sizes: LruCache[str, int] = LruCache(SIZES_BYTES)
        self._salt = lru_cache(maxsize=100)(singles.salt)
        self._polled = lru_cache(maxsize=10_000)(lambda target: _polled(catalogue, target))

    def count_log(self, log: AccessLog) -> LogSummary:
        """Count the lines of a log that were not counted before.

        Raises LogUnreadable, StoreUnavailable, RedisUnavailable.
        """
        tally = LogSummary()
        for portion in portions(log, self._store.log_read, tally, self._clock().timestamp(), LOG_PREFIX):
            sums = self._count_portion(portion, tally)
            single = self._unique.count(sums.single)
            self._store.add(portion.token, sums, single, self._clock(), portion.position)
        return tally

    def _count_portion(self, portion: LogPortion, tally: LogSummary) -> ReaderCounts:
        for hit in portion.requests:
            poll = self._poll(hit)
            if poll:
                client = client_in_log(hit.ip_address, self._trusted)
                tally.add_client(client)
                tally.outcomes["polls"] += 1
                self._sums.begin_batch()
                at = int(hit.at)
                day = datetime.fromtimestamp(at, UTC).date()
                self._sums.add(poll, hit.agent, {hash_ip_address(client, self._salt(day)): 1}, at)
        return self._sums.take_sums()

    def _poll(self, hit: LoggedRequest) -> Poll | None:
        """Return the poll that a line of the log is; None for any other request."""
        if hit.status not in _ANSWERS or hit.method not in ("GET", "HEAD"):
            return None
        target = hit.target.removeprefix(self._base)
        polled = self._polled(target)
        if polled is None:
            return None
        whole = self._sizes.get(target) or 0
        unchanged = hit.status == 304
        sent = 0 if unchanged or hit.method == "HEAD" else hit.size
        if hit.status == 200 and sent:
            self._sizes.put(target, sent, len(target) + 100)
        return Poll(
            polled,
            f"{target} {sent}",  # a log has no digest: answers of one length at one URL count as the same document
            conditional=hit.status != 200,
            unchanged=unchanged,
            sent=sent,
            saved_by_conditions=max(whole - sent, 0) if hit.status != 200 and hit.method == "GET" else 0,
        )


def _polled(catalogue: FeedCatalogue, target: str) -> PolledUrl | None:
    path, _, query = target.partition("?")
    found = _TARGET.fullmatch(unquote(path))
    limit = _LIMIT.fullmatch(query) if query else None
    if not found or bool(query) != bool(limit):
        return None
    try:
        name = catalogue.parse(found[1])
    except NotFound:
        return None
    return PolledUrl.of_feed(name, found[2], int(limit[1]) if limit else None)
