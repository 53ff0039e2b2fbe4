"""The sums of page views for the site and for each category, written in the same transaction as the views."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, or_, select

from service.feeds.names import LATEST
from service.storage import idempotency
from service.storage.periods import DAY, FIVE_MINUTES, HOUR
from service.storage.tables import article_lists, list_views, memberships

# The store keeps each step for so long: an hour is compared with the same hour of the day before, a week with the week
# before.
KEPT_SECONDS = {FIVE_MINUTES: 2 * DAY, HOUR: 16 * DAY}
MAX_QUERY_ARTICLES = 5_000


def add_to_lists(connection: Connection, rows: Mapping[tuple[int, int, int], int]) -> None:
    """Add views to the sums of the site, and of the categories in which the articles are now.

    `rows` has the views by step, start of the step, and article key.
    """
    lists_of = _summed_lists(connection, sorted({key for _, _, key in rows}))
    sums: Counter[tuple[int, int, int]] = Counter()
    for (step, start, key), times in rows.items():
        sums.update({(list_key, step, start): times for list_key in lists_of[key]})
    if not sums:
        return
    values = [
        {"list_key": list_key, "step": step, "start": start, "views": times}
        for (list_key, step, start), times in sorted(sums.items())
    ]
    idempotency.upsert(connection, list_views, values, lambda old, new: {"views": old.views + new.views})


def delete_old_sums(connection: Connection, now: datetime) -> None:
    """Delete the sums that no chart shows any more."""
    for step, seconds in KEPT_SECONDS.items():
        old = list_views.c.start < int(now.timestamp()) - seconds
        idempotency.delete_free(connection, list_views, (list_views.c.step == step) & old)


def _summed_lists(connection: Connection, keys: Sequence[int]) -> Mapping[int, Iterable[int]]:
    """The keys of the lists with sums, by article key. An article that was withdrawn meanwhile still has the site's."""
    summed = select(article_lists.c.key, article_lists.c.name).where(
        or_(article_lists.c.name == LATEST, article_lists.c.name.startswith("category/"))
    )
    names = {row.key: row.name for row in connection.execute(summed)}
    site = {key for key, name in names.items() if name == LATEST}
    lists_of: dict[int, set[int]] = defaultdict(lambda: set(site))
    for first in range(0, len(keys), MAX_QUERY_ARTICLES):
        places = select(memberships.c.article_key, memberships.c.list_key).where(
            memberships.c.article_key.in_(keys[first : first + MAX_QUERY_ARTICLES])
        )
        for place in connection.execute(places):
            if place.list_key in names:
                lists_of[place.article_key].add(place.list_key)
    return lists_of
