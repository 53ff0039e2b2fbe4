"""Undated drafts, an index for lists of articles by status, answers for repeated requests, and ids in the form NFC"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_PORTION = 10_000  # ids that are read at a time
# The columns with an id of an article.
_IDS = (
    *(("articles", "id"), ("tombstones", "article_id"), ("changes", "article_id"), ("deadlines", "article_id")),
    *(("decisions", "article_id"), ("audit", "article_id")),
)


def upgrade() -> None:
    op.add_column("articles", sa.Column("undated", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_articles_status_published_at", "articles", ["status", "published_at"])
    op.create_table(
        "answers",
        sa.Column("token", sa.String(200), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token", "key", "part", name="pk_answers"),
    )
    op.create_index("ix_answers_at", "answers", ["at"])
    _normalize_ids()


def _normalize_ids() -> None:
    """Rename articles to the form NFC of their id. If there are articles with both forms, they stay as they are."""
    connection = op.get_bind()
    articles = sa.table("articles", sa.column("key", sa.BigInteger), sa.column("id", sa.String))
    last = 0
    while rows := connection.execute(
        sa.select(articles).where(articles.c.key > last).order_by(articles.c.key).limit(_PORTION)
    ).all():
        last = rows[-1].key
        for row in rows:
            normal = unicodedata.normalize("NFC", row.id)
            if normal != row.id and not _is_taken(connection, articles, normal):
                _rename(connection, row.id, normal)


def _is_taken(connection: sa.Connection, articles: sa.TableClause, id_: str) -> bool:
    return connection.execute(sa.select(articles.c.key).where(articles.c.id == id_)).first() is not None


def _rename(connection: sa.Connection, old: str, new: str) -> None:
    for table, column in _IDS:
        named = sa.table(table, sa.column(column, sa.String))
        connection.execute(sa.update(named).where(named.c[column] == old).values({column: new}))
