"""The private Redis of a single machine: a real server that starts, keeps its data, is kept alive, and stops."""

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from redis import Redis

from service.core.errors import ServerFailed
from service.core.redis import PrivateRedis
from tests.support.server import ROOT, children, command_line, eventually

STARTED = "import sys, time; from pathlib import Path; from service.core.redis import PrivateRedis; "
STARTED += "PrivateRedis(Path(sys.argv[1])).start(); print('ready', flush=True); time.sleep(60)"


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


def test_only_keys_with_an_expiry_can_be_evicted_and_no_port_is_open(tmp_path: Path) -> None:
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


# --- servers without an owner --------------------------------------------------------------------------------


@pytest.fixture
def orphan(tmp_path: Path) -> Iterator[int]:
    """Process id of a server whose owner was killed."""
    owner = subprocess.Popen([sys.executable, "-c", STARTED, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT)
    with owner:
        assert owner.stdout
        assert owner.stdout.readline() == b"ready\n"
        [server] = children(owner.pid)
        owner.kill()
    yield server
    if is_server(server):
        os.kill(server, signal.SIGKILL)


def is_server(pid: int) -> bool:
    return "redis-server" in command_line(pid)


def test_a_server_whose_owner_was_killed_is_used_and_stopped_by_an_object_that_adopts(
    tmp_path: Path, orphan: int
) -> None:
    server = PrivateRedis(tmp_path, adopts=True)
    server.start()
    with Redis.from_url(server.url) as client:
        assert client.info("server")["process_id"] == orphan
        client.set("nama", "warta")
    assert not server.launched.is_set()
    server.stop()
    assert not is_server(orphan)
    assert not server.answers()
    server = PrivateRedis(tmp_path)
    server.start()
    try:
        with Redis.from_url(server.url) as client:
            assert client.get("nama") == b"warta"
    finally:
        server.stop()


def test_a_server_whose_owner_was_killed_outlives_an_object_that_does_not_adopt(tmp_path: Path, orphan: int) -> None:
    server = PrivateRedis(tmp_path)
    server.start()
    server.stop()
    assert is_server(orphan)
    assert server.answers()


def test_a_server_whose_owner_lives_outlives_an_object_that_adopts(tmp_path: Path) -> None:
    """`warta serve` ends while `warta import` runs, which has started the server."""
    owner, other = PrivateRedis(tmp_path), PrivateRedis(tmp_path, adopts=True)
    owner.start()
    try:
        other.start()
        other.stop()
        assert owner.answers()
    finally:
        owner.stop()
    assert pids(tmp_path) == []


def test_an_owner_that_is_killed_later_leaves_its_server_to_an_object_that_adopts(tmp_path: Path) -> None:
    command = [sys.executable, "-c", STARTED, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as owner:
        assert owner.stdout
        assert owner.stdout.readline() == b"ready\n"
        [pid] = children(owner.pid)
        server = PrivateRedis(tmp_path, adopts=True)
        server.start()
        owner.kill()
    server.stop()
    assert not is_server(pid)


def test_an_adopted_server_that_dies_is_started_again(tmp_path: Path, orphan: int) -> None:
    server = PrivateRedis(tmp_path, adopts=True)
    server.start()
    server.watch()
    try:
        os.kill(orphan, signal.SIGKILL)
        eventually(lambda: pids(tmp_path) and server.answers())
    finally:
        server.stop()
    assert pids(tmp_path) == []


def test_a_server_that_refuses_to_stop_is_a_line_in_the_log(
    tmp_path: Path, orphan: int, caplog: pytest.LogCaptureFixture
) -> None:
    server = PrivateRedis(tmp_path, adopts=True)
    server.start()
    with Redis.from_url(server.url) as client:
        client.execute_command("ACL", "SETUSER", "default", "-shutdown")
    with caplog.at_level(logging.WARNING):
        server.stop()
    [line] = caplog.messages
    assert line.startswith(f"the private redis in {tmp_path} cannot be stopped: ")
    assert is_server(orphan)


def test_a_server_is_started_where_the_file_of_the_owner_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "redis.owner").mkdir()
    server = PrivateRedis(tmp_path, adopts=True)
    server.start()
    assert len(pids(tmp_path)) == 1
    server.stop()
    assert pids(tmp_path) == []


# --- what stops a start --------------------------------------------------------------------------------------


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
