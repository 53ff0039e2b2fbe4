"""Writing: articles, shelves, placements, changes and notices, in one transaction that the caller holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from service.article import Article
from service.feed import shelves as shelves_of
from service.store.rows import to_article, to_row
from service.store.tables import articles, changes, outbox, placements, shelves


class Outcome(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"

    @classmethod
    def of(cls, before: Article | None, after: Article) -> "Outcome":
        if before is None:
            return cls.ADDED
        return cls.UNCHANGED if before == after else cls.CHANGED


@dataclass(frozen=True)
class Change:
    """One line of the change log. `key` is the cursor: it rises, and lower ones never appear later."""

    key: int
    article_id: str
    kind: str  # published, updated, withdrawn, expired
    at: datetime


@dataclass(frozen=True)
class Notice:
    """A change that caches and hubs have still to hear of, and the shelves that it touches."""

    key: int
    article_id: str
    shelves: tuple[str, ...]


def known_articles(connection: Connection, ids: Sequence[str]) -> dict[str, Article]:
    """Those of the articles that are stored, by id."""
    rows = connection.execute(select(articles).where(articles.c.id.in_(ids)))
    return {row.id: to_article(row) for row in rows}


class Batch:
    """What one transaction writes: the articles as they come to be, and the shelves that this touches."""

    def __init__(self, now: datetime) -> None:
        self.now = now.replace(microsecond=0)  # what feeds can say; see article.py
        self.before: dict[str, Article | None] = {}
        self.after: dict[str, Article] = {}

    def add(self, before: Article | None, after: Article) -> None:
        self.before[after.id] = before
        self.after[after.id] = after

    def write(self, connection: Connection) -> list[Notice]:
        if not self.after:
            return []
        titles: dict[str, str] = {}
        for article in self.after.values():
            titles.update({name: title for name, title in shelves_of(article).items() if name not in titles})
        touched = {id_: self._touched(id_) for id_ in self.after}
        shown = [name for id_, names in touched.items() if self._kind(id_) for name in names]
        keys = _upsert_articles(connection, self.after.values())
        shelf_keys = _open_shelves(connection, titles, self.now)
        _touch_shelves(connection, set(shown), self.now)
        self._place(connection, keys, shelf_keys)
        self._log(connection)
        return self._notify(connection, touched)

    def _touched(self, id_: str) -> list[str]:
        before = self.before[id_]
        return list({**(shelves_of(before) if before else {}), **shelves_of(self.after[id_])})

    def _kind(self, id_: str) -> str | None:
        """What the change is for readers; None if they could not and cannot see the article."""
        before = self.before[id_]
        was, is_ = before is not None and before.visible(self.now), self.after[id_].visible(self.now)
        return {(False, True): "published", (True, True): "updated", (True, False): "withdrawn"}.get((was, is_))

    def _place(self, connection: Connection, keys: Mapping[str, int], shelf_keys: Mapping[str, int]) -> None:
        moved = [keys[id_] for id_, before in self.before.items() if before is not None]
        if moved:
            connection.execute(delete(placements).where(placements.c.article_key.in_(moved)))
        rows = [
            {"shelf_key": shelf_keys[name], "published_at": article.published_at, "article_key": keys[id_]}
            for id_, article in self.after.items()
            for name in shelves_of(article)
        ]
        if rows:
            connection.execute(insert(placements), rows)

    def _log(self, connection: Connection) -> None:
        rows = [{"article_id": id_, "kind": kind, "at": self.now} for id_ in self.after if (kind := self._kind(id_))]
        if rows:
            connection.execute(insert(changes), rows)

    def _notify(self, connection: Connection, touched: Mapping[str, list[str]]) -> list[Notice]:
        known = [id_ for id_, before in self.before.items() if before is not None]
        if known:  # an end that was set before is void
            connection.execute(delete(outbox).where(outbox.c.article_id.in_(known), outbox.c.kind.is_not(None)))
        rows = []
        for id_, article in self.after.items():
            due: list[tuple[str | None, datetime]] = [(None, self.now)] if self._kind(id_) else []
            if article.status == "published":
                ends = [("published", article.published_at), ("expired", article.expires_at)]
                due += [(kind, at) for kind, at in ends if at and at > self.now]
            rows += [{"article_id": id_, "shelves": touched[id_], "due_at": at, "kind": kind} for kind, at in due]
        if not rows:
            return []
        returned = connection.execute(insert(outbox).returning(outbox, sort_by_parameter_order=True), rows)
        return [Notice(row.key, row.article_id, tuple(row.shelves)) for row in returned if not row.kind]


def _insert(connection: Connection) -> Any:
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert


def _upsert_articles(connection: Connection, batch: Iterable[Article]) -> dict[str, int]:
    """Write the articles; their keys by id."""
    rows = [to_row(article) for article in batch]
    statement = _insert(connection)(articles)
    statement = statement.on_conflict_do_update(
        index_elements=[articles.c.id],
        set_={
            column.name: statement.excluded[column.name] for column in articles.c if column.name not in ("key", "id")
        },
    )
    connection.execute(statement, rows)
    found = connection.execute(select(articles.c.id, articles.c.key).where(articles.c.id.in_([r["id"] for r in rows])))
    return {row.id: row.key for row in found}


def _open_shelves(connection: Connection, titles: Mapping[str, str], now: datetime) -> dict[str, int]:
    """Make the shelves that do not exist yet; the keys of all by name. A title once given stays."""
    if not titles:
        return {}
    rows = [{"name": name, "title": title, "modified_at": now} for name, title in titles.items()]
    connection.execute(_insert(connection)(shelves).on_conflict_do_nothing(index_elements=["name"]), rows)
    found = connection.execute(select(shelves.c.name, shelves.c.key).where(shelves.c.name.in_(titles)))
    return {row.name: row.key for row in found}


def _touch_shelves(connection: Connection, names: set[str], now: datetime) -> None:
    """Move the shelves' time on: to now, but by a second at least, or two changes could not be told apart."""
    if not names:
        return
    found = connection.execute(select(shelves.c.key, shelves.c.modified_at).where(shelves.c.name.in_(names)))
    rows = [
        {"shelf": row.key, "at": max(now.replace(microsecond=0), row.modified_at + timedelta(seconds=1))}
        for row in found
    ]
    connection.execute(
        update(shelves).where(shelves.c.key == bindparam("shelf")).values(modified_at=bindparam("at")),
        rows,
    )


def take_effect(connection: Connection, timed: Sequence[Row[Any]], now: datetime) -> None:
    """Turn ends that have come into changes; a row that another process took first is left alone."""
    keys = [row.key for row in timed]
    open_ = outbox.c.key.in_(keys) & outbox.c.kind.is_not(None)
    rows = connection.execute(select(outbox).where(open_).order_by(outbox.c.due_at, outbox.c.key)).all()
    if not rows:
        return
    connection.execute(
        insert(changes), [{"article_id": row.article_id, "kind": row.kind, "at": row.due_at} for row in rows]
    )
    _touch_shelves(connection, {name for row in rows for name in row.shelves}, now)
    expired = select(articles.c.key).where(articles.c.id.in_([row.article_id for row in rows if row.kind == "expired"]))
    connection.execute(delete(placements).where(placements.c.article_key.in_(expired)))
    connection.execute(update(outbox).where(outbox.c.key.in_(keys)).values(kind=None))
