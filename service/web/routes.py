"""HTTP: the whole route table on one screen. Handlers are thin; the layers below do the work."""

from flask import Flask

from service.bootstrap import Services
from service.documents.formats import DOCUMENTS
from service.web.api_errors import METHODS, ApiErrors
from service.web.articles import ArticleApi
from service.web.check import Check
from service.web.directory import Directories
from service.web.editorial import CurationApi
from service.web.embed import Embed
from service.web.feeds import Feeds
from service.web.http.documents import Documents, preflight
from service.web.http.shared_urls import redirect_shared_urls
from service.web.http.static_files import StaticFiles
from service.web.operations import Operations
from service.web.pages import Pages
from service.web.pageviews import PageViews
from service.web.problems import handle_errors
from service.web.readers import Readers
from service.web.stats.page import Stats


def add_routes(app: Flask, services: Services) -> None:
    """Bind every URL to its handler."""
    pages = Pages(services)
    documents = Documents(services)
    feeds = Feeds(services, documents, pages)
    directories = Directories(services, documents)
    api = ArticleApi(services)
    check = Check(services)
    curation = CurationApi(services)
    readers = Readers(services)
    views = PageViews(services)
    embed = Embed(services, pages)
    operations = Operations(services)
    files = StaticFiles(services.settings)
    api_errors = ApiErrors(app)
    stats = Stats(services, files, readers=services.readership.report)

    public: list[object] = []

    def route(rule: str, handler: object, *methods: str) -> None:
        app.add_url_rule(rule, _endpoint(handler), handler, methods=methods or ("GET",))  # type: ignore[arg-type]

    def shared(rule: str, handler: object) -> None:
        """Add a route that scripts of other sites may read (CORS)."""
        public.append(handler)
        app.add_url_rule(rule, _endpoint(handler), handler, methods=("GET",), provide_automatic_options=False)  # type: ignore[arg-type]
        app.add_url_rule(rule, "preflight", preflight, methods=("OPTIONS",))

    extensions = ",".join(DOCUMENTS)
    route("/", pages.directory)
    route("/articles/<path:article_id>", pages.article)
    route("/photos/<path:name>.png", pages.photo)

    shared(f"/<path:path>.<any({extensions}):extension>", feeds.document)
    shared("/<path:path>", feeds.negotiated)

    shared("/feeds.opml", directories.opml)
    shared("/feeds.json", directories.feeds)
    shared("/.well-known/feed-menu.json", directories.menu)
    shared("/sitemap-news.xml", directories.sitemap)
    shared("/sitemap-news/<int(min=1, max=1000):number>.xml", directories.sitemap_part)
    route("/robots.txt", directories.robots)

    route("/api/articles", api.batch, "POST")
    route("/api/articles/<path:article_id>", api.put, "PUT")
    route("/api/articles/<path:article_id>", api.patch, "PATCH")
    route("/api/articles/<path:article_id>", api.get, "GET")
    route("/api/articles/<path:article_id>", api.delete, "DELETE")
    route("/api/changes", api.changes)
    route("/api/check/<path:path>", check.feed)
    route("/api/curation", curation.in_force)
    route("/api/curation/articles/<path:article_id>", curation.put, "PUT")
    route("/api/curation/articles/<path:article_id>", curation.delete, "DELETE")
    route("/api/curation/audit", curation.audit)
    route("/api/readers", readers.report)
    route("/api/openapi.json", api.openapi)

    for rule in ("/api", "/api/", "/api/<path:path>"):
        route(rule, api_errors.unknown, *METHODS)

    route("/articles/<path:article_id>/views", views.beacon, "POST")
    route("/articles/<path:article_id>/views.gif", views.pixel)
    route("/embed.js", embed.script)
    route("/embed/demo", embed.demo)

    route("/stats", stats.page)
    route("/stats", stats.sign_in, "POST")
    route("/api/stats", stats.api)
    route("/static/<file>", files.file)

    route("/healthz", operations.healthz)
    route("/readyz", operations.readyz)
    route("/metrics", operations.metrics)
    handle_errors(app, pages)
    redirect_shared_urls(app, services.settings, [*map(_endpoint, (pages.directory, pages.article, *public))])


def _endpoint(handler: object) -> str:
    return handler.__qualname__.replace(".", "_")  # type: ignore[attr-defined, no-any-return]
