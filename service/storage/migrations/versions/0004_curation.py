"""Editors' decisions about popular lists, and their audit"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

INSTANT = sa.DateTime(timezone=True)


def _decided() -> list[sa.Column[Any]]:
    return [
        sa.Column("article_id", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("category", sa.String(200), nullable=False),
        sa.Column("factor", sa.Float(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("until", INSTANT, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    ]


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "decisions",
        sa.Column("key", key, autoincrement=True, nullable=False),
        *_decided(),
        sa.PrimaryKeyConstraint("key", name="pk_decisions"),
        sa.UniqueConstraint("article_id", "category", name="uq_decisions_article_id_category"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "audit",
        sa.Column("key", key, autoincrement=True, nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        *_decided(),
        sa.PrimaryKeyConstraint("key", name="pk_audit"),
        sqlite_autoincrement=True,
    )
