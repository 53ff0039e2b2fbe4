"""The table of the progress of the search's index. The entries are in tables that each database has of its own kind."""

from sqlalchemy import BigInteger, Column, Integer, String, Table

from service.storage.tables.schema import metadata
from service.storage.utc_datetime import UtcDateTime

# One row, with the key 1. `analyser` names the rules of the words. `step` rises with each change of the row.
# `change_key` is the key of the last change of the change log that the index has. The index has all older articles
# whose key is at least `filled_down_to`. `modified_at` rises by a second or more with each change of the entries.
search_progress = Table(
    "search_progress",
    metadata,
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("analyser", String(50), nullable=False),
    Column("step", BigInteger, nullable=False),
    Column("change_key", BigInteger, nullable=False),
    Column("filled_down_to", BigInteger, nullable=False),
    Column("modified_at", UtcDateTime, nullable=False),
)
