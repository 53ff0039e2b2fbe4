"""Sends outgoing requests with urllib3 to the IP addresses that the guard permits."""

import contextlib
import logging
import ssl
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from functools import cache
from http.client import HTTPException, RemoteDisconnected
from urllib.parse import urljoin

from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError

from service.core.http_client.deadline import Deadline
from service.core.http_client.errors import OutgoingFailed
from service.core.http_client.guard import Destination, IpAddress, IpNetwork, permitted_addresses
from service.core.plain_errors import plain_message

MAX_REDIRECTS = 5
_PIECE_BYTES = 64 * 1024  # of a body, read or decompressed at a time
_GZIP = zlib.MAX_WBITS | 16  # tells zlib to expect the header and the trailer of gzip
_GZIP_MAGIC = b"\x1f\x8b"
_OWN_HEADERS = {"User-Agent": "Warta", "Accept-Encoding": "gzip", "Connection": "close"}

# Of a broken header, urllib3 would log a traceback and the path and query of the URL, which may hold a secret.
logging.getLogger("urllib3").setLevel(logging.ERROR)


@dataclass(frozen=True)
class HttpResponse:
    """A response. `url` is the URL that has answered, after redirects. `body` is decompressed."""

    url: str
    status: int
    headers: HTTPHeaderDict
    body: bytes

    @property
    def media_type(self) -> str:
        """The media type of the body in lower case; "" if the server did not send it."""
        return self._content_type.get_content_type() if "Content-Type" in self.headers else ""

    @property
    def charset(self) -> str:
        """The charset of the body in lower case; "" if the server did not send it."""
        return self._content_type.get_content_charset("")

    @property
    def _content_type(self) -> Message:
        message = Message()
        for value in self.headers.getlist("Content-Type"):
            message["Content-Type"] = value
        return message


def fetch(url: str, *, allow: Sequence[IpNetwork] = (), limit_bytes: int, timeout: float = 10.0) -> HttpResponse:
    """GET a document, over at most MAX_REDIRECTS redirects.

    The hosts, also those of redirects, must have public IP addresses, or ones in `allow`. The decompressed body has at
    most `limit_bytes` bytes. The whole call takes at most `timeout` seconds. Raises OutgoingRefused before anything is
    sent to an IP address that is not permitted, and OutgoingFailed for all other failures, including an error status.
    """
    with Deadline(timeout) as deadline:
        for _ in range(MAX_REDIRECTS + 1):
            with _answer("GET", url, {}, None, allow, deadline) as answer:
                if answer.get_redirect_location():
                    url = _absolute(url, answer.headers.getlist("Location")[0])
                    continue
                if not 200 <= answer.status < 300:
                    raise OutgoingFailed(url, f"the server answered {answer.status} {answer.reason}", answer.status)
                body = _first_bytes(url, answer, limit_bytes + 1)
            if len(body) > limit_bytes:
                raise OutgoingFailed(url, f"the answer is larger than {limit_bytes:,} bytes")
            return HttpResponse(url, answer.status, answer.headers, body)
    raise OutgoingFailed(url, f"more than {MAX_REDIRECTS} redirects")


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    allow: Sequence[IpNetwork] = (),
    limit_bytes: int = 0,
    timeout: float = 10.0,
) -> HttpResponse:
    """Send one request, once, and return the response with any status. A redirect is not followed.

    `headers` come beside those that this client sets: Host, User-Agent, Accept-Encoding, Connection, Content-Length.
    The host must have a public IP address, or one in `allow`. Only the first `limit_bytes` bytes of the decompressed
    body are read; with 0, a broken body is no failure. The whole call takes at most `timeout` seconds. Raises
    OutgoingRefused before anything is sent to an IP address that is not permitted, and OutgoingFailed if there is no
    response.
    """
    with Deadline(timeout) as deadline, _answer(method, url, headers or {}, body, allow, deadline) as answer:
        content = _first_bytes(url, answer, limit_bytes) if limit_bytes else b""
    return HttpResponse(url, answer.status, answer.headers, content)


