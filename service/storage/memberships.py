"""The articles on each list, and their positions in the list's archive (RFC 5005 §4).

The newest entries of a list are its *head*: they are sorted by time and have no fixed position. When the head has
MIN_HEAD_ENTRIES + ARCHIVE_PAGE_ENTRIES entries, the oldest of them are *archived*: they get the next positions. A
position determines the archive page, for good. So a page changes only when one of its own articles does. An article
that is older than the last archived one is *backfilled*: it gets the next negative position, on pages that follow the
oldest page. Feeds show only the head. So a feed and its archive never overlap, and a client that reads all pages gets
every article once.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from service.articles.article import Article
from service.feeds.names import ENTERED
from service.storage.tables import article_lists, memberships, tombstones
from service.storage.utc_datetime import UtcDateTime

ARCHIVE_PAGE_ENTRIES = 50  # never change it: the page numbers depend on it
EARLIEST = datetime(1, 1, 2, tzinfo=UTC)  # before every publication time
FILLING = "filling "  # the beginning of `rule` of a list that is being filled; see filled_lists.py
MIN_HEAD_ENTRIES = 100  # the limit of the longest feed

Assignment = Callable[[Article], Mapping[str, str]]  # the titles of an article's lists by name: see ListAssignment

# A window function numbers the oldest entries of the head. SQLAlchemy's expressions would make the statement longer.
_ARCHIVE = text(
    """
    UPDATE placements SET position = numbered.position
    FROM (
        SELECT shelf_key, published_at, article_key,
               :archived + row_number() OVER (ORDER BY published_at, article_key) - 1 AS position
        FROM placements
        WHERE shelf_key = :list AND position IS NULL AND published_at BETWEEN :archive_until AND :now
        ORDER BY published_at, article_key
        LIMIT :count
    ) AS numbered
    WHERE placements.shelf_key = numbered.shelf_key
      AND placements.published_at = numbered.published_at
      AND placements.article_key = numbered.article_key
    """
).bindparams(bindparam("archive_until", type_=UtcDateTime), bindparam("now", type_=UtcDateTime))

# One statement for any number of rows [list, article, position]. To bind each value takes most of an import's time.
_ASSIGN = {
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
class _ListState:
    """The state of a list at the start of a transaction; `backfilled` rises with each backfilled article."""

    key: int
    archive_until: datetime | None
    backfilled: int


def assign(
    connection: Connection,
    assigned: Mapping[int, Article],
    known: Collection[int],
    assignment: Assignment,
    now: datetime,
) -> set[str]:
    """Put the articles, given by key, on their lists. The keys in `known` are first removed from their old lists.

    Articles that readers may not see (yet) stand on no list: a new list would reveal an embargoed article. Returns the
    names of the old lists on which none of the articles stands now.
    """
    titles: dict[str, str] = {}
    list_names = {key: assignment(article) for key, article in assigned.items() if article.visible(now)}
    for names in list_names.values():
        titles = {**names, **titles}
    lists = ensure_lists(connection, titles, now)
    before = _remove(connection, known)
    rows = []
    for key, article in sorted(assigned.items(), key=lambda item: (item[1].published_at, item[0])):
        for name in list_names.get(key, ()):
            article_list = lists[name]
            position = _position(article_list, article.published_at, before.get((article_list.key, key)))
            rows.append((article_list.key, key, position))
    if rows:
        connection.execute(_ASSIGN[connection.dialect.name], {"rows": json.dumps(rows)})
        with_backfilled = [
            {"list": article_list.key, "backfilled": article_list.backfilled}
            for article_list in lists.values()
            if article_list.backfilled
        ]
        if with_backfilled:
            connection.execute(
                update(article_lists)
                .where(article_lists.c.key == bindparam("list"))
                .values(backfilled=bindparam("backfilled")),
                with_backfilled,
            )
        archive_oldest(connection, lists, now)
    left = {list_key for list_key, _ in before} - {article_list.key for article_list in lists.values()}
    if not left:
        return set()
    return {*connection.execute(select(article_lists.c.name).where(article_lists.c.key.in_(left))).scalars()}


def _position(article_list: _ListState, published_at: datetime, before: Row[Any] | None) -> int | None:
    """The article's position: None (in the head), the position that it had before, or the next backfilled one."""
    if article_list.archive_until is None or published_at > article_list.archive_until:
        return None
    if before is not None and (before.position is not None or before.published_at == published_at):
        return before.position  # type: ignore[no-any-return]
    article_list.backfilled += 1
    return -article_list.backfilled


def ensure_lists(connection: Connection, titles: Mapping[str, str], now: datetime) -> dict[str, _ListState]:
    """The lists by name. Missing ones are created. An existing list keeps its title."""
    if not titles:
        return {}
    found = _lists(connection, titles)
    if missing := [name for name in titles if name not in found]:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        before = now - timedelta(seconds=1)  # the change that follows moves it to now
        rows = [{"name": name, "title": titles[name], "modified_at": before} for name in missing]
        connection.execute(dialect.insert(article_lists).on_conflict_do_nothing(index_elements=["name"]), rows)
        found |= _lists(connection, missing)
    return found


def _lists(connection: Connection, names: Iterable[str]) -> dict[str, _ListState]:
    wanted = (article_lists.c.name, article_lists.c.key, article_lists.c.archive_until, article_lists.c.backfilled)
    found = connection.execute(select(*wanted).where(article_lists.c.name.in_(names)))
    return {row.name: _ListState(row.key, row.archive_until, row.backfilled) for row in found}


