"""The next attempt after a failure."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from service.core.http_client.async_client import AsyncResponse
from service.core.settings.hub import Hub
from service.push.hub.delivery import FIRST_PAUSE_SECONDS, JITTER, MAX_PAUSE_SECONDS, Failure, _failure, after_failure
from service.storage.hub import DueSubscription

HUB = Hub()


def due(attempts: int = 0, seconds_failing: float = 0.0) -> DueSubscription:
    return DueSubscription(1, "https://a.example/", "a.example", "", is_slow=False, attempts=attempts,
                           seconds_failing=seconds_failing)  # fmt: skip


@pytest.mark.parametrize(
    ("attempts", "pause"),
    [(0, FIRST_PAUSE_SECONDS), (1, 2 * FIRST_PAUSE_SECONDS), (3, 8 * FIRST_PAUSE_SECONDS), (1000, MAX_PAUSE_SECONDS)],
)
def test_pauses_double_with_jitter_up_to_an_hour(attempts: int, pause: float) -> None:
    waits = [after_failure(due(attempts), 1, Failure("500"), HUB).seconds for _ in range(50)]
    assert all(pause * (1 - JITTER) <= wait <= pause * (1 + JITTER) for wait in waits)
    assert len(set(waits)) > 10


def test_a_version_is_given_up_when_the_next_attempt_would_be_too_late() -> None:
    assert after_failure(due(5, HUB.retry_seconds - 3600.0), 7, Failure("500"), HUB).gave_up is None
    assert after_failure(due(5, HUB.retry_seconds - 1.0), 7, Failure("500"), HUB).gave_up == 7
    late = after_failure(due(), 7, Failure("429", retry_after=HUB.retry_seconds + 1.0), HUB)
    assert (late.gave_up, late.seconds) == (7, HUB.retry_seconds + 1.0)  # the next version waits as long


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("120", 120, 120),
        (timedelta(seconds=300), 200, 300),
        (timedelta(seconds=-300), 0, 0),
        ("99999999999999999999", 86_400, 86_400),
        ("-5", 0, 0),
        ("soon", 0, 0),
        ("", 0, 0),
        ("٣", 0, 0),
    ],
    ids=["seconds", "date", "past", "endless", "negative", "text", "empty", "other digits"],
)
def test_retry_after(header: str | timedelta, least: float, most: float) -> None:
    if isinstance(header, timedelta):
        header = format_datetime(datetime.now(UTC) + header, usegmt=True)
    failure = _failure(AsyncResponse(429, {"Retry-After": header}, b""))
    assert least <= failure.retry_after <= most
