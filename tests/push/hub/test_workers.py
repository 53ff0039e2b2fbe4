"""Several workers of one store, on both databases, and none for a while."""

import time

import pytest
from pydantic import SecretStr

from service.core.settings.model import Settings
from tests.push.hub.conftest import HubUser
from tests.support.server import eventually


@pytest.fixture
def settings(settings: Settings, database_url: str) -> Settings:
    return settings.model_copy(update={"database_url": SecretStr(database_url)})


def test_two_workers_share_and_send_nothing_twice(user: HubUser) -> None:
    paths = [f"/{number}" for number in range(200)]
    with user.worker(), user.worker():
        for path in paths:
            user.ask(path)
        eventually(lambda: user.totals().subscriptions == len(paths))
        for number in range(3):
            user.publish(f"baru-{number}")
            user.delivered(len(paths) * (number + 1))
            eventually(lambda: user.totals().due == 0)
    sent = [(call.callback, call.body) for call in user.subscriber.deliveries()]
    assert len(sent) == len(set(sent)) == 3 * len(paths)
    assert {len(user.subscriber.verifications(path)) for path in paths[:50]} == {1}


def test_requests_and_deliveries_wait_for_a_worker(user: HubUser) -> None:
    """`warta serve --no-worker` takes requests, and the next worker verifies them."""
    user.ask()
    time.sleep(0.6)
    assert user.subscriber.calls == []
    with user.worker():
        eventually(lambda: user.totals().subscriptions == 1)
    user.publish("baru")
    with user.worker():
        user.delivered(1)
