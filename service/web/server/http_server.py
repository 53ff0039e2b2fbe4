"""The HTTP server: Granian, with our own limits on the resources of a client.

HTTP/1.1 only. No client needs HTTP/2 in clear text, because a proxy speaks HTTP/2 with browsers. A few broken HTTP/2
requests make Granian's threads spin for ever.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from multiprocessing import resource_tracker
from typing import Any, Protocol

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server
from granian.server import mp as granian_processes

from service.core import logging
from service.core.settings.loader import load
from service.core.settings.model import Settings
from service.core.settings.serving import Limits
from service.web.http.request_body import RequestBodies, RequestBody
from service.web.http.waiting import WAIT
from service.web.problems import PROBLEM_TYPE, problem
from service.web.server.main_process import end_with_main_process
from service.web.server.parking import ParkingLot, close_at_signal
from service.web.server.sockets import close_silent_connections, limit_accepted_connections, room_for

# Threads of a process; with 12 it answers 10 % fewer requests. Request bodies hold 5 of them at most
THREADS_PER_PROCESS = 8
MAX_HEAD_BYTES = 32 * 1024  # bytes of a request's head, at most; nginx and Varnish accept as many
MAX_STOP_SECONDS = 8  # seconds that a request may take to finish after SIGTERM; Docker kills after 10
LAST_ANSWER_SECONDS = 0.1  # seconds in which the answer to a slow client is sent, before the connection is closed

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

# Values that are the same for all requests (PEP 3333). Not the process's environment, which has passwords.
_COMMON: Environ = {
    "GATEWAY_INTERFACE": "CGI/1.1",
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "Granian",
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,  # werkzeug: a read ends at the end of the body
    "wsgi.multiprocess": True,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}


def http_server(target: str, host: str, port: int, workers: int, settings: Settings) -> "_Server":
    """Return the server. In each process the function `target` ("module:function") makes the application."""
    return _Server(
        target,
        factory=True,
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=workers,
        blocking_threads=THREADS_PER_PROCESS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=settings.limits.idle_seconds * 1000, max_buffer_size=MAX_HEAD_BYTES
        ),
        backpressure=room_for(settings.limits.connections),
        respawn_failed_workers=True,
        workers_kill_timeout=MAX_STOP_SECONDS,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=logging.config(settings.log),
    )


class _Server(Server):  # type: ignore[valid-type, misc]  # granian chooses the class at its import
    """A server whose workers never get SIGINT.

    In a terminal Ctrl-C sends it to all processes, but the main process stops the others in order.
    """

    def run(self, ready: Callable[[], None]) -> None:
        """Serve until a signal stops the server. Calls `ready` before the first process starts."""
        self.on_startup(ready)
        self.serve(spawn_target=_run_worker)

    def _spawn_workers(self, *arguments: Any, **options: Any) -> None:
        with _interrupts_blocked():
            super()._spawn_workers(*arguments, **options)

    def _respawn_workers(self, *arguments: Any, **options: Any) -> None:
        with _interrupts_blocked():
            super()._respawn_workers(*arguments, **options)


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Block SIGINT. In the processes that start in the meantime it stays blocked."""
    resource_tracker.ensure_running()  # or the first process starts it, which unblocks SIGINT
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _run_worker(*arguments: Any, **options: Any) -> None:
    """Run a worker process: Granian's main function, with our RequestHandler in place of Granian's."""
    limits = load(os.environ).limits
    parking = ParkingLot()
    close_at_signal(parking)
    end_with_main_process(MAX_STOP_SECONDS)

    def request_handler(app: Application, _scope: object, _log_format: object) -> "RequestHandler":
        return RequestHandler(app, limits, parking)

    vars(granian_processes)["_wsgi_call_wrap"] = request_handler  # granian has no setting for it
    threading.Thread(target=limit_accepted_connections, name="listening-socket", daemon=True).start()
    Server._spawn_wsgi_worker(*arguments, **options)


