"""The tables, for SQLAlchemy Core with SQLite and PostgreSQL. The migrations bring a database to this state."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from service.storage.utc_datetime import Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite generates keys only in an INTEGER column.
_Key = BigInteger().with_variant(Integer, "sqlite")


def _key(**options: Any) -> Column[int]:
    return Column("key", _Key, primary_key=True, autoincrement=True, **options)


articles = Table(
    "articles",
    metadata,
    _key(),
    Column("id", String(200), nullable=False, unique=True),
    Column("status", String(20), nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("expires_at", Instant),
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
    sqlite_autoincrement=True,
)


def _list_key() -> Column[int]:
    return Column("shelf_key", _Key, ForeignKey("shelves.key"), key="list_key", nullable=False)


# The tables of lists and of their articles have the names of the first release: `shelves` and `placements`.
article_lists = Table(
    "shelves",
    metadata,
    _key(),
    Column("name", String(250), nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("modified_at", Instant, nullable=False),
    # The archive: the numbers of settled and of late entries, and the publication time of the last settled entry.
    Column("settled", BigInteger, nullable=False, server_default="0"),
    Column("late", BigInteger, nullable=False, server_default="0"),
    Column("horizon", Instant),
    Column("rule", String(64)),  # digest of the rule that filled the list of a curated feed
)

# The published articles on each list. The primary key is the order of a feed, so that its newest entries are one short
# index range, however many articles there are.
memberships = Table(
    "placements",
    metadata,
    _list_key(),
    Column("published_at", Instant, nullable=False),
    Column("article_key", _Key, ForeignKey("articles.key"), nullable=False),
    Column("position", BigInteger),  # in the archive, see memberships.py; null: still open
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
    Column("at", Instant, nullable=False),
    Column("article_id", String(200), nullable=False),
    PrimaryKeyConstraint("list_key", "at", "article_id"),
    Index(None, "article_id"),
    sqlite_with_rowid=False,
)

# The change log: all changes of articles, in order. It is the truth for caches, edges and hubs. Rows never change.
changes = Table(
    "changes",
    metadata,
    _key(),
    Column("article_id", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "article_id"),
    sqlite_autoincrement=True,
)

# Notices: changes of one transaction that caches and hubs have not been told of. A row is deleted when all have been.
outbox = Table(
    "outbox",
    metadata,
    _key(),
    Column("article_ids", JSON, nullable=False),
    Column("shelves", JSON, key="list_names", nullable=False),
    sqlite_autoincrement=True,
)

# Embargoes and articles that end in the future. `kind` is the kind of the change at that time.
deadlines = Table(
    "deadlines",
    metadata,
    Column("article_id", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("due_at", Instant, nullable=False),
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
    Column("article_key", _Key, ForeignKey("articles.key"), nullable=False),
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
    Column("at", Instant, nullable=False),
)

# The tokens of the portions of counts that were added, so that none is added twice.
folds = Table(
    "folds",
    metadata,
    Column("token", String(32), primary_key=True),
    Column("at", Instant, nullable=False),
)


def _decided() -> list[Column[Any]]:
    """The columns of an editor's decision. An empty category means all lists. `by` is the author."""
    return [
        Column("article_id", String(200), nullable=False),
        Column("kind", String(20), nullable=False),
        Column("category", String(200), nullable=False),
        Column("factor", Float),
        Column("position", Integer),
        Column("until", Instant),
        Column("note", Text, nullable=False),
        Column("by", String(200), nullable=False),
        Column("at", Instant, nullable=False),
    ]


# The decisions of editors about popular lists that are in force.
decisions = Table(
    "decisions",
    metadata,
    _key(),
    *_decided(),
    UniqueConstraint("article_id", "category"),
    sqlite_autoincrement=True,
)

# The audit: every decision, its release and its end, in order. Rows never change.
audit = Table(
    "audit",
    metadata,
    _key(),
    Column("action", String(20), nullable=False),
    *_decided(),
    sqlite_autoincrement=True,
)

tokens = Table(
    "tokens",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("scope", String(50), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

# The polls of each feed, by days of UTC. Bytes are bytes of response bodies. `feed` is the feed's name, as in its URL.
feed_days = Table(
    "feed_days",
    metadata,
    Column("day", Date, nullable=False),
    Column("feed", Text, nullable=False),
    Column("polls", BigInteger, nullable=False),
    Column("conditional", BigInteger, nullable=False),
    Column("unchanged", BigInteger, nullable=False),
    Column("sent", BigInteger, nullable=False),
    Column("saved_by_conditions", BigInteger, nullable=False),
    Column("saved_by_compression", BigInteger, nullable=False),
    PrimaryKeyConstraint("day", "feed"),
    sqlite_with_rowid=False,
)

# The polls of each feed by client. `single` is the number of IP addresses that read the feed with this client.
feed_clients = Table(
    "feed_clients",
    metadata,
    Column("day", Date, nullable=False),
    Column("feed", Text, nullable=False),
    Column("client", String(100), nullable=False),
    Column("polls", BigInteger, nullable=False),
    Column("single", BigInteger, nullable=False),
    PrimaryKeyConstraint("day", "feed", "client"),
    sqlite_with_rowid=False,
)

# The numbers of subscribers that hosted readers reported last, the time of that in seconds since the epoch, and the
# number of polls. One hosted reader may poll a feed under several URLs and ids.
subscribers = Table(
    "subscribers",
    metadata,
    Column("day", Date, nullable=False),
    Column("feed", Text, nullable=False),
    Column("client", String(100), nullable=False),
    Column("id", String(100), nullable=False),
    Column("subscribers", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("polls", BigInteger, nullable=False),
    PrimaryKeyConstraint("day", "feed", "client", "id"),
    sqlite_with_rowid=False,
)

# Pollers: user agents at IP addresses. `source` is the IP address, hashed with a salt that exists only for that day.
pollers = Table(
    "pollers",
    metadata,
    Column("day", Date, nullable=False),
    Column("feed", Text, nullable=False),
    Column("agent", String(256), nullable=False),
    Column("source", String(16), nullable=False),
    Column("polls", BigInteger, nullable=False),
    Column("conditional", BigInteger, nullable=False),
    Column("wasted", BigInteger, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    PrimaryKeyConstraint("day", "feed", "agent", "source"),
    sqlite_with_rowid=False,
)
