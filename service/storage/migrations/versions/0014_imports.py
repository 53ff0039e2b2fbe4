"""Names of imported articles in their sources, and the sources of their fields; an index for articles by URL"""

import sqlalchemy as sa
from alembic import op

from service.storage.migrations.portions import create_index

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    create_index("ix_articles_url", "articles", ["url"])  # first, since it commits
    op.create_table(
        "aliases",
        sa.Column("name", sa.String(500), nullable=False),
        sa.Column("article_id", sa.String(200), nullable=False),
        sa.Column("is_same", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_aliases"),
    )
    op.create_index("ix_aliases_article_id", "aliases", ["article_id"])
    op.create_table(
        "origins",
        sa.Column("article_id", sa.String(200), nullable=False),
        sa.Column("givers", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("article_id", name="pk_origins"),
    )
