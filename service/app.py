"""The web application: every object built once, the routes bound, each request that comes here logged and measured."""

import atexit
import logging
import os
import time
from collections.abc import Iterable

from flask import Flask, Response, g, request

from service.articles.text import slug
from service.bootstrap import Services
from service.core import logging as log
from service.core.errors import BadRequest, NoSuchMethod, NotFound, TargetTooLong
from service.core.settings.loader import load
from service.core.settings.model import Settings
from service.web.http.fast_path import FAILED, Application, Environ, StartResponse, Warm
from service.web.http.request_log import told
from service.web.pageviews import PageViews
from service.web.routes import add_routes
from service.worker import process_worker

PATH = 2_000  # bytes of a decoded path: an id has 200 characters, each of at most four
QUERY = 8_000  # characters of a query: an editor's note is the longest
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

requests = logging.getLogger("warta.request")


def create_app(settings: Settings, services: Services | None = None) -> Flask:
    """The application for these settings. Connects to nothing until the first request."""
    services = services or Services.build(settings)
    # Flask would add a static folder, and redirects that the contract does not have.
    app = Flask("service.web", static_folder=None)
    app.url_map.merge_slashes = False
    app.extensions["warta"] = services
    app.jinja_env.filters["slug"] = slug
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.wsgi_app = _meant(app.wsgi_app)  # type: ignore[method-assign, assignment]
    _observe(app, services)
    add_routes(app, services)
    return app


def serving_app(*, recording: bool = True) -> Warm:
    """The application of a process of `warta serve`, from the environment; counts that wait survive a clean stop.

    Without `recording`, what memory answers is not counted for the readership: to measure what that costs.
    """
    log.configure()
    loaded = load(os.environ)
    services = Services.build(loaded)
    polls = services.readership.polls if recording else None
    warm = Warm(create_app(loaded, services), services.metrics, PageViews(services).warm, polls)
    worker = process_worker(services, {"counting warm answers": warm.count})
    worker.start()
    atexit.register(services.close)
    atexit.register(worker.stop)
    return warm


def _meant(app: Application) -> Application:
    """Requests as they are meant: no other protocol is offered (RFC 9110 §7.8), and `get` is not the method GET (§9.1).
    Flask would look for routes of websockets, and write every method in capitals."""

    def meant(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        environ.pop("HTTP_UPGRADE", None)
        method = environ["REQUEST_METHOD"]
        if method != method.upper():
            environ[FAILED] = NoSuchMethod("there is no such method; their names are written in capitals")
        if len(environ["PATH_INFO"]) > PATH or len(environ["QUERY_STRING"]) > QUERY:
            environ["PATH_INFO"], environ["QUERY_STRING"] = "/", ""  # nothing after this keeps or logs it
            environ[FAILED] = TargetTooLong(f"the path is longer than {PATH} characters, or the query than {QUERY}")
        path = environ["PATH_INFO"]
        if not path.startswith("/") and (method, path) != ("OPTIONS", "*"):  # werkzeug would redirect to the Host
            environ[FAILED] = BadRequest("the target of a request is a path, which begins with a slash")
        if path.startswith("//"):  # to werkzeug as good as one slash
            environ[FAILED] = NotFound("there is nothing at this address")
        return app(environ, start_response)

    return meant


def _observe(app: Flask, services: Services) -> None:
    metrics = services.metrics

    @app.before_request
    def _start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def _finish(response: Response) -> Response:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if response.status_code == 204:
            response.headers.pop("Content-Type", None)
        seconds = time.perf_counter() - g.started
        endpoint = request.endpoint or "none"
        method = request.method if request.method in METHODS else "other"  # a label must not be a stranger's choice
        metrics.requests.labels(endpoint, method, response.status_code).inc()
        metrics.request_seconds.labels(endpoint).observe(seconds)
        requests.info(
            "request",
            extra={
                **told(request),
                "status": response.status_code,
                "ms": round(seconds * 1000, 2),
                "bytes": response.content_length,
            },
        )
        return response
