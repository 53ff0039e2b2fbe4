"""Errors as HTTP: the one place where an exception becomes a status, and a problem (RFC 9457) or a page."""

import logging
from collections.abc import Sequence
from typing import Any

from flask import Flask, Response, request
from typing_extensions import TypedDict
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from service.core import errors
from service.web.http.fast_path import FAILED
from service.web.http.json_answers import json_answer
from service.web.pages.handlers import Pages

PROBLEM_TYPE = "application/problem+json"
STATUS_OF_ERROR: dict[type[errors.WartaError], int] = {
    errors.BadRequest: 400,
    errors.NotAuthorized: 401,
    errors.NotPermitted: 403,
    errors.NotFound: 404,
    errors.NotAcceptable: 406,
    errors.BodyTooSlow: 408,
    errors.TooManyOverrides: 409,
    errors.TooManyWebhooks: 409,
    errors.WebhookExists: 409,
    errors.StaleArticle: 409,
    errors.Gone: 410,
    errors.CursorUnknown: 410,
    errors.PreconditionFailed: 412,
    errors.TooLarge: 413,
    errors.TargetTooLong: 414,
    errors.MediaTypeUnsupported: 415,
    errors.ArticleInvalid: 422,
    errors.OverrideInvalid: 422,
    errors.WebhookInvalid: 422,
    errors.KeyReused: 422,
    errors.NoSuchMethod: 501,
    errors.StoreUnavailable: 503,
    errors.RedisUnavailable: 503,
    errors.FeedUnavailable: 503,
    errors.TooBusy: 503,
}
RETRY_AFTER_SECONDS = "5"  # seconds
MAX_LOGGED_PATH = 200  # characters of a path that the log shows with an unexpected error


class Reason(TypedDict):
    """A value of a field that is refused or left out, with the reason. `field` is a path such as `image.url`."""

    field: str
    reason: str


log = logging.getLogger(__name__)


def problem(status: int, detail: str, **more: object) -> dict[str, Any]:
    """Return a problem document (RFC 9457). `detail` is for the person who sent the request."""
    return {"type": "about:blank", "title": HTTP_STATUS_CODES[status], "status": status, "detail": detail, **more}


def problem_of(error: errors.WartaError) -> dict[str, Any]:
    """Return the problem document of an error. Logs the reason of a 503, and does not send it."""
    status = next((STATUS_OF_ERROR[kind] for kind in type(error).__mro__ if kind in STATUS_OF_ERROR), 500)
    if isinstance(error, errors.FieldsInvalid):
        return problem(status, str(error), errors=_listed(error.errors))
    if status == 503:
        log.warning("answered 503: %s", error)
        return problem(status, "the service cannot do this now; try again in a few seconds")
    return problem(status, str(error))


def problem_answer(error: errors.WartaError) -> Response:
    """Return the answer with the problem document of an error, for code that runs without a request."""
    body = problem_of(error)
    retry = {"Retry-After": RETRY_AFTER_SECONDS} if body["status"] == 503 else {}
    return json_answer(body, body["status"], {"Access-Control-Allow-Origin": "*", **retry}, PROBLEM_TYPE)


def warnings_of(warnings: Sequence[errors.FieldError]) -> dict[str, Any]:
    """Return the member of an answer that names the values that were left out, with the reasons; empty without any."""
    return {"warnings": _listed(warnings)} if warnings else {}


def _listed(reasons: Sequence[errors.FieldError]) -> list[Reason]:
    return [{"field": reason.field, "reason": reason.reason} for reason in reasons]


def handle_errors(app: Flask, pages: Pages) -> None:
    """Make the application answer every exception: as problem+json, or as a page if the client prefers HTML."""

    def answer(body: dict[str, Any], headers: list[tuple[str, str]]) -> Response:
        status = body["status"]
        if status == 503:
            headers = [*headers, ("Retry-After", RETRY_AFTER_SECONDS)]
        if status == 415:
            headers = [*headers, ("Accept-Encoding", "identity")]  # RFC 9110 §12.5.3: for the bodies of requests
        if status == 401:
            headers = [*headers, ("WWW-Authenticate", 'Bearer realm="warta"')]
        is_api = f"{request.path}/".startswith("/api/")
        if not is_api and request.accept_mimetypes.best_match([PROBLEM_TYPE, "text/html"]) == "text/html":
            response = Response(pages.error(status, body["detail"]), status, headers)
            response.headers.update(pages.headers)
        else:
            response = json_answer(body, status, dict(headers), PROBLEM_TYPE)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Vary", "Accept")
        response.headers.setdefault("Access-Control-Allow-Origin", "*")  # so that a script can read the error
        response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin")
        return response

    def known(error: errors.WartaError) -> Response:
        return answer(problem_of(error), [])

    def http(error: HTTPException) -> Response:
        headers = [pair for pair in error.get_headers() if pair[0].lower() not in ("content-type", "content-length")]
        status = error.code or 500
        detail = "there is nothing at this URL" if status == 404 else (error.description or "")
        return answer(problem(status, detail), headers)

    def unknown(error: Exception) -> Response:
        log.error("unexpected error at %s %s", request.method[:20], request.path[:MAX_LOGGED_PATH], exc_info=error)
        return answer(problem(500, "something went wrong here; the operators' log has the details"), [])

    @app.before_request
    def failed() -> None:
        """Raise an error that happened before Flask, so that it is answered like an error of a handler."""
        if error := request.environ.get(FAILED):
            raise error

    app.register_error_handler(errors.WartaError, known)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(Exception, unknown)
