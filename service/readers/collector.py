"""Collection of polls in a process: takes polls, adds them up, stores the sums once a minute, and returns reports."""

import secrets
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime

from service.articles.dates import utc_now
from service.core.clients import Clients
from service.core.errors import RedisUnavailable, StoreUnavailable
from service.core.visitors import Visitors
from service.readers import ReadersReport
from service.readers.aggregate import PollAggregate
from service.readers.polls import Poll, Polls, RecordedPoll
from service.readers.report import ReportBuilder
from service.readers.unique import UniqueReaders
from service.storage import ReadershipStore, ReportPart
from service.storage.reader_counts import ReaderCounts

AGGREGATE_SECONDS = 20.0  # seconds between two calls of `aggregate`, which takes some 8 µs for each poller
STORE_SECONDS = 60.0  # seconds between two writes to the store: a crash loses the polls of at most this time
# Part of STORE_SECONDS by which the first writes of processes differ, so that they do not all write at once
FIRST_STORE_SPREAD = 0.5


class Readership:
    """The polls that this process has answered, and the report on the polls of all processes. Thread-safe.

    `forwarded` says whether there are trusted proxies.
    """

    def __init__(
        self,
        store: ReadershipStore,
        singles: UniqueReaders,
        visitors: Visitors,
        reporting: ReportBuilder,
        clients: Clients,
        *,
        forwarded: bool,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.polls = Polls(forwarded=forwarded)
        self._store = store
        self._unique = singles
        self._visitors = visitors
        self._reports = reporting
        self._clients = clients
        self._clock = clock
        self._aggregate = PollAggregate()
        self._lock = threading.Lock()
        self._aggregate_at = 0.0
        self._store_at = time.monotonic() + STORE_SECONDS * (1 - FIRST_STORE_SPREAD * secrets.randbelow(100) / 100)
        self._unsaved: tuple[str, ReaderCounts] | None = None  # the token and the sums of a write that failed

    def report(self, days: int, part: ReportPart = ReportPart()) -> ReadersReport:  # noqa: B008 - it is immutable
        """Return the report on the last `days` days of UTC, including today, with a part of the feeds.

        Raises NotFound if nobody has polled the feed of the part, StoreUnavailable.
        """
        return self._reports.report(self._clock().date(), days, part)

    def run_if_due(self) -> None:
        """Call `aggregate` and `store` if they are due. For a call twice a second.

        Raises StoreUnavailable; then the sums wait for the next call.
        """
        now = time.monotonic()
        if now >= self._aggregate_at:
            self._aggregate_at = now + AGGREGATE_SECONDS
            self.aggregate()
        if now >= self._store_at:
            self._store_at = now + STORE_SECONDS
            self.store()

    def aggregate(self) -> None:
        """Add up the polls since the last call. After this, the process has only hashes of their IP addresses."""
        at = int(self._clock().timestamp())
        with self._lock:
            self._aggregate.begin_batch()
            for (poll, agent), sources in self._by_client(self.polls.take_recorded(), at).items():
                self._aggregate.add(poll, _text(agent or ""), sources, at)

    def store(self) -> None:
        """Add the sums to the store. Raises StoreUnavailable."""
        self.aggregate()
        with self._lock:
            if self._unsaved:  # the failed write may have been committed: its own token prevents a second one
                self._add(*self._unsaved)
            if sums := self._aggregate.take_sums():
                self._add(secrets.token_hex(16), sums)

    def close(self) -> None:
        """Add the sums to the store if it is available. For the end of the process. Never raises StoreUnavailable."""
        with suppress(StoreUnavailable):
            self.store()

    def _add(self, token: str, sums: ReaderCounts) -> None:
        self._unsaved = token, sums
        try:
            single = self._unique.count(sums.single)
        except RedisUnavailable:
            single, waiting, sums.single = {}, sums.single, {}
            self._aggregate.put_back_readers(waiting)
        self._store.add(token, sums, single, self._clock())
        self._unsaved = None

    def _by_client(self, taken: Mapping[RecordedPoll, int], at: int) -> dict[tuple[Poll, str | None], Counter[bytes]]:
        """Return the number of polls by hashed IP address, for each poll and user agent.

        Polls that were recorded without their client are added to the sums at once.
        """
        known: defaultdict[tuple[Poll, str | None], Counter[bytes]] = defaultdict(Counter)
        sources: dict[tuple[str | None, str | None], bytes] = {}
        for (poll, agent, remote, forwarded), times in taken.items():
            if agent is None and remote is None:
                self._aggregate.add_unknown(poll, at, times)
                continue
            source = sources.get((remote, forwarded))
            if source is None:
                source = sources[remote, forwarded] = self._source(remote, forwarded)
            known[poll, agent][source] += times
        return known

    def _source(self, remote: str | None, forwarded: str | None) -> bytes:
        """Return the hash of the client's IP address with today's salt."""
        return self._visitors.source(self._clients.ip_address_behind(remote or "", forwarded))


def _text(agent: str) -> str:
    """Return a User-Agent header as text. WSGI gives its bytes as Latin-1; they are read as UTF-8."""
    return agent if agent.isascii() else agent.encode("latin-1", "replace").decode(errors="replace")
