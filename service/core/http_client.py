"""HTTP client for URLs from outside, such as a URL to import or a callback to notify.

It reaches private networks only if the caller allows them: the author of such a URL must not reach servers that only
this machine can reach. So this client resolves the host name, checks each IP address, and connects to an IP address
that it has checked: a second look-up could return another one (DNS rebinding). It does not use the proxy settings of
the environment, since a proxy would resolve the name again.
"""

import contextlib
import http.client
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from types import TracebackType
from typing import Self
from urllib.parse import quote, urljoin, urlsplit

from service.core.errors import WartaError
from service.core.special_networks import GLOBAL_UNICAST, NAT64, special_purpose

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

REDIRECTS = 5
_REDIRECTING = {301, 302, 303, 307, 308}
_PORTS = {"http": 80, "https": 443}
_CHUNK = 64 * 1024
_ISATAP = 0x00005EFE  # RFC 5214 §6.1: the last 64 bits begin so, except bits u and g; an IPv4 address follows
# Credentials in a URL that may be malformed. The match ends at the last @, so that no part of a password is left.
_USER_INFO = re.compile("//.*@", re.DOTALL)
_PATH_CHARACTERS = "%/?:@!$&'()*+,;=~"
_HEADERS = {"User-Agent": "Warta", "Accept-Encoding": "gzip", "Connection": "close"}


class OutgoingRefused(WartaError):
    """A URL may not be fetched: its form, or the IP address of its host, is not permitted."""


class OutgoingFailed(WartaError):
    """A URL could not be fetched: no connection, an error status, or a too slow, too large or broken response."""


@dataclass(frozen=True)
class Response:
    """A complete response. `url` is the URL after redirects.

    `media_type` and `charset` are in lower case, "" if the server did not send them. `body` is decompressed.
    """

    url: str
    media_type: str
    charset: str
    body: bytes


def fetch(url: str, *, allow: Sequence[Network] = (), limit_bytes: int, timeout: float = 10.0) -> Response:
    """GET an http or https URL. The hosts, also those of redirects, must have public IP addresses, or ones in `allow`.

    The decompressed body has at most `limit_bytes` bytes. The whole call takes at most `timeout` seconds. Raises
    OutgoingRefused before anything is sent to an IP address that is not permitted, and OutgoingFailed for all other
    failures.
    """
    with _Deadline(timeout) as deadline:
        for _ in range(REDIRECTS + 1):
            answer = _get(url, allow, limit_bytes, deadline)
            if isinstance(answer, Response):
                return answer
            url = answer
    raise OutgoingFailed(f"{url}: more than {REDIRECTS} redirects")


def is_public(address: Address) -> bool:
    """Whether a server on the public internet may have this IP address.

    An IPv4 address inside an IPv6 address is checked, too (NAT64, ISATAP). The table of special networks is enough to
    refuse an IP address. `is_global` is a second check: a later version of Python may have newer networks.
    """
    if isinstance(address, IPv6Address):
        if address in NAT64:
            return is_public(_last_32_bits(address))
        if _is_isatap(address) and not is_public(_last_32_bits(address)):
            return False
        if address not in GLOBAL_UNICAST:
            return False
    return not special_purpose(address) and address.is_global


def _is_isatap(address: IPv6Address) -> bool:
    return int(address) >> 32 & 0xFCFFFFFF == _ISATAP


def _last_32_bits(address: IPv6Address) -> IPv4Address:
    return IPv4Address(int(address) & 0xFFFFFFFF)


class _Deadline:
    """A time limit for the whole `with` block. When it is over, a timer thread shuts the watched socket down.

    A time-out per read is not enough: a server that sends a byte a second never exceeds it.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.passed = False
        self._end = time.monotonic() + seconds
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._shut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()

    def left(self) -> float:
        return max(self._end - time.monotonic(), 0.001)

    def watch(self, connection: socket.socket) -> None:
        self._socket = connection
        if self.passed:
            self._shut()

    def _shut(self) -> None:
        self.passed = True
        if self._socket is not None:
            # Not SSLSocket.shutdown: that removes the TLS state while another thread reads with it.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class _Connection(http.client.HTTPConnection):
    """A connection to a checked IP address. The Host header and the name in the certificate are those of the URL."""

    def __init__(self, target: "_Target", addresses: Sequence[Address], deadline: _Deadline) -> None:
        super().__init__(target.host, target.port)
        self.default_port = _PORTS[target.scheme]
        self._secure = target.scheme == "https"
        self._addresses = addresses
        self._deadline = deadline

    def connect(self) -> None:
        connection = self._first_that_answers()
        if self._secure:
            connection = _tls().wrap_socket(connection, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock = connection
        self._deadline.watch(connection)
        if isinstance(connection, ssl.SSLSocket):
            connection.do_handshake()

    def _first_that_answers(self) -> socket.socket:
        failure = OSError("no address")
        for address in self._addresses:
            try:
                return socket.create_connection((str(address), self.port), timeout=self._deadline.left())
            except OSError as error:
                failure = error
        raise failure


@dataclass(frozen=True)
class _Target:
    """The parts of a URL for a connection, in ASCII: the host as IDNA, the path and the query percent-encoded."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def of(cls, url: str) -> Self:
        shown = _USER_INFO.sub("//…@", url)
        try:
            parts = urlsplit(url)
            port = parts.port or _PORTS.get(parts.scheme, 0)
            host = (parts.hostname or "").encode("idna").decode()
        except ValueError as error:
            reason = f": {error}" if shown == url else ""  # the reason may repeat a part of the password
            raise OutgoingRefused(f"{shown}: not a valid URL{reason}") from None
        if parts.scheme not in _PORTS:
            raise OutgoingRefused(f"{shown}: only http and https URLs are fetched")
        if "@" in parts.netloc:
            raise OutgoingRefused(f"{shown}: a URL may not hold a user name or password")
        if not host:
            raise OutgoingRefused(f"{shown}: there is no host in this URL")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(parts.scheme, host, port, quote(path, safe=_PATH_CHARACTERS))


