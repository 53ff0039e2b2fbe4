"""Topics, subscriptions and waiting requests of Warta's own WebSub hub, and the times of announcements"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _key() -> sa.Column[int]:
    return sa.Column("key", _Key, autoincrement=True, nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.add_column("outbox", _time("at", nullable=True))
    _create_topics()
    _create_subscriptions()
    _create_requests()


def _create_topics() -> None:
    op.create_table(
        "hub_topics",
        _key(),
        sa.Column("path", sa.String(400), nullable=False),
        sa.Column("list_name", sa.String(250), nullable=False),
        sa.Column("is_ranked", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("changes", sa.BigInteger(), nullable=False),
        sa.Column("checked", sa.BigInteger(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        _time("changed_at"),
        _time("touched_at"),
        sa.PrimaryKeyConstraint("key", name="pk_hub_topics"),
        sa.UniqueConstraint("path", name="uq_hub_topics_path"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_hub_topics_list_name", "hub_topics", ["list_name"])


def _create_subscriptions() -> None:
    op.create_table(
        "hub_subscriptions",
        _key(),
        sa.Column("topic_key", _Key, nullable=False),
        sa.Column("callback", sa.Text(), nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        _time("expires_at"),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("delivered_version", sa.BigInteger(), nullable=False),
        _time("delivered_at", nullable=True),
        _time("due_at"),
        sa.Column("is_slow", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _time("failing_since", nullable=True),
        _time("gave_up_at", nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_hub_subscriptions"),
        sa.ForeignKeyConstraint(["topic_key"], ["hub_topics.key"], name="fk_hub_subscriptions_topic_key_hub_topics"),
        sa.UniqueConstraint("topic_key", "callback", name="uq_hub_subscriptions_topic_key_callback"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_hub_subscriptions_topic_key_is_slow_version_due_at",
        "hub_subscriptions",
        ["topic_key", "is_slow", "version", "due_at"],
    )
    for column in ("host", "expires_at", "attempts", "gave_up_at"):
        op.create_index(f"ix_hub_subscriptions_{column}", "hub_subscriptions", [column])


def _create_requests() -> None:
    op.create_table(
        "hub_requests",
        _key(),
        sa.Column("path", sa.String(400), nullable=False),
        sa.Column("callback", sa.Text(), nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("mode", sa.String(20), nullable=False),
        sa.Column("lease_seconds", sa.BigInteger(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        _time("due_at"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_hub_requests"),
        sa.UniqueConstraint("path", "callback", name="uq_hub_requests_path_callback"),
        sqlite_autoincrement=True,
    )
    for column in ("due_at", "host"):
        op.create_index(f"ix_hub_requests_{column}", "hub_requests", [column])
