"""The articles on each shelf, and their positions in the shelf's archive (RFC 5005 §4).

The newest entries of a shelf are *open*: they are sorted by time and have no fixed position. When there are OPEN + PAGE
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
from service.feeds.names import ENTERED, LATEST, Rule, Shelving
from service.storage.tables import articles, placements, shelves, tombstones
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
        WHERE shelf_key = :shelf AND position IS NULL AND published_at BETWEEN :horizon AND :now
        ORDER BY published_at, article_key
        LIMIT :count
    ) AS numbered
    WHERE placements.shelf_key = numbered.shelf_key
      AND placements.published_at = numbered.published_at
      AND placements.article_key = numbered.article_key
    """
).bindparams(
    bindparam("horizon", type_=placements.c.published_at.type), bindparam("now", type_=placements.c.published_at.type)
)

# One statement for any number of rows [shelf, article, position]. To bind each value takes most of an import's time.
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
class _Shelf:
    """The state of a shelf at the start of a transaction; `late` rises with each late article."""

    key: int
    horizon: datetime | None
    late: int


def place(
    connection: Connection, placed: Mapping[int, Article], known: Collection[int], shelving: Shelving, now: datetime
) -> None:
    """Put the articles, given by key, on their shelves. The keys in `known` are first removed from their old shelves.

    Articles that readers may not see (yet) stand on no shelf: a new shelf would reveal an embargoed article.
    """
    titles: dict[str, str] = {}
    standing = {key: shelving(article) if article.visible(now) else {} for key, article in placed.items()}
    for names in standing.values():
        titles = {**names, **titles}
    opened = _open(connection, titles, now)
    before = _lift(connection, known)
    rows = []
    for key, article in sorted(placed.items(), key=lambda item: (item[1].published_at, item[0])):
        for name in standing[key]:
            shelf = opened[name]
            position = _position(shelf, article.published_at, before.get((shelf.key, key)))
            rows.append((shelf.key, key, position))
    if rows:
        connection.execute(_PLACE[connection.dialect.name], {"rows": json.dumps(rows)})
        came_late = [{"shelf": shelf.key, "late": shelf.late} for shelf in opened.values() if shelf.late]
        if came_late:
            connection.execute(
                update(shelves).where(shelves.c.key == bindparam("shelf")).values(late=bindparam("late")), came_late
            )
        settle(connection, opened, now)


def _position(shelf: _Shelf, published_at: datetime, before: Row[Any] | None) -> int | None:
    """The article's position: None (open), the position that it had before, or the next late one."""
    if shelf.horizon is None or published_at > shelf.horizon:
        return None
    if before is not None and (before.position is not None or before.published_at == published_at):
        return before.position  # type: ignore[no-any-return]
    shelf.late += 1
    return -shelf.late


def _open(connection: Connection, titles: Mapping[str, str], now: datetime) -> dict[str, _Shelf]:
    """The shelves by name. Missing ones are created. An existing shelf keeps its title."""
    if not titles:
        return {}
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    before = now - timedelta(seconds=1)  # the change that follows moves it to now
    rows = [{"name": name, "title": title, "modified_at": before} for name, title in titles.items()]
    connection.execute(dialect.insert(shelves).on_conflict_do_nothing(index_elements=["name"]), rows)
    found = connection.execute(select(shelves).where(shelves.c.name.in_(titles)))
    return {row.name: _Shelf(row.key, row.horizon, row.late) for row in found}


def enter(connection: Connection, ids: Collection[str], now: datetime) -> bool:
    """Put articles on the shelf of popular articles, once each. Returns whether any was new."""
    shelf = _open(connection, {ENTERED: ""}, now)[ENTERED]
    there = select(placements.c.article_key).where(placements.c.shelf_key == shelf.key)
    found = connection.execute(select(articles.c.key).where(articles.c.id.in_(ids), articles.c.key.not_in(there)))
    rows = [{"shelf_key": shelf.key, "published_at": now, "article_key": row.key, "position": None} for row in found]
    if rows:
        connection.execute(insert(placements), rows)
        touch(connection, [ENTERED], now)
        settle(connection, [ENTERED], now)
    return bool(rows)


def curate(connection: Connection, rule: Rule, now: datetime) -> bool:
    """Fill the shelf of a curated feed by its rule, unless the same rule filled it before. Returns whether it did."""
    shelf = _open(connection, {rule.shelf: rule.title}, now)[rule.shelf]
    if connection.execute(select(shelves.c.rule).where(shelves.c.key == shelf.key)).scalar() == rule.digest:
        return False
    connection.execute(delete(placements).where(placements.c.shelf_key == shelf.key))
    latest = select(shelves.c.key).where(shelves.c.name == LATEST).scalar_subquery()
    chosen = (
        select(literal(shelf.key), placements.c.published_at, placements.c.article_key)
        .join(articles, articles.c.key == placements.c.article_key)
        .where(placements.c.shelf_key == latest, _fits(rule))
    )
    connection.execute(insert(placements).from_select(["shelf_key", "published_at", "article_key"], chosen))
    fresh = {"rule": rule.digest, "title": rule.title, "settled": 0, "late": 0, "horizon": None}
    connection.execute(update(shelves).where(shelves.c.key == shelf.key).values(fresh))
    settle(connection, [rule.shelf], now)
    touch(connection, [rule.shelf], now)
    return True


