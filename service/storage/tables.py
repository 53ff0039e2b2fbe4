"""The tables, for SQLAlchemy Core with SQLite and PostgreSQL. The migrations bring a database to this state."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from service.storage.utc_datetime import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite generates keys only in an INTEGER column.
KeyType = BigInteger().with_variant(Integer, "sqlite")


def key_column(**options: Any) -> Column[int]:
    return Column("key", KeyType, primary_key=True, autoincrement=True, **options)


articles = Table(
    "articles",
    metadata,
    key_column(),
    Column("id", String(200), nullable=False, unique=True),
    Column("status", String(20), nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("url", Text),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("content_html", Text, nullable=False),
    Column("section", Text, nullable=False),
    Column("categories", JSON, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("language", String(35)),
    Column("image", JSON(none_as_null=True)),
    Column("enclosures", JSON, nullable=False),
    Column("podcast", JSON(none_as_null=True)),
    Column("correction", Text, nullable=False),
    Column("license", Text, nullable=False),
    Column("revision", Integer, nullable=False, server_default="0"),  # rises with each version; see article_cache.py
    Column("undated", Boolean, nullable=False, server_default=false()),
    Index(None, "status", "published_at"),
    Index(None, "url"),
    sqlite_autoincrement=True,
)


def _list_key() -> Column[int]:
    return Column("shelf_key", KeyType, ForeignKey("shelves.key"), key="list_key", nullable=False)


# The tables of lists and of their articles have the names of the first release: `shelves` and `placements`.
article_lists = Table(
    "shelves",
    metadata,
    key_column(),
    Column("name", String(250), nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("modified_at", UtcDateTime, nullable=False),
    # The numbers of archived and of backfilled entries, and the publication time of the last archived entry.
    Column("settled", BigInteger, key="archived", nullable=False, server_default="0"),
    Column("late", BigInteger, key="backfilled", nullable=False, server_default="0"),
    Column("horizon", UtcDateTime, key="archive_until"),
    Column("rule", String(64)),  # digest of the rule that filled the list of a curated feed
)

# The published articles on each list. The primary key is the order of a feed, so that its newest entries are one short
# index range, however many articles there are.
memberships = Table(
    "placements",
    metadata,
    _list_key(),
    Column("published_at", UtcDateTime, nullable=False),
    Column("article_key", KeyType, ForeignKey("articles.key"), nullable=False),
    Column("position", BigInteger),  # in the archive, see memberships.py; null: in the head
    PrimaryKeyConstraint("list_key", "published_at", "article_key"),
    Index(None, "article_key"),
    Index(None, "list_key", "position"),
    sqlite_with_rowid=False,
)

# Withdrawn articles, by the lists that they left. Feeds list them as deleted entries (RFC 6721).
tombstones = Table(
    "tombstones",
    metadata,
    _list_key(),
    Column("at", UtcDateTime, nullable=False),
    Column("article_id", String(200), nullable=False),
    PrimaryKeyConstraint("list_key", "at", "article_id"),
    Index(None, "article_id"),
    sqlite_with_rowid=False,
)

# The change log: all changes of articles, in order. Rows never change.
changes = Table(
    "changes",
    metadata,
    key_column(),
    Column("article_id", String(200), nullable=False),
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

# Other names of imported articles: ids and URLs in the form of `articles/origins.py`. An old URL leads to its article,
# but does not identify it (`is_same` is false).
aliases = Table(
    "aliases",
    metadata,
    Column("name", String(500), primary_key=True),
    Column("article_id", String(200), nullable=False),
    Column("is_same", Boolean, nullable=False),
    Index(None, "article_id"),
)

# The kind of source that gave each field of an imported article, as of a revision of the article.
origins = Table(
    "origins",
    metadata,
    Column("article_id", String(200), primary_key=True),
    Column("givers", JSON, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# Embargoes and articles that end in the future. `kind` is the kind of the change at that time.
deadlines = Table(
    "deadlines",
    metadata,
    Column("article_id", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("article_id", "kind"),
    Index(None, "due_at"),
)

# Page views of articles, by steps of time. `start` is in seconds since the epoch, `step` in seconds. Steps of five
# minutes are kept for two and a half hours, hours for nine days, days forever.
views = Table(
    "views",
    metadata,
    Column("step", Integer, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("article_key", KeyType, ForeignKey("articles.key"), nullable=False),
    Column("views", BigInteger, nullable=False),
    PrimaryKeyConstraint("step", "start", "article_key"),
    Index(None, "article_key", "step"),
    sqlite_with_rowid=False,
)

# Sums of page views for the site (the list `latest`) and for each category. To sum a million rows for each chart would
# take a tenth of a second. Also, the rows of last week, to compare with, are deleted by then.
list_views = Table(
    "shelf_views",
    metadata,
    _list_key(),
    Column("step", Integer, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("views", BigInteger, nullable=False),
    PrimaryKeyConstraint("list_key", "step", "start"),
    sqlite_with_rowid=False,
)

# How far access logs were read. A log is identified by its first line, and by the `mark` of the bytes before the
# position.
logs = Table(
    "logs",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("mark", String(32)),
    Column("at", UtcDateTime, nullable=False),
)

# The tokens of the portions of counts that were added, so that none is added twice.
folds = Table(
    "folds",
    metadata,
    Column("token", String(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)


def _decided() -> list[Column[Any]]:
    """The columns of an editor's decision. An empty category means all lists. `by` is the author."""
    return [
        Column("article_id", String(200), nullable=False),
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

# The endpoints of webhooks. `position` is the key of the last change that was taken from the change log. The process
# that delivers has its turn until `turn_until`. `next_at` is the time of the next retry. While an endpoint is `held`,
# new changes wait for that time, too. `pauses` counts the pauses since the last delivery.
webhooks = Table(
    "webhooks",
    metadata,
    Column("name", String(50), primary_key=True),
    Column("url", Text, nullable=False),
    Column("events", JSON, nullable=False),
    Column("categories", JSON, nullable=False),
    Column("secret", Text, nullable=False),
    Column("former_secret", Text),
    Column("former_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("disabled_at", UtcDateTime),
    Column("delivered", BigInteger, nullable=False, server_default="0"),
    Column("delivered_at", UtcDateTime),
    Column("given_up", BigInteger, nullable=False, server_default="0"),
    Column("failing_since", UtcDateTime),
    Column("error", Text, nullable=False, default=""),
    Column("pauses", Integer, nullable=False, server_default="0"),
    Column("held", Boolean, nullable=False, server_default=false()),
    Column("next_at", UtcDateTime),
    Column("turn", String(32)),
    Column("turn_until", UtcDateTime),
    Column("test_wanted", Boolean, nullable=False, server_default=false()),
    Column("tested_at", UtcDateTime),
    Column("test_answer", Text, nullable=False, default=""),
)

# Events that an endpoint has not taken at once: those that failed, and later events of the same article, which wait
# behind them. An event that was given up stays for a while, so that it can be replayed.
webhook_events = Table(
    "webhook_events",
    metadata,
    Column("webhook", String(50), nullable=False),
    Column("change_key", BigInteger, nullable=False),
    Column("article_id", String(200), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("next_at", UtcDateTime),
    Column("attempted_at", UtcDateTime),
    Column("attempts", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("given_up_at", UtcDateTime),
    PrimaryKeyConstraint("webhook", "change_key"),
)

# The evidence about WebSub hubs of others. `answer` is that to the last ping. Since `failing_since`, no ping was
# accepted. `unfetched_since` is the time of the first accepted ping after which the hub has not polled any feed. The
# process that pings has its turn until `turn_until`.
pinged_hubs = Table(
    "pinged_hubs",
    metadata,
    Column("url", Text, primary_key=True),
    Column("pinged_at", UtcDateTime),
    Column("topics", Integer, nullable=False, server_default="0"),
    Column("answer", Text, nullable=False, default=""),
    Column("failing_since", UtcDateTime),
    Column("unfetched_since", UtcDateTime),
    Column("fetched_at", UtcDateTime),
    Column("agent", Text, nullable=False, default=""),
    Column("lag_seconds", Float),
    Column("turn_until", UtcDateTime),
)

tokens = Table(
    "tokens",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("scope", String(50), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
)
