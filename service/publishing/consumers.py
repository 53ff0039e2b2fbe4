"""The consumers of announcements: the cached documents, the view counter, and each cache of the edge."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from service.articles.dates import utc_now
from service.documents.builder import DocumentBuilder
from service.storage import ArticleStore
from service.views import ViewCounter

MAX_LISTS_PER_CALL = 1_000  # lists in one call of Redis, which has 0.2 seconds
MAX_ARTICLES_PER_CALL = 1_000  # article ids in one statement of the store


class Consumer(Protocol):
    """Something that follows the changes of articles and lists. Its cursor in the log has its `name`.

    A consumer gets each announcement at least once, perhaps several times, and perhaps after later ones. So it takes
    the present state from the store, or only forgets an old state. Its methods may raise RedisUnavailable,
    StoreUnavailable.
    """

    @property
    def name(self) -> str: ...

    def deliver(
        self, list_names: Collection[str], article_ids: Collection[str], since: datetime | None = None, /
    ) -> None:
        """Take note that these lists and articles have changed. `since` is the time of the first of the changes."""

    def start_over(self) -> None:
        """Take note that everything may have changed."""


class DocumentConsumer:
    """The documents in the memory of this host's processes and in Redis."""

    name = "documents"

    def __init__(self, store: ArticleStore, builder: DocumentBuilder) -> None:
        self._store = store
        self._builder = builder

    def deliver(
        self, list_names: Collection[str], _article_ids: Collection[str], since: datetime | None = None
    ) -> None:
        """Mark the documents of these lists as outdated."""
        for portion in _portions(list(list_names), MAX_LISTS_PER_CALL):
            self._builder.invalidate(portion, since)

    def start_over(self) -> None:
        """Mark the documents of all lists as outdated."""
        self.deliver([article_list.name for article_list in self._store.all_lists()], ())


class CounterConsumer:
    """The view counter in Redis, which counts the views of visible articles only."""

    name = "view counter"

    def __init__(self, store: ArticleStore, counter: ViewCounter, clock: Callable[[], datetime] = utc_now) -> None:
        self._store = store
        self._counter = counter
        self._clock = clock

    def deliver(
        self, _list_names: Collection[str], article_ids: Collection[str], _since: datetime | None = None
    ) -> None:
        """Send the counter which of the articles can be viewed."""
        for portion in _portions(list(article_ids), MAX_ARTICLES_PER_CALL):
            self._register(portion)

    def start_over(self) -> None:
        """Register every visible article with the counter.

        An article may change after it was read, and its change may be delivered before it is registered as it was. So
        the articles that have changed meanwhile are registered again.
        """
        cursor = self._store.last_change()
        for portion in self._store.every_countable(self._clock()):
            self._counter.registered.register(portion)
        while changed := self._store.changes(cursor, MAX_ARTICLES_PER_CALL):
            self._register([*{change.article_id for change in changed}])
            cursor = changed[-1].key

    def _register(self, ids: Sequence[str]) -> None:
        """Register the visible articles, and remove the others.

        This is repeated until the store still returns the same after the update: another process may have sent a later
        change in between.
        """
        registered = None
        while registered != (visible := self._store.countable(ids, self._clock())):
            self._counter.registered.register(visible)
            self._counter.registered.forget(id_ for id_ in ids if id_ not in visible)
            registered = visible


class EdgeConsumer:
    """One cache of the edge. Purges go into its queue in Redis, from which its worker sends them (push/edge).

    `order` puts tags into the queue: names of lists, or `common_tag`, the tag of all responses.
    """

    def __init__(self, url: str, order: Callable[[Collection[str]], None], common_tag: str) -> None:
        self.name = f"edge {url}"
        self._order = order
        self._common_tag = common_tag

    def deliver(
        self, list_names: Collection[str], _article_ids: Collection[str], _since: datetime | None = None
    ) -> None:
        self._order(list_names)

    def start_over(self) -> None:
        self._order([self._common_tag])


def _portions(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
