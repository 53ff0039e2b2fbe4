"""The page views in the store. They come from Redis, and go back to it after a loss."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, or_, select

from service.core.access_logs.reader import LogPosition
from service.storage import idempotency
from service.storage.database import Database
from service.storage.list_views import add_to_lists, delete_old_sums
from service.storage.periods import DAY, FIVE_MINUTES, HOUR
from service.storage.tables import articles, views

# The seconds for which the store keeps each step; None: forever. The steps of five minutes allow to compare two hours.
STEPS = {FIVE_MINUTES: 5 * HOUR // 2, HOUR: 9 * DAY, DAY: None}
MAX_QUERY_ROWS = 5_000
MAX_PORTION_VIEWS = 1_000  # pairs of an article and a time that one transaction adds


class StoredViews(NamedTuple):
    """Views of an article in the `step` seconds from `start`, in seconds since the epoch."""

    article_id: str
    step: int
    start: int
    views: int


class ViewStore:
    """Views by article and step of time. Every method may raise StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_once(
        self, token: str, counted: Mapping[tuple[str, int], int], now: datetime, log: LogPosition | None = None
    ) -> bool:
        """Add views, by article id and time in seconds since the epoch.

        Returns False, and adds nothing, if the views with this token were added before. Views of articles that are not
        stored are dropped. `log` is how far a log was read: its views are added in one transaction, since another run
        may count them differently. Other views are added in portions of MAX_PORTION_VIEWS; after a failure, call it
        again with the same token and views.
        """
        in_order = sorted(counted.items())
        size = len(in_order) if log else MAX_PORTION_VIEWS
        portions = [partial(_add, in_order[first : first + size]) for first in range(0, len(in_order), size or 1)]

        def last(connection: Connection) -> None:
            if portions:
                portions[-1](connection)
            _delete_old(connection, now)
            if log:
                idempotency.note(connection, log, now)

        return idempotency.add_in_portions(self._database, token, [*portions[:-1], last], now)

    def log_read(self, log: str) -> LogPosition | None:
        """The position to which the log was read. None for a new log."""
        with self._database.reading() as connection:
            return idempotency.log_read(connection, log)

    def shown(self, now: datetime) -> Iterator[list[StoredViews]]:
        """All views that a window of 30 days may still show, in portions. They reach back 32 days."""
        since = int(now.timestamp()) - 32 * DAY
        last = (0, 0, 0)
        order = (views.c.step, views.c.start, views.c.article_key)
        while True:
            with self._database.reading(long=True) as connection:
                rows = connection.execute(
                    select(views, articles.c.id)
                    .join(articles, articles.c.key == views.c.article_key)
                    .where(_after(last), views.c.start >= since)
                    .order_by(*order)
                    .limit(MAX_QUERY_ROWS)
                ).all()
            if not rows:
                return
            yield [StoredViews(row.id, row.step, row.start, row.views) for row in rows]
            last = (rows[-1].step, rows[-1].start, rows[-1].article_key)

    def totals(self, ids: Sequence[str]) -> dict[str, int]:
        """The number of all stored views of each article, by article id; 0 for an article without views."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(articles.c.id, func.sum(views.c.views).label("total"))
                .join(views, views.c.article_key == articles.c.key)
                .where(articles.c.id.in_(ids), views.c.step == DAY)
                .group_by(articles.c.id)
            )
            return {**dict.fromkeys(ids, 0), **{row.id: int(row.total) for row in rows}}


def _article_keys(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    keys: dict[str, int] = {}
    for first in range(0, len(ids), MAX_QUERY_ROWS):
        some = ids[first : first + MAX_QUERY_ROWS]
        rows = connection.execute(select(articles.c.id, articles.c.key).where(articles.c.id.in_(some)))
        keys.update({row.id: row.key for row in rows})
    return keys


def _add(counted: Sequence[tuple[tuple[str, int], int]], connection: Connection) -> None:
    keys = _article_keys(connection, sorted({id_ for (id_, _), _ in counted}))
    rows: Counter[tuple[int, int, int]] = Counter()
    for (id_, at), times in counted:
        if id_ in keys:
            rows.update({(step, at // step * step, keys[id_]): times for step in STEPS})
    _add_rows(connection, rows)
    add_to_lists(connection, rows)


def _add_rows(connection: Connection, rows: Mapping[tuple[int, int, int], int]) -> None:
    values = [
        {"step": step, "start": start, "article_key": key, "views": times}
        for (step, start, key), times in sorted(rows.items())
    ]
    idempotency.upsert(connection, views, values, lambda old, new: {"views": old.views + new.views})


def _delete_old(connection: Connection, now: datetime) -> None:
    for step, seconds in STEPS.items():
        if seconds:
            old = views.c.start < int(now.timestamp()) - seconds
            idempotency.delete_free(connection, views, (views.c.step == step) & old)
    delete_old_sums(connection, now)
    idempotency.delete_old_tokens(connection, now)


def _after(last: tuple[int, int, int]) -> Any:
    step, start, key = last
    return or_(
        views.c.step > step,
        (views.c.step == step) & (views.c.start > start),
        (views.c.step == step) & (views.c.start == start) & (views.c.article_key > key),
    )
