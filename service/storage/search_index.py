"""Keeps the search's index up to date: follows the change log, and adds the older articles in portions.

The index has the articles that readers may see. It is not written with an article, but within a second after it, by the
background work of one process at a time. So a `PUT` costs what it cost without the index, and the index is right even
while processes of the release before write articles. Texts are analysed outside of the transactions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from service.articles.article import Article
from service.search import Analyser
from service.storage.article_search import entries_of
from service.storage.change_log import last_key
from service.storage.database import Database
from service.storage.rows import to_article
from service.storage.search_entries import IndexEntry
from service.storage.tables import articles, changes, search_progress

LAG_SHOWN = 1_000  # changes that the state counts at most
PORTION = 25  # articles of one transaction; other writers of SQLite wait so long


@dataclass(frozen=True)
class IndexState:
    """The progress of the index. `modified_at` rises with each change of the entries.

    `missing_keys` is the number of keys of older articles that have not been examined yet; None if the index does not
    exist yet. `lag` is the number of changes that the index does not have yet, at most LAG_SHOWN.
    """

    modified_at: datetime | None
    missing_keys: int | None
    lag: int

    @property
    def is_complete(self) -> bool:
        return self.missing_keys == 0


@dataclass(frozen=True)
class _Portion:
    """The articles by key that a step examines, and the values of the progress after it."""

    articles: dict[int, Article]
    change_key: int
    filled_down_to: int

    @property
    def is_empty(self) -> bool:
        return not self.articles


class SearchIndex:
    """The index of one store. Safe to share between threads. Every method may raise StoreUnavailable."""

    def __init__(self, database: Database, analyser: Analyser) -> None:
        self._database = database
        self._analyser = analyser
        self._entries = entries_of(database)

    def catch_up(self, now: datetime) -> bool:
        """Add one portion of what is missing: first changes, then older articles, newest first.

        Returns whether something may be missing still. If another process adds the same, this one leaves it to that.
        """
        with self._database.reading(long=True) as connection:
            progress = connection.execute(select(search_progress)).first()
            is_begun = progress is not None and progress.analyser == self._analyser.name
            portion = (_changed(connection, progress) or _older(connection, progress)) if is_begun else None
        if progress is None or not is_begun:
            self._begin(progress, now)
            return True
        if portion is None:
            return False
        visible = {key: article for key, article in portion.articles.items() if article.visible(now)}
        entries = [IndexEntry.of(key, article, self._analyser) for key, article in visible.items()]
        with self._database.adding() as connection:
            after = {"change_key": portion.change_key, "filled_down_to": portion.filled_down_to}
            if not portion.is_empty:
                after["modified_at"] = max(now.replace(microsecond=0), progress.modified_at + timedelta(seconds=1))
            if not _advance(connection, progress, after):
                return True
            self._entries.remove(connection, sorted(portion.articles.keys() - visible.keys()))
            self._entries.replace(connection, entries)
        return True

    def state(self) -> IndexState:
        """The progress of the index."""
        with self._database.reading() as connection:
            progress = connection.execute(select(search_progress)).first()
            if progress is None or progress.analyser != self._analyser.name:
                return IndexState(None, None, 0)
            newer = select(changes.c.key).where(changes.c.key > progress.change_key).limit(LAG_SHOWN)
            lag = connection.execute(select(func.count()).select_from(newer.subquery())).scalar() or 0
            return IndexState(progress.modified_at, max(progress.filled_down_to - 1, 0), lag)

    def _begin(self, progress: Any, now: datetime) -> None:
        """Begin a new index at the present end of the change log. Old entries stay until they are replaced."""
        with self._database.adding() as connection:
            start = {
                "analyser": self._analyser.name,
                "change_key": last_key(connection),
                "filled_down_to": (connection.execute(select(func.max(articles.c.key))).scalar() or 0) + 1,
                "modified_at": now.replace(microsecond=0),
            }
            if progress is not None:
                _advance(connection, progress, start)
            elif connection.execute(select(search_progress.c.key)).first() is None:
                connection.execute(insert(search_progress).values(key=1, step=0, **start))


def _advance(connection: Connection, progress: Any, after: dict[str, Any]) -> bool:
    """Write the progress, if no other process has done so since it was read. Others wait until the transaction ends."""
    this = (search_progress.c.key == 1) & (search_progress.c.step == progress.step)
    return connection.execute(update(search_progress).where(this).values(step=progress.step + 1, **after)).rowcount == 1


def _changed(connection: Connection, progress: Any) -> _Portion | None:
    """The articles of the next changes, in their present state; None if the index has all changes."""
    rows = connection.execute(
        select(changes.c.key, changes.c.article_id)
        .where(changes.c.key > progress.change_key)
        .order_by(changes.c.key)
        .limit(PORTION)
    ).all()
    if not rows:
        return None
    ids = {row.article_id for row in rows}
    found = connection.execute(select(articles).where(articles.c.id.in_(ids)))
    return _Portion(_by_key(found), rows[-1].key, progress.filled_down_to)


def _older(connection: Connection, progress: Any) -> _Portion | None:
    """The next portion of the articles that were there before the index, newest first; None without any."""
    if progress.filled_down_to <= 0:
        return None
    found = _by_key(
        connection.execute(
            select(articles)
            .where(articles.c.key < progress.filled_down_to)
            .order_by(articles.c.key.desc())
            .limit(PORTION)
        )
    )
    return _Portion(found, progress.change_key, min(found, default=0))


def _by_key(rows: Iterable[Any]) -> dict[int, Article]:
    return {row.key: to_article(row) for row in rows}
