"""Reads a list from its newest entry to its oldest: the head, which a feed shows, and the archive behind it.

memberships.py describes how entries get their page. The order is: the head by time, archived entries by position,
backfilled entries in the order in which they arrived. Each read is one or two short index ranges, however long the
archive is. Only articles that the process does not hold in memory are read completely.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, bindparam, exists, select

from service.articles.article import Article
from service.core.errors import NotFound, NotYet
from service.feeds.names import ArticleList, Tombstone
from service.storage.article_cache import ArticleCache
from service.storage.memberships import ARCHIVE_PAGE_ENTRIES, EARLIEST, MIN_HEAD_ENTRIES
from service.storage.rows import is_visible, to_article_list
from service.storage.tables import article_lists, articles, memberships, tombstones
from service.storage.utc_datetime import UtcDateTime

NEWEST_PAGE = "before-99999999999-0"  # the page that starts with the newest entry
MAX_TOMBSTONES = 20  # withdrawals that a feed shows

# These seconds cover the years 1653 to 5138: some newspapers are older than 1970.
_BEFORE = re.compile(r"before-(0|[1-9][0-9]{0,10}|-[1-9][0-9]{0,9})-(0|[1-9][0-9]{0,11})", re.ASCII)

# The statements are built once: SQLAlchemy needs more time to build one than to run it.

_LIST = select(article_lists).where(article_lists.c.name == bindparam("name"))

_here = memberships.c.list_key == bindparam("list")
_visible = is_visible(bindparam("now", type_=UtcDateTime))
_when: BindParameter[datetime] = bindparam("published_at", type_=UtcDateTime)
_key: BindParameter[int] = bindparam("article_key")
_is_before = (memberships.c.published_at < _when) | (
    (memberships.c.published_at == _when) & (memberships.c.article_key < _key)
)
_newest_first = (memberships.c.published_at.desc(), memberships.c.article_key.desc())

_ENTRIES: Select[Any] = select(
    memberships.c.article_key, articles.c.revision, memberships.c.position, memberships.c.published_at
).join(articles, articles.c.key == memberships.c.article_key)

# The head, newest first. No entry of it is older than the archive. Without this condition, the query for a nearly
# empty head would scan the whole archive.
_HEAD = (
    _ENTRIES.where(
        _here,
        memberships.c.position.is_(None),
        memberships.c.published_at.between(
            bindparam("archive_until", type_=UtcDateTime), bindparam("now", type_=UtcDateTime)
        ),
        *_visible,
    )
    .order_by(*_newest_first)
    .limit(bindparam("most"))
)
_HEAD_BEFORE = _HEAD.where(_is_before)

# Entries by position, newest first.
_ARCHIVED = (
    _ENTRIES.where(_here, memberships.c.position.between(bindparam("first"), bindparam("last")), *_visible)
    .order_by(memberships.c.position.desc())
    .limit(bindparam("most"))
)

# The position of an entry that has been archived meanwhile. If it has left the list: of the nearest entry before it.
_ARCHIVED_SINCE = (
    select(memberships.c.position)
    .where(_here, memberships.c.position >= 0, _is_before | (memberships.c.article_key == _key))
    .order_by(*_newest_first)
    .limit(1)
)

# The condition has all columns of the primary key of memberships. Otherwise SQLite would scan the list instead of
# looking up the few articles.
_CHOSEN: Select[Any] = select(articles.c.id, articles.c.key.label("article_key"), articles.c.revision).where(
    articles.c.id.in_(bindparam("ids", expanding=True)),
    exists().where(
        _here,
        memberships.c.published_at == articles.c.published_at,
        memberships.c.article_key == articles.c.key,
    ),
    *_visible,
)

_TOMBSTONES = (
    select(tombstones, articles.c.url)
    .join(articles, articles.c.id == tombstones.c.article_id)
    .where(tombstones.c.list_key == bindparam("list"))
    .order_by(tombstones.c.at.desc())
    .limit(MAX_TOMBSTONES)
)


@dataclass(frozen=True)
class Listing:
    """A part of a list: its `entries`, and the names of the archive pages with `older` and `newer` entries.

    A name is None if there is no such page. `positions` is the number of entries of an archive page that gains none;
    None for other parts. `full_pages` is the number of full pages of the archive, which are named `0`, `1`, ….
    """

    article_list: ArticleList
    entries: list[Article]
    older: str | None = None
    newer: str | None = None
    tombstones: tuple[Tombstone, ...] = ()
    positions: int | None = None
    full_pages: int = 0

    @property
    def is_complete(self) -> bool:
        """True if this is an archive page that gains no entry and has lost none, by withdrawal or otherwise."""
        return len(self.entries) == self.positions


def list_row(connection: Connection, name: str) -> Row[Any]:
    """The row of the list. Raises NotFound for a list that has never existed."""
    list_name = connection.execute(_LIST, {"name": name}).one_or_none()
    if list_name is None:
        raise NotFound(f"there is no feed {name!r}")
    return list_name


class ArchiveReader:
    """One read of one list in the caller's transaction, limited to the entries that readers may see at `now`.

    Raises NotFound for a list that has never existed.
    """

    def __init__(self, connection: Connection, cache: ArticleCache, name: str, now: datetime) -> None:
        self._list_row = list_row(connection, name)
        self._connection = connection
        self._cache = cache
        self._now = now

    def head(self, limit: int) -> Listing:
        """The newest `limit` entries, and the latest withdrawals."""
        rows = self._head(limit + 1)
        more, rows = len(rows) > limit, rows[:limit]
        if len(rows) < limit and self._list_row.archived:
            # This happens only after many withdrawals, since the head has more entries than any feed shows.
            rows += self._archived(0, self._list_row.archived - 1, limit - len(rows))
        return self._listing(rows, self._older(rows, more) if limit else NEWEST_PAGE, tombstones=self._tombstones())

    def page(self, name: str) -> Listing:
        """A page behind the head. Raises NotFound for a page that does not exist, NotYet for the next full page.

        `7` is the eighth full page. `late-0` is the first page of backfilled articles. `before-TIME-KEY` and `below-7`
        are the entries between the last entry of a feed and the nearest full page.
        """
        article_list = self._list_row
        if before := _BEFORE.fullmatch(name):
            seconds, key = map(int, before.groups())
            return self._before_page(datetime.fromtimestamp(seconds, UTC), key)
        match re.split("-", name):
            case [number] if _is_number(number) and (int(number) + 1) * ARCHIVE_PAGE_ENTRIES <= article_list.archived:
                first = int(number) * ARCHIVE_PAGE_ENTRIES
                rows = self._archived(first, first + ARCHIVE_PAGE_ENTRIES - 1)
                return self._listing(rows, self._below(first), str(int(number) + 1), positions=ARCHIVE_PAGE_ENTRIES)
            case [number] if _is_number(number) and int(number) * ARCHIVE_PAGE_ENTRIES == article_list.archived:
                raise NotYet(f"page {number} of the archive of {article_list.name!r} is not full yet")
            case ["late", number] if (
                _is_number(number) and int(number) * ARCHIVE_PAGE_ENTRIES < article_list.backfilled
            ):
                return self._backfilled_page(int(number))
            case ["below", number] if _is_number(number) and 0 < int(number) < article_list.archived:
                return self._below_page(int(number))
        raise NotFound(f"there is no page {name!r} in the archive of {article_list.name!r}")

    def chosen(self, ids: Sequence[str]) -> Listing:
        """The articles among `ids` that stand on the list, in the order of `ids`."""
        found = self._connection.execute(_CHOSEN, {"list": self._list_row.key, "ids": ids, "now": self._now})
        by_id = {row.id: row for row in found}
        return self._listing([by_id[id_] for id_ in ids if id_ in by_id])

    # --- pages -----------------------------------------------------------------------------------------------

    def _backfilled_page(self, number: int) -> Listing:
        first = -number * ARCHIVE_PAGE_ENTRIES - 1
        older = f"late-{number + 1}" if self._list_row.backfilled > (number + 1) * ARCHIVE_PAGE_ENTRIES else None
        newer = f"late-{number - 1}" if number else "0"
        is_full = self._list_row.backfilled >= (number + 1) * ARCHIVE_PAGE_ENTRIES
        rows = self._archived(first - ARCHIVE_PAGE_ENTRIES + 1, first)
        return self._listing(rows, older, newer, positions=ARCHIVE_PAGE_ENTRIES if is_full else None)

    def _below_page(self, position: int) -> Listing:
        """The entries of one full page that are older than the archived entry at `position`."""
        first = (position - 1) // ARCHIVE_PAGE_ENTRIES * ARCHIVE_PAGE_ENTRIES
        return self._listing(self._archived(first, position - 1), self._below(first))

    def _before_page(self, published_at: datetime, key: int) -> Listing:
        """The entries of the head before an entry.

        If that entry has been archived meanwhile, they are the older entries of its page.
        """
        entry = {"published_at": published_at, "article_key": key}
        rows = self._head(MIN_HEAD_ENTRIES + 1, entry)
        more, rows = len(rows) > MIN_HEAD_ENTRIES, rows[:MIN_HEAD_ENTRIES]
        if not rows and self._list_row.archive_until and published_at <= self._list_row.archive_until:
            last = self._connection.execute(_ARCHIVED_SINCE, {"list": self._list_row.key, **entry}).scalar()
            if last:
                return self._below_page(last)
            if last == 0:
                return self._listing([], self._below(0))
        return self._listing(rows, self._older(rows, more))

    def _older(self, rows: Sequence[Row[Any]], more: bool) -> str | None:
        """The name of the page that continues after the last of `rows`. `more`: further entries of the head follow."""
        last = rows[-1] if rows else None
        if last is not None and last.position is not None:
            return self._below(last.position)
        if last is not None and more:
            return f"before-{int(last.published_at.timestamp())}-{last.article_key}"
        return self._below(self._list_row.archived)

    def _below(self, position: int) -> str | None:
        """The name of the page that continues below the archived `position`; None if no page does."""
        if position % ARCHIVE_PAGE_ENTRIES:
            return f"below-{position}"
        if position:
            return str(position // ARCHIVE_PAGE_ENTRIES - 1)
        return "late-0" if self._list_row.backfilled else None

    # --- statements ------------------------------------------------------------------------------------------

    def _listing(
        self, rows: Sequence[Row[Any]], older: str | None = None, newer: str | None = None, **more: Any
    ) -> Listing:
        return Listing(
            to_article_list(self._list_row),
            self._cache.articles(self._connection, rows),
            older,
            newer,
            full_pages=self._list_row.archived // ARCHIVE_PAGE_ENTRIES,
            **more,
        )

    def _head(self, most: int, before: dict[str, Any] | None = None) -> list[Row[Any]]:
        """The newest entries of the head; if `before` names an entry, only those before it."""
        archive_until = self._list_row.archive_until or EARLIEST
        values = {"list": self._list_row.key, "archive_until": archive_until, "now": self._now, "most": most}
        if before:
            return [*self._connection.execute(_HEAD_BEFORE, {**values, **before}).all()]
        return [*self._connection.execute(_HEAD, values).all()]

    def _archived(self, first: int, last: int, most: int = ARCHIVE_PAGE_ENTRIES) -> list[Row[Any]]:
        """The visible entries at the positions `first` to `last`, newest first."""
        values = {"list": self._list_row.key, "first": first, "last": last, "now": self._now, "most": most}
        return [*self._connection.execute(_ARCHIVED, values).all()]

    def _tombstones(self) -> tuple[Tombstone, ...]:
        """The latest withdrawals from the list, newest first."""
        rows = self._connection.execute(_TOMBSTONES, {"list": self._list_row.key})
        return tuple(Tombstone(row.article_id, row.at, row.url) for row in rows)


def _is_number(text: str) -> bool:
    """True if the text is a number without leading zeros, so that each page has exactly one URL."""
    return re.fullmatch(r"0|[1-9][0-9]{0,11}", text, re.ASCII) is not None
