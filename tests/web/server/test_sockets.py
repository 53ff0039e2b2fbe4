"""The sockets of this process: limits of what is accepted, and the end of silent connections."""

import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from service.web.server.sockets import (
    MAX_UNREAD_MILLISECONDS,
    close_silent_connections,
    limit_accepted_connections,
    room_for,
)

HERE = "127.0.0.1"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server((HERE, 0)) as listener:
        yield listener


def test_the_limit_of_open_files_is_raised_for_the_connections() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (1_024, hard))
        assert room_for(1_500) == 1_500
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (1_800, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_accepted_connections_inherit_the_limits_of_the_listening_socket(listener: socket.socket) -> None:
    limit_accepted_connections()
    with socket.create_connection(listener.getsockname()), listener.accept()[0] as accepted:
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == MAX_UNREAD_MILLISECONDS
        assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


@pytest.mark.parametrize("named", [HERE, f"::ffff:{HERE}"])
def test_only_connections_of_the_client_that_have_been_silent_are_closed(listener: socket.socket, named: str) -> None:
    with ExitStack() as stack:

        def accepted() -> tuple[socket.socket, socket.socket]:
            client = stack.enter_context(socket.create_connection(listener.getsockname(), timeout=5))
            return client, stack.enter_context(listener.accept()[0])

        (silent, _), (talking, heard) = accepted(), accepted()
        time.sleep(0.5)
        talking.send(b"a")
        assert heard.recv(1) == b"a"
        heard.send(b"a")  # the client's end is in this process, too
        assert talking.recv(1) == b"a"
        close_silent_connections("192.0.2.1", 0.3)
        close_silent_connections(named, 0.3)
        assert silent.recv(1) == b""
        heard.send(b"b")
        assert talking.recv(1) == b"b"
