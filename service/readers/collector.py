"""Collection of polls in a process: takes polls, adds them up, stores the sums once a minute, and returns reports."""

import secrets
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from service.articles.dates import utc_now
from service.core.errors import RedisUnavailable, StoreUnavailable
from service.core.settings.types import Network
from service.core.visitors import Visitors, address
from service.readers import Report
from service.readers.aggregate import Tally
from service.readers.polls import Poll, Polls, Taken
from service.readers.report import Reporting
from service.readers.unique import Singles
from service.storage import ReadershipStore
from service.storage.reader_counts import Increments

LOOK = 20.0  # seconds between two calls of `look`, which takes some 8 µs for each poller
INTERVAL = 60.0  # seconds between two writes to the store: a crash loses the polls of at most this time
SHARED = 0.5  # part of INTERVAL by which the first writes of processes differ, so that they do not all write at once


class Readership:
    """The polls that this process has answered, and the report on the polls of all processes. Thread-safe."""

    def __init__(
        self,
        store: ReadershipStore,
        singles: Singles,
        visitors: Visitors,
        reporting: Reporting,
        trusted: Sequence[Network],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.polls = Polls(forwarded=bool(trusted))
        self._store = store
        self._singles = singles
        self._visitors = visitors
        self._reporting = reporting
        self._trusted = trusted
        self._clock = clock
        self._tally = Tally()
        self._lock = threading.Lock()
        self._look_at = 0.0
        self._keep_at = time.monotonic() + INTERVAL * (1 - SHARED * secrets.randbelow(100) / 100)
        self._unsaved: tuple[str, Increments] | None = None  # the token and the sums of a write that failed

    def report(self, days: int) -> Report:
        """Return the report on the last `days` days of UTC, including today, as far as the store has them.

        Raises StoreUnavailable.
        """
        return self._reporting.report(self._clock().date(), days)

    def work(self) -> None:
        """Call `look` and `keep` if they are due. For a call twice a second.

        Raises StoreUnavailable; then the sums wait for the next call.
        """
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + LOOK
            self.look()
        if now >= self._keep_at:
            self._keep_at = now + INTERVAL
            self.keep()

    def look(self) -> None:
        """Add up the polls since the last call. After this, the process has only hashes of their IP addresses."""
        at = int(self._clock().timestamp())
        with self._lock:
            self._tally.begin()
            for (poll, agent), sources in self._known(self.polls.taken(), at).items():
                self._tally.add(poll, _text(agent or ""), sources, at)

    def keep(self) -> None:
        """Add the sums to the store. Raises StoreUnavailable."""
        self.look()
        with self._lock:
            if self._unsaved:  # the failed write may have been committed: its own token prevents a second one
                self._add(*self._unsaved)
            if sums := self._tally.given():
                self._add(secrets.token_hex(16), sums)

    def close(self) -> None:
        """Add the sums to the store if it is available. For the end of the process. Never raises StoreUnavailable."""
        with suppress(StoreUnavailable):
            self.keep()

    def _add(self, token: str, sums: Increments) -> None:
        self._unsaved = token, sums
        try:
            single = self._singles.count(sums.single)
        except RedisUnavailable:
            single, waiting, sums.single = {}, sums.single, {}
            self._tally.put_back(waiting)
        self._store.add(token, sums, single, self._clock())
        self._unsaved = None

    def _known(self, taken: Mapping[Taken, int], at: int) -> dict[tuple[Poll, str | None], Counter[bytes]]:
        """Return the number of polls by hashed IP address, for each poll and user agent.

        Polls that were recorded without their client are added to the sums at once.
        """
        known: defaultdict[tuple[Poll, str | None], Counter[bytes]] = defaultdict(Counter)
        sources: dict[tuple[str | None, str | None], bytes] = {}
        for (poll, agent, remote, forwarded), times in taken.items():
            if agent is None and remote is None:
                self._tally.add_unknown(poll, at, times)
                continue
            source = sources.get((remote, forwarded))
            if source is None:
                source = sources[remote, forwarded] = self._source(remote, forwarded)
            known[poll, agent][source] += times
        return known

    def _source(self, remote: str | None, forwarded: str | None) -> bytes:
        """Return the hash of the client's IP address with today's salt."""
        environ = {"REMOTE_ADDR": remote or "", "HTTP_X_FORWARDED_FOR": forwarded or ""}
        return self._visitors.source(address(environ, self._trusted))


def _text(agent: str) -> str:
    """Return a User-Agent header as text. WSGI gives its bytes as Latin-1; they are read as UTF-8."""
    return agent if agent.isascii() else agent.encode("latin-1", "replace").decode(errors="replace")
