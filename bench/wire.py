"""An HTTP client that uses very little processor time, so that it measures the server and not itself."""

import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

SECONDS = 60  # timeout of a connection, if no other is given


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    etag: str


class Wire:
    """One persistent connection. It reads only the answers that Warta sends: with a length, or in chunks."""

    def __init__(self, base: str, seconds: int = SECONDS) -> None:
        address = urlsplit(base)
        self._host = address.netloc
        self._socket = socket.create_connection((address.hostname or "", address.port or 80), seconds)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb", 256 * 1024)

    def get(self, path: str, coding: str = "gzip", accept: str = "") -> Answer:
        head = f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\nAccept-Encoding: {coding}\r\n"
        head += f"Accept: {accept}\r\n" if accept else ""
        return self._asked(f"{head}\r\n".encode())

    def send(self, method: str, path: str, body: bytes, token: str = "", agent: str = "") -> Answer:
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\n"
        head += f"Authorization: Bearer {token}\r\n" if token else ""
        head += f"User-Agent: {agent}\r\n" if agent else ""
        return self._asked(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def _asked(self, request: bytes) -> Answer:
        self._socket.sendall(request)
        status = int(self._file.readline().split()[1])
        length = 0
        chunked = False
        etag = ""
        while line := self._file.readline().strip().lower():
            if line.startswith(b"content-length:"):
                length = int(line[15:])
            elif line.startswith(b"etag:"):
                etag = line[5:].strip().decode()
            chunked = chunked or line == b"transfer-encoding: chunked"
        return Answer(status, self._chunks() if chunked else self._file.read(length), etag)

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self._file.readline(), 16):
            body += self._file.read(size)
            self._file.readline()
        self._file.readline()
        return body
