"""What the log tells of a request: no secret of its query, and no more than fits in a line."""

import re
from urllib.parse import unquote_plus

from flask import Request

SECRET = {"token", "access_token", "key", "secret", "password"}  # parameters; who reads the log is not let in by it
PATH = 2_000  # characters of path and query
AGENT = 512
METHOD = 20

_NAME = re.compile(r"(?:^|[?;])([^?;=]*)=")


def told(request: Request) -> dict[str, str]:
    """The request's method, path with query, and agent, as the log has them."""
    return {
        "method": _cut(request.method, METHOD),
        "path": without_secrets(_cut(request.full_path.removesuffix("?"), PATH)),
        "agent": _cut(request.headers.get("User-Agent", ""), AGENT),
    }


def without_secrets(path: str) -> str:
    """The path and query with `…` in place of the value of each parameter that is secret."""
    return "&".join(map(_without_secret, path.split("&")))


def _without_secret(part: str) -> str:
    """Both `?` and `;` begin a parameter: whoever got an address wrong has not made its secret public."""
    for found in _NAME.finditer(part):
        if unquote_plus(found[1]).strip().casefold() in SECRET:
            return f"{part[: found.end()]}…"
    return part


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]}…"
