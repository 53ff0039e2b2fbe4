"""The routes: binds the operations that the handlers declare (see `openapi/operation.py`)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, Response, g, request

from service.bootstrap import Services
from service.storage import Scope, TokenStore
from service.web.access.bearer import authorize
from service.web.api_errors import METHODS, ApiErrors
from service.web.articles.article import ArticleApi
from service.web.articles.batch import BatchApi
from service.web.articles.changes import ChangesApi
from service.web.articles.listing import ListingApi
from service.web.check import Check
from service.web.description import Description
from service.web.directory import Directories
from service.web.editorial import OverrideApi
from service.web.embed import Embed
from service.web.feeds import Feeds
from service.web.find import FeedFinder
from service.web.http.article_ids import ArticleIdConverter
from service.web.http.documents import DocumentResponder
from service.web.http.preflight import preflight_of_document, preflight_of_view
from service.web.http.shared_urls import redirect_shared_urls
from service.web.http.static_files import StaticFiles
from service.web.hub import HubRequests
from service.web.icons.handlers import Icons
from service.web.openapi.operation import Operation, operations_of
from service.web.operations import Operations
from service.web.pages.handlers import Pages
from service.web.pages.templates import PageTemplates
from service.web.pageviews import PageViews
from service.web.photos import Photos
from service.web.problems import handle_errors
from service.web.readers import Readers
from service.web.search import SearchHandlers
from service.web.stats.page import Stats
from service.web.webhooks.handlers import WebhookApi


def add_routes(app: Flask, services: Services) -> None:
    """Bind every URL to its handler."""
    app.url_map.converters["article_id"] = ArticleIdConverter
    responder = DocumentResponder(services)
    files = StaticFiles(services.settings)
    templates = PageTemplates(services.settings, files)
    pages = Pages(services, responder, templates)
    feeds = Feeds(services, responder, pages)
    finder = FeedFinder(services, pages)
    search = SearchHandlers(services, responder, pages)
    handlers = [
        pages,
        Photos(services),
        Icons(services),
        search,
        feeds,
        finder,
        Directories(services, responder, finder),
        ArticleApi(services),
        ListingApi(services),
        BatchApi(services),
        ChangesApi(services),
        Check(services),
        HubRequests(services),
        OverrideApi(services),
        WebhookApi(services),
        Readers(services),
        PageViews(services),
        Embed(services),
        Stats(services, files, readers=services.readership.report),
        files,
        Operations(services),
    ]
    description = Description(services.settings)
    operations = [*operations_of([*handlers, description])]
    description.operations = app.extensions["warta.operations"] = [operation for operation, _ in operations]
    bound = set()
    for operation, handler in operations:
        if (operation.method, operation.url_rule) not in bound:
            bound.add((operation.method, operation.url_rule))
            _bind(app, services, operation, handler)
    unknown = ApiErrors(app).unknown
    for rule in ("/api", "/api/", "/api/<path:path>"):
        app.add_url_rule(rule, _endpoint(unknown), unknown, methods=METHODS, provide_automatic_options=False)
    handle_errors(app, pages)
    canonical: dict[str, Callable[[str], str]] = {
        _endpoint(handler): str
        for operation, handler in operations
        if operation.shared or handler in (pages.directory, pages.article, search.page)
    }
    canonical |= {
        _endpoint(handler): feeds.canonical_path for handler in (feeds.document, feeds.text, feeds.negotiated)
    }
    redirect_shared_urls(app, services.settings, canonical)


def _bind(app: Flask, services: Services, operation: Operation, handler: Callable[..., Response]) -> None:
    name, view = _endpoint(handler), handler
    if operation.scope and operation.checks_token:
        view = _authorized(handler, services.tokens, operation.scope)
    if operation.shared:
        app.add_url_rule(operation.url_rule, name, view, methods=(operation.method,), provide_automatic_options=False)
        preflight = preflight_of_view if operation.method == "POST" else preflight_of_document
        app.add_url_rule(operation.url_rule, preflight.__name__, preflight, methods=("OPTIONS",))
    else:
        app.add_url_rule(operation.url_rule, name, view, methods=(operation.method,))


def _authorized(handler: Callable[..., Response], tokens: TokenStore, scope: Scope) -> Callable[..., Response]:
    """Check the token before the handler runs. Its name is then in `g.token_name`."""

    @wraps(handler)
    def checked(**values: Any) -> Response:
        g.token_name = authorize(request, tokens, scope)
        return handler(**values)

    return checked


def _endpoint(handler: Callable[..., Response]) -> str:
    """Return the handler's name: the label `endpoint` of the metrics."""
    return handler.__qualname__.replace(".", "_")
