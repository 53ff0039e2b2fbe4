"""Revisions of articles"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("articles", sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
