"""Readers for the parts of a request: parameters, a JSON object, a cursor."""

import re
from codecs import BOM_UTF8
from typing import Any

from flask import request
from pydantic_core import from_json

from service.core.errors import BadRequest, TooLarge


def body(longest: int, too_long: str, what: str) -> dict[str, Any]:
    """Read the request's body, a JSON object of at most `longest` bytes.

    Raises TooLarge with the text `too_long`; BadRequest, which calls the object `what`, if the body is no JSON object.
    """
    data = request.stream.read(longest + 1)
    if len(data) > longest:
        raise TooLarge(too_long)
    return json_object(data, what)


def json_object(data: bytes, what: str) -> dict[str, Any]:
    """Parse a JSON object, after a byte order mark if there is one. Raises BadRequest, which calls it `what`."""
    try:
        value = from_json(data.removeprefix(BOM_UTF8), allow_inf_nan=False)
    except ValueError as error:
        raise BadRequest(f"not valid JSON: {error}") from None
    if not isinstance(value, dict):
        raise BadRequest(f"the {what} must be a JSON object")
    return value


def parameters(*allowed: str) -> dict[str, str]:
    """Return the parameters of the URL. Raises BadRequest for one that is not `allowed`, or is given more than once."""
    for name, values in request.args.lists():
        if name not in allowed:
            hint = f", only {', '.join(allowed)}" if allowed else ""
            raise BadRequest(f"{name}: there is no such parameter{hint}")
        if len(values) > 1:
            raise BadRequest(f"{name}: is given more than once")
    return request.args.to_dict()


def cursor() -> int:
    """Return the cursor `since`, the only allowed parameter; 0 without it. Raises BadRequest."""
    since = parameters("since").get("since", "0")
    if not re.fullmatch(r"[0-9]{1,18}", since, re.ASCII):
        raise BadRequest("since: must be a cursor from an earlier answer, or 0")
    return int(since)
