"""A hub in this process, with its worker, and a subscriber on loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from service.bootstrap import Services
from service.core.settings.hub import Hub
from service.core.settings.model import Settings
from service.storage.hub import HubTotals
from service.worker import announcer, own_hub_worker
from tests.support.articles import submission
from tests.support.server import eventually
from tests.support.subscriber import Subscriber

TOPIC = "https://feeds.example/latest.rss"


@pytest.fixture
def limits() -> Hub:
    """The settings of the hub; a test may override them."""
    return Hub(delivery_seconds=5)


@pytest.fixture
def settings(settings: Settings, limits: Hub) -> Settings:
    return settings.model_copy(update={"outgoing_allow": (ip_network("127.0.0.0/8"),), "hub": limits})


@pytest.fixture
def subscriber() -> Iterator[Subscriber]:
    with Subscriber() as subscriber:
        yield subscriber


class HubUser:
    """What a newsroom and a subscriber do with the hub."""

    def __init__(self, services: Services, client: FlaskClient, subscriber: Subscriber) -> None:
        self.services = services
        self.client = client
        self.subscriber = subscriber

    @contextmanager
    def worker(self) -> Iterator[None]:
        """The worker of the hub, for the time of the block."""
        worker = own_hub_worker(self.services)
        worker.start()
        try:
            yield
        finally:
            worker.stop()

    def ask(self, path: str = "/callback", *, mode: str = "subscribe", topic: str = TOPIC, **more: str) -> TestResponse:
        fields = {"hub.mode": mode, "hub.topic": topic, "hub.callback": self.subscriber.url(path)}
        fields |= {f"hub.{name}": value for name, value in more.items()}
        return self.client.post("/hub", data=urlencode(fields), content_type="application/x-www-form-urlencoded")

    def subscribe(self, path: str = "/callback", **more: str) -> None:
        """Subscribe, and wait until the store has the subscription."""
        before = self.totals().subscriptions
        assert self.ask(path, **more).status_code == 202
        eventually(lambda: self.totals().subscriptions > before)

    def publish(self, article_id: str, **fields: object) -> None:
        self.services.publisher.put([submission(article_id, **fields)])

    def delivered(self, number: int, path: str | None = None) -> None:
        """Wait for this number of deliveries."""
        eventually(lambda: len(self.subscriber.deliveries(path)) >= number)

    def totals(self) -> HubTotals:
        return self.services.hub_reports.totals()

    def end_leases(self) -> None:
        """Let the time pass at which the leases of a dead worker end, and pauses after failures."""
        with self.services.database.writing() as connection:
            for table in ("hub_subscriptions", "hub_requests"):
                statement = f"UPDATE {table} SET due_at = '2026-01-01 00:00:00'"  # noqa: S608 - our own tables
                connection.execute(text(statement))


@pytest.fixture
def user(services: Services, client: FlaskClient, subscriber: Subscriber) -> HubUser:
    """The user of a hub without a worker. There is an article already."""
    services.publisher.put([submission("lama")])
    return HubUser(services, client, subscriber)


@pytest.fixture
def hub(user: HubUser) -> Iterator[HubUser]:
    """The user of a hub with a worker."""
    with user.worker():
        yield user


@pytest.fixture
def announcing(services: Services) -> Iterator[None]:
    """The worker that ends embargoes and expires articles."""
    worker = announcer(services)
    worker.start()
    yield
    worker.stop()
