"""Tells one hub of others which feeds have changed.

A pinger reads the log of announcements with a cursor of its own, which moves only after the hub has accepted the ping.
So no change is lost: not in a crash, and not while the hub is away.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from service.articles.dates import utc_now
from service.core.errors import HubUnavailable
from service.core.http_client import ANY_NETWORK, OutgoingError, send
from service.core.metrics import Metrics
from service.documents.formats import FORMATS
from service.feeds.catalogue import FeedCatalogue
from service.feeds.names import DIRECTORY, FeedName
from service.storage import AnnouncementLog, ArticleStore, HubStore, PingedHub

DEBOUNCE_SECONDS = 1.0  # seconds in which changes are gathered into one ping
PING_TIMEOUT_SECONDS = 10.0
MAX_TOPICS_PER_PING = 100  # topics in one request
FIRST_PAUSE_SECONDS = 5.0  # without an attempt after a failure; each further failure doubles it
MAX_PAUSE_SECONDS = 300.0
TURN_LENGTH = timedelta(seconds=60)  # after that, another process may ping: this one was killed


class HubPinger:
    """Pings one hub, in turns with other processes. Call `run` once a second."""

    def __init__(
        self,
        url: str,
        store: ArticleStore,
        log: AnnouncementLog,
        hubs: HubStore,
        catalogue: FeedCatalogue,
        metrics: Metrics,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.url = url
        self._consumer = f"hub {url}"
        self._store = store
        self._log = log
        self._hubs = hubs
        self._catalogue = catalogue
        self._metrics = metrics
        self._clock = clock
        self._changed_at: float | None = None  # when unread changes were noticed; seconds of the monotonic clock
        self._pause_end = 0.0
        self._failures = 0
        self._reported_silence: datetime | None = None

    def run(self) -> None:
        """Ping the hub if something has changed. Raises HubUnavailable, StoreUnavailable.

        Changes of DEBOUNCE_SECONDS are one ping. After a failure it is repeated, later and later, with what has changed
        meanwhile.
        """
        self._report_silence()
        if time.monotonic() < self._pause_end:
            return
        backlog = self._log.backlog([self._consumer], limit=1)
        if backlog.is_empty:
            self._changed_at = None
            return
        if self._changed_at is None:
            self._changed_at = time.monotonic()
        if time.monotonic() < self._changed_at + DEBOUNCE_SECONDS:
            return
        if hub := self._hubs.take_turn(self.url, self._clock(), TURN_LENGTH):
            self._changed_at = None
            self._catch_up(hub)

    def _catch_up(self, hub: PingedHub) -> None:
        """Ping for all unread changes, and move the cursor."""
        backlog = self._log.backlog([self._consumer])
        if backlog.starting:
            position = self._log.register([self._consumer])[self._consumer]
            names = self._changed_since(hub.pinged_at)
        else:
            unread = backlog.unread[self._consumer]
            position = unread[-1].key if unread else 0
            names = sorted({name for announcement in unread for name in announcement.list_names})
        topics = list(self._topics(names))
        if topics:
            self._ping(topics)
        else:
            self._hubs.end_turn(self.url)
        self._log.advance({self._consumer: position})

    def _changed_since(self, pinged_at: datetime | None) -> list[str]:
        """The lists that have changed since the last ping, for a hub whose unread announcements are deleted.

        A new hub has no last ping, and nothing to be told.
        """
        if pinged_at is None:
            return []
        whole = pinged_at.replace(microsecond=0)  # the lists' times have whole seconds
        return [each.name for each in self._store.all_lists() if each.modified_at >= whole]

    def _topics(self, list_names: Sequence[str]) -> Iterator[str]:
        """The URLs of the feeds that show these lists in the order of time, in each format."""
        for name in list_names:
            if name != DIRECTORY:
                yield from self._catalogue.urls(FeedName(name), FORMATS)

    def _ping(self, topics: Sequence[str]) -> None:
        """Tell the hub of all topics, and note its answer. Raises HubUnavailable if it does not accept."""
        answer = ""
        for start in range(0, len(topics), MAX_TOPICS_PER_PING):
            is_accepted, answer = self._send(topics[start : start + MAX_TOPICS_PER_PING])
            self._metrics.hub_pings.labels(self.url, "accepted" if is_accepted else "failed").inc()
            if not is_accepted:
                self._hubs.note_ping(self.url, self._clock(), len(topics), answer, accepted=False)
                self._pause()
                raise HubUnavailable(f"{self.url}: {answer}")
        self._failures = 0
        self._hubs.note_ping(self.url, self._clock(), len(topics), answer, accepted=True)

    def _send(self, topics: Sequence[str]) -> tuple[bool, str]:
        """Send one ping. Returns whether the hub accepts it, and its answer."""
        form = [("hub.mode", "publish"), *(("hub.url", topic) for topic in topics)]
        try:
            response = send(
                "POST",
                self.url,
                headers={"Content-Type": "application/x-www-form-urlencoded"},
                body=urlencode(form).encode(),
                allow=ANY_NETWORK,  # the operator has set this URL
                timeout=PING_TIMEOUT_SECONDS,
            )
        except OutgoingError as error:
            return False, error.reason
        return 200 <= response.status < 300, f"the hub answers {response.status}"

    def _pause(self) -> None:
        seconds = min(FIRST_PAUSE_SECONDS * 2**self._failures, MAX_PAUSE_SECONDS)
        self._failures = min(self._failures + 1, 20)
        self._pause_end = time.monotonic() + seconds * random.uniform(0.8, 1.2)  # noqa: S311 - no secret

    def _report_silence(self) -> None:
        """Count a hub that accepts pings and does not poll, once for each silence."""
        [hub] = self._hubs.hubs((self.url,))
        if hub.is_silent(self._clock()) and hub.unfetched_since != self._reported_silence:
            self._reported_silence = hub.unfetched_since
            self._metrics.hub_pings.labels(self.url, "unfetched").inc()
