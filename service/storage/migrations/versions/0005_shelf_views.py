"""Sums of page views for the site and for each category"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

# What is kept by article is summed; an article counts for the categories in which it stands now.
_SITE = """
    INSERT INTO shelf_views (shelf_key, step, start, views)
    SELECT shelves.key, views.step, views.start, SUM(views.views)
    FROM views JOIN shelves ON shelves.name = 'latest'
    GROUP BY shelves.key, views.step, views.start
"""
_CATEGORIES = """
    INSERT INTO shelf_views (shelf_key, step, start, views)
    SELECT placements.shelf_key, views.step, views.start, SUM(views.views)
    FROM shelves
    JOIN placements ON placements.shelf_key = shelves.key
    JOIN views ON views.article_key = placements.article_key
    WHERE shelves.name LIKE 'category/%'
    GROUP BY placements.shelf_key, views.step, views.start
"""


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "shelf_views",
        sa.Column("shelf_key", key, nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("views", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["shelf_key"], ["shelves.key"], name="fk_shelf_views_shelf_key_shelves"),
        sa.PrimaryKeyConstraint("shelf_key", "step", "start", name="pk_shelf_views"),
        sqlite_with_rowid=False,
    )
    op.execute(sa.text(_SITE))
    op.execute(sa.text(_CATEGORIES))