def _get(url: str, allow: Sequence[Network], limit_bytes: int, deadline: _Deadline) -> Response | str:
    """The response, or the URL of a redirect."""
    target = _Target.of(url)
    addresses = _permitted(url, target, allow, deadline)
    try:
        with contextlib.closing(_Connection(target, addresses, deadline)) as connection:
            connection.request("GET", target.path, headers=_HEADERS)
            with connection.getresponse() as answer:
                found = _read(url, answer, limit_bytes)
    except (OSError, http.client.HTTPException, zlib.error, ValueError) as error:
        raise _failed(url, error, deadline) from error
    if deadline.passed:  # for a body without a length, the shutdown looks like the end of the body
        raise _failed(url, TimeoutError(), deadline)
    return found


def _read(url: str, answer: http.client.HTTPResponse, limit_bytes: int) -> Response | str:
    headers = answer.headers
    if answer.status in _REDIRECTING and "Location" in headers:
        return urljoin(url, str(headers["Location"]))
    if not 200 <= answer.status < 300:
        raise OutgoingFailed(f"{url}: the server answered {answer.status} {answer.reason}")
    media_type = headers.get_content_type() if "Content-Type" in headers else ""
    return Response(url, media_type, headers.get_content_charset(""), _body(url, answer, limit_bytes))


def _permitted(url: str, target: _Target, allow: Sequence[Network], deadline: _Deadline) -> list[Address]:
    """The permitted IP addresses of the target's host. Raises OutgoingRefused if there is none."""
    try:
        addresses = _resolve(target, deadline)
    except (OSError, UnicodeError) as error:
        raise _failed(url, error, deadline) from error
    permitted = [address for address in addresses if is_public(address) or any(address in network for network in allow)]
    if not permitted:
        purpose = special_purpose(addresses[0])
        said = f"{addresses[0]}, which is not a public address{purpose and f' ({purpose})'}"
        raise OutgoingRefused(f"{url}: {target.host} leads to {said}")
    return permitted


def _resolve(target: _Target, deadline: _Deadline) -> list[Address]:
    """The IP addresses of the target's host, in the resolver's order.

    The look-up runs in a thread of its own, since getaddrinfo has no time limit.
    """
    answer: Future[list[str]] = Future()

    def look_up() -> None:
        try:
            rows = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
            answer.set_result([str(row[4][0]) for row in rows])
        except (OSError, UnicodeError) as error:
            answer.set_exception(error)

    threading.Thread(target=look_up, daemon=True).start()
    addresses = map(ip_address, answer.result(timeout=deadline.left()))
    return [(isinstance(address, IPv6Address) and address.ipv4_mapped) or address for address in addresses]


def _body(url: str, answer: http.client.HTTPResponse, limit_bytes: int) -> bytes:
    """The whole body, decompressed piece by piece: neither it nor a decompression bomb exceeds the limit in memory."""
    encoding = answer.headers.get("Content-Encoding", "identity").lower()
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise OutgoingFailed(f"{url}: the server answered in the encoding {encoding}, which was not asked for")
    gunzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16) if encoding.endswith("gzip") else None
    body = bytearray()
    while chunk := answer.read(_CHUNK):
        body += gunzip.decompress(chunk, limit_bytes + 1 - len(body)) if gunzip else chunk
        if len(body) > limit_bytes:
            raise OutgoingFailed(f"{url}: the answer is larger than {limit_bytes:,} bytes")
        if gunzip and gunzip.eof:
            return bytes(body)
    if answer.length or gunzip:
        raise http.client.IncompleteRead(b"")
    return bytes(body)


def _failed(url: str, error: Exception, deadline: _Deadline) -> OutgoingFailed:
    if deadline.passed or isinstance(error, TimeoutError):
        return OutgoingFailed(f"{url}: no whole answer within {deadline.seconds:g} seconds")
    if isinstance(error, http.client.HTTPException):
        return OutgoingFailed(f"{url}: the answer is broken or ended early ({type(error).__name__})")
    return OutgoingFailed(f"{url}: {error}")


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
