"""The store: everything that is written in SQL, for SQLite and PostgreSQL."""

from service.store.archive import Listing
from service.store.articles import CHUNK, ArticleStore
from service.store.batch import Change, Notice, Outcome
from service.store.database import Database
from service.store.decisions import DecisionStore
from service.store.history import ViewHistory
from service.store.readers import ReadershipStore
from service.store.tokens import Scope, Token, TokenStore
from service.store.views import Viewed, ViewStore

__all__ = [
    "CHUNK",
    "ArticleStore",
    "Change",
    "Database",
    "DecisionStore",
    "Listing",
    "Notice",
    "Outcome",
    "ReadershipStore",
    "Scope",
    "Token",
    "TokenStore",
    "ViewHistory",
    "ViewStore",
    "Viewed",
]
