"""JSON answers that no cache keeps."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Response


def json_answer(
    body: Mapping[str, Any],
    status: int = 200,
    headers: dict[str, str] | None = None,
    media_type: str = "application/json",
) -> Response:
    """Return `body` as JSON. It ends with a line feed, for people who read it in a terminal."""
    text = f"{json.dumps(body, ensure_ascii=False)}\n"
    return Response(text, status, {"Cache-Control": "no-store", **(headers or {})}, content_type=media_type)
