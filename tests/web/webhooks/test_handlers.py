"""The API for webhooks: adding, changing, testing, replaying, rotating and removing them, and their state."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.bootstrap import Services
from service.core.settings.model import Settings
from service.core.settings.serving import Webhooks
from service.storage import Scope
from tests.support.answers import payload, refusal
from tests.support.articles import submission
from tests.support.receiver import Receiver
from tests.support.server import eventually

URL = "https://arsip.example/warta?kunci=1"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"webhooks": Webhooks.model_validate({"allow": "127.0.0.0/8"})})


class System:
    """A client with a token for webhooks."""

    def __init__(self, client: FlaskClient, services: Services) -> None:
        self._client = client
        secret = services.tokens.create("sistem", Scope.WEBHOOKS_WRITE, datetime.now(UTC))
        self._headers = {"Authorization": f"Bearer {secret}"}

    def send(self, method: str, path: str = "", body: object = None, **query: str) -> TestResponse:
        data = None if body is None else json.dumps(body)
        path = f"/api/webhooks{path}"
        return self._client.open(path, method=method, data=data, headers=self._headers, query_string=query)

    def state(self, name: str = "arsip") -> Any:
        return payload(self.send("GET", f"/{name}"))


@pytest.fixture
def system(client: FlaskClient, services: Services) -> System:
    return System(client, services)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def test_a_webhook_is_added_with_a_secret_and_changed_without(system: System) -> None:
    added = system.send("PUT", "/arsip", {"url": URL, "events": ["article.published"], "categories": ["Politik Luar"]})
    assert added.status_code == 201
    shown = payload(added)
    assert shown.pop("secret").startswith("whsec_")
    assert (shown["url"], shown["events"], shown["categories"]) == (URL, ["article.published"], ["politik-luar"])
    assert shown["state"] == "ok"
    changed = system.send("PUT", "/arsip", {"url": URL})
    assert changed.status_code == 200
    assert "secret" not in payload(changed)
    assert payload(changed)["events"] == []
    listed = payload(system.send("GET"))["webhooks"]
    assert [webhook["name"] for webhook in listed] == ["arsip"]
    assert "whsec_" not in json.dumps(listed) + json.dumps(system.state())
    assert system.send("DELETE", "/arsip").status_code == 204
    assert system.send("GET", "/arsip").status_code == 404


@pytest.mark.parametrize(
    ("name", "body", "status", "reason"),
    [
        ("arsip", {}, 422, "url: is required"),
        ("arsip", {"url": "ftp://arsip.example/"}, 422, "url: only http and https URLs are fetched"),
        (
            "arsip",
            {"url": "https://a:rahasia@arsip.example/"},
            422,
            "url: a URL may not contain a user name",
        ),
        ("arsip", {"url": "https://arsip.example/#a"}, 422, "url: must be written in ASCII, without spaces"),
        ("arsip", {"url": "https://"}, 422, "url: there is no host in this URL"),
        (
            "arsip",
            {"url": URL, "events": ["article.liked"]},
            422,
            "events.0: must be 'article.published', 'article.updated'",
        ),
        ("arsip", {"url": URL, "categories": [" "]}, 422, "categories.0: must not be empty"),
        ("arsip", {"url": URL, "secret": "x"}, 422, "secret: there is no such field"),
        ("arsip", [], 400, "the webhook must be a JSON object"),
        ("Arsip", {"url": URL}, 400, "name: must have 1 to 50 small letters, digits and single hyphens"),
        ("a" * 51, {"url": URL}, 400, "name: must have 1 to 50"),
        ("a%00", {"url": URL}, 400, "name: must have 1 to 50"),
    ],
    ids=str,
)
def test_a_wrong_webhook_is_refused_by_name(system: System, name: str, body: object, status: int, reason: str) -> None:
    answer = system.send("PUT", f"/{name}", body)
    assert answer.status_code == status
    assert reason in refusal(answer)
    assert "rahasia" not in answer.text
    assert payload(system.send("GET"))["webhooks"] == []


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/arsip/rotate", {"overlap": "169"}, 400),
        ("/arsip/rotate", {"overlap": "-1"}, 400),
        ("/arsip/rotate", {"overlap": "1" * 400}, 400),
        ("/arsip/replay", {"since": "kapan"}, 400),
        ("/arsip/replay", {"since": "99-00000000"}, 410),
        ("/arsip/test", {"a": "1"}, 400),
        ("/tiada/test", {}, 404),
        ("/tiada/enable", {}, 404),
        ("/a%00/enable", {}, 404),
    ],
    ids=str,
)
def test_wrong_orders_are_refused(system: System, path: str, query: dict[str, str], status: int) -> None:
    system.send("PUT", "/arsip", {"url": URL})
    answer = system.send("POST", path, **query)
    assert answer.status_code == status
    assert refusal(answer)


def test_deliveries_tests_and_replays_are_seen_in_the_state(
    system: System, services: Services, receiver: Receiver
) -> None:
    secret = payload(system.send("PUT", "/arsip", {"url": receiver.url}))["secret"]
    receiver.answer = lambda _: (500, {})
    services.publisher.put([submission("satu")])
    services.courier.dispatch()
    eventually(lambda: system.state()["waiting"])
    state = system.state()
    assert state["state"] == "failing"
    [event] = state["undelivered"]
    assert (event["article"], event["attempts"], event["error"]) == ("satu", 1, "the endpoint answers 500")
    receiver.answer = lambda _: (200, {})
    new = payload(system.send("POST", "/arsip/rotate", overlap="1"))["secret"]
    assert system.send("POST", "/arsip/enable").status_code == 200

    def delivered() -> int:
        services.courier.dispatch()
        return int(system.state()["delivered"])

    eventually(delivered)
    assert [receiver.received[-1].is_signed_by(each) for each in (secret, new)] == [True, True]
    assert payload(system.send("POST", "/arsip/test"))["test_answer"] == ""

    def tested() -> str:
        services.courier.dispatch()
        return str(system.state()["test_answer"])

    assert eventually(tested) == "the endpoint answers 200"
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    assert payload(system.send("POST", "/arsip/replay", since=since)) == {"replayed": 1}
    eventually(lambda: delivered() == 2)
    ids = {received.id for received in receiver.received if received.line == "published satu"}
    assert len(ids) == 1
    assert payload(system.send("POST", "/arsip/replay")) == {"replayed": 0}
    services.courier.stop()


def test_readiness_shows_webhooks_that_fail_and_stays_ready(
    system: System, client: FlaskClient, services: Services, receiver: Receiver
) -> None:
    before = payload(client.get("/readyz"))
    assert "webhooks" not in before["parts"]
    system.send("PUT", "/arsip", {"url": receiver.url})
    system.send("PUT", "/lain", {"url": receiver.url, "events": ["article.expired"]})
    receiver.answer = lambda _: (410, {})
    services.publisher.put([submission("satu")])
    services.courier.dispatch()
    eventually(lambda: system.state()["state"] == "disabled")
    after = payload(client.get("/readyz"))
    part = after["parts"]["webhooks"]
    assert (part["state"], part["disabled"], part["ok"]) == ("disabled", 1, 1)
    assert after["status"] == before["status"]
    outcome = 'warta_webhook_deliveries_total{outcome="failed",webhook="arsip"} 1.0'
    assert outcome in services.metrics.text().decode()
    services.courier.stop()


def test_another_scope_may_not_touch_webhooks(client: FlaskClient, token: dict[str, str]) -> None:
    assert client.get("/api/webhooks", headers=token).status_code == 403
    assert client.get("/api/webhooks").status_code == 401
