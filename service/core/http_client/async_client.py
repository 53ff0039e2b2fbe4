"""Sends many outgoing requests at once from one asyncio loop, with aiohttp, to the IP addresses that the guard permits.

aiohttp gets IP addresses from the resolver of this module, which returns permitted ones only, and connects to one of
these. Nothing keeps the answers of the resolver, so that the IP address of each new connection is judged.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    ServerDisconnectedError,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from service.core.http_client.errors import OutgoingError, OutgoingFailed
from service.core.http_client.guard import Destination, IpNetwork, permitted_of, read_address
from service.core.plain_errors import plain_message

MAX_RESOLVING_THREADS = 64  # look-ups at once; a look-up of a dead name may take a thread for half a minute
KEEP_ALIVE_SECONDS = 1.0  # that a connection waits for the next request; some servers close theirs after two seconds
DRAIN_SECONDS = 0.5  # seconds for the rest of a response that nobody reads, so that its connection can be used again
DRAIN_BYTES = 4_096  # bytes of such a rest; after more, the connection is closed
READ_BUFFER_BYTES = 16 * 1024  # of a response that wait in memory; twice as many at most


@dataclass(frozen=True)
class AsyncResponse:
    """A response with any status. `headers` ignores the case of names. `body` is not decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class AsyncHttpClient:
    """Sends requests within one asyncio loop, for the duration of an `async with` block.

    The hosts must have public IP addresses, or ones in `allow`. It follows no redirects, stores no cookies, and reads
    no proxy settings.
    """

    def __init__(self, allow: Sequence[IpNetwork], user_agent: str) -> None:
        self._allow = allow
        self._user_agent = user_agent
        self._resolver = _GuardedResolver(allow)

    async def __aenter__(self) -> Self:
        connector = TCPConnector(
            limit=0, use_dns_cache=False, resolver=self._resolver, keepalive_timeout=KEEP_ALIVE_SECONDS
        )
        self._session = ClientSession(
            connector=connector,
            cookie_jar=DummyCookieJar(),
            headers={"User-Agent": self._user_agent, "Accept-Encoding": "identity"},
            auto_decompress=False,
            read_bufsize=READ_BUFFER_BYTES,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._session.close()
        await self._resolver.close()

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        limit_bytes: int = 0,
        timeout: float,
    ) -> AsyncResponse:
        """Send one request and return the response, of whose body at most `limit_bytes` bytes are read.

        With 0 the body is not read, and its failures do not count. The whole call takes at most `timeout` seconds. If a
        server closes the connection without an answer, the request is sent once more: the connection was perhaps one
        that had waited for its next request. Raises OutgoingRefused before anything is sent to an IP address that is
        not permitted, and OutgoingFailed if there is no response.
        """
        destination = Destination.parse(url)
        with contextlib.suppress(ValueError):  # a name; aiohttp does not ask the resolver about IP addresses
            permitted_of(destination, [read_address(destination.host)], self._allow)
        try:
            async with asyncio.timeout(timeout):
                try:
                    return await self._send(method, destination, headers, body, limit_bytes)
                except ServerDisconnectedError:
                    return await self._send(method, destination, headers, body, limit_bytes)
        except OutgoingError:
            raise
        except (ClientError, OSError, TimeoutError, ValueError) as error:
            raise OutgoingFailed(url, _reason(error, timeout)) from error

    async def _send(
        self, method: str, destination: Destination, headers: Mapping[str, str] | None, body: bytes | None, limit: int
    ) -> AsyncResponse:
        url = URL(f"{destination.scheme}://{destination.host_header}{destination.target}", encoded=True)
        async with self._session.request(
            method, url, headers=headers, data=body, allow_redirects=False, timeout=ClientTimeout(total=None)
        ) as response:
            content = await _first_bytes(response, limit) if limit else await _drained(response)
            return AsyncResponse(response.status, response.headers, content)


class _GuardedResolver(AbstractResolver):
    """Resolves names to permitted IP addresses. The look-ups have threads of their own: dead names hold them long."""

    def __init__(self, allow: Sequence[IpNetwork]) -> None:
        self._allow = allow
        self._threads = ThreadPoolExecutor(MAX_RESOLVING_THREADS, thread_name_prefix="resolver")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The permitted IP addresses of the host. Raises OutgoingRefused if there is none, and OSError."""
        rows = await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)
        )
        addresses = [read_address(str(row[4][0])) for row in rows]
        permitted = permitted_of(Destination(f"//{host}", "", host, port, ""), addresses, self._allow)
        return [_result(host, str(address), port) for address in dict.fromkeys(permitted)]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _result(name: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=name, host=address, port=port, family=family, proto=0, flags=flags)


async def _first_bytes(response: ClientResponse, limit_bytes: int) -> bytes:
    """At most `limit_bytes` bytes of the body. The connection of a longer body is closed."""
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) >= limit_bytes:
            response.close()
            break
    return bytes(body[:limit_bytes])


async def _drained(response: ClientResponse) -> bytes:
    """Read the rest of a short response, so that its connection can be used again. Returns no bytes."""
    if response.content.at_eof():
        return b""
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            await _first_bytes(response, DRAIN_BYTES)
    except (ClientError, OSError, TimeoutError, ValueError):
        response.close()
    return b""


def _reason(error: Exception, timeout: float) -> str:
    match error:
        case TimeoutError():
            return f"no whole answer within {timeout:g} seconds"
        case ServerDisconnectedError():
            return "the server closed the connection without an answer"
        case ClientConnectorError():  # its own text has details of TLS, also for http
            number = error.os_error.errno or 0  # negative for names that cannot be resolved
            return f"cannot connect to {error.host}: {os.strerror(number) if number > 0 else error.os_error.strerror}"
        case OSError():
            return plain_message(error)
    return f"the answer is broken, or ended early ({type(error).__name__})"
