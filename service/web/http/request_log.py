"""The parts of a request that the log shows: without the secrets of its query, and cut to limits."""

import re
from urllib.parse import unquote_plus

from flask import Request

SECRET_PARAMETERS = {
    "token",
    "access_token",
    "key",
    "secret",
    "password",
}  # parameters whose values must not be in the log
MAX_PATH_CHARACTERS = 2_000  # characters of path and query
MAX_AGENT_CHARACTERS = 512  # characters of the user agent
MAX_METHOD_CHARACTERS = 20  # characters of the method

_NAME = re.compile(r"(?:^|[?;])([^?;=]*)=")


def logged_fields(request: Request) -> dict[str, str]:
    """Return the request's method, path with query, and user agent, as the log shows them."""
    return {
        "method": _cut(request.method, MAX_METHOD_CHARACTERS),
        "path": without_secrets(_cut(request.full_path.removesuffix("?"), MAX_PATH_CHARACTERS)),
        "agent": _cut(request.headers.get("User-Agent", ""), MAX_AGENT_CHARACTERS),
    }


def without_secrets(path: str) -> str:
    """Return the path and query with `…` in place of the value of each secret parameter."""
    return "&".join(map(_without_secret, path.split("&")))


def _without_secret(part: str) -> str:
    """Return a part of a query with `…` in place of a secret.

    `?` and `;` also begin a parameter: a secret in a malformed URL is still a secret.
    """
    for found in _NAME.finditer(part):
        if unquote_plus(found[1]).strip().casefold() in SECRET_PARAMETERS:
            return f"{part[: found.end()]}…"
    return part


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]}…"
