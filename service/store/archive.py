"""Reading a shelf from its newest entry to its oldest: the head that a feed shows, and the archive behind it.

How entries come to their pages stands in placing.py. The order of a walk: open entries by time, settled ones by
position, late ones as they came. Every reading is one or two short index ranges, however long the archive is.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from service.article import Article
from service.errors import NotFound, NotYet
from service.feed import Shelf, Tombstone
from service.store.placing import OPEN, PAGE
from service.store.rows import is_visible, to_article, to_shelf
from service.store.tables import articles, placements, shelves, tombstones

EVERYTHING = "before-99999999999-0"  # the page that goes on after no entry at all
WITHDRAWN = 20  # withdrawals that a feed remembers


# So many seconds go from 1653 to 5138: there are newspapers of before 1970.
_BEFORE = re.compile(r"before-(0|[1-9][0-9]{0,10}|-[1-9][0-9]{0,9})-(0|[1-9][0-9]{0,11})", re.ASCII)


@dataclass(frozen=True)
class Listing:
    """A stretch of a shelf: its `entries`, and the names of the pages that hold what is `older` and `newer`."""

    shelf: Shelf
    entries: list[Article]
    older: str | None = None
    newer: str | None = None
    tombstones: tuple[Tombstone, ...] = ()


def head(connection: Connection, name: str, limit: int, now: datetime) -> Listing:
    """The newest `limit` entries. Raises NotFound for a shelf that has never been."""
    shelf = find(connection, name)
    rows = list(connection.execute(_open(shelf, now).limit(limit)))
    if len(rows) < limit:  # only after many withdrawals, since more entries stay open than any feed shows
        settled = _settled(shelf, 0, shelf.settled - 1).where(*is_visible(now))
        rows += connection.execute(settled.limit(limit - len(rows)))
    older = _older(connection, shelf, rows, now) if limit else EVERYTHING
    return Listing(to_shelf(shelf), [to_article(row) for row in rows], older, tombstones=_tombstones(connection, shelf))


def page(connection: Connection, name: str, page_name: str, now: datetime) -> Listing:
    """A page behind the head. Raises NotFound for a page that is not there (yet).

    `7` is the eighth full page; `late-0` the first of articles that came late. `before-TIME-KEY` and `below-7` are
    what lies between a feed's last entry and the nearest full page.
    """
    shelf = find(connection, name)
    if before := _BEFORE.fullmatch(page_name):
        seconds, key = map(int, before.groups())
        return _before_page(connection, shelf, datetime.fromtimestamp(seconds, UTC), key, now)
    match re.split("-", page_name):
        case [number] if _is_number(number) and (int(number) + 1) * PAGE <= shelf.settled:
            first = int(number) * PAGE
            newer = str(int(number) + 1)
            return _page(connection, shelf, _settled(shelf, first, first + PAGE - 1), _below(shelf, first), newer, now)
        case [number] if _is_number(number) and int(number) * PAGE == shelf.settled:
            raise NotYet(f"page {number} of the archive of {name!r} is not full yet")
        case ["late", number] if _is_number(number) and int(number) * PAGE < shelf.late:
            return _late_page(connection, shelf, int(number), now)
        case ["below", number] if _is_number(number) and 0 < int(number) < shelf.settled:
            return _below_page(connection, shelf, int(number), now)
    raise NotFound(f"there is no page {page_name!r} in the archive of {name!r}")


def find(connection: Connection, name: str) -> Row[Any]:
    """The shelf's row. Raises NotFound for a shelf that has never been."""
    row = connection.execute(select(shelves).where(shelves.c.name == name)).one_or_none()
    if row is None:
        raise NotFound(f"there is no feed {name!r}")
    return row


def _tombstones(connection: Connection, shelf: Row[Any]) -> tuple[Tombstone, ...]:
    """The shelf's last withdrawals, newest first."""
    rows = connection.execute(
        select(tombstones, articles.c.url)
        .join(articles, articles.c.id == tombstones.c.article_id)
        .where(tombstones.c.shelf_key == shelf.key)
        .order_by(tombstones.c.at.desc())
        .limit(WITHDRAWN)
    )
    return tuple(Tombstone(row.article_id, row.at, row.url) for row in rows)


