"""The articles on each list, and their positions in the list's archive (RFC 5005 §4).

The newest entries of a list are *open*: they are sorted by time and have no fixed position. When there are OPEN + PAGE
open entries, the oldest of them are *settled*: they get the next positions. A position determines the archive page, for
good. So a page changes only when one of its own articles does. An article that is older than the last settled one is
*late*: it gets the next negative position, on pages that follow the oldest page. Feeds show only open entries. So a
feed and its archive never overlap, and a client that reads all pages gets every article once.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from service.articles.article import Article
from service.feeds.names import ENTERED, LATEST, CuratedFeedRule, ListAssignment
from service.storage.tables import article_lists, articles, memberships, tombstones
from service.storage.utc_datetime import Instant

PAGE = 50  # entries of an archive page; never change it, since the page numbers depend on it
EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
OPEN = 100  # entries that stay open, at least: the limit of the longest feed

# A window function numbers the oldest open entries. With SQLAlchemy's expressions, this statement would be longer.
_SETTLE = text(
    """
    UPDATE placements SET position = numbered.position
    FROM (
        SELECT shelf_key, published_at, article_key,
               :settled + row_number() OVER (ORDER BY published_at, article_key) - 1 AS position
        FROM placements
        WHERE shelf_key = :list AND position IS NULL AND published_at BETWEEN :horizon AND :now
        ORDER BY published_at, article_key
        LIMIT :count
    ) AS numbered
    WHERE placements.shelf_key = numbered.shelf_key
      AND placements.published_at = numbered.published_at
      AND placements.article_key = numbered.article_key
    """
).bindparams(
    bindparam("horizon", type_=memberships.c.published_at.type), bindparam("now", type_=memberships.c.published_at.type)
)

# One statement for any number of rows [list, article, position]. To bind each value takes most of an import's time.
_PLACE = {
    "sqlite": text(
        """
        INSERT INTO placements (shelf_key, published_at, article_key, position)
        SELECT placed.value ->> 0, articles.published_at, articles.key, placed.value ->> 2
        FROM json_each(:rows) AS placed JOIN articles ON articles.key = placed.value ->> 1
        """
    ),
    "postgresql": text(
        """
        INSERT INTO placements (shelf_key, published_at, article_key, position)
        SELECT (placed ->> 0)::bigint, articles.published_at, articles.key, (placed ->> 2)::bigint
        FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS placed
        JOIN articles ON articles.key = (placed ->> 1)::bigint
        """
    ),
}


@dataclass
class _ListRow:
    """The state of a list at the start of a transaction; `late` rises with each late article."""

    key: int
    horizon: datetime | None
    late: int


def place(
    connection: Connection,
    placed: Mapping[int, Article],
    known: Collection[int],
    assignment: ListAssignment,
    now: datetime,
) -> set[str]:
    """Put the articles, given by key, on their lists. The keys in `known` are first removed from their old lists.

    Articles that readers may not see (yet) stand on no list: a new list would reveal an embargoed article. Returns the
    names of the old lists on which none of the articles stands now.
    """
    titles: dict[str, str] = {}
    standing = {key: assignment(article) if article.visible(now) else {} for key, article in placed.items()}
    for names in standing.values():
        titles = {**names, **titles}
    opened = _open(connection, titles, now)
    before = _lift(connection, known)
    rows = []
    for key, article in sorted(placed.items(), key=lambda item: (item[1].published_at, item[0])):
        for name in standing[key]:
            article_list = opened[name]
            position = _position(article_list, article.published_at, before.get((article_list.key, key)))
            rows.append((article_list.key, key, position))
    if rows:
        connection.execute(_PLACE[connection.dialect.name], {"rows": json.dumps(rows)})
        came_late = [{"list": opened_list.key, "late": opened_list.late} for opened_list in opened.values()]
        if came_late := [row for row in came_late if row["late"]]:
            connection.execute(
                update(article_lists).where(article_lists.c.key == bindparam("list")).values(late=bindparam("late")),
                came_late,
            )
        settle(connection, opened, now)
    left = {list_key for list_key, _ in before} - {article_list.key for article_list in opened.values()}
    if not left:
        return set()
    return {*connection.execute(select(article_lists.c.name).where(article_lists.c.key.in_(left))).scalars()}


def _position(article_list: _ListRow, published_at: datetime, before: Row[Any] | None) -> int | None:
    """The article's position: None (open), the position that it had before, or the next late one."""
    if article_list.horizon is None or published_at > article_list.horizon:
        return None
    if before is not None and (before.position is not None or before.published_at == published_at):
        return before.position  # type: ignore[no-any-return]
    article_list.late += 1
    return -article_list.late