def _remove(connection: Connection, keys: Collection[int]) -> dict[tuple[int, int], Row[Any]]:
    """Remove the articles from all lists but ENTERED. Returns their old memberships by keys of list and article."""
    if not keys:
        return {}
    entered = select(article_lists.c.key).where(article_lists.c.name == ENTERED).scalar_subquery()
    theirs = memberships.c.article_key.in_(keys) & (memberships.c.list_key != entered)
    stood = {(row.list_key, row.article_key): row for row in connection.execute(select(memberships).where(theirs))}
    connection.execute(delete(memberships).where(theirs))
    return stood


def archive_oldest(connection: Connection, names: Collection[str], now: datetime) -> None:
    """Give the oldest entries of the lists' heads their positions in the archive, in whole pages.

    A list that is being filled is left out: it has not all its old entries yet.
    """
    is_filled = article_lists.c.rule.is_(None) | article_lists.c.rule.not_like(f"{FILLING}%")
    after_archive = memberships.c.published_at >= func.coalesce(
        article_lists.c.archive_until, literal(EARLIEST, UtcDateTime)
    )
    # A subquery for each list counts with an index. SQLite would sort all rows of a join.
    in_head = (
        select(func.count())
        .select_from(memberships)
        .where(
            memberships.c.list_key == article_lists.c.key,
            memberships.c.position.is_(None),
            memberships.c.published_at <= now,
            after_archive,
        )
        .correlate(article_lists)
        .scalar_subquery()
        .label("in_head")
    )
    columns = (article_lists.c.key, article_lists.c.archived, article_lists.c.archive_until, in_head)
    heads = select(*columns).where(article_lists.c.name.in_(names), is_filled).subquery()
    enough = MIN_HEAD_ENTRIES + ARCHIVE_PAGE_ENTRIES
    counted = connection.execute(select(heads).where(heads.c.in_head >= enough)).all()
    for article_list in counted:
        count = (article_list.in_head - MIN_HEAD_ENTRIES) // ARCHIVE_PAGE_ENTRIES * ARCHIVE_PAGE_ENTRIES
        _archive(connection, article_list, count, now)


def archive_some(connection: Connection, key: int, most: int, now: datetime) -> int:
    """Archive the oldest entries of the head of one list, in whole pages, at most `most`. Returns their number."""
    article_list = connection.execute(select(article_lists).where(article_lists.c.key == key)).one()
    head = (
        select(memberships.c.article_key)
        .where(
            memberships.c.list_key == key,
            memberships.c.position.is_(None),
            memberships.c.published_at.between(article_list.archive_until or EARLIEST, now),
        )
        .limit(MIN_HEAD_ENTRIES + most)
    )
    in_head = connection.execute(select(func.count()).select_from(head.subquery())).scalar_one()
    count = max(in_head - MIN_HEAD_ENTRIES, 0) // ARCHIVE_PAGE_ENTRIES * ARCHIVE_PAGE_ENTRIES
    if count:
        _archive(connection, article_list, count, now)
    return count


def _archive(connection: Connection, article_list: Row[Any], count: int, now: datetime) -> None:
    arguments = {
        "list": article_list.key,
        "archived": article_list.archived,
        "count": count,
        "archive_until": article_list.archive_until or EARLIEST,
        "now": now,
    }
    connection.execute(_ARCHIVE, arguments)
    last = select(memberships.c.published_at).where(
        memberships.c.list_key == article_list.key, memberships.c.position == article_list.archived + count - 1
    )
    connection.execute(
        update(article_lists)
        .where(article_lists.c.key == article_list.key)
        .values(archived=article_list.archived + count, archive_until=last.scalar_subquery())
    )


def update_tombstones(
    connection: Connection,
    withdrawn: Collection[Article],
    back: Collection[str],
    assignment: Assignment,
    now: datetime,
) -> set[str]:
    """Add tombstones of the `withdrawn` articles to their lists; delete tombstones of articles that are `back`.

    Returns the names of the lists whose tombstones were deleted. The articles may come back to other lists.
    """
    if not withdrawn and not back:
        return set()
    theirs = tombstones.c.article_id.in_(back)
    left = connection.execute(
        select(article_lists.c.name)
        .join(tombstones, tombstones.c.list_key == article_lists.c.key)
        .where(theirs)
        .distinct()
    )
    cleared = {row.name for row in left}
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
    return cleared


def remove_all(connection: Connection, keys: Any) -> None:
    """Remove articles from all lists. `keys` is a selection of their keys."""
    connection.execute(delete(memberships).where(memberships.c.article_key.in_(keys)))


def advance_modified_at(connection: Connection, names: Collection[str], now: datetime) -> None:
    """Advance the time of the lists to `now`, but by at least a second, so that two changes have different times."""
    found = connection.execute(
        select(article_lists.c.key, article_lists.c.modified_at).where(article_lists.c.name.in_(names))
    ).all()
    keys: dict[datetime, list[int]] = {}  # few times, since most lists change together
    for row in found:
        at = max(now.replace(microsecond=0), row.modified_at + timedelta(seconds=1))
        keys.setdefault(at, []).append(row.key)
    for at, changed in keys.items():
        connection.execute(update(article_lists).where(article_lists.c.key.in_(changed)).values(modified_at=at))
