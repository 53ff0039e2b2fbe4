"""The sums of page views for the site and for each category, written in the same transaction as the views."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from service.feeds.names import LATEST
from service.storage.periods import DAY, FIVE_MINUTES, HOUR
from service.storage.tables import placements, shelf_views, shelves

# Seconds for which each step is kept: an hour is compared with the same hour of the day before, a week with the week
# before.
KEPT = {FIVE_MINUTES: 2 * DAY, HOUR: 16 * DAY}
PORTION = 5_000  # rows


def add_to_shelves(connection: Connection, rows: Mapping[tuple[int, int, int], int]) -> None:
    """Add views to the sums of the site, and of the categories in which the articles stand now.

    `rows` has the views by step, start of the step, and article key.
    """
    standing = _standing(connection, sorted({key for _, _, key in rows}))
    sums: Counter[tuple[int, int, int]] = Counter()
    for (step, start, key), times in rows.items():
        sums.update({(shelf, step, start): times for shelf in standing[key]})
    if not sums:
        return
    insert: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(shelf_views)
    statement = statement.on_conflict_do_update(
        index_elements=[shelf_views.c.shelf_key, shelf_views.c.step, shelf_views.c.start],
        set_={"views": shelf_views.c.views + statement.excluded.views},
    )
    values = [
        {"shelf_key": shelf, "step": step, "start": start, "views": times}
        for (shelf, step, start), times in sorted(sums.items())
    ]
    connection.execute(statement, values)


def forget_old_sums(connection: Connection, now: datetime) -> None:
    """Delete the sums that no chart shows any more."""
    for step, seconds in KEPT.items():
        old = shelf_views.c.start < int(now.timestamp()) - seconds
        connection.execute(delete(shelf_views).where(shelf_views.c.step == step, old))


def _standing(connection: Connection, keys: Sequence[int]) -> Mapping[int, Iterable[int]]:
    """The keys of the summed shelves, by article key. An article that was withdrawn meanwhile still has the site's."""
    summed = select(shelves.c.key, shelves.c.name).where(
        or_(shelves.c.name == LATEST, shelves.c.name.startswith("category/"))
    )
    names = {row.key: row.name for row in connection.execute(summed)}
    site = {key for key, name in names.items() if name == LATEST}
    standing: dict[int, set[int]] = defaultdict(lambda: set(site))
    for first in range(0, len(keys), PORTION):
        places = select(placements.c.article_key, placements.c.shelf_key).where(
            placements.c.article_key.in_(keys[first : first + PORTION])
        )
        for place in connection.execute(places):
            if place.shelf_key in names:
                standing[place.article_key].add(place.shelf_key)
    return standing
