"""Messages between hosts: over every form of Redis, after a restart, and without permission."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from service.articles.dates import utc_now
from service.core.metrics import Metrics
from service.core.redis import PrivateRedis, RedisLink, Subscription, connect, publish, subscription
from service.documents.change_signal import ChangeSignal
from service.documents.other_hosts import CHANNEL, OtherHosts
from service.documents.redis_cache import RedisCache
from tests.support.nodes import cluster, node, watched_pair
from tests.support.server import eventually


@contextmanager
def listening(make: Callable[[], Any], receive: Callable[[bytes], None]) -> Iterator[list[None]]:
    """A subscription; the connections that it has made."""
    connections: list[None] = []
    subscribed = Subscription(make, CHANNEL, receive, lambda: connections.append(None))
    subscribed.start()
    try:
        eventually(lambda: connections)
        yield connections
    finally:
        subscribed.stop()


@pytest.fixture(params=["unix", "sentinel", "cluster"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    match request.param:
        case "unix":
            server: PrivateRedis = request.getfixturevalue("redis_server")
            yield server.url
        case "sentinel":
            with watched_pair(tmp_path) as (url, *_):
                yield url
        case "cluster":
            with cluster(tmp_path) as url:
                yield url


def test_a_change_reaches_other_hosts_and_not_its_own(url: str, metrics: Metrics, tmp_path: Path) -> None:
    here, there = ChangeSignal(tmp_path / "here"), ChangeSignal(tmp_path / "there")
    assert here.host_id != there.host_id
    assert here.host_id == ChangeSignal(tmp_path / "here").host_id
    link = RedisLink(connect(url), metrics)
    others, own = OtherHosts(there, metrics), OtherHosts(here, metrics)
    heard: list[bytes] = []

    def receive(message: bytes) -> None:
        others.receive(message)
        own.receive(message)
        heard.append(message)

    with listening(lambda: connect(url), receive):
        before, mine = there.value(), here.value()
        RedisCache(link, here).invalidate(["latest"], utc_now() - timedelta(seconds=3))
        eventually(lambda: heard)
        assert there.value() != before
        assert here.value() == mine
    text = metrics.text()
    assert b"warta_change_seconds_count 1.0" in text  # from the commit, and not from the message:
    assert b'warta_change_seconds_bucket{le="2.5"} 0.0' in text
    others.receive(b"\xff")  # of another program
    link.close()


def test_after_a_restart_of_redis_it_listens_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscription, "RETRY_SECONDS", 0.05)
    server = PrivateRedis(tmp_path)
    server.start()
    heard: list[bytes] = []
    with listening(lambda: connect(server.url), heard.append) as connections:
        server.stop()
        server = PrivateRedis(tmp_path)
        server.start()
        eventually(lambda: len(connections) > 1)  # and its host looks everything up anew
        with Redis.from_url(server.url) as client:
            client.publish(CHANNEL, "x")
        eventually(lambda: heard == [b"x"])
    server.stop()


def test_a_server_that_does_not_answer_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(subscription, "SILENCE_SECONDS", 0.5)
    monkeypatch.setattr(subscription, "PING_SECONDS", 0.1)
    monkeypatch.setattr("service.core.redis.client.TIMEOUT_SECONDS", 0.3)
    with node(tmp_path) as port, listening(lambda: connect(f"redis://127.0.0.1:{port}"), lambda _: None) as connections:
        with Redis(port=port) as client:
            pid = int(client.info("server")["process_id"])
        os.kill(pid, signal.SIGSTOP)
        eventually(lambda: "changes on other hosts are seen a second later" in caplog.text)
        before = len(connections)
        os.kill(pid, signal.SIGCONT)
        eventually(lambda: len(connections) > before)


def test_a_user_without_the_channel_still_changes_documents(
    tmp_path: Path, metrics: Metrics, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As users of Redis 7 are without `allchannels`."""
    monkeypatch.setattr(subscription, "_refused", type(subscription._refused)())
    server = PrivateRedis(tmp_path)
    server.start()
    with Redis.from_url(server.url) as client:
        client.execute_command("ACL", "SETUSER", "warta", "on", ">rahasia", "~*", "+@all", "resetchannels")
    link = RedisLink(connect(server.url.replace("unix://", "unix://warta:rahasia@")), metrics)
    for _ in range(2):
        RedisCache(link, ChangeSignal(tmp_path)).invalidate(["latest"])
    assert not link.is_suspect
    assert caplog.text.count("refuses the channel warta:changes") == 1
    with link.use() as redis:
        publish(redis, CHANNEL, "x")
    link.close()
    server.stop()
