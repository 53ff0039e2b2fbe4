"""The private Redis of a single machine: a real server that starts, keeps its data, is kept alive, and stops."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from redis import Redis

from service.core.errors import ServerFailed
from service.core.redis import PrivateRedis
from tests.support.server import children, command_line, eventually


def pids(data_dir: Path) -> list[int]:
    """Process ids of the servers whose socket is in `data_dir`."""
    return [pid for pid in children(os.getpid()) if f"{data_dir}/redis.sock" in command_line(pid)]


def test_what_was_written_is_there_after_the_next_start(tmp_path: Path) -> None:
    for n in range(3):
        server = PrivateRedis(tmp_path)
        server.start()
        with Redis.from_url(server.url) as client:
            assert client.incr("mulai") == n + 1
        server.stop()
        assert pids(tmp_path) == []


def test_only_what_has_an_end_can_be_evicted_and_no_port_is_open(tmp_path: Path) -> None:
    server = PrivateRedis(tmp_path)
    server.start()
    try:
        with Redis.from_url(server.url, decode_responses=True) as client:
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "volatile-lru"}
            assert client.config_get("port") == {"port": "0"}
            assert client.config_get("appendonly") == {"appendonly": "yes"}
    finally:
        server.stop()
    assert (tmp_path / "appendonlydir").is_dir()


def test_a_server_that_dies_is_started_again_with_its_data(tmp_path: Path) -> None:
    server = PrivateRedis(tmp_path)
    server.start()
    announced: list[list[int]] = []
    server.watch(before=lambda: announced.append(pids(tmp_path)))
    try:
        with Redis.from_url(server.url) as client:
            client.set("nama", "warta")
            [victim] = pids(tmp_path)
            os.kill(victim, signal.SIGKILL)
            eventually(lambda: pids(tmp_path) not in ([], [victim]))
            eventually(server.answers)
            assert client.get("nama") == b"warta"
        assert announced == [[]]  # that it will be back, before anybody can ask it
    finally:
        server.stop()
    assert pids(tmp_path) == []


def test_of_many_who_start_at_once_one_starts_the_server(tmp_path: Path) -> None:
    servers = [PrivateRedis(tmp_path) for _ in range(6)]
    with ThreadPoolExecutor(len(servers)) as threads:
        for done in [threads.submit(server.start) for server in servers]:
            done.result()
    try:
        assert len(pids(tmp_path)) == 1
        with Redis.from_url(servers[0].url) as client:
            assert client.ping()
    finally:
        for server in servers:
            server.stop()
    assert pids(tmp_path) == []


def test_a_second_user_shares_the_server_and_leaves_it_running(tmp_path: Path) -> None:
    """`warta import` beside `warta serve`."""
    first, second = PrivateRedis(tmp_path), PrivateRedis(tmp_path)
    first.start()
    try:
        second.start()
        assert len(pids(tmp_path)) == 1
        second.stop()
        with Redis.from_url(first.url) as client:
            assert client.ping()
    finally:
        first.stop()


def test_a_data_directory_with_a_long_name_has_its_socket_elsewhere(tmp_path: Path) -> None:
    """A unix socket's path may have 107 bytes."""
    server = PrivateRedis(tmp_path / ("panjang" * 20))
    assert len(server.url.removeprefix("unix://")) < 100
    server.start()
    try:
        with Redis.from_url(server.url) as client:
            assert client.ping()
    finally:
        server.stop()


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").write_text("not a folder")
    with pytest.raises(ServerFailed, match=r"the private Redis did not start: .*appendonlydir"):
        PrivateRedis(tmp_path).start()
    assert pids(tmp_path) == []
