"""An endpoint of webhooks: a real HTTP server that verifies each signature, and answers as a test says."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from standardwebhooks import Webhook

from tests.support.http_server import LocalServer, QuietHandler


@dataclass(frozen=True)
class Received:
    """A message that has arrived. `body` is what was signed."""

    id: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def event(self) -> Any:
        return json.loads(self.body)

    @property
    def line(self) -> str:
        """The type of the event without `article.`, and the article: `published satu`."""
        event = self.event
        return f"{event['type'].removeprefix('article.')} {event['data'].get('id', '')}".strip()

    def is_signed_by(self, secret: str) -> bool:
        try:
            Webhook(secret).verify(self.body, dict(self.headers))
        except Exception:
            return False
        return True


class Receiver:
    """Listens on a free loopback port for the time of a `with` block. `answer` gives status and headers."""

    def __init__(self, answer: Callable[[Received], tuple[int, Mapping[str, str]]] = lambda _: (204, {})) -> None:
        self.answer = answer
        self.received: list[Received] = []
        self.ended = threading.Event()
        outer = self

        class Handler(QuietHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received = Received(self.headers["webhook-id"], dict(self.headers.items()), body)
                outer.received.append(received)
                status, headers = outer.answer(received)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()

        self._server = LocalServer(Handler)
        self.url = f"{self._server.url}/warta"

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.ended.set()
        self._server.__exit__(kind, error, at)

    @property
    def lines(self) -> list[str]:
        return [received.line for received in self.received]
