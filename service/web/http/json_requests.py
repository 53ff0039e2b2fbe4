"""Readers for the parts of a request: parameters, a JSON object, a cursor."""

import re
from codecs import BOM_UTF8
from typing import Any

from flask import request
from pydantic_core import from_json

from service.core.errors import BadRequest, MediaTypeUnsupported, TooLarge

_GZIP = b"\x1f\x8b"
_FORM = re.compile(rb"\s*(--|[A-Za-z0-9_.%+\[\]-]+=)", re.ASCII)


def body(longest: int, too_long: str, what: str) -> dict[str, Any]:
    """Read the request's body, a JSON object of at most `longest` bytes.

    Raises the errors of `body_bytes` and `json_object`.
    """
    return json_object(body_bytes(longest, too_long), what)


def body_bytes(longest: int, too_long: str) -> bytes:
    """Read the request's body. Raises TooLarge with the text `too_long`, MediaTypeUnsupported if it is compressed."""
    _check_coding()
    data: bytes = request.stream.read(longest + 1)
    if len(data) > longest:
        raise TooLarge(too_long)
    return data


def json_object(data: bytes, what: str) -> dict[str, Any]:
    """Parse a JSON object, after a byte order mark if there is one.

    Raises BadRequest, which calls the object `what`, and MediaTypeUnsupported for a compressed body and a form.
    """
    try:
        value = from_json(data.removeprefix(BOM_UTF8), allow_inf_nan=False)
    except ValueError as error:
        _check_form(data)
        raise BadRequest(f"not valid JSON: {error}") from None
    if isinstance(value, list):
        raise BadRequest(f"the {what} must be a JSON object, and this is a JSON array")
    if not isinstance(value, dict):
        raise BadRequest(f"the {what} must be a JSON object")
    return value


def check_json_lines(head: bytes) -> None:
    """Check the first bytes of a body of JSON Lines. Raises BadRequest for a JSON array, MediaTypeUnsupported."""
    _check_coding()
    _check_form(head)
    text = head.removeprefix(BOM_UTF8).lstrip()
    if text.startswith(b"["):
        raise BadRequest("the body is a JSON array; send JSON Lines: one article a line, without brackets and commas")
    if text.startswith((b"{\n", b"{\r\n")):
        raise BadRequest("the body is a JSON object on several lines; send JSON Lines: one article a line")


def _check_coding() -> None:
    coding = request.headers.get("Content-Encoding", "identity")
    if coding.strip().lower() != "identity":
        raise MediaTypeUnsupported(f"the body is compressed (Content-Encoding: {coding[:50]}); send it uncompressed")


def _check_form(data: bytes) -> None:
    """Name a body that is not JSON. curl calls every body a form, so that Content-Type does not decide."""
    if data.startswith(_GZIP):
        raise MediaTypeUnsupported("the body is compressed (gzip); send it uncompressed")
    if _FORM.match(data):
        raise MediaTypeUnsupported("the body is a form (NAME=VALUE, or multipart); send JSON")


def parameters(*allowed: str) -> dict[str, str]:
    """Return the parameters of the URL. Raises BadRequest for one that is not `allowed`, or is given more than once."""
    for name, values in request.args.lists():
        if name not in allowed:
            hint = f", only {', '.join(allowed)}" if allowed else ""
            raise BadRequest(f"{name}: there is no such parameter{hint}")
        if len(values) > 1:
            raise BadRequest(f"{name}: is given more than once")
    return request.args.to_dict()


def cursor(*allowed: str) -> str:
    """Return the cursor `since`, 0 without it. Other parameters are not allowed but these. Raises BadRequest."""
    since = parameters("since", *allowed).get("since", "0")
    if not re.fullmatch(r"[0-9]{1,18}(-[0-9a-f]{8})?", since, re.ASCII):
        raise BadRequest("since: must be a cursor from an earlier answer, or 0")
    return since