@contextlib.contextmanager
def _answer(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    allow: Sequence[IpNetwork],
    deadline: Deadline,
) -> Iterator[HTTPResponse]:
    """Send a request and yield the response, whose body is not read yet.

    Failures inside the `with` block are raised as OutgoingFailed, too.
    """
    destination = Destination.parse(url)
    try:
        addresses = permitted_addresses(destination, allow, deadline)
        with contextlib.closing(_connection(destination, addresses, deadline)) as connection:
            sent_headers = {"Host": destination.host_header, **_OWN_HEADERS, **headers}
            connection.request(method, destination.target, body, sent_headers, preload_content=False)
            with connection.getresponse() as answer:
                yield answer
        if deadline.passed:  # for a body without a length, the shutdown looks like the end of the body
            raise TimeoutError
    except (OSError, HTTPError, HTTPException, ValueError, EOFError, zlib.error) as error:
        raise OutgoingFailed(url, _reason(error, deadline)) from error


def _connection(destination: Destination, addresses: Sequence[IpAddress], deadline: Deadline) -> HTTPConnection:
    """Connect to the first IP address that answers. The certificate must be valid for the host of the URL.

    TCP and TLS each get half of the remaining time: the next step, or the next IP address, needs time, too.
    """
    failure: Exception | None = None
    for address in addresses:
        connection = _unconnected(destination, address, deadline.remaining() / 2)
        try:
            connection.connect()
        except (NewConnectionError, ConnectTimeoutError, TimeoutError) as error:  # the last one is of the TLS handshake
            failure = error
            continue
        deadline.shut_down_at_end(connection.sock)
        connection.timeout = deadline.remaining()
        return connection
    if isinstance(failure, NewConnectionError):
        raise OutgoingFailed(destination.url, plain_message(failure.__cause__ or failure)) from failure
    raise OutgoingFailed(destination.url, "no connection in time") from failure


def _unconnected(destination: Destination, address: IpAddress, timeout: float) -> HTTPConnection:
    if destination.scheme == "http":
        return HTTPConnection(str(address), destination.port, timeout=timeout)
    return HTTPSConnection(
        str(address), destination.port, timeout=timeout, ssl_context=_tls(), server_hostname=destination.host
    )


def _absolute(url: str, location: str) -> str:
    """The URL of a redirect. A malformed one stays as it is, for `Destination.parse` to refuse it."""
    with contextlib.suppress(ValueError):
        return urljoin(url, location)
    return location


def _first_bytes(url: str, answer: HTTPResponse, limit_bytes: int) -> bytes:
    """The decompressed body, of which at most `limit_bytes` bytes are read.

    It is decompressed piece by piece: neither it nor a decompression bomb exceeds the limit in memory.
    """
    encoding = answer.headers.get("Content-Encoding", "identity").lower()
    # Not `read` or `stream`: of a chunk with a negative size, these read all that the server ever sends.
    pieces: Iterable[bytes] = iter(lambda: answer.read1(_PIECE_BYTES, decode_content=False), b"")
    if encoding in ("gzip", "x-gzip"):
        pieces = _gunzipped(pieces)
    elif encoding != "identity":
        raise OutgoingFailed(url, f"the server answered in the encoding {encoding}; Warta accepts only gzip")
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) >= limit_bytes:
            break
    return bytes(body[:limit_bytes])


def _gunzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Decompress gzip of one or several members (RFC 1952 §2.2). Other bytes after a member are ignored.

    Raises zlib.error, and EOFError if the last member is not complete. urllib3's own decoder accepts an incomplete one:
    a connection that breaks would look like the end of the document.
    """
    member: zlib._Decompress | None = None
    for piece in pieces:
        rest = piece
        while rest:
            if member is None or member.eof:
                if member and not _GZIP_MAGIC.startswith(rest[:2]):
                    return
                member = zlib.decompressobj(_GZIP)
            yield member.decompress(rest, _PIECE_BYTES)
            rest = member.unconsumed_tail or member.unused_data
    if member and not member.eof:
        raise EOFError


def _reason(error: Exception, deadline: Deadline) -> str:
    if deadline.passed or isinstance(error, TimeoutError | ReadTimeoutError):
        return f"no whole answer within {deadline.seconds:g} seconds"
    match error:
        case RemoteDisconnected():
            return "the server closed the connection without an answer"
        case OSError():
            return plain_message(error)
        case ValueError():  # its text could repeat a header with a secret
            return "the method or a header of the request is not valid"
        case zlib.error():
            return "the answer is not valid gzip"
    return f"the answer is broken or ended early ({type(error.__cause__ or error).__name__})"


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
