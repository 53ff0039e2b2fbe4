"""Redis in its larger forms, as real servers on loopback: a Cluster of one node, and a master watched by a Sentinel."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis, RedisError

from service.core.redis.private_server import _binary
from tests.support.server import eventually, free_port


@contextmanager
def node(folder: Path, *arguments: str) -> Iterator[int]:
    """A redis-server on a free port, which is given."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [_binary(), *arguments, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        eventually(lambda: answers(port))
        yield port
    finally:
        process.kill()
        process.wait()


def answers(port: int) -> bool:
    try:
        with Redis(port=port) as client:
            return bool(client.ping())
    except RedisError:
        return False


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """The address of a Cluster: one node that has every hash slot, and still refuses a command across two."""
    bus = str(free_port())
    with node(folder, "--cluster-enabled", "yes", "--cluster-port", bus) as port:
        with Redis(port=port, decode_responses=True) as client:
            client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
            eventually(lambda: "cluster_state:ok" in str(client.execute_command("CLUSTER", "INFO")))
        yield f"redis+cluster://127.0.0.1:{port}"


@contextmanager
def watched_pair(folder: Path) -> Iterator[tuple[str, int, int]]:
    """The address of a service that a Sentinel watches, and the ports of its master and of the Sentinel."""
    with node(folder / "master") as master:
        configuration = folder / "sentinel.conf"
        configuration.write_text(f"sentinel monitor warta 127.0.0.1 {master} 1\n")
        with node(folder / "sentinel", str(configuration), "--sentinel") as sentinel:
            yield f"redis+sentinel://127.0.0.1:{sentinel}/warta", master, sentinel
