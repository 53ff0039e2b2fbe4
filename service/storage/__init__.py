"""The store: all SQL of Warta, for SQLite and PostgreSQL."""

from service.storage.announcement_log import Announcement, AnnouncementLog, Backlog
from service.storage.archive import Listing
from service.storage.article_listing import ListedArticle, ListingPosition, ListingQuery
from service.storage.articles import MAX_ARTICLES_PER_TRANSACTION, ArticleStore
from service.storage.change_log import ChangeLogEntry
from service.storage.change_set import PutOutcome, WrittenArticle
from service.storage.database import Database
from service.storage.editorial import OverrideStore
from service.storage.history import ViewHistory
from service.storage.identities import ImportedArticle
from service.storage.readers import ReadershipStore
from service.storage.repeated_requests import AnsweredBefore, Once, RequestKey
from service.storage.tokens import Scope, Token, TokenStore
from service.storage.views import StoredViews, ViewStore

__all__ = [
    "MAX_ARTICLES_PER_TRANSACTION",
    "Announcement",
    "AnnouncementLog",
    "AnsweredBefore",
    "ArticleStore",
    "Backlog",
    "ChangeLogEntry",
    "Database",
    "ImportedArticle",
    "ListedArticle",
    "Listing",
    "ListingPosition",
    "ListingQuery",
    "Once",
    "OverrideStore",
    "PutOutcome",
    "ReadershipStore",
    "RequestKey",
    "Scope",
    "StoredViews",
    "Token",
    "TokenStore",
    "ViewHistory",
    "ViewStore",
    "WrittenArticle",
]
