"""The parts of a request that the log shows: without the secrets of its query, and cut to limits."""

import re
from urllib.parse import unquote_plus

from flask import Request

SECRET = {"token", "access_token", "key", "secret", "password"}  # parameters whose values must not be in the log
PATH = 2_000  # characters of path and query
AGENT = 512  # characters of the user agent
METHOD = 20  # characters of the method

_NAME = re.compile(r"(?:^|[?;])([^?;=]*)=")


def told(request: Request) -> dict[str, str]:
    """Return the request's method, path with query, and user agent, as the log shows them."""
    return {
        "method": _cut(request.method, METHOD),
        "path": without_secrets(_cut(request.full_path.removesuffix("?"), PATH)),
        "agent": _cut(request.headers.get("User-Agent", ""), AGENT),
    }


def without_secrets(path: str) -> str:
    """Return the path and query with `…` in place of the value of each secret parameter."""
    return "&".join(map(_without_secret, path.split("&")))


def _without_secret(part: str) -> str:
    """Return a part of a query with `…` in place of a secret.

    `?` and `;` also begin a parameter: a secret in a malformed URL is still a secret.
    """
    for found in _NAME.finditer(part):
        if unquote_plus(found[1]).strip().casefold() in SECRET:
            return f"{part[: found.end()]}…"
    return part


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]}…"
