"""The store: all SQL of Warta, for SQLite and PostgreSQL."""

from service.storage.announcement_log import Announcement, AnnouncementLog, Backlog
from service.storage.archive import Listing
from service.storage.articles import MAX_ARTICLES_PER_TRANSACTION, ArticleStore
from service.storage.change_set import ChangeLogEntry, PutOutcome
from service.storage.database import Database
from service.storage.editorial import OverrideStore
from service.storage.history import ViewHistory
from service.storage.readers import ReadershipStore
from service.storage.tokens import Scope, Token, TokenStore
from service.storage.views import StoredViews, ViewStore

__all__ = [
    "MAX_ARTICLES_PER_TRANSACTION",
    "Announcement",
    "AnnouncementLog",
    "ArticleStore",
    "Backlog",
    "ChangeLogEntry",
    "Database",
    "Listing",
    "OverrideStore",
    "PutOutcome",
    "ReadershipStore",
    "Scope",
    "StoredViews",
    "Token",
    "TokenStore",
    "ViewHistory",
    "ViewStore",
]
