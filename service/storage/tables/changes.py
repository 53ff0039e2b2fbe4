"""The change log, the announcements with the cursors of their consumers, and the answers to repeated requests."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from service.storage.tables.schema import ArticleId, key_column, metadata
from service.storage.utc_datetime import UtcDateTime

# The change log: all changes of articles, in order. Rows never change.
changes = Table(
    "changes",
    metadata,
    key_column(),
    Column("article_id", ArticleId, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("detail", JSON(none_as_null=True)),  # see change_log.py; null in rows of earlier releases
    Index(None, "article_id"),
    sqlite_autoincrement=True,
)

# Announcements: one for each transaction that changed articles or lists. A row is deleted when all consumers have read
# it. The table has the name of the first release.
announcements = Table(
    "outbox",
    metadata,
    key_column(),
    Column("article_ids", JSON, nullable=False),
    Column("shelves", JSON, key="list_names", nullable=False),
    Column("at", UtcDateTime),  # the time of the change; null in rows of the release before
    sqlite_autoincrement=True,
)

# The key of the last announcement that each consumer has handled. A consumer that is not ready has to start over.
cursors = Table(
    "cursors",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("is_ready", Boolean, nullable=False),
)

# The answers to requests with an Idempotency-Key, for their repetitions. A batch has several parts.
answers = Table(
    "answers",
    metadata,
    Column("token", String(200), nullable=False),
    Column("key", String(255), nullable=False),
    Column("part", Integer, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("token", "key", "part"),
    Index(None, "at"),
)
