"""The fields of an article that is an episode of a podcast"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("articles", sa.Column("podcast", sa.JSON(none_as_null=True)))
