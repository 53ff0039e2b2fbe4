"""A real program in front of a port of this machine, on a free loopback port: what Varnish and nginx have in common."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.server import DEADLINE, Answer, eventually, free_port

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


class Proxy:
    """For the time of a `with` block. Its configuration is in `folder`, a short path, for sockets; `starter` is what
    stands before its command."""

    starter: Sequence[str] = ()

    def __init__(self, name: str, port: int | None = None) -> None:
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.folder = Path(tempfile.mkdtemp(prefix=f"warta-{name}-"))
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """What starts it, in the foreground."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {"PATH": PATH}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """With an empty cache, or with what is left of it on disk."""
        with (self.folder / "log").open("wb") as log:
            command = [*self.starter, *self.command()]
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment()
            )
        eventually(self._is_up)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def _is_up(self) -> bool:
        assert self._process
        assert self._process.poll() is None, (self.folder / "log").read_text()
        try:
            return self.get("/metrics").status == 404
        except OSError:
            return False

    def request(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        try:
            connection.request(method, path, body, headers=dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, {name.replace("_", "-"): value for name, value in headers.items()})


def changed(configuration: str, lines: Mapping[str, str]) -> str:
    """A configuration as it is shipped, with the one place that fits each pattern replaced."""
    for pattern, line in lines.items():
        assert len(re.findall(pattern, configuration)) == 1, pattern
        configuration = re.sub(pattern, line, configuration)
    return configuration
