"""The lines of the change log: the changes of articles that readers could notice, and its cursors."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Row, func, select

from service.articles.article import Article
from service.core.errors import CursorUnknown
from service.storage.tables import changes

START = "0"  # the cursor before the first change


@dataclass(frozen=True)
class ChangeDetail:
    """The details of a change.

    `fields` are the names of the article's fields that differ; none for a new article, and when a time has come.
    `categories` are the slugs of the article's categories before and after the change. `corrected`: the change gave the
    article a correction, or another one.
    """

    fields: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    corrected: bool = False

    @classmethod
    def between(cls, before: Article | None, after: Article, list_names: Collection[str]) -> "ChangeDetail":
        """The detail of a change from `before` to `after`. `list_names` are the lists of both."""
        fields = [] if before is None else [name for name in _FIELDS if getattr(before, name) != getattr(after, name)]
        categories = sorted(name.removeprefix(_CATEGORY) for name in list_names if name.startswith(_CATEGORY))
        return cls(tuple(fields), tuple(categories), "correction" in fields and bool(after.correction))

    @property
    def row(self) -> dict[str, Any]:
        return {"fields": self.fields, "categories": self.categories, "corrected": self.corrected}


_CATEGORY = "category/"
_FIELDS = [name for name, field in Article.model_fields.items() if not field.exclude]


@dataclass(frozen=True)
class ChangeLogEntry:
    """One line of the change log. Keys rise, and a lower key never appears after a higher one.

    `detail` is None in lines that an earlier release has written.
    """

    key: int
    article_id: str
    kind: str  # published, updated, withdrawn, expired
    at: datetime
    detail: ChangeDetail | None = None

    @classmethod
    def of(cls, row: Row[Any]) -> "ChangeLogEntry":
        detail = row.detail and ChangeDetail(
            tuple(row.detail["fields"]), tuple(row.detail["categories"]), row.detail["corrected"]
        )
        return cls(row.key, row.article_id, row.kind, row.at, detail)

    @property
    def cursor(self) -> str:
        """The key with a digest of the line. A store that was restored from a backup gives its keys a second time."""
        line = f"{self.article_id} {self.kind} {self.at.timestamp():.0f}"
        return f"{self.key}-{blake2b(line.encode(), digest_size=4).hexdigest()}"


def changes_since(connection: Connection, since: int, limit: int) -> list[ChangeLogEntry]:
    """At most `limit` changes after the one with the key `since`, oldest first."""
    rows = connection.execute(select(changes).where(changes.c.key > since).order_by(changes.c.key).limit(limit))
    return [ChangeLogEntry.of(row) for row in rows]


def last_key(connection: Connection) -> int:
    """The key of the latest change; 0 if there is none."""
    return connection.execute(select(func.max(changes.c.key))).scalar() or 0


def key_at(connection: Connection, cursor: str) -> int:
    """The key of the change with this cursor. Cursors of earlier versions are keys. Raises CursorUnknown."""
    if cursor == START:
        return 0
    key, _, digest = cursor.partition("-")
    row = connection.execute(select(changes).where(changes.c.key == int(key))).first()
    if row is None or (digest and ChangeLogEntry.of(row).cursor != cursor):
        raise CursorUnknown(
            f"since: this store has never given the cursor {cursor}; its database was replaced, or the cursor is of "
            f"another one. Read all articles again (GET /api/articles), and the changes from since={START}"
        )
    return int(row.key)
