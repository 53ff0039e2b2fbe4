"""A newsroom whose parts fail on command: the store, Redis, the networks to them, the disk, the cache at the edge."""

import json
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.newsroom import articles
from bench.server import Running, environment, filled, serving, warta
from service.core.redis import PrivateRedis
from tests.support.faulty_disk import FaultyDisk
from tests.support.faulty_network import FaultyNetwork
from tests.support.postgres import PostgresServer

ARTICLES = 2_000
SLOW_SECONDS = 0.15  # seconds by which each answer of a slow Redis is late
SLOW_SYNC_MILLISECONDS = 300  # milliseconds for each sync of a file on a slow disk


@dataclass(frozen=True)
class Parts:
    """The parts of the newsroom, and the networks between them and the server."""

    postgres: PostgresServer
    redis: PrivateRedis
    to_postgres: FaultyNetwork
    to_redis: FaultyNetwork
    disk: FaultyDisk


@dataclass(frozen=True)
class Fault:
    """A fault, and the kind of store that it is measured on. The fault lasts as long as the block of `happens`.

    A fault `of_disk` is one of the disk that has the data directory with the private Redis.
    """

    name: str
    store: str
    happens: Callable[[Parts], AbstractContextManager[None]]
    of_disk: bool = False


@contextmanager
def _stopped(parts: Parts) -> Iterator[None]:
    parts.redis.stop()
    try:
        yield
    finally:
        parts.redis.start()


@contextmanager
def _cut(network: FaultyNetwork) -> Iterator[None]:
    network.is_cut = True
    try:
        yield
    finally:
        network.is_cut = False


@contextmanager
def _slow(network: FaultyNetwork) -> Iterator[None]:
    network.delay = SLOW_SECONDS
    try:
        yield
    finally:
        network.delay = 0.0


FAULTS = (
    Fault("PostgreSQL frozen", "postgresql", lambda parts: parts.postgres.frozen()),
    Fault("PostgreSQL cut off", "postgresql", lambda parts: _cut(parts.to_postgres)),
    Fault("Redis stopped", "postgresql", _stopped),
    Fault("Redis stopped", "sqlite", _stopped),
    Fault("Redis cut off", "postgresql", lambda parts: _cut(parts.to_redis)),
    Fault("Redis slow, 150 ms", "postgresql", lambda parts: _slow(parts.to_redis)),
    Fault("Redis slow, 150 ms", "sqlite", lambda parts: _slow(parts.to_redis)),
    Fault("disk slow, 300 ms", "sqlite", lambda parts: parts.disk.slow(SLOW_SYNC_MILLISECONDS), of_disk=True),
    Fault("disk hangs", "sqlite", lambda parts: parts.disk.hanging(), of_disk=True),
)


@contextmanager
def faulty_newsroom(fault: Fault) -> Iterator[tuple[Running, Parts]]:
    """A running server with ARTICLES articles, behind networks that can fail. Its cache at the edge never answers."""
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as name, ExitStack() as running:
        folder = Path(name)
        for part in ("postgres", "redis", "data"):
            (folder / part).mkdir()
        folder.chmod(0o755)  # PostgreSQL does not run as root
        postgres, redis = PostgresServer(folder / "postgres"), PrivateRedis(folder / "redis")
        running.callback(postgres.stop)
        postgres.start()
        running.callback(redis.stop)
        redis.start()
        to_postgres = running.enter_context(FaultyNetwork(postgres.socket))
        to_redis = running.enter_context(FaultyNetwork(Path(redis.url.removeprefix("unix://"))))
        silent = running.enter_context(socket.create_server(("127.0.0.1", 0)))
        settings = {
            "WARTA_REDIS_URL": f"redis://127.0.0.1:{to_redis.port}",
            "WARTA_DATABASE_URL": postgres.empty_database(to_postgres.port) if fault.store == "postgresql" else "",
            "WARTA_EDGE__KIND": "varnish",
            "WARTA_EDGE__ADDRESSES": f"http://127.0.0.1:{silent.getsockname()[1]}",
        }
        data, disk = folder / "data", FaultyDisk(folder / "data", folder)
        if fault.of_disk:
            settings |= {"WARTA_REDIS_URL": "", **disk.environment}
        env = {**environment(data, "http://127.0.0.1:8000"), **settings}
        warta(["migrate"], env)
        lines = folder / "articles.jsonl"
        lines.write_text("".join(json.dumps(article) + "\n" for article in articles(ARTICLES)))
        warta(["import", str(lines)], env)
        server = running.enter_context(serving(data, settings=settings, log_file=folder / "serve.log"))
        filled(server.base)
        yield server, Parts(postgres, redis, to_postgres, to_redis, disk)
