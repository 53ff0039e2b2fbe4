"""A Redis that is slow, hangs, or has a name that nobody resolves: it is refused at once, and used again when quick."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from service.core.errors import RedisUnavailable
from service.core.metrics import Metrics
from service.core.redis import PrivateRedis, RedisLink, connect
from service.core.redis.link import PATIENCE_SECONDS
from tests.support.faulty_network import FaultyNetwork
from tests.support.server import eventually

SLOW_SECONDS = 0.15  # below the time-out of an answer


@pytest.fixture
def network(own_redis: PrivateRedis) -> Iterator[FaultyNetwork]:
    """A network between the client and a Redis of the test's own."""
    with FaultyNetwork(Path(own_redis.url.removeprefix("unix://"))) as network:
        yield network


@pytest.fixture
def far_link(network: FaultyNetwork, metrics: Metrics) -> Iterator[RedisLink]:
    with closing(RedisLink(connect(f"redis://127.0.0.1:{network.port}"), metrics)) as link:
        assert eventually(lambda: answers(link))
        yield link


def answers(link: RedisLink) -> bool:
    try:
        with link.use() as redis:
            return bool(redis.get("tiada") is None)
    except RedisUnavailable:
        return False


def refused_at_once(link: RedisLink) -> bool:
    started = time.monotonic()
    # A suspicion is waited for PATIENCE_SECONDS; a busy machine adds to it. An attempt would take longer.
    return not answers(link) and time.monotonic() - started < 5 * PATIENCE_SECONDS


@pytest.mark.parametrize("fault", ["slow", "cut"])
def test_a_redis_that_answers_late_or_never_is_refused_until_it_is_quick_again(
    fault: str, network: FaultyNetwork, far_link: RedisLink, metrics: Metrics
) -> None:
    network.delay, network.is_cut = (SLOW_SECONDS, False) if fault == "slow" else (0.0, True)
    answers(far_link)
    assert eventually(lambda: refused_at_once(far_link))
    for _ in range(5):
        assert refused_at_once(far_link)
        time.sleep(0.2)  # probes find it as slow as before
    assert far_link.is_suspect
    assert b'warta_open_circuits{part="redis"} 1.0' in metrics.text()
    network.delay, network.is_cut = 0.0, False
    assert eventually(lambda: answers(far_link))
    assert far_link.is_suspect  # it may lack the changes of the outage
    assert b'warta_open_circuits{part="redis"} 0.0' in metrics.text()


def test_a_block_of_many_commands_ends_when_the_answers_become_slow(
    network: FaultyNetwork, far_link: RedisLink
) -> None:
    network.delay = SLOW_SECONDS
    number = count()
    with pytest.raises(RedisUnavailable, match="slowly"), far_link.use() as redis:
        while next(number) < 100:
            redis.get("tiada")
    assert next(number) <= 4


def test_one_command_that_takes_long_is_no_slow_redis(
    network: FaultyNetwork, far_link: RedisLink, metrics: Metrics
) -> None:
    """The first PING of the probe waits for the end of the command, the second is quick."""
    with Redis(port=network.port) as other:
        other.client_pause(120)
        assert answers(far_link)
    assert eventually(lambda: answers(far_link))
    assert b'warta_circuits_opened_total{part="redis"} 0.0' in metrics.text()


def test_a_resolver_that_hangs_holds_no_request_and_the_last_answer_is_used(
    network: FaultyNetwork, metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging, look_up = threading.Event(), socket.getaddrinfo

    def resolve(host: Any, *rest: Any, **named: Any) -> Any:
        if not str(host).endswith(".uji"):
            return look_up(host, *rest, **named)
        hanging.wait()
        return look_up("127.0.0.1", *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    link = RedisLink(connect(f"redis://redis.uji:{network.port}"), metrics)
    with closing(link):
        started = time.monotonic()
        assert not answers(link)
        assert time.monotonic() - started < 2  # with all that a busy machine adds to the 0.2 seconds
        assert refused_at_once(link)
        hanging.set()
        assert eventually(lambda: answers(link))
        hanging.clear()
        network.break_connections()
        assert eventually(lambda: answers(link))  # at the IP address that the resolver gave before
        hanging.set()
