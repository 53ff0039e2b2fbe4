"""What a test reads out of an answer."""

import json
from typing import Any

from werkzeug.test import TestResponse

PROBLEM = "application/problem+json"


def payload(answer: TestResponse) -> Any:
    """The body, which is JSON."""
    return json.loads(answer.data)


def refusal(answer: TestResponse) -> str:
    """The detail of a problem (RFC 9457), which always has the one shape."""
    assert answer.content_type == PROBLEM, answer.data[:500]
    problem = payload(answer)
    assert {"type", "title", "status", "detail"} <= problem.keys() <= {"type", "title", "status", "detail", "errors"}
    assert problem["status"] == answer.status_code
    assert problem["detail"]
    assert "Traceback" not in problem["detail"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return str(problem["detail"])


def lines(answer: TestResponse) -> list[dict[str, Any]]:
    """The answers of a batch, a line each."""
    assert answer.status_code == 200
    assert answer.content_type == "application/jsonl; charset=utf-8"
    return [json.loads(line) for line in answer.data.splitlines()]
