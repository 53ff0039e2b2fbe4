"""A TCP proxy with the faults of a network: each answer comes late, or none comes at all."""

import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self


class FaultyNetwork:
    """Passes connections to its port on 127.0.0.1 on to `target`, for the time of a `with` block.

    `target` is a port of this machine, or a unix socket. `delay` is in seconds, for each piece of an answer. While
    `is_cut`, all that is sent vanishes in both directions, and nobody is told: packets are dropped.
    """

    def __init__(self, target: int | Path) -> None:
        self.delay = 0.0
        self.is_cut = False
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._accepting = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes `accept`
        self._listener.close()
        self._accepting.join()
        self.break_connections()

    def break_connections(self) -> None:
        """Close all connections, as a router does that starts anew."""
        with self._lock:
            closing, self._open = self._open, set()
        for each in closing:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = self._connect()
            except OSError:
                near.close()
                continue
            for each in (near, far):
                if each.family != socket.AF_UNIX:  # small pieces go at once, as between the real peers
                    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open |= {near, far}
            threading.Thread(target=self._pass_on, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(far, near, True), daemon=True).start()

    def _connect(self) -> socket.socket:
        if isinstance(self._target, int):
            return socket.create_connection(("127.0.0.1", self._target))
        far = socket.socket(socket.AF_UNIX)
        far.connect(str(self._target))
        return far

    def _pass_on(self, source: socket.socket, sink: socket.socket, is_answer: bool) -> None:
        """Pass pieces on until one side closes. A piece of a cut network is lost for good, as if the host were gone."""
        with suppress(OSError):
            while piece := source.recv(65536):
                if is_answer and self.delay:
                    time.sleep(self.delay)
                if not self.is_cut:
                    sink.sendall(piece)
        with suppress(OSError):
            if not self.is_cut:
                sink.shutdown(socket.SHUT_WR)
