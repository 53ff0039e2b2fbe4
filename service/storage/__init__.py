"""The store: all SQL of Warta, for SQLite and PostgreSQL."""

from service.storage.announcement_log import Announcement, AnnouncementLog, Backlog
from service.storage.archive import Listing
from service.storage.article_listing import ListedArticle, ListingPosition, ListingQuery
from service.storage.article_search import ArticleSearch, FoundArticles
from service.storage.articles import MAX_ARTICLES_PER_TRANSACTION, MAX_IMPORTED_PER_TRANSACTION, ArticleStore
from service.storage.change_log import ChangeDetail, ChangeLogEntry
from service.storage.change_set import PutOutcome, WrittenArticle
from service.storage.database import Database
from service.storage.editorial import OverrideStore
from service.storage.history import ViewHistory
from service.storage.hub import HubReports, HubRequestStore, HubTopics, Subscriptions
from service.storage.hubs import HubStore, PingedHub
from service.storage.identities import ImportedArticle
from service.storage.portion_size import PortionSize
from service.storage.reader_reports import ReaderSums, ReportPart
from service.storage.reader_retention import ReaderRetention
from service.storage.readers import ReadershipStore
from service.storage.repeated_requests import AnsweredBefore, Once, RequestKey
from service.storage.search_entries import Position, Search
from service.storage.search_index import IndexState, SearchIndex
from service.storage.tokens import Scope, Token, TokenStore
from service.storage.views import StoredViews, ViewStore
from service.storage.webhook_turns import EndpointState, EventChanges, Turn, WaitingEvent, WebhookTurns
from service.storage.webhooks import UndeliveredEvent, Webhook, WebhookStore

__all__ = [
    "MAX_ARTICLES_PER_TRANSACTION",
    "MAX_IMPORTED_PER_TRANSACTION",
    "Announcement",
    "AnnouncementLog",
    "AnsweredBefore",
    "ArticleSearch",
    "ArticleStore",
    "Backlog",
    "ChangeDetail",
    "ChangeLogEntry",
    "Database",
    "EndpointState",
    "EventChanges",
    "FoundArticles",
    "HubReports",
    "HubRequestStore",
    "HubStore",
    "HubTopics",
    "ImportedArticle",
    "IndexState",
    "ListedArticle",
    "Listing",
    "ListingPosition",
    "ListingQuery",
    "Once",
    "OverrideStore",
    "PingedHub",
    "PortionSize",
    "Position",
    "PutOutcome",
    "ReaderRetention",
    "ReaderSums",
    "ReadershipStore",
    "ReportPart",
    "RequestKey",
    "Scope",
    "Search",
    "SearchIndex",
    "StoredViews",
    "Subscriptions",
    "Token",
    "TokenStore",
    "Turn",
    "UndeliveredEvent",
    "ViewHistory",
    "ViewStore",
    "WaitingEvent",
    "Webhook",
    "WebhookStore",
    "WebhookTurns",
    "WrittenArticle",
]
