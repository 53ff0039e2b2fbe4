"""Pending views: they wait in a process for half a second, to be counted together, or until Redis is back."""

import threading
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from service.views.windows import Fate

MAX_BATCH_VIEWS = 250  # views that one command counts: it takes a few milliseconds
MAX_BATCH_ARTICLES = 50  # articles with views that one command counts


class View(NamedTuple):
    """A view of an article at `at` (seconds since the epoch).

    `visit` is the hash of visitor and article. It is empty for views that count in any case. `sources` are the hashes
    of the visitor's IP address and of the networks around it, joined, from narrow to wide. `article_sources` are the
    hashes of these sources with the article, in the same order. `yesterday` is the visit with the salt of yesterday,
    as long as a view of yesterday can make this one a repetition.
    """

    article_id: str
    at: int
    visit: bytes = b""
    article_sources: bytes = b""
    sources: bytes = b""
    yesterday: bytes = b""


class PendingViews:
    """At most `limit` different views, each with its number of times. Thread-safe."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._views: dict[View, int] = {}
        self._lock = threading.Lock()

    def add_visit(self, view: View) -> Fate:
        """Add a visitor's view. Returns REPEATED if an equal view is pending, DROPPED if `limit` is reached."""
        with self._lock:
            if view in self._views:
                return Fate.REPEATED
            return self._added(view, 1, Fate.TAKEN)

    def add(self, view: View, times: int) -> Fate:
        """Add `times` views. Returns DROPPED if `limit` is reached."""
        with self._lock:
            return self._added(view, times, Fate.WAITING)

    def _added(self, view: View, times: int, fate: Fate) -> Fate:
        if view not in self._views and len(self._views) >= self._limit:
            return Fate.DROPPED
        self._views[view] = self._views.get(view, 0) + times
        return fate

    def remove_all(self) -> list[tuple[View, int]]:
        """Remove and return all views."""
        with self._lock:
            views, self._views = self._views, {}
        return list(views.items())

    def put_back(self, views: Sequence[tuple[View, int]]) -> None:
        """Add views that could not be counted. The limit does not apply, since the views were accepted before."""
        with self._lock:
            for view, times in views:
                self._views[view] = self._views.get(view, 0) + times

    def __len__(self) -> int:
        """Number of views."""
        with self._lock:
            return sum(self._views.values())


def in_batches(views: list[tuple[View, int]]) -> Iterator[list[tuple[View, int]]]:
    """Yield the views in batches for one command each. Views of one article are neighbours, which is less work."""
    views.sort(key=lambda pair: pair[0][:2])
    batch: list[tuple[View, int]] = []
    articles = 0
    for pair in views:
        articles += not batch or batch[-1][0].article_id != pair[0].article_id
        if len(batch) == MAX_BATCH_VIEWS or articles > MAX_BATCH_ARTICLES:
            yield batch
            batch, articles = [], 1
        batch.append(pair)
    if batch:
        yield batch
