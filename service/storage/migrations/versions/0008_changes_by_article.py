"""The change log by article: whether an article was ever public"""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_index("ix_changes_article_id", "changes", ["article_id"])
