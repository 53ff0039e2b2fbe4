"""Views that wait in a process: for half a second, to be counted together, or until Redis is back."""

import threading
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from service.views.windows import Fate

TOGETHER = 250  # views that one command counts, of so many articles: it takes a few milliseconds
TOGETHER_ARTICLES = 50


class View(NamedTuple):
    """What one command counts: views at `at`, by one visitor if `visit` is not empty.

    `sources` are hashes of the visitor's address and of the networks around it, from narrow to wide, joined; `meetings`
    are theirs with the article, in the same order. `yesterday` is the visit by yesterday's salt, while that may be the
    one that counted.
    """

    article_id: str
    at: int
    visit: bytes = b""
    meetings: bytes = b""
    sources: bytes = b""
    yesterday: bytes = b""


class Waiting:
    """At most `limit` different views, each any number of times; safe to share between threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._views: dict[View, int] = {}
        self._lock = threading.Lock()

    def take(self, view: View) -> Fate:
        """Take a visitor's view, unless the very same waits already."""
        with self._lock:
            if view in self._views:
                return Fate.REPEATED
            return self._added(view, 1, Fate.TAKEN)

    def add(self, view: View, times: int) -> Fate:
        """Let the views wait."""
        with self._lock:
            return self._added(view, times, Fate.WAITING)

    def _added(self, view: View, times: int, fate: Fate) -> Fate:
        if view not in self._views and len(self._views) >= self._limit:
            return Fate.DROPPED
        self._views[view] = self._views.get(view, 0) + times
        return fate

    def all(self) -> list[tuple[View, int]]:
        """Everything; nothing waits any more."""
        with self._lock:
            views, self._views = self._views, {}
        return list(views.items())

    def put_back(self, views: Sequence[tuple[View, int]]) -> None:
        """Let what could not be counted wait on, whatever the limit: it was taken before."""
        with self._lock:
            for view, times in views:
                self._views[view] = self._views.get(view, 0) + times

    def __len__(self) -> int:
        """How many views wait."""
        with self._lock:
            return sum(self._views.values())


def in_portions(views: list[tuple[View, int]]) -> Iterator[list[tuple[View, int]]]:
    """The views in portions that one command counts: those of an article together, since that is less work."""
    views.sort(key=lambda pair: pair[0][:2])
    some: list[tuple[View, int]] = []
    articles = 0
    for pair in views:
        articles += not some or some[-1][0].article_id != pair[0].article_id
        if len(some) == TOGETHER or articles > TOGETHER_ARTICLES:
            yield some
            some, articles = [], 1
        some.append(pair)
    if some:
        yield some
