"""Networks between the server and its parts that delay or drop everything: feeds that were served before stay quick."""

import json
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from service.core.redis import PrivateRedis
from service.web.server.http_server import THREADS_PER_PROCESS
from tests.support.faulty_network import FaultyNetwork
from tests.support.people import reader
from tests.support.postgres import PostgresServer
from tests.support.server import Answer, Server, eventually, warta

FEEDS = ("/latest.rss", "/latest.atom", "/popular.json", "/category/dinamika.rss")
# A feed takes p99 < 250 ms (bench/faults.py). A busy machine may add to that, but no wait for a part may be in it.
LONGEST_SECONDS = 1.5


@dataclass(frozen=True)
class Newsroom:
    """A server with Redis and PostgreSQL behind networks. Its cache at the edge accepts requests and never answers."""

    server: Server
    to_redis: FaultyNetwork
    to_postgres: FaultyNetwork
    sender: dict[str, str]

    def put(self, id_: str) -> Answer:
        article = json.dumps({"title": f"Judul {id_}", "categories": ["Dinamika"]}).encode()
        return self.server.request("PUT", f"/api/articles/{id_}", article, self.sender)

    def state(self, part: str) -> str:
        return str(self.server.get("/readyz").json["parts"][part]["state"])

    def refused(self, part: str) -> bool:
        """True if a process of the server refuses the part, as the metrics say."""
        found = re.search(rf'warta_open_circuits{{part="{part}"}} ([\d.]+)', self.server.get("/metrics").body.decode())
        return bool(found and float(found[1]))


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer) -> Iterator[Newsroom]:
    redis = PrivateRedis(tmp_path_factory.mktemp("r"))
    redis.start()
    data = tmp_path_factory.mktemp("faulty") / "data"
    data.mkdir()
    with (
        FaultyNetwork(Path(redis.url.removeprefix("unix://"))) as to_redis,
        FaultyNetwork(postgres.socket) as to_postgres,
        socket.create_server(("127.0.0.1", 0)) as varnish,
    ):
        settings: Any = {
            "WARTA_REDIS_URL": f"redis://127.0.0.1:{to_redis.port}",
            "WARTA_DATABASE_URL": postgres.empty_database(to_postgres.port),
            "WARTA_EDGE__KIND": "varnish",
            "WARTA_EDGE__ADDRESSES": f"http://127.0.0.1:{varnish.getsockname()[1]}",
        }
        warta(data, "migrate", **settings)
        with Server(data, **settings) as server:
            token = warta(data, "token", "create", "cms", "--scope", "articles:write", **settings).output.strip()
            newsroom = Newsroom(server, to_redis, to_postgres, {"Authorization": f"Bearer {token}"})
            assert newsroom.put("satu").status == 201
            eventually(lambda: newsroom.state("views") == "ok")
            for feed in FEEDS:
                assert server.get(feed).status == 200
            yield newsroom
    redis.stop()


@contextmanager
def fault(*networks: FaultyNetwork, delay: float = 0.0) -> Iterator[None]:
    """The networks delay each answer, or drop everything if there is no delay."""
    for network in networks:
        network.delay, network.is_cut = delay, not delay
    try:
        yield
    finally:
        for network in networks:
            network.delay, network.is_cut = 0.0, False


def seconds_of_feeds(newsroom: Newsroom, rounds: int = 25) -> list[float]:
    """The times of requests for feeds, beside more clients that need the store or Redis than the server has threads."""

    def needing(number: int) -> int:
        newsroom.server.request("POST", "/articles/satu/views", b"", reader(number))
        return newsroom.server.get(f"/tag/belum-{number}.rss").status

    def timed(feed: str) -> float:
        started = time.monotonic()
        answer = newsroom.server.get(feed)
        assert answer.status == 200, feed
        assert feed.startswith("/popular") or b"Judul satu" in answer.body, feed
        return time.monotonic() - started

    with ThreadPoolExecutor(2 * THREADS_PER_PROCESS) as clients:
        others = [clients.submit(needing, number) for number in range(2 * THREADS_PER_PROCESS)]
        seconds = [timed(feed) for _ in range(rounds) for feed in FEEDS]
        assert {other.result() for other in others} <= {404, 503}
    return seconds


@pytest.mark.parametrize("delay", [0.15, 0.0], ids=["slow", "cut off"])
def test_a_redis_that_is_slow_or_cut_off_holds_neither_feeds_nor_changes(newsroom: Newsroom, delay: float) -> None:
    name = f"redis-{delay}"
    with fault(newsroom.to_redis, delay=delay):
        assert max(seconds_of_feeds(newsroom)) < LONGEST_SECONDS
        assert eventually(lambda: newsroom.refused("redis"))
        started = time.monotonic()
        assert newsroom.put(name).status == 201
        assert time.monotonic() - started < LONGEST_SECONDS
        assert name.encode() in newsroom.server.get("/latest.rss").body
        assert newsroom.state("redis") == "unavailable"
        assert newsroom.server.get("/healthz").status == 200
    assert eventually(lambda: newsroom.state("redis") == "ok")
    assert eventually(lambda: not newsroom.refused("redis"))
    assert name.encode() in newsroom.server.get("/latest.atom").body


def test_a_postgresql_that_is_cut_off_holds_no_feeds_and_refuses_changes(newsroom: Newsroom) -> None:
    with fault(newsroom.to_postgres):
        assert max(seconds_of_feeds(newsroom)) < LONGEST_SECONDS
        assert eventually(lambda: newsroom.refused("store"))
        started = time.monotonic()
        refused = newsroom.put("ditolak")
        assert time.monotonic() - started < LONGEST_SECONDS
        assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
        assert newsroom.state("store") == "unavailable"
    assert eventually(lambda: newsroom.put("sesudah").status == 201)
    assert eventually(lambda: b"Judul sesudah" in newsroom.server.get("/latest.rss").body)
    assert eventually(lambda: not newsroom.refused("store"))


def test_with_store_and_redis_cut_off_the_memory_serves_its_feeds(newsroom: Newsroom) -> None:
    with fault(newsroom.to_redis, newsroom.to_postgres):
        assert max(seconds_of_feeds(newsroom)) < LONGEST_SECONDS
        answers: list[Any] = [newsroom.server.get(path).status for path in ("/healthz", "/readyz", "/metrics")]
        assert answers == [200, 503, 200]
    assert eventually(lambda: newsroom.put("lagi").status == 201)
