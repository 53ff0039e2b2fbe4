"""What requests to the API bring: a JSON object, a cursor."""

import re
from typing import Any

from flask import request
from pydantic_core import from_json

from service.errors import BadRequest, TooLarge


def body(longest: int, too_long: str, what: str) -> dict[str, Any]:
    """The request's body. Raises TooLarge with the text `too_long`, BadRequest where it is no JSON object."""
    data = request.stream.read(longest + 1)
    if len(data) > longest:
        raise TooLarge(too_long)
    return json_object(data, what)


def json_object(data: bytes, what: str) -> dict[str, Any]:
    """`what` was sent. Raises BadRequest."""
    try:
        value = from_json(data, allow_inf_nan=False)
    except ValueError as error:
        raise BadRequest(f"not valid JSON: {error}") from None
    if not isinstance(value, dict):
        raise BadRequest(f"the {what} must be a JSON object")
    return value


def only(*names: str) -> None:
    """Raises BadRequest for a parameter that is none of these."""
    for name in request.args:
        if name not in names:
            allowed = f", only {', '.join(names)}" if names else ""
            raise BadRequest(f"{name}: there is no such parameter{allowed}")


def cursor() -> int:
    """The cursor `since`, the only parameter; 0 without one. Raises BadRequest."""
    only("since")
    since = request.args.get("since", "0")
    if not re.fullmatch(r"[0-9]{1,18}", since, re.ASCII):
        raise BadRequest("since: must be a cursor from an earlier answer, or 0")
    return int(since)
