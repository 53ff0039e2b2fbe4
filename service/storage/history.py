"""The history of page views, by list and by article, in steps of time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from service.feeds.names import LATEST
from service.storage.database import Database
from service.storage.periods import DAY, FIVE_MINUTES, HOUR
from service.storage.tables import article_lists, articles, list_views, memberships, views


class ViewHistory:
    """Reads the views that `ViewStore` has stored: all but those of the last minute.

    Times are seconds since the epoch. A step is one of `storage.periods`. Every method may raise StoreUnavailable.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_list(self, list_name: str, step: int, since: int) -> dict[int, int]:
        """The views of a list by the start of the step, from `since` on. Steps without views are left out."""
        key = select(article_lists.c.key).where(article_lists.c.name == list_name).scalar_subquery()
        with self._database.reading(long=True) as connection:
            rows = connection.execute(
                select(list_views.c.start, list_views.c.views).where(
                    list_views.c.list_key == key, list_views.c.step == step, list_views.c.start >= since
                )
            )
            return {row.start: int(row.views) for row in rows}

    def of_articles(self, ids: Sequence[str], step: int, since: int) -> dict[str, Mapping[int, int]]:
        """The views of articles: by article id, then by the start of the step, from `since` on.

        Steps without views are left out. An article without views has an empty mapping.
        """
        found: dict[str, dict[int, int]] = {id_: {} for id_ in ids}
        with self._database.reading(long=True) as connection:
            rows = connection.execute(
                select(articles.c.id, views.c.start, views.c.views)
                .join(views, views.c.article_key == articles.c.key)
                .where(articles.c.id.in_(ids), views.c.step == step, views.c.start >= since)
            )
            for row in rows:
                found[row.id][row.start] = int(row.views)
        return dict(found)

    def last_hours(self, ids: Sequence[str], now: int) -> dict[str, tuple[int, int]]:
        """Views in the last hour and in the hour before it, by article id.

        The last hour ends with the latest five minutes that are certainly stored, so that both hours are complete.
        """
        end = (now - 90) // FIVE_MINUTES * FIVE_MINUTES
        hours: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for id_, course in self.of_articles(ids, FIVE_MINUTES, end - 2 * HOUR).items():
            for start, times in course.items():
                if start < end:
                    hours[id_][start < end - HOUR] += times
        return {id_: (hours[id_][0], hours[id_][1]) for id_ in ids}

    def latest(self) -> int | None:
        """The start of the latest step with views, by the shortest step that has any. None if there are no views."""
        with self._database.reading() as connection:
            for step in (FIVE_MINUTES, HOUR, DAY):
                start = connection.execute(select(func.max(views.c.start)).where(views.c.step == step)).scalar()
                if start is not None:
                    return int(start)
        return None

    def top(self, list_name: str, step: int, since: int, limit: int) -> list[tuple[str, int]]:
        """The list's most viewed articles from `since` on, with their views: most views first, ties by descending id.

        This reads every article that was viewed since then. The view counter has the same list at once, but not while
        Redis is unavailable.
        """
        total = func.sum(views.c.views).label("total")
        statement = select(articles.c.id, total).join(views, views.c.article_key == articles.c.key)
        if list_name != LATEST:
            statement = statement.join(memberships, memberships.c.article_key == articles.c.key).join(
                article_lists, (article_lists.c.key == memberships.c.list_key) & (article_lists.c.name == list_name)
            )
        statement = (
            statement.where(views.c.step == step, views.c.start >= since)
            .group_by(articles.c.id)
            .order_by(total.desc(), articles.c.id.desc())
            .limit(limit)
        )
        with self._database.reading(long=True) as connection:
            return [(row.id, int(row.total)) for row in connection.execute(statement)]
