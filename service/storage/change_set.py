"""Writes articles, lists, memberships, changes and announcements, in one transaction of the caller."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from service.articles.article import Article
from service.articles.characters import xml_safe
from service.feeds.names import ENTERED, ListAssignment
from service.storage.announcement_log import Announcement, log_announcement
from service.storage.change_log import ChangeDetail
from service.storage.memberships import advance_modified_at, assign, remove_all, update_tombstones
from service.storage.rows import to_article, to_row
from service.storage.tables import article_lists, articles, changes, deadlines, memberships


class PutOutcome(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    STALE = "stale"  # the stored article is newer, and stays

    @classmethod
    def of(cls, before: Article | None, after: Article) -> "PutOutcome":
        if before is None:
            return cls.ADDED
        return cls.UNCHANGED if before == after else cls.CHANGED


class LoggedChange(NamedTuple):
    """A change, as it is written to the change log."""

    article_id: str
    kind: str
    at: datetime
    detail: ChangeDetail


class WrittenArticle(NamedTuple):
    """An article as one transaction has stored it, and what became of it."""

    article: Article
    outcome: PutOutcome


def known_articles(connection: Connection, ids: Sequence[str]) -> dict[str, Article]:
    """The stored articles among `ids`, by id."""
    possible = [id_ for id_ in ids if xml_safe(id_) == id_]  # drivers fail at a NUL or a surrogate
    if not possible:
        return {}
    rows = connection.execute(select(articles).where(articles.c.id.in_(possible)))
    return {row.id: to_article(row) for row in rows}


def was_public(connection: Connection, article_id: str) -> bool:
    """True if the change log says that readers could see the article. It does not cover the time before an import."""
    theirs = select(changes.c.key).where(changes.c.article_id == article_id, changes.c.kind == "published")
    return connection.execute(theirs.limit(1)).first() is not None


class ChangeSet:
    """The content of one transaction: articles before and after the change, from which the other rows follow."""

    def __init__(self, assignment: ListAssignment, now: datetime) -> None:
        self._assignment = assignment
        self._list_names: dict[int, dict[str, str]] = {}  # by id() of the article
        self.now = now.replace(microsecond=0)  # feeds have whole seconds; see articles/article.py
        self.before: dict[str, Article | None] = {}
        self.after: dict[str, Article] = {}

    def add(self, before: Article | None, after: Article) -> None:
        self.before[after.id] = before
        self.after[after.id] = after

    def write(self, connection: Connection) -> list[Announcement]:
        """Write everything. Returns at most two announcements, of the changes that readers may have noticed."""
        if not self.after:
            return []
        known = self._known()
        # Deadlines that have come take effect first. Otherwise they would be deleted below, and their changes lost.
        from_deadlines = apply_deadlines(connection, self._assignment, self.now, 2 * len(known), known) if known else []
        kinds = {id_: kind for id_ in self.after if (kind := self._kind(id_))}
        keys = _upsert_articles(connection, self.after.values())
        by_key = {keys[id_]: article for id_, article in self.after.items()}
        left = assign(connection, by_key, [keys[id_] for id_ in known], self._lists_of, self.now)
        self._set_deadlines(connection)
        withdrawn = [before for id_, before in self.before.items() if before and kinds.get(id_) == "withdrawn"]
        cleared = update_tombstones(connection, withdrawn, known, self._lists_of, self.now)
        return from_deadlines + log_changes(
            connection,
            [LoggedChange(id_, kind, self.now, self._detail(id_)) for id_, kind in kinds.items()],
            self._touched(kinds) | cleared | left,
            self.now,
        )

    def _kind(self, id_: str) -> str | None:
        """The kind of the change for readers; None if the article was not visible and still is not."""
        before = self.before[id_]
        was, is_ = before is not None and before.visible(self.now), self.after[id_].visible(self.now)
        return {(False, True): "published", (True, True): "updated", (True, False): "withdrawn"}.get((was, is_))

    def _detail(self, id_: str) -> ChangeDetail:
        return ChangeDetail.between(self.before[id_], self.after[id_], self._touched([id_]))

    def _touched(self, ids: Iterable[str]) -> set[str]:
        """The names of the lists on which the articles stand or stood before."""
        versions = [version for id_ in ids for version in (self.before[id_], self.after[id_]) if version]
        return {name for version in versions for name in self._lists_of(version)}

    def _lists_of(self, article: Article) -> dict[str, str]:
        """The titles of the article's lists by name; see `ListAssignment`. Each version is assigned only once."""
        found = self._list_names.get(id(article))
        if found is None:
            found = self._list_names[id(article)] = self._assignment(article)
        return found

    def _known(self) -> list[str]:
        return [id_ for id_, before in self.before.items() if before is not None]

    def _set_deadlines(self, connection: Connection) -> None:
        if known := self._known():  # earlier deadlines are void
            connection.execute(delete(deadlines).where(deadlines.c.article_id.in_(known)))
        rows = [
            {"article_id": id_, "kind": kind, "due_at": at}
            for id_, article in self.after.items()
            if article.status == "published" and not article.expired(article.published_at)
            for kind, at in (("published", article.published_at), ("expired", article.expires_at))
            if at and at > self.now
        ]
        if rows:
            connection.execute(insert(deadlines), rows)


