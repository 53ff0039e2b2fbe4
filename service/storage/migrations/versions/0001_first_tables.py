"""Articles, shelves, change log, outbox, tokens"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "articles",
        sa.Column("key", KEY, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("content_html", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.Column("image", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("enclosures", sa.JSON(), nullable=False),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("license", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_articles"),
        sa.UniqueConstraint("id", name="uq_articles_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "changes",
        sa.Column("key", KEY, autoincrement=True, nullable=False),
        sa.Column("article_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_changes"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "outbox",
        sa.Column("key", KEY, autoincrement=True, nullable=False),
        sa.Column("article_ids", sa.JSON(), nullable=False),
        sa.Column("shelves", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "deadlines",
        sa.Column("article_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("article_id", "kind", name="pk_deadlines"),
    )
    op.create_index("ix_deadlines_due_at", "deadlines", ["due_at"], unique=False)
    op.create_table(
        "shelves",
        sa.Column("key", KEY, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("modified_at", INSTANT, nullable=False),
        sa.Column("settled", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("late", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("horizon", INSTANT, nullable=True),
        sa.Column("rule", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_shelves"),
        sa.UniqueConstraint("name", name="uq_shelves_name"),
    )
    op.create_table(
        "tokens",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=50), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_tokens"),
        sa.UniqueConstraint("digest", name="uq_tokens_digest"),
    )
    op.create_table(
        "placements",
        sa.Column("shelf_key", KEY, nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.Column("article_key", KEY, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["article_key"], ["articles.key"], name="fk_placements_article_key_articles"),
        sa.ForeignKeyConstraint(["shelf_key"], ["shelves.key"], name="fk_placements_shelf_key_shelves"),
        sa.PrimaryKeyConstraint("shelf_key", "published_at", "article_key", name="pk_placements"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_placements_article_key", "placements", ["article_key"], unique=False)
    op.create_index("ix_placements_shelf_key_position", "placements", ["shelf_key", "position"], unique=False)
    op.create_table(
        "tombstones",
        sa.Column("shelf_key", KEY, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("article_id", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["shelf_key"], ["shelves.key"], name="fk_tombstones_shelf_key_shelves"),
        sa.PrimaryKeyConstraint("shelf_key", "at", "article_id", name="pk_tombstones"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tombstones_article_id", "tombstones", ["article_id"], unique=False)
    # An empty store has these feeds, and they need a time: when the store was made.
    shelves = sa.table("shelves", sa.column("name"), sa.column("title"), sa.column("modified_at", INSTANT))
    made_at = datetime.now(UTC).replace(microsecond=0)
    op.bulk_insert(
        shelves, [{"name": name, "title": "", "modified_at": made_at} for name in ("latest", "popular/entered")]
    )
