"""Requests that schemathesis makes of the description: each answer is one that the description has."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounds

from service.app import create_app
from service.bootstrap import Services
from service.core.settings.model import Settings
from service.storage import Scope
from tests.support.articles import submission

MAX_REQUESTS = {"/api/": 6, "/": 2}  # of an operation, by the beginning of its path; of valid and of invalid ones
# Not expressed by the description: cursors that were given, years of dates, conditions that hold, redirects of URLs.
NOT_CHECKED = ("positive_data_acceptance", "negative_data_rejection")


@pytest.fixture
def schema(settings: Settings, services: Services) -> Any:
    """The description without the answer `default`, which any status would match."""
    services.publisher.put([submission("123", tags=["dinamika"], authors=["Dinamika"])])
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", create_app(settings, services))
    for item in schema.raw_schema["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                operation["responses"].pop("default")
    schemathesis.serializer("application/jsonl")(lambda _context, value: str(value).encode(errors="replace"))
    return schema


def strategies(schema: Any) -> Iterator[tuple[Any, Any]]:
    """Each operation, with a strategy of valid and one of invalid requests, if there are any."""
    for result in schema.get_all_operations():
        operation = result.ok()
        yield operation, operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE)
        if operation.path.startswith("/api/") and (operation.query or operation.body):
            yield operation, operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)


def send(cases: Any, headers: Mapping[str, str], most: int) -> int:
    """Send at most that many requests, and check their answers. Returns the number of requests."""
    checks = [check for check in schemathesis.checks.CHECKS.get_all() if check.__name__ not in NOT_CHECKED]
    sent = 0

    @bounds(
        max_examples=most,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def each(case: Any) -> None:
        nonlocal sent
        sent += 1
        case.validate_response(case.call(headers=headers), headers=headers, checks=checks)

    each()
    return sent


def test_every_answer_is_described(schema: Any, services: Services) -> None:
    headers = {}
    for scope in Scope:
        secret = services.tokens.create(scope.value, scope, datetime.now(UTC))
        headers[scope.value] = {"Authorization": f"Bearer {secret}", "Accept-Encoding": "identity"}
    sent = 0
    for operation, cases in strategies(schema):
        [needed] = operation.definition.raw.get("security", [{"token": ["articles:write"]}])[0]["token"]
        most = next(most for prefix, most in MAX_REQUESTS.items() if operation.path.startswith(prefix))
        sent += send(cases, headers[needed], most)
    assert sent > 150
