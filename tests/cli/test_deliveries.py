"""`warta deliveries`: subscriptions due, failing and given up, and why."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from service.core.metrics import Metrics
from service.core.redis import RedisLink
from service.push.delivery_counts import DeliveryCounts
from service.storage import Database, Subscriptions
from service.storage.hub import Failed, PendingRequest, Settlement, TopicContent
from service.storage.hub.topics import HubTopics
from service.storage.migrations import migrate
from tests.support.command import run


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(Database(f"sqlite:///{tmp_path / 'warta.sqlite'}")) as database:
        migrate(database)
        yield database


def test_without_subscribers(tmp_path: Path) -> None:
    done = run(tmp_path, "deliveries")
    assert (done.code, done.output) == (
        0,
        "0 subscriptions: 0 due, 0 failing, 0 given up; 0 requests to verify\n",
    )


def test_the_report_has_topics_hosts_and_reasons_and_no_secret(
    tmp_path: Path, database: Database, link: RedisLink, redis_url: str
) -> None:
    counts = DeliveryCounts(link, Metrics())
    topics, subscriptions = HubTopics(database), Subscriptions(database)
    content = TopicContent("first", "latest", is_ranked=False)
    requests = [
        PendingRequest("subscribe", "latest.rss", f"https://{host}/push?k=1", host, 3600, "rahasia", token=host)
        for host in ("a.example", "b.example", "c.example")
    ]
    subscriptions.settle_requests(Settlement([(request, content) for request in requests]))
    [topic] = topics.unsettled()
    topic = topics.settle(topic, "second", "latest")
    failing, given_up = subscriptions.take(topic, 2, 60.0, slow=False)
    subscriptions.settle(
        [
            Failed(failing.key, 60.0, "the subscriber answered 500"),
            Failed(given_up.key, 0.0, "no whole answer\x1b[2J", gave_up=topic.version),
        ]
    )
    done = run(tmp_path, "deliveries")
    assert done.code == 0
    assert done.output.startswith(
        "3 subscriptions: 1 due, 1 failing, 1 given up; 0 requests to verify\n"
        "last hour: 0 delivered, 0 failed, 0 given up\n"
    )
    for told in ("latest.rss", "a.example", "https://b.example/push?k=1", "the subscriber answered 500"):
        assert told in done.output
    assert "\x1b" not in done.output
    report = json.loads(run(tmp_path, "deliveries", "--json").output)
    assert report["totals"] == {"subscriptions": 3, "due": 1, "failing": 1, "given_up": 1, "waiting": 0}
    assert report["last_hour"]["delay_p50"] is None
    assert [topic["name"] for topic in report["topics"]] == ["latest.rss"]
    assert {each["gave_up"] for each in report["worst"]} == {True, False}
    assert "rahasia" not in done.output + json.dumps(report)
    counts.count_hub("delivered", 0.25)
    counts.count_hub("failed")
    counts.flush()
    with_redis = run(tmp_path, "deliveries", WARTA_REDIS_URL=redis_url).output
    assert re.search(r"\nlast hour: 1 delivered, 1 failed, 0 given up; delay p50 0\.2\d s, p99 0\.2\d s\n", with_redis)
