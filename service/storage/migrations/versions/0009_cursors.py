"""A cursor per consumer in the outbox, whose rows are announcements from now on

The documents and the view counter begin before the first row, so that no waiting announcement is lost. Other consumers
start over.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    cursors = op.create_table(
        "cursors",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("is_ready", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("consumer", name="pk_cursors"),
    )
    rows = [{"consumer": name, "position": 0, "is_ready": True} for name in ("documents", "view counter")]
    op.bulk_insert(cursors, rows)
