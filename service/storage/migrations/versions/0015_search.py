"""The index of the search, and how far it has come. `warta serve` fills it, so that the migration takes no time."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "search_progress",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("analyser", sa.String(50), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("change_key", sa.BigInteger(), nullable=False),
        sa.Column("filled_down_to", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_search_progress"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _postgresql()
    else:
        _sqlite()


def _postgresql() -> None:
    op.create_table(
        "search_entries",
        sa.Column("article_key", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", TSVECTOR(), nullable=False),
        sa.PrimaryKeyConstraint("article_key", name="pk_search_entries"),
    )
    op.create_index("ix_search_entries_published_at", "search_entries", ["published_at", "article_key"])
    # A search reads all of the list of pending entries, so it stays short (in kilobytes).
    op.execute(
        "CREATE INDEX ix_search_entries_words ON search_entries USING gin (words)"
        " WITH (fastupdate = on, gin_pending_list_limit = 256)"
    )


def _sqlite() -> None:
    # The tokenizer `ascii` parts words at blanks alone, if all others are letters and digits, as here. The words of an
    # entry are kept, because an entry can only be deleted with them before SQLite 3.43.
    op.execute(
        "CREATE VIRTUAL TABLE search_entries"
        " USING fts5(title, summary, body, categories, tokenize = 'ascii', columnsize = 0)"
    )
    op.create_table(
        "search_places",
        sa.Column("article_key", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("article_key", name="pk_search_places"),
        sa.UniqueConstraint("place", name="uq_search_places_place"),
    )