def _fits(rule: Rule) -> Any:
    """The condition of `Rule.fits`, in SQL."""

    def stands_on(names: Collection[str]) -> Any:
        theirs = placements.alias()
        on_shelf = theirs.c.shelf_key.in_(select(shelves.c.key).where(shelves.c.name.in_(names)))
        return exists().where(theirs.c.article_key == articles.c.key, on_shelf)

    included: Any = true()
    if rule.include_shelves or rule.include_sections:
        included = stands_on(rule.include_shelves) | articles.c.section.in_(rule.include_sections)
    excluded = stands_on(rule.exclude_shelves) | articles.c.section.in_(rule.exclude_sections)
    return articles.c.id.in_(rule.pinned) | (included & ~excluded)


def _lift(connection: Connection, keys: Collection[int]) -> dict[tuple[int, int], Row[Any]]:
    """Remove the articles from all shelves but ENTERED. Returns their old placements by keys of shelf and article."""
    if not keys:
        return {}
    entered = select(shelves.c.key).where(shelves.c.name == ENTERED).scalar_subquery()
    theirs = placements.c.article_key.in_(keys) & (placements.c.shelf_key != entered)
    stood = {(row.shelf_key, row.article_key): row for row in connection.execute(select(placements).where(theirs))}
    connection.execute(delete(placements).where(theirs))
    return stood


def settle(connection: Connection, names: Collection[str], now: datetime) -> None:
    """Give the oldest open entries of the shelves their positions in the archive, in whole pages."""
    is_open = placements.c.position.is_(None) & (placements.c.published_at <= now)
    beyond_horizon = placements.c.published_at >= func.coalesce(shelves.c.horizon, literal(EARLIEST, Instant))
    counted = connection.execute(
        select(shelves.c.key, shelves.c.settled, shelves.c.horizon, func.count().label("open"))
        .join(placements, placements.c.shelf_key == shelves.c.key)
        .where(shelves.c.name.in_(names), is_open, beyond_horizon)
        .group_by(shelves.c.key, shelves.c.settled, shelves.c.horizon)
        .having(func.count() >= OPEN + PAGE)
    ).all()
    for shelf in counted:
        count = (shelf.open - OPEN) // PAGE * PAGE
        horizon = shelf.horizon or EARLIEST
        arguments = {"shelf": shelf.key, "settled": shelf.settled, "count": count, "horizon": horizon, "now": now}
        connection.execute(_SETTLE, arguments)
        last = select(placements.c.published_at).where(
            placements.c.shelf_key == shelf.key, placements.c.position == shelf.settled + count - 1
        )
        connection.execute(
            update(shelves)
            .where(shelves.c.key == shelf.key)
            .values(settled=shelf.settled + count, horizon=last.scalar_subquery())
        )


def bury(
    connection: Connection, withdrawn: Collection[Article], back: Collection[str], shelving: Shelving, now: datetime
) -> set[str]:
    """Add tombstones of the `withdrawn` articles to their shelves; delete tombstones of articles that are `back`.

    Returns the names of the shelves whose tombstones were deleted. The articles may come back to other shelves.
    """
    theirs = tombstones.c.article_id.in_(back)
    left = connection.execute(
        select(shelves.c.name).join(tombstones, tombstones.c.shelf_key == shelves.c.key).where(theirs).distinct()
    )
    taken_down = {row.name for row in left}
    connection.execute(delete(tombstones).where(theirs))
    names = {name for article in withdrawn for name in shelving(article)}
    found = connection.execute(select(shelves.c.name, shelves.c.key).where(shelves.c.name.in_(names)))
    keys = {row.name: row.key for row in found}
    rows = [
        {"shelf_key": keys[name], "at": now, "article_id": article.id}
        for article in withdrawn
        for name in shelving(article)
    ]
    if rows:
        connection.execute(insert(tombstones), rows)
    return taken_down


def leave(connection: Connection, keys: Any) -> None:
    """Remove articles from all shelves. `keys` is a selection of their keys."""
    connection.execute(delete(placements).where(placements.c.article_key.in_(keys)))


def touch(connection: Connection, names: Collection[str], now: datetime) -> None:
    """Advance the time of the shelves to `now`, but by at least a second, so that two changes have different times."""
    found = connection.execute(select(shelves.c.key, shelves.c.modified_at).where(shelves.c.name.in_(names))).all()
    rows = [
        {"shelf": row.key, "at": max(now.replace(microsecond=0), row.modified_at + timedelta(seconds=1))}
        for row in found
    ]
    if rows:
        connection.execute(
            update(shelves).where(shelves.c.key == bindparam("shelf")).values(modified_at=bindparam("at")), rows
        )