def _is_number(text: str) -> bool:
    """Whether it is one, written as we write it, so that a page has one address."""
    return re.fullmatch(r"0|[1-9][0-9]{0,11}", text, re.ASCII) is not None


def _entries() -> Select[Any]:
    columns = (placements.c.position, placements.c.article_key)
    return select(articles, *columns).join(placements, placements.c.article_key == articles.c.key)


def _open(shelf: Row[Any], now: datetime) -> Select[Any]:
    """Open entries, newest first."""
    placed = [placements.c.shelf_key == shelf.key, placements.c.position.is_(None)]
    if shelf.horizon:  # none is older; without this a nearly empty head would look through the whole archive
        placed.append(placements.c.published_at >= shelf.horizon)
    return (
        _entries()
        .where(*placed, placements.c.published_at <= now, *is_visible(now))
        .order_by(placements.c.published_at.desc(), placements.c.article_key.desc())
    )


def _settled(shelf: Row[Any], first: int, last: int) -> Select[Any]:
    """Entries by position, newest first."""
    return (
        _entries()
        .where(placements.c.shelf_key == shelf.key, placements.c.position.between(first, last))
        .order_by(placements.c.position.desc())
    )


def _below(shelf: Row[Any], position: int) -> str | None:
    """The page that goes on below the settled `position`."""
    if position % PAGE:
        return f"below-{position}"
    if position:
        return str(position // PAGE - 1)
    return "late-0" if shelf.late else None


def _older(connection: Connection, shelf: Row[Any], rows: list[Any], now: datetime) -> str | None:
    """The page that goes on after the last of `rows`."""
    if not rows:
        return _below(shelf, shelf.settled)
    last = rows[-1]
    if last.position is not None:
        return _below(shelf, last.position)
    before = _is_before(last.published_at, last.article_key)
    if connection.execute(_open(shelf, now).where(before).limit(1)).first():
        return f"before-{int(last.published_at.timestamp())}-{last.article_key}"
    return _below(shelf, shelf.settled)


def _is_before(published_at: datetime, key: int) -> Any:
    same = (placements.c.published_at == published_at) & (placements.c.article_key < key)
    return (placements.c.published_at < published_at) | same


def _page(
    connection: Connection, shelf: Row[Any], query: Select[Any], older: str | None, newer: str | None, now: datetime
) -> Listing:
    found = connection.execute(query.where(*is_visible(now)))
    return Listing(to_shelf(shelf), [to_article(row) for row in found], older, newer)


def _late_page(connection: Connection, shelf: Row[Any], number: int, now: datetime) -> Listing:
    first = -number * PAGE - 1
    older = f"late-{number + 1}" if shelf.late > (number + 1) * PAGE else None
    newer = f"late-{number - 1}" if number else "0"
    return _page(connection, shelf, _settled(shelf, first - PAGE + 1, first), older, newer, now)


def _below_page(connection: Connection, shelf: Row[Any], position: int, now: datetime) -> Listing:
    """The rest of a page below a settled entry."""
    first = (position - 1) // PAGE * PAGE
    return _page(connection, shelf, _settled(shelf, first, position - 1), _below(shelf, first), None, now)


def _before_page(connection: Connection, shelf: Row[Any], published_at: datetime, key: int, now: datetime) -> Listing:
    """The open entries before an entry; what is left of its page, if it has been settled since."""
    rows = connection.execute(_open(shelf, now).where(_is_before(published_at, key)).limit(OPEN)).all()
    if not rows and shelf.horizon and published_at <= shelf.horizon:
        last = connection.execute(
            select(placements.c.position)
            .where(
                placements.c.shelf_key == shelf.key,
                placements.c.position >= 0,
                _is_before(published_at, key) | (placements.c.article_key == key),
            )
            .order_by(placements.c.published_at.desc(), placements.c.article_key.desc())
            .limit(1)
        ).scalar()
        if last:
            return _below_page(connection, shelf, last, now)
        if last == 0:
            return Listing(to_shelf(shelf), [], _below(shelf, 0))
    return Listing(to_shelf(shelf), [to_article(row) for row in rows], _older(connection, shelf, list(rows), now))
