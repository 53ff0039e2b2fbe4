"""One turn of this process at one endpoint: delivers the events that are due, and decides what becomes of each.

An event that fails is sent again, later and later, for RETRY_PERIOD; then it is given up. Meanwhile only the later
events of its article wait. If the events of several articles fail, the endpoint itself is down: it gets a pause, and
then one request to find out. So neither an event that an endpoint cannot take nor an endpoint that is down costs other
events.
"""

import logging
import random
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from service.articles.dates import utc_now
from service.push.delivery_counts import DeliveryCounts
from service.push.webhooks.event_queue import EventQueue
from service.push.webhooks.events import event_message, is_wanted, sample_message
from service.push.webhooks.sender import Answer, Sender
from service.storage import ArticleStore, ChangeLogEntry, Turn, WaitingEvent, WebhookTurns

RETRY_PERIOD = timedelta(days=3)  # after this time, an event that fails again is given up
FIRST_RETRY = timedelta(seconds=5)  # after the first failure of an event; each further failure doubles it
LONGEST_RETRY = timedelta(hours=1)
DOWN_ARTICLES = 3  # articles whose events fail one after another; then the endpoint counts as down
FIRST_PAUSE = timedelta(seconds=2)  # of an endpoint that is down; each further failure doubles it
LONGEST_PAUSE = timedelta(minutes=1)
JITTER = 0.2  # the part by which delays differ at random, so that retries do not come all at once
MAX_WAITING_ARTICLES = 100  # articles with waiting events, before the later changes stay in the change log
MAX_TURN_SECONDS = 5.0  # seconds in which a turn begins deliveries; then other endpoints get a thread
# After the last written progress, another process may deliver: this one was killed. It is longer than SAVE_SECONDS and
# one delivery.
TURN_LENGTH = timedelta(seconds=15)
SAVE_SECONDS = 1.0  # seconds after which progress is written, or the number of events
SAVE_EVENTS = 50
CHANGES_PER_READ = 100

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Delivering:
    """The objects that all turns of a process share."""

    store: ArticleStore
    turns: WebhookTurns
    sender: Sender
    counts: DeliveryCounts
    clock: Callable[[], datetime] = utc_now


