"""How feeds are polled, and by whom"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "feed_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("polls", sa.BigInteger(), nullable=False),
        sa.Column("conditional", sa.BigInteger(), nullable=False),
        sa.Column("unchanged", sa.BigInteger(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.Column("saved_by_conditions", sa.BigInteger(), nullable=False),
        sa.Column("saved_by_compression", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "feed", name="pk_feed_days"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "feed_clients",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("client", sa.String(100), nullable=False),
        sa.Column("polls", sa.BigInteger(), nullable=False),
        sa.Column("single", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "feed", "client", name="pk_feed_clients"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "subscribers",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("client", sa.String(100), nullable=False),
        sa.Column("id", sa.String(100), nullable=False),
        sa.Column("subscribers", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("polls", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "feed", "client", "id", name="pk_subscribers"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pollers",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("agent", sa.String(256), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("polls", sa.BigInteger(), nullable=False),
        sa.Column("conditional", sa.BigInteger(), nullable=False),
        sa.Column("wasted", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "feed", "agent", "source", name="pk_pollers"),
        sqlite_with_rowid=False,
    )
