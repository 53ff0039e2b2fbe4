"""Errors of the operating system and of libraries have no error numbers, and no objects of Python."""

import asyncio
import re
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from service.core.plain_errors import plain_message
from service.core.redis import connect

NUMBERS = re.compile(r"Errno|Error -?\d|\(-?\d+, |<|>|_ssl")


def failure(act: Callable[[], object]) -> Exception:
    try:
        act()
    except Exception as error:
        return error
    raise AssertionError("it did not fail")


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: Path("/tiada").read_bytes(), "No such file or directory"),
        (lambda: socket.create_connection(("127.0.0.1", 1)), "Connection refused"),
        (lambda: asyncio.run(asyncio.open_connection("127.0.0.1", 1)), "Connection refused"),
        (lambda: Redis(port=1).ping(), "connecting to localhost:1: Connection refused"),
        (lambda: Redis.from_url("unix:///tiada.sock").ping(), "connecting to /tiada.sock: No such file or directory"),
        (lambda: connect("redis+sentinel://127.0.0.1:1/berita").ping(), "No master found for 'berita'"),
        (lambda: psycopg.connect("postgresql://127.0.0.1:1/x"), "connection failed: connection to server at"),
    ],
    ids=["file", "socket", "asyncio", "redis", "redis-socket", "sentinel", "postgresql"],
)
def test_what_is_said_of_a_real_failure(act: Callable[[], object], message: str) -> None:
    said = plain_message(failure(act))
    assert said.startswith(message) or said.replace("127.0.0.1", "localhost").startswith(message)
    assert not NUMBERS.search(said)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "there is no host of this name"),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), "the name server does not answer"),
        (
            ConnectionError("Error while reading from a:1 : (104, 'Connection reset')"),
            "Error while reading from a:1 : Con",
        ),
        (
            psycopg.OperationalError("failed to resolve host 'x': [Errno -2] Name or service not known"),
            "failed to resolve",
        ),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)"), "wrong version number"),
        (TimeoutError(), "TimeoutError"),
    ],
    ids=["name", "name-server", "reset", "psycopg", "tls", "empty"],
)
def test_the_forms_of_libraries(error: Exception, message: str) -> None:
    said = plain_message(error)
    assert said.startswith(message)
    assert not NUMBERS.search(said)