class EndpointTurn:
    """Runs one turn. `is_stopping` ends it after the running delivery."""

    def __init__(self, turn: Turn, delivering: Delivering, is_stopping: Callable[[], bool]) -> None:
        self._turn = turn
        self._store = delivering.store
        self._turns = delivering.turns
        self._sender = delivering.sender
        self._counts = delivering.counts
        self._clock = delivering.clock
        self._is_stopping = is_stopping
        self._state = turn.state
        self._queue = EventQueue(turn.waiting)
        self._unread: deque[ChangeLogEntry] = deque()
        self._pause_end = turn.held_until
        self._end_at = time.monotonic() + MAX_TURN_SECONDS
        self._unsaved = 0
        self._saved_at = time.monotonic()

    def run(self) -> None:
        """Deliver until nothing is due, the time is over, or the endpoint gets a pause. Raises StoreUnavailable."""
        if self._state.test_wanted:
            self._test()
        has_more = True
        while has_more and self._may_go_on():
            if has_more := (event := self._next()) is not None:
                self._deliver(event)
                if not self._save_if_due():
                    return
        self._end(has_more)

    def _may_go_on(self) -> bool:
        if self._state.disabled_at or self._pause_end or self._is_stopping():
            return False
        return time.monotonic() < self._end_at

    def _next(self) -> WaitingEvent | None:
        """The next event to deliver. After a pause a new one comes first: an old one may be one that always fails."""
        if self._state.pauses:
            return self._new() or self._queue.due(self._clock())
        return self._queue.due(self._clock()) or self._new()

    def _new(self) -> WaitingEvent | None:
        """The next wanted event of the change log. Events of articles with a waiting event are put behind it."""
        while not self._is_full and (change := self._next_change()):
            self._state = replace(self._state, position=change.key)
            if not is_wanted(change, self._turn.events, self._turn.categories, self._categories_now):
                continue
            event = WaitingEvent(change.key, change.article_id, self._clock())
            if not self._queue.has(change.article_id):
                return event
            self._queue.add(event)
        return None

    @property
    def _is_full(self) -> bool:
        return len(self._queue) >= MAX_WAITING_ARTICLES

    def _next_change(self) -> ChangeLogEntry | None:
        if not self._unread:
            self._unread.extend(self._store.changes(self._state.position, CHANGES_PER_READ))
        return self._unread.popleft() if self._unread else None

    def _categories_now(self, article_id: str) -> Collection[str]:
        names = self._store.article(article_id).categories
        return [self._store.list_name("category", name).removeprefix("category/") for name in names]

    def _deliver(self, event: WaitingEvent) -> None:
        self._unsaved += 1
        change = self._change(event)
        if change is None:
            self._queue.remove(event)
            return
        message = event_message(change, self._store.article(event.article_id))
        answer = self._sender.send(self._turn.url, self._turn.secrets, message)
        if answer.is_success:
            self._succeed(event, change)
        else:
            self._fail(event, answer)

    def _change(self, event: WaitingEvent) -> ChangeLogEntry | None:
        """The change of the event. None if the change log no longer has it: the store was replaced by a backup."""
        found = self._store.changes(event.change_key - 1, 1)
        if not found or (found[0].key, found[0].article_id) != (event.change_key, event.article_id):
            return None
        return found[0]

    def _succeed(self, event: WaitingEvent, change: ChangeLogEntry) -> None:
        now = self._clock()
        self._counts.count_webhook(self._turn.name, "delivered", max(0.0, (now - change.at).total_seconds()))
        self._queue.remove(event)
        if self._state.pauses:
            log.warning("webhook %s works again", self._turn.name)
            self._queue.retry_all(now)
        self._state = replace(
            self._state,
            delivered=self._state.delivered + 1,
            delivered_at=now,
            failing_since=None,
            error="",
            pauses=0,
        )

    def _fail(self, event: WaitingEvent, answer: Answer) -> None:
        now = self._clock()
        self._counts.count_webhook(self._turn.name, "failed")
        since = event.since if event.attempts else now  # not the time in which it waited behind another event
        failing_since = self._state.failing_since or now
        self._state = replace(self._state, error=answer.text, failing_since=failing_since)
        delay = _delay(FIRST_RETRY, event.attempts, LONGEST_RETRY)
        event = replace(
            event,
            since=since,
            attempts=event.attempts + 1,
            attempted_at=now,
            error=answer.text,
            next_at=max(now + delay, answer.retry_at or now),
        )
        if now - since >= RETRY_PERIOD and not answer.is_gone:
            self._give_up(event)
        else:
            self._queue.retry(event)
        if answer.is_gone:
            log.warning("webhook %s is disabled: its endpoint answers 410 Gone", self._turn.name)
            self._state = replace(self._state, disabled_at=now)
        elif answer.retry_at:
            self._pause_end = answer.retry_at
        elif self._state.pauses or self._queue.failed_since(self._state.delivered_at) >= DOWN_ARTICLES:
            self._pause(now)

    def _give_up(self, event: WaitingEvent) -> None:
        log.warning(
            "webhook %s: the event of the change %d of the article %r is given up after %d attempts: %s",
            *(self._turn.name, event.change_key, event.article_id, event.attempts, event.error),
        )
        self._counts.count_webhook(self._turn.name, "given up")
        self._queue.remove(event, given_up=True)
        self._state = replace(self._state, given_up=self._state.given_up + 1)

    def _pause(self, now: datetime) -> None:
        if not self._state.pauses:
            log.warning("webhook %s fails and will be tried again: %s", self._turn.name, self._state.error)
        self._pause_end = now + _delay(FIRST_PAUSE, self._state.pauses, LONGEST_PAUSE)
        self._state = replace(self._state, pauses=self._state.pauses + 1)

    def _test(self) -> None:
        now = self._clock()
        message = sample_message(f"test_{self._turn.token}", now)
        answer = self._sender.send(self._turn.url, self._turn.secrets, message)
        self._state = replace(self._state, test_wanted=False, tested_at=now, test_answer=answer.text)

    def _save_if_due(self) -> bool:
        """Write the progress if it is time. Returns False if another process has the turn now."""
        if self._unsaved < SAVE_EVENTS and time.monotonic() < self._saved_at + SAVE_SECONDS:
            return True
        self._unsaved, self._saved_at = 0, time.monotonic()
        return self._turns.save(self._turn, self._state, self._queue.take_changes(), self._clock(), TURN_LENGTH)

    def _end(self, has_more: bool) -> None:
        now = self._clock()
        next_at: datetime | None
        if self._pause_end:
            next_at, is_held = self._pause_end, True
        elif has_more and not self._state.disabled_at:
            next_at, is_held = now, False
        else:
            next_at, is_held = self._queue.next_at(now), self._is_full
        self._turns.end(self._turn, self._state, self._queue.take_changes(), now, next_at, is_held)


def _delay(first: timedelta, times: int, longest: timedelta) -> timedelta:
    """The delay after `times` earlier failures, with jitter."""
    doubled = first * (1 << min(times, 30))
    return min(doubled, longest) * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - nobody must not guess it