def _open(connection: Connection, titles: Mapping[str, str], now: datetime) -> dict[str, _ListRow]:
    """The lists by name. Missing ones are created. An existing list keeps its title."""
    if not titles:
        return {}
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    before = now - timedelta(seconds=1)  # the change that follows moves it to now
    rows = [{"name": name, "title": title, "modified_at": before} for name, title in titles.items()]
    connection.execute(dialect.insert(article_lists).on_conflict_do_nothing(index_elements=["name"]), rows)
    found = connection.execute(select(article_lists).where(article_lists.c.name.in_(titles)))
    return {row.name: _ListRow(row.key, row.horizon, row.late) for row in found}


def enter(connection: Connection, ids: Collection[str], now: datetime) -> bool:
    """Put articles on the list of popular articles, once each. Returns whether any was new."""
    article_list = _open(connection, {ENTERED: ""}, now)[ENTERED]
    there = select(memberships.c.article_key).where(memberships.c.list_key == article_list.key)
    found = connection.execute(select(articles.c.key).where(articles.c.id.in_(ids), articles.c.key.not_in(there)))
    rows = [
        {"list_key": article_list.key, "published_at": now, "article_key": row.key, "position": None} for row in found
    ]
    if rows:
        connection.execute(insert(memberships), rows)
        touch(connection, [ENTERED], now)
        settle(connection, [ENTERED], now)
    return bool(rows)


def curate(connection: Connection, rule: CuratedFeedRule, now: datetime) -> bool:
    """Fill the list of a curated feed by its rule, unless the same rule filled it before. Returns whether it did."""
    article_list = _open(connection, {rule.list_name: rule.title}, now)[rule.list_name]
    if (
        connection.execute(select(article_lists.c.rule).where(article_lists.c.key == article_list.key)).scalar()
        == rule.digest
    ):
        return False
    connection.execute(delete(memberships).where(memberships.c.list_key == article_list.key))
    latest = select(article_lists.c.key).where(article_lists.c.name == LATEST).scalar_subquery()
    chosen = (
        select(literal(article_list.key), memberships.c.published_at, memberships.c.article_key)
        .join(articles, articles.c.key == memberships.c.article_key)
        .where(memberships.c.list_key == latest, _fits(rule))
    )
    connection.execute(insert(memberships).from_select(["list_key", "published_at", "article_key"], chosen))
    fresh = {"rule": rule.digest, "title": rule.title, "settled": 0, "late": 0, "horizon": None}
    connection.execute(update(article_lists).where(article_lists.c.key == article_list.key).values(fresh))
    settle(connection, [rule.list_name], now)
    touch(connection, [rule.list_name], now)
    return True


def _fits(rule: CuratedFeedRule) -> Any:
    """The condition of `CuratedFeedRule.fits`, in SQL."""

    def stands_on(names: Collection[str]) -> Any:
        theirs = memberships.alias()
        on_list = theirs.c.list_key.in_(select(article_lists.c.key).where(article_lists.c.name.in_(names)))
        return exists().where(theirs.c.article_key == articles.c.key, on_list)

    included: Any = true()
    if rule.include_lists or rule.include_sections:
        included = stands_on(rule.include_lists) | articles.c.section.in_(rule.include_sections)
    excluded = stands_on(rule.exclude_lists) | articles.c.section.in_(rule.exclude_sections)
    return articles.c.id.in_(rule.pinned) | (included & ~excluded)


