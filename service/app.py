"""The web application: builds every object once, binds routes, and logs and measures each request to Flask."""

import atexit
import logging
import os
import time
from collections.abc import Iterable

from flask import Flask, Response, g, request

from service.bootstrap import Services
from service.core import logging as log
from service.core.errors import BadRequest, NoSuchMethod, NotFound, TargetTooLong
from service.core.settings.loader import load
from service.core.settings.model import Settings
from service.web.http.fast_path import FAILED, Application, Environ, FastPath, StartResponse
from service.web.http.request_log import logged_fields
from service.web.pageviews import PageViews
from service.web.routes import add_routes
from service.worker import process_worker

MAX_PATH_BYTES = 2_000  # the longest decoded path: an article id has 200 characters of at most four bytes each
MAX_QUERY_BYTES = 8_000  # the longest query string: an editor's note is the longest value
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

PROBES = {"Operations_healthz", "Operations_readyz", "Operations_metrics"}  # endpoints that monitors ask all the time

requests = logging.getLogger("warta.request")


def create_app(settings: Settings, services: Services | None = None) -> Flask:
    """Create the application for these settings. It connects to nothing until the first request."""
    services = services or Services.build(settings)
    # By default, Flask adds a static folder, and redirects that the HTTP interface does not describe.
    app = Flask("service.web", static_folder=None)
    app.url_map.merge_slashes = False
    app.extensions["warta"] = services
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.wsgi_app = _normalize_requests(app.wsgi_app)  # type: ignore[method-assign, assignment]
    _log_and_measure(app, services)
    add_routes(app, services)
    return app


def serving_app(*, recording: bool = True) -> FastPath:
    """Create the application of one process of `warta serve`. The settings come from the environment.

    Counts that wait in memory survive a clean stop. Without `recording`, polls that are answered from memory are not
    counted for the readership: this shows the cost of counting them.
    """
    loaded = load(os.environ)
    log.configure(loaded.log)
    services = Services.build(loaded)
    polls = services.readership.polls if recording else None
    fast_path = FastPath(create_app(loaded, services), services.metrics, PageViews(services).fast_beacon, polls)
    worker = process_worker(services, {"counting answers of the fast path": fast_path.count})
    worker.start()
    atexit.register(services.close)
    atexit.register(worker.stop)
    return fast_path


def _normalize_requests(app: Application) -> Application:
    """Wrap the application: correct or reject requests that Flask would interpret wrongly.

    The `Upgrade` header is dropped, since no other protocol is offered (RFC 9110 §7.8): Flask would look for websocket
    routes. Methods are case-sensitive, so `get` is rejected (RFC 9110 §9.1): Flask would write every method in
    capitals. Targets that are too long, or are not the path of a resource, are rejected, too. The error of a rejected
    request is stored under FAILED in the environ.
    """

    def meant(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        environ.pop("HTTP_UPGRADE", None)
        method = environ["REQUEST_METHOD"]
        if method != method.upper():
            environ[FAILED] = NoSuchMethod("there is no such method; their names are written in capitals")
        if len(environ["PATH_INFO"]) > MAX_PATH_BYTES or len(environ["QUERY_STRING"]) > MAX_QUERY_BYTES:
            environ["PATH_INFO"], environ["QUERY_STRING"] = "/", ""  # later code must not store or log them
            environ[FAILED] = TargetTooLong(
                f"the path is longer than {MAX_PATH_BYTES} bytes, or the query than {MAX_QUERY_BYTES}"
            )
        path = environ["PATH_INFO"]
        # Werkzeug would answer such a target with a redirect to the `Host` of the request.
        if not path.startswith("/") and (method, path) != ("OPTIONS", "*"):
            environ[FAILED] = BadRequest("the target of a request is a path, which begins with a slash")
        if path.startswith("//"):  # werkzeug would treat it as one slash
            environ[FAILED] = NotFound("there is nothing at this URL")
        return app(environ, start_response)

    return meant


def _log_and_measure(app: Flask, services: Services) -> None:
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
        method = request.method if request.method in METHODS else "other"  # clients must not add labels
        metrics.requests.labels(endpoint, method, response.status_code).inc()
        metrics.request_seconds.labels(endpoint).observe(seconds)
        requests.log(
            logging.DEBUG if endpoint in PROBES else logging.INFO,
            "request",
            extra={
                **logged_fields(request),
                "status": response.status_code,
                "ms": round(seconds * 1000, 2),
                "bytes": response.content_length,
            },
        )
        return response
