"""Answers to preflight requests (Fetch standard, CORS-preflight fetch), for URLs that scripts of all sites may use."""

from flask import Response

from service.web.http.caching import DAY_SECONDS

_CONDITIONS = "A-IM, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since"


def preflight_of_document(**_: object) -> Response:
    """Answer before a script of another site requests a document with conditions."""
    return _preflight("GET, HEAD", _CONDITIONS)


def preflight_of_view(**_: object) -> Response:
    """Answer before a script of another site sends a page view with a body, such as JSON. Nobody reads the body."""
    return _preflight("POST", "Content-Type")


def _preflight(methods: str, headers: str) -> Response:
    allowed = {
        "Allow": f"{methods}, OPTIONS",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": headers,
        "Access-Control-Max-Age": str(DAY_SECONDS),
    }
    return Response(status=204, headers=allowed)
