"""Undated drafts, an index for lists of articles by status, answers for repeated requests, and ids in the form NFC"""

import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

from service.storage.migrations import portions

revision = "0011"
down_revision = "0010"

# The columns with an id of an article.
_IDS = (
    *(("articles", "id"), ("tombstones", "article_id"), ("changes", "article_id"), ("deadlines", "article_id")),
    *(("decisions", "article_id"), ("audit", "article_id")),
)


def upgrade() -> None:
    portions.add_column("articles", sa.Column("undated", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "answers",
        sa.Column("token", sa.String(200), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token", "key", "part", name="pk_answers"),
        if_not_exists=True,
    )
    op.create_index("ix_answers_at", "answers", ["at"], if_not_exists=True)
    portions.create_index("ix_articles_status_published_at", "articles", ["status", "published_at"])
    _normalize_ids()


def _normalize_ids() -> None:
    """Rename articles to the form NFC of their id. If there are articles with both forms, they stay as they are."""
    connection = op.get_bind()
    articles = sa.table("articles", sa.column("key", sa.BigInteger), sa.column("id", sa.String))

    def normalize(rows: list[Any]) -> None:
        for row in rows:
            normal = unicodedata.normalize("NFC", row.id)
            if normal != row.id and not _is_taken(connection, articles, normal):
                _rename(connection, row.id, normal)

    portions.for_portions(articles, ["id"], normalize)


def _is_taken(connection: sa.Connection, articles: sa.TableClause, id_: str) -> bool:
    return connection.execute(sa.select(articles.c.key).where(articles.c.id == id_)).first() is not None


def _rename(connection: sa.Connection, old: str, new: str) -> None:
    for table, column in _IDS:
        named = sa.table(table, sa.column(column, sa.String))
        connection.execute(sa.update(named).where(named.c[column] == old).values({column: new}))
