"""The tokens of the API, by their digests."""

from sqlalchemy import Column, String, Table

from service.storage.tables.schema import metadata
from service.storage.utc_datetime import UtcDateTime

tokens = Table(
    "tokens",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("scope", String(50), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
)
