"""Who reads the feeds: polls are taken, added up, kept in the store once a minute, and told as a report."""

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

LOOK = 20.0  # seconds between two looks at who polled, each of which costs some 8 µs for each of them
INTERVAL = 60.0  # seconds between two writes: what a crash costs
SHARED = 0.5  # part of that by which processes differ, so that they do not all write at once


class Readership:
    """What this process's readers do, and what is known of all of them. Safe to share between threads."""

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
        self._unsaved: tuple[str, Increments] | None = None  # what a store that was away is still to be told

    def report(self, days: int) -> Report:
        """The last `days` days of UTC, today included, as far as they are kept. Raises StoreUnavailable."""
        return self._reporting.report(self._clock().date(), days)

    def work(self) -> None:
        """What is due: twice a second something may be. Raises StoreUnavailable; what was not kept waits on."""
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + LOOK
            self.look()
        if now >= self._keep_at:
            self._keep_at = now + INTERVAL
            self.keep()

    def look(self) -> None:
        """Add up what was polled since the last time. No address outlives this."""
        at = int(self._clock().timestamp())
        with self._lock:
            self._tally.begin()
            for (poll, agent), sources in self._known(self.polls.taken(), at).items():
                self._tally.add(poll, _text(agent or ""), sources, at)

    def keep(self) -> None:
        """Add to the store what was added up. Raises StoreUnavailable."""
        self.look()
        with self._lock:
            if self._unsaved:  # a store that was away may have taken it before it left: under its own token it is known
                self._add(*self._unsaved)
            if sums := self._tally.given():
                self._add(secrets.token_hex(16), sums)

    def close(self) -> None:
        """At the end of the process: keep what can be kept."""
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
        """Who polled how often, by what was polled and by the agent; the others are added up at once."""
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
        """Today's hash of the address."""
        environ = {"REMOTE_ADDR": remote or "", "HTTP_X_FORWARDED_FOR": forwarded or ""}
        return self._visitors.source(address(environ, self._trusted))


def _text(agent: str) -> str:
    """The agent, which WSGI gives byte for byte, as text."""
    return agent if agent.isascii() else agent.encode("latin-1", "replace").decode(errors="replace")
