"""Push on the statistics page: subscribers and webhooks that lack something, and the last hour."""

import pytest
from flask.testing import FlaskClient

from service.articles.dates import utc_now
from service.bootstrap import Services
from service.storage import Scope, Subscriptions
from service.storage.hub import Failed, PendingRequest, Settlement, TopicContent
from service.storage.hub.topics import HubTopics
from tests.support.answers import payload

BASE = "https://feeds.example"


@pytest.fixture
def reader(client: FlaskClient, services: Services) -> FlaskClient:
    secret = services.tokens.create("redaksi", Scope.STATS_READ, utc_now())
    assert client.post("/stats", base_url=BASE, data={"token": secret}).status_code == 303
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client


@pytest.fixture
def failing(services: Services) -> None:
    """Two subscribers, of which one fails; one webhook; deliveries in the last hour."""
    subscriptions, topics = Subscriptions(services.database), HubTopics(services.database)
    content = TopicContent("first", "latest", is_ranked=False)
    requests = [
        PendingRequest("subscribe", "latest.rss", f"https://{host}/push?k=kunci", host, 3600, "rahasia", token=host)
        for host in ("a.example", "b.example")
    ]
    subscriptions.settle_requests(Settlement([(request, content) for request in requests]))
    topic = topics.settle(topics.unsettled()[0], "second", "latest")
    [taken, _] = subscriptions.take(topic, 2, 60.0, slow=False)
    subscriptions.settle([Failed(taken.key, 60.0, "the subscriber answered 500 <script>")])
    services.webhooks.add("arsip", "https://arsip.example/", [], [], utc_now())
    services.delivery_counts.count_hub("delivered", 0.25)
    services.delivery_counts.count_hub("failed")
    services.delivery_counts.flush()


def test_without_subscribers_and_webhooks_the_page_has_no_such_section(reader: FlaskClient) -> None:
    assert "push-title" not in reader.get("/stats", base_url=BASE).text


@pytest.mark.usefixtures("failing")
def test_the_page_shows_the_last_hour_and_the_subscribers_that_fail(reader: FlaskClient) -> None:
    page = reader.get("/stats?lang=en", base_url=BASE, follow_redirects=True).text
    for told in (
        "latest.rss",
        "a.example",
        "the subscriber answered 500 &lt;script&gt;",
        "arsip",
        "median; 99% within",
    ):
        assert told in page
    assert "https://a.example/push?…" in page
    assert "kunci" not in page
    assert "rahasia" not in page


@pytest.mark.usefixtures("failing")
def test_programs_get_the_numbers(reader: FlaskClient, services: Services) -> None:
    push = payload(reader.get("/api/stats", base_url=BASE))["push"]
    assert push["hub"] == {"name": "hub", "subscriptions": 2, "due": 1, "failing": 1, "given_up": 0}
    assert (push["hub_hour"]["delivered"], push["hub_hour"]["failed"]) == (1, 1)
    assert push["hub_hour"]["delay_p50"] == pytest.approx(0.25, rel=0.06)
    assert push["webhook_hour"] == {"delivered": 0, "failed": 0, "given_up": 0, "delay_p50": None, "delay_p99": None}
    assert [topic["name"] for topic in push["topics"]] == ["latest.rss"]
    assert sorted(host["name"] for host in push["hosts"]) == ["a.example", "b.example"]
    [worst] = push["worst"]
    assert (worst["attempts"], worst["gave_up"], worst["topic"]) == (1, False, "latest.rss")
    assert push["webhooks"] == [{"name": "arsip", "state": "ok", "waiting": 0, "given_up": 0, "error": ""}]
    for table, first in (("topics", "latest.rss"), ("hosts", "a.example"), ("webhooks", "arsip")):
        assert first in reader.get(f"/stats/{table}.csv", base_url=BASE).text
    subscribers = reader.get("/stats/subscribers.csv", base_url=BASE).text
    assert "https://a.example/push?…,latest.rss,1," in subscribers
    assert "rahasia" not in subscribers
