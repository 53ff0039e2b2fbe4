"""The decisions of editors about popular lists."""

from typing import Any

from sqlalchemy import Column, Float, Integer, String, Table, Text, UniqueConstraint

from service.storage.tables.schema import ArticleId, key_column, metadata
from service.storage.utc_datetime import UtcDateTime


def _decided() -> list[Column[Any]]:
    """The columns of an editor's decision. An empty category means all lists. `by` is the author."""
    return [
        Column("article_id", ArticleId, nullable=False),
        Column("kind", String(20), nullable=False),
        Column("category", String(200), nullable=False),
        Column("factor", Float),
        Column("position", Integer),
        Column("until", UtcDateTime),
        Column("note", Text, nullable=False),
        Column("by", String(200), nullable=False),
        Column("at", UtcDateTime, nullable=False),
    ]


# The decisions of editors about popular lists that are in force.
decisions = Table(
    "decisions",
    metadata,
    key_column(),
    *_decided(),
    UniqueConstraint("article_id", "category"),
    sqlite_autoincrement=True,
)

# The audit: every decision, its release and its end, in order. Rows never change.
audit = Table(
    "audit",
    metadata,
    key_column(),
    Column("action", String(20), nullable=False),
    *_decided(),
    sqlite_autoincrement=True,
)
