"""The WebSub hubs of others."""

from sqlalchemy import Column, Float, Integer, Table, Text

from service.storage.tables.schema import metadata
from service.storage.utc_datetime import UtcDateTime

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
