"""A real HTTP server that answers as a test says, and remembers what it was asked: an origin, or a provider's API."""

import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Any, Self

from tests.support.http_server import LocalServer, QuietHandler


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Script:
    """What is answered from now on. `refuses` closes the connection instead; `/healthz` is only ever refused."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    refuses: bool = False


class Scripted:
    """Listens on a free loopback port for the time of a `with` block."""

    def __init__(self) -> None:
        self.script = Script()
        self.asked: list[Asked] = []
        # Requests whose bodies are on their way: now, and at most.
        self.most_at_once = 0
        self.receiving = 0
        self._counting = threading.Lock()
        self._ended = threading.Event()
        outer = self

        class Handler(QuietHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                outer._answer(self)

            do_GET = do_HEAD = do_POST = do_PURGE = answer

        class Listener(LocalServer):
            request_queue_size = 256

            def handle_error(self, request: Any, client_address: Any) -> None:
                if not isinstance(sys.exception(), ConnectionError):  # a client that has gone is none of a test's
                    super().handle_error(request, client_address)

        self._server = Listener(Handler)
        self.port = self._server.server_port
        self.address = self._server.url

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        self._server.__exit__(kind, error, at)

    def _body(self, handler: BaseHTTPRequestHandler) -> bytes:
        length = int(handler.headers.get("Content-Length", 0))
        if not length:
            return b""
        with self._counting:
            self.receiving += 1
            self.most_at_once = max(self.most_at_once, self.receiving)
        try:
            return handler.rfile.read(length)
        finally:
            with self._counting:
                self.receiving -= 1

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        script = self.script
        asked = Asked(handler.command, handler.path, dict(handler.headers.items()), self._body(handler))
        if script.refuses:
            handler.close_connection = True
            return
        if asked.path == "/healthz":
            script = Script()
        else:
            self.asked.append(asked)
            self._ended.wait(script.delay)
        handler.send_response(script.status)
        for name, value in {"Content-Length": str(len(script.body)), **script.headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(script.body)