def log_changes(
    connection: Connection, changed: Sequence[LoggedChange], touched: set[str], now: datetime
) -> list[Announcement]:
    """Write changes to the log, advance the touched lists' time, and announce both."""
    if not changed:
        return []
    connection.execute(insert(changes), [{**each._asdict(), "detail": each.detail.row} for each in changed])
    advance_modified_at(connection, touched | {ENTERED}, now)  # the popular list may show any of the articles
    return log_announcement(connection, touched, dict.fromkeys(each.article_id for each in changed))


def apply_deadlines(
    connection: Connection, assignment: ListAssignment, now: datetime, limit: int, only: Collection[str] | None = None
) -> list[Announcement]:
    """Turn at most `limit` deadlines that have come into changes, oldest first; `only` limits them to these ids.

    Embargoed articles are put on their lists. Expired articles leave them.
    """
    come = deadlines.c.due_at <= now
    if only is not None:
        come &= deadlines.c.article_id.in_(only)
    rows = connection.execute(select(deadlines).where(come).order_by(deadlines.c.due_at).limit(limit)).all()
    if not rows:
        return []
    ids = {kind: [row.article_id for row in rows if row.kind == kind] for kind in ("published", "expired")}
    found = known_articles(connection, [row.article_id for row in rows])
    touched = {name for article in found.values() for name in assignment(article)}
    keys = _keys(connection, ids["published"])
    assign(connection, {key: found[id_] for id_, key in keys.items()}, list(keys.values()), assignment, now)
    come_true = [
        LoggedChange(row.article_id, row.kind, row.due_at, _detail_of_deadline(found[row.article_id], assignment))
        for row in rows
    ]
    announced = log_changes(connection, come_true, touched, now)
    remove_all(connection, select(articles.c.key).where(articles.c.id.in_(ids["expired"])))
    for kind, done in ids.items():
        connection.execute(delete(deadlines).where(deadlines.c.kind == kind, deadlines.c.article_id.in_(done)))
    return announced


def _detail_of_deadline(article: Article, assignment: ListAssignment) -> ChangeDetail:
    return ChangeDetail.between(None, article, assignment(article))


def move_renamed(connection: Connection, assignment: ListAssignment, now: datetime, limit: int) -> list[Announcement]:
    """Move at most `limit` articles from the lists of renamed categories to the new lists, and announce them."""
    moved = assignment.names.moved
    theirs = (
        select(memberships.c.article_key)
        .join(article_lists, article_lists.c.key == memberships.c.list_key)
        .where(article_lists.c.name.in_(moved))
        .limit(limit)
    )
    rows = connection.execute(select(articles).where(articles.c.key.in_(theirs)))
    placed = {row.key: to_article(row) for row in rows}
    left = assign(connection, placed, [*placed], assignment, now)
    touched = left | {moved[name] for name in left if name in moved}
    advance_modified_at(connection, touched, now)
    return log_announcement(connection, touched, [article.id for article in placed.values()])


def _insert(connection: Connection) -> Any:
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert


def _upsert_articles(connection: Connection, changed: Iterable[Article]) -> dict[str, int]:
    """Insert or update the articles. Returns their keys by id."""
    rows = [to_row(article) for article in changed]
    statement = _insert(connection)(articles)
    statement = statement.on_conflict_do_update(
        index_elements=[articles.c.id],
        set_={
            **{name: statement.excluded[name] for name in Article.model_fields if name != "id"},
            "revision": articles.c.revision + 1,
        },
    )
    connection.execute(statement, rows)
    return _keys(connection, [row["id"] for row in rows])


def _keys(connection: Connection, ids: Collection[str]) -> dict[str, int]:
    found = connection.execute(select(articles.c.id, articles.c.key).where(articles.c.id.in_(ids)))
    return {row.id: row.key for row in found}
