"""The store: all SQL of Warta, for SQLite and PostgreSQL."""

from service.storage.archive import Listing
from service.storage.articles import CHUNK, ArticleStore
from service.storage.change_set import Change, Notice, Outcome
from service.storage.database import Database
from service.storage.editorial import OverrideStore
from service.storage.history import ViewHistory
from service.storage.readers import ReadershipStore
from service.storage.tokens import Scope, Token, TokenStore
from service.storage.views import StoredViews, ViewStore

__all__ = [
    "CHUNK",
    "ArticleStore",
    "Change",
    "Database",
    "Listing",
    "Notice",
    "Outcome",
    "OverrideStore",
    "ReadershipStore",
    "Scope",
    "StoredViews",
    "Token",
    "TokenStore",
    "ViewHistory",
    "ViewStore",
]