class Connection(Protocol):
    """The object that Granian passes with a request. Granian sends the first answer, and ignores later ones."""

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None: ...

    def response_iter(self, status: int, headers: Headers, body: Iterator[bytes]) -> None: ...


class RequestHandler:
    """Calls the application for a request, in one of the process's threads."""

    def __init__(self, app: Application, limits: Limits, parking: ParkingLot) -> None:
        self._app = app
        self._bodies = RequestBodies(limits, THREADS_PER_PROCESS)
        self._silence = limits.idle_seconds + 1.0
        self._parking = parking

    def __call__(self, connection: Connection, scope: Environ) -> None:
        environ = _COMMON | scope
        if "HTTP_TRANSFER_ENCODING" in environ or environ.get("CONTENT_LENGTH", "0") != "0":
            self._with_body(connection, environ)
        else:
            _ServerAnswer(connection, self._parking).run(self._app, environ)

    def _with_body(self, connection: Connection, environ: Environ) -> None:
        answer = _ServerAnswer(connection, self._parking)

        def disconnect() -> None:
            if answer.has_begun:
                close_silent_connections(environ["REMOTE_ADDR"], self._silence)
            else:
                answer.refuse_slow_body()

        length = environ.get("CONTENT_LENGTH", "")
        body = RequestBody(
            environ["wsgi.input"],
            int(length) if length.isdecimal() else None,
            environ["REMOTE_ADDR"],
            self._bodies,
            disconnect,
        )
        try:
            answer.run(self._app, environ | {"wsgi.input": body})
        finally:
            body.finish()


class _ServerAnswer:
    """The answer to one request."""

    def __init__(self, connection: Connection, parking: ParkingLot) -> None:
        self.has_begun = False
        self._connection = connection
        self._parking = parking
        self._status = 500
        self._headers: Headers = []
        self._refused = False

    def run(self, app: Application, environ: Environ) -> None:
        """Send the application's answer (PEP 3333), or park the request if it may wait."""
        body = app(environ, self._start_response)
        if (wait := environ.get(WAIT)) and self._parking.park(self._connection, wait):
            return
        if isinstance(body, list):
            self._connection.response_bytes(self._status, self._headers, b"".join(body))
            return
        try:
            self._send(iter(body))
        finally:
            if hasattr(body, "close"):
                body.close()

    def _start_response(self, status: str, headers: Headers, _exc_info: object = None) -> None:
        self._status = int(status[:3])
        self._headers = headers

    def _send(self, parts: Iterator[bytes]) -> None:
        if any(name.lower() == "content-length" for name, _ in self._headers):
            self._connection.response_bytes(self._status, self._headers, b"".join(parts))
            return
        first = next(parts, b"")  # before the first bytes are sent, a slow client can still get a 408
        self.has_begun = True
        self._connection.response_iter(self._status, self._headers, _BodyParts(chain((first,), parts)))

    def refuse_slow_body(self) -> None:
        """Answer 408 instead, and close the connection. That ends the wait of the thread that reads the body.

        Granian has no call to close a connection. It closes one after an answer that ends before its announced length.
        """
        if not self._refused:
            self._refused = True
            threading.Thread(target=self._end_early, name="slow-body", daemon=True).start()

    def _end_early(self) -> None:
        detail = "the body of the request came too slowly (limits.body_rate, limits.body_seconds)"
        text = json.dumps(problem(408, detail)).encode()
        headers = [("Content-Type", PROBLEM_TYPE), ("Content-Length", str(len(text) + 1)), ("Connection", "close")]
        self._connection.response_iter(408, headers, _BodyParts(_then_wait(text)))


def _then_wait(text: bytes) -> Iterator[bytes]:
    yield text
    time.sleep(LAST_ANSWER_SECONDS)


class _BodyParts:
    """An iterator with the methods that Granian calls."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        return self._parts

    def __next__(self) -> bytes:
        return next(self._parts)

    def close(self) -> None:
        """Do nothing: `_Answer.run` closes the application's own iterable."""
