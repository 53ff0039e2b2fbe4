"""The asyncio client: judged by the guard, without redirects, within its time and its number of bytes."""

import asyncio
import socket
from collections.abc import Sequence
from typing import Any

import pytest

from service.core.http_client import IpNetwork, OutgoingFailed, OutgoingRefused
from service.core.http_client.async_client import AsyncHttpClient, AsyncResponse
from tests.core.http_client.conftest import LOOPBACK
from tests.support.subscriber import Call, Subscriber, answer

Allowed = Sequence[IpNetwork]


def send(url: str, allow: Allowed = LOOPBACK, method: str = "POST", timeout: float = 5.0, **more: Any) -> AsyncResponse:
    async def sent() -> AsyncResponse:
        async with AsyncHttpClient(allow, "Warta") as client:
            return await client.send(method, url, timeout=timeout, **more)

    return asyncio.run(sent())


@pytest.fixture(scope="module")
def subscriber() -> Any:
    async def redirect(call: Call, writer: asyncio.StreamWriter) -> bytes:
        return answer(302, b"", Location="http://169.254.169.254/")

    async def hang(call: Call, writer: asyncio.StreamWriter) -> bytes:
        await asyncio.sleep(30)
        return b""

    async def long(call: Call, writer: asyncio.StreamWriter) -> bytes:
        return answer(200, b"x" * 1_000_000)

    async def broken(call: Call, writer: asyncio.StreamWriter) -> bytes:
        return b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\n"

    with Subscriber() as subscriber:
        subscriber.scripts |= {"/redirect": redirect, "/hang": hang, "/long": long, "/broken": broken}
        yield subscriber


def test_the_request_is_sent_as_it_was_given(subscriber: Subscriber) -> None:
    url = subscriber.url("/a%20b/c?q=%41&x=a+b&empty")
    assert send(url, headers={"Content-Type": "text/x"}, body=b"isi").status == 200
    call = subscriber.calls[-1]
    assert (call.method, call.path, call.body) == ("POST", "/a%20b/c?q=%41&x=a+b&empty", b"isi")
    assert (call.headers["content-type"], call.headers["user-agent"]) == ("text/x", "Warta")
    assert call.headers["host"] == f"127.0.0.1:{subscriber.port}"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "169.254.169.254", "[::ffff:127.0.0.1]", "[fe80::1%25eth0]", "127.1", "0x7f000001"],
)
def test_private_networks_are_refused_before_anything_is_sent(subscriber: Subscriber, host: str) -> None:
    before = len(subscriber.calls)
    with pytest.raises((OutgoingRefused, OutgoingFailed)) as refused:
        send(f"http://{host}:{subscriber.port}/", allow=())
    if host in ("127.0.0.1", "localhost", "169.254.169.254"):
        assert "which is not a public IP address" in refused.value.reason
    assert len(subscriber.calls) == before


def test_each_look_up_is_judged(subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo
    answers = [["127.0.0.1"], ["169.254.169.254"], ["169.254.169.254", "127.0.0.1"]]

    def resolve(host: str, port: int, *more: Any) -> Any:
        return [row for address in answers.pop(0) for row in real(address, port, *more)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    url = f"http://rebinding.example:{subscriber.port}/"
    assert send(url).status == 200
    with pytest.raises(OutgoingRefused, match=r"leads to 169\.254\.169\.254"):
        send(url)
    assert send(url).status == 200  # only the permitted one of two IP addresses is used


def test_a_redirect_is_an_answer(subscriber: Subscriber) -> None:
    assert send(subscriber.url("/redirect")).status == 302


def test_the_time_is_limited(subscriber: Subscriber) -> None:
    with pytest.raises(OutgoingFailed, match=r"no whole answer within 0\.3 seconds"):
        send(subscriber.url("/hang"), timeout=0.3)


def test_only_the_first_bytes_are_read(subscriber: Subscriber) -> None:
    assert send(subscriber.url("/long"), limit_bytes=10).body == b"x" * 10
    assert send(subscriber.url("/long")).body == b""


def test_a_broken_answer_is_told(subscriber: Subscriber) -> None:
    with pytest.raises(OutgoingFailed, match="the answer is broken"):
        send(subscriber.url("/broken"))


@pytest.mark.parametrize("url", ["ftp://a.example/", "http://u:p@a.example/", "http://"])
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(OutgoingRefused):
        send(url)


def test_a_name_that_does_not_exist_and_a_closed_port(subscriber: Subscriber) -> None:
    with pytest.raises(OutgoingFailed):
        send("http://tiada.invalid/")
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        with pytest.raises(OutgoingFailed, match="Connection refused"):
            send(f"http://127.0.0.1:{bound.getsockname()[1]}/")
