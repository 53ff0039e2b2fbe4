"""The endpoints of webhooks, and their undelivered events."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Integer, PrimaryKeyConstraint, String, Table, Text, false

from service.storage.tables.schema import ArticleId, metadata
from service.storage.utc_datetime import UtcDateTime

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
    Column("article_id", ArticleId, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("next_at", UtcDateTime),
    Column("attempted_at", UtcDateTime),
    Column("attempts", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("given_up_at", UtcDateTime),
    PrimaryKeyConstraint("webhook", "change_key"),
)
