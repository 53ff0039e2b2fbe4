"""The events of one endpoint that wait, in the order of each article."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime

from service.storage import EventChanges, WaitingEvent


class EventQueue:
    """Waiting events. Of each article, only the oldest may be sent; the others wait behind it.

    `changes` notes each change of the queue until `take_changes`, for the store.
    """

    def __init__(self, waiting: Collection[WaitingEvent]) -> None:
        self._by_article: defaultdict[str, deque[WaitingEvent]] = defaultdict(deque)
        for event in sorted(waiting, key=lambda event: event.change_key):
            self._by_article[event.article_id].append(event)
        self._changes = EventChanges()

    def __len__(self) -> int:
        """The number of articles with waiting events."""
        return len(self._by_article)

    def has(self, article_id: str) -> bool:
        """True if an event of the article waits, so that later ones must wait, too."""
        return article_id in self._by_article

    def add(self, event: WaitingEvent) -> None:
        """Put an event at the end of its article's events."""
        self._by_article[event.article_id].append(event)
        self._changes.waiting[event.change_key] = event

    def retry(self, event: WaitingEvent) -> None:
        """Put the new state of an event that failed in its place: before the other events of its article."""
        events = self._by_article[event.article_id]
        if events and events[0].change_key == event.change_key:
            events.popleft()
        events.appendleft(event)
        self._changes.waiting[event.change_key] = event

    def remove(self, event: WaitingEvent, *, given_up: bool = False) -> None:
        """Remove an event that was delivered or given up. A new event is not in the queue, and leaves nothing."""
        events = self._by_article.get(event.article_id)
        if not events or events[0].change_key != event.change_key:
            return
        events.popleft()
        if not events:
            del self._by_article[event.article_id]
        self._changes.waiting.pop(event.change_key, None)
        if given_up:
            self._changes.given_up[event.change_key] = event
        else:
            self._changes.delivered.add(event.change_key)

    def due(self, now: datetime) -> WaitingEvent | None:
        """The event that has been due for the longest time; None if none is due."""
        due = [event for event in self._heads() if event.next_at is None or event.next_at <= now]
        return min(due, key=lambda event: (event.next_at or event.since, event.change_key), default=None)

    def next_at(self, now: datetime) -> datetime | None:
        """The time at which the next event is due; None if no event waits."""
        return min((event.next_at or now for event in self._heads()), default=None)

    def failed_since(self, since: datetime | None) -> int:
        """The number of articles whose event has failed since that time; None: ever."""
        attempts = [event.attempted_at for event in self._heads() if event.attempted_at]
        return sum(since is None or at > since for at in attempts)

    def retry_all(self, now: datetime) -> None:
        """Make every article's first event due: the endpoint works again."""
        for event in list(self._heads()):
            if event.next_at and event.next_at > now:
                self.retry(replace(event, next_at=now))

    def take_changes(self) -> EventChanges:
        """Return the changes since the last call."""
        changes, self._changes = self._changes, EventChanges()
        return changes

    def _heads(self) -> Iterator[WaitingEvent]:
        return (events[0] for events in self._by_article.values())
