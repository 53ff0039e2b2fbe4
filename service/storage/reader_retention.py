"""The end of old counts of readers: in small transactions, beside the writers of articles.

Counts of clients are deleted. The polls of a feed stay as one row a month, dated the first day of the month.
"""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, delete, extract, select, tuple_

from service.storage import idempotency
from service.storage.database import Database
from service.storage.readers import FeedSums
from service.storage.tables import feed_clients, feed_days

MAX_ROWS = 1_000  # rows of one transaction: some ten milliseconds
MAX_TRANSACTIONS = 100  # of one call; the next call goes on
_SUMS = FeedSums._fields[2:]


class ReaderRetention:
    """Ends counts that are older than `days` days of UTC. Several processes may do it at once."""

    def __init__(self, database: Database, days: int) -> None:
        self._database = database
        self._days = timedelta(days=days)

    def prune(self, now: datetime) -> int:
        """Delete or add up old rows. Returns their number; 0 if there are none. Raises StoreUnavailable."""
        before = now.date() - self._days
        pruned = 0
        for _ in range(MAX_TRANSACTIONS):
            with self._database.adding() as connection:
                rows = _take(connection, feed_days, (feed_days.c.day < before) & (extract("day", feed_days.c.day) != 1))
                _add_to_months(connection, rows)
                clients = _take(connection, feed_clients, feed_clients.c.day < before)
            if not rows and not clients:
                break
            pruned += len(rows) + len(clients)
        return pruned


def _take(connection: Connection, table: Table, condition: Any) -> list[Any]:
    """Delete at most MAX_ROWS rows that meet the condition, and return them. Rows that another process writes stay."""
    key = list(table.primary_key)
    free = select(*key).where(condition).order_by(*key).limit(MAX_ROWS).with_for_update(skip_locked=True)
    return list(connection.execute(delete(table).where(tuple_(*key).in_(free)).returning(*table.c)))


def _add_to_months(connection: Connection, rows: list[Any]) -> None:
    months: defaultdict[tuple[date, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        months[row.day.replace(day=1), row.feed].update({name: getattr(row, name) for name in _SUMS})
    values = ({"day": day, "feed": feed, **sums} for (day, feed), sums in sorted(months.items()))
    idempotency.upsert(connection, feed_days, values, lambda old, new: {name: old[name] + new[name] for name in _SUMS})
