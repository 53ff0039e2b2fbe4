"""Page views that are kept"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "views",
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("article_key", key, nullable=False),
        sa.Column("views", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["article_key"], ["articles.key"], name="fk_views_article_key_articles"),
        sa.PrimaryKeyConstraint("step", "start", "article_key", name="pk_views"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_views_article_key_step", "views", ["article_key", "step"])
    op.create_table(
        "logs",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_logs"),
    )
    op.create_table(
        "folds",
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_folds"),
    )
