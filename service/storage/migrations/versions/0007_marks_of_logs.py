"""By what logs that begin with the same line are told apart"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("logs", sa.Column("mark", sa.String(32)))