def _lift(connection: Connection, keys: Collection[int]) -> dict[tuple[int, int], Row[Any]]:
    """Remove the articles from all lists but ENTERED. Returns their old memberships by keys of list and article."""
    if not keys:
        return {}
    entered = select(article_lists.c.key).where(article_lists.c.name == ENTERED).scalar_subquery()
    theirs = memberships.c.article_key.in_(keys) & (memberships.c.list_key != entered)
    stood = {(row.list_key, row.article_key): row for row in connection.execute(select(memberships).where(theirs))}
    connection.execute(delete(memberships).where(theirs))
    return stood


def settle(connection: Connection, names: Collection[str], now: datetime) -> None:
    """Give the oldest open entries of the lists their positions in the archive, in whole pages."""
    is_open = memberships.c.position.is_(None) & (memberships.c.published_at <= now)
    beyond_horizon = memberships.c.published_at >= func.coalesce(article_lists.c.horizon, literal(EARLIEST, Instant))
    counted = connection.execute(
        select(article_lists.c.key, article_lists.c.settled, article_lists.c.horizon, func.count().label("open"))
        .join(memberships, memberships.c.list_key == article_lists.c.key)
        .where(article_lists.c.name.in_(names), is_open, beyond_horizon)
        .group_by(article_lists.c.key, article_lists.c.settled, article_lists.c.horizon)
        .having(func.count() >= OPEN + PAGE)
    ).all()
    for article_list in counted:
        count = (article_list.open - OPEN) // PAGE * PAGE
        horizon = article_list.horizon or EARLIEST
        arguments = {
            "list": article_list.key,
            "settled": article_list.settled,
            "count": count,
            "horizon": horizon,
            "now": now,
        }
        connection.execute(_SETTLE, arguments)
        last = select(memberships.c.published_at).where(
            memberships.c.list_key == article_list.key, memberships.c.position == article_list.settled + count - 1
        )
        connection.execute(
            update(article_lists)
            .where(article_lists.c.key == article_list.key)
            .values(settled=article_list.settled + count, horizon=last.scalar_subquery())
        )


def bury(
    connection: Connection,
    withdrawn: Collection[Article],
    back: Collection[str],
    assignment: ListAssignment,
    now: datetime,
) -> set[str]:
    """Add tombstones of the `withdrawn` articles to their lists; delete tombstones of articles that are `back`.

    Returns the names of the lists whose tombstones were deleted. The articles may come back to other lists.
    """
    theirs = tombstones.c.article_id.in_(back)
    left = connection.execute(
        select(article_lists.c.name)
        .join(tombstones, tombstones.c.list_key == article_lists.c.key)
        .where(theirs)
        .distinct()
    )
    taken_down = {row.name for row in left}
    connection.execute(delete(tombstones).where(theirs))
    names = {name for article in withdrawn for name in assignment(article)}
    found = connection.execute(select(article_lists.c.name, article_lists.c.key).where(article_lists.c.name.in_(names)))
    keys = {row.name: row.key for row in found}
    rows = [
        {"list_key": keys[name], "at": now, "article_id": article.id}
        for article in withdrawn
        for name in assignment(article)
        if name in keys  # an article of an older version may stand on another list
    ]
    if rows:
        connection.execute(insert(tombstones), rows)
    return taken_down


def leave(connection: Connection, keys: Any) -> None:
    """Remove articles from all lists. `keys` is a selection of their keys."""
    connection.execute(delete(memberships).where(memberships.c.article_key.in_(keys)))


def touch(connection: Connection, names: Collection[str], now: datetime) -> None:
    """Advance the time of the lists to `now`, but by at least a second, so that two changes have different times."""
    found = connection.execute(
        select(article_lists.c.key, article_lists.c.modified_at).where(article_lists.c.name.in_(names))
    ).all()
    rows = [
        {"list": row.key, "at": max(now.replace(microsecond=0), row.modified_at + timedelta(seconds=1))}
        for row in found
    ]
    if rows:
        connection.execute(
            update(article_lists).where(article_lists.c.key == bindparam("list")).values(modified_at=bindparam("at")),
            rows,
        )
