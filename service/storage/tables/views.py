"""The page views, and the bookkeeping by which none is added twice."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, String, Table

from service.storage.tables.schema import KeyType, list_key, metadata
from service.storage.utc_datetime import UtcDateTime

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
    list_key(),
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
