"""The limit of the HTTP server: a WSGI application that answers with ready bytes, in the same server as Warta."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

BODY = Path(os.environ.get("BARE_BODY", os.devnull)).read_bytes()
ETAG = '"bare"'
HEADERS = [("Content-Type", "application/rss+xml; charset=utf-8"), ("Content-Encoding", "gzip"), ("ETag", ETAG)]


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    if environ.get("HTTP_IF_NONE_MATCH") == ETAG:
        start_response("304 Not Modified", [("ETag", ETAG)])
        return [b""]
    start_response("200 OK", HEADERS)
    return [BODY]
