"""The tables of Warta's own WebSub hub: topics, subscriptions, and requests that wait to be verified."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from service.storage.tables.schema import KeyType, ListName, key_column, metadata
from service.storage.utc_datetime import UtcDateTime

# The topics with subscriptions. `path` is the topic's URL after the base URL: `latest.rss`. `version` rises with each
# new content, whose digest is `digest`. `changes` rises when the list of the feed changes, and `checked` is the value
# of `changes` for which the content was compared last. An `is_open` topic may have subscriptions of earlier versions.
# `changed_at` is the time of the commit that led to the version, `touched_at` that of the first unchecked change.
hub_topics = Table(
    "hub_topics",
    metadata,
    key_column(),
    Column("path", String(400), nullable=False, unique=True),
    Column("list_name", ListName, nullable=False),
    Column("is_ranked", Boolean, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("changes", BigInteger, nullable=False),
    Column("checked", BigInteger, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("touched_at", UtcDateTime, nullable=False),
    Index(None, "list_name"),
    sqlite_autoincrement=True,
)

# Verified subscriptions. There is no row for a delivery: a subscription is due if its `version` is lower than that of
# its topic, and `due_at` has passed. A worker that takes it moves `due_at` to the end of its lease. `version` is the
# last version that was delivered or given up, `delivered_version` the last one that was delivered.
hub_subscriptions = Table(
    "hub_subscriptions",
    metadata,
    key_column(),
    Column("topic_key", KeyType, ForeignKey("hub_topics.key"), nullable=False),
    Column("callback", Text, nullable=False),
    Column("host", String(255), nullable=False),
    Column("secret", Text, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("delivered_version", BigInteger, nullable=False),
    Column("delivered_at", UtcDateTime),
    Column("due_at", UtcDateTime, nullable=False),
    Column("is_slow", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failing_since", UtcDateTime),
    Column("gave_up_at", UtcDateTime),
    Column("last_error", Text, nullable=False),
    UniqueConstraint("topic_key", "callback"),
    Index(None, "topic_key", "is_slow", "version", "due_at"),
    Index(None, "host"),
    Index(None, "expires_at"),
    Index(None, "attempts"),
    Index(None, "gave_up_at"),
    sqlite_autoincrement=True,
)

# Requests of subscribers that wait to be verified: the newest for each topic and callback. `token` changes with each
# request, so that the outcome of an earlier one does not count for it.
hub_requests = Table(
    "hub_requests",
    metadata,
    key_column(),
    Column("path", String(400), nullable=False),
    Column("callback", Text, nullable=False),
    Column("host", String(255), nullable=False),
    Column("mode", String(20), nullable=False),
    Column("lease_seconds", BigInteger, nullable=False),
    Column("secret", Text, nullable=False),
    Column("token", String(32), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    UniqueConstraint("path", "callback"),
    Index(None, "due_at"),
    Index(None, "host"),
    sqlite_autoincrement=True,
)
