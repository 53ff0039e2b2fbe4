"""The tables, for SQLAlchemy Core with SQLite and PostgreSQL. The migrations bring a database to this state."""

from service.storage.tables.articles import (
    aliases,
    article_lists,
    articles,
    deadlines,
    memberships,
    origins,
    tombstones,
)
from service.storage.tables.changes import announcements, answers, changes, cursors
from service.storage.tables.editorial import audit, decisions
from service.storage.tables.hub import hub_requests, hub_subscriptions, hub_topics
from service.storage.tables.other_hubs import pinged_hubs
from service.storage.tables.readers import feed_clients, feed_days, pollers, subscribers
from service.storage.tables.schema import metadata
from service.storage.tables.search import search_progress
from service.storage.tables.tokens import tokens
from service.storage.tables.views import folds, list_views, logs, views
from service.storage.tables.webhooks import webhook_events, webhooks

__all__ = [
    "aliases",
    "announcements",
    "answers",
    "article_lists",
    "articles",
    "audit",
    "changes",
    "cursors",
    "deadlines",
    "decisions",
    "feed_clients",
    "feed_days",
    "folds",
    "hub_requests",
    "hub_subscriptions",
    "hub_topics",
    "list_views",
    "logs",
    "memberships",
    "metadata",
    "origins",
    "pinged_hubs",
    "pollers",
    "search_progress",
    "subscribers",
    "tokens",
    "tombstones",
    "views",
    "webhook_events",
    "webhooks",
]
