"""The articles, the lists that they are on, and the names and times that lead to them."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    false,
)

from service.storage.tables.schema import ArticleId, KeyType, ListName, key_column, list_key, metadata
from service.storage.utc_datetime import UtcDateTime

articles = Table(
    "articles",
    metadata,
    key_column(),
    Column("id", ArticleId, nullable=False, unique=True),
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

# The tables of lists and of their articles have the names of the first release: `shelves` and `placements`.
article_lists = Table(
    "shelves",
    metadata,
    key_column(),
    Column("name", ListName, nullable=False, unique=True),
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
    list_key(),
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
    list_key(),
    Column("at", UtcDateTime, nullable=False),
    Column("article_id", ArticleId, nullable=False),
    PrimaryKeyConstraint("list_key", "at", "article_id"),
    Index(None, "article_id"),
    sqlite_with_rowid=False,
)

# Other names of imported articles: ids and URLs in the form of `articles/origins.py`. An old URL leads to its article,
# but does not identify it (`is_same` is false).
aliases = Table(
    "aliases",
    metadata,
    Column("name", String(500), primary_key=True),
    Column("article_id", ArticleId, nullable=False),
    Column("is_same", Boolean, nullable=False),
    Index(None, "article_id"),
)

# The kind of source that gave each field of an imported article, as of a revision of the article.
origins = Table(
    "origins",
    metadata,
    Column("article_id", ArticleId, primary_key=True),
    Column("givers", JSON, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# Embargoes and articles that end in the future. `kind` is the kind of the change at that time.
deadlines = Table(
    "deadlines",
    metadata,
    Column("article_id", ArticleId, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("article_id", "kind"),
    Index(None, "due_at"),
)
