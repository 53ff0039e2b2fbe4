"""The real program for tests: `warta` as a command that ends, and `warta serve` on a free loopback port."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

from service.bootstrap import MAX_CLOSE_SECONDS
from service.web.server.http_server import MAX_STOP_SECONDS

T = TypeVar("T")
COMMAND = (sys.executable, "-m", "service.cli")
ROOT = Path(__file__).parents[2]
DEADLINE = 20.0  # seconds that anything may take before a test gives up


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """This process's environment, with no settings of Warta but those given."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(("WARTA_", "PROMETHEUS_"))}
    return {**others, "PYTHONPATH": str(ROOT), "WARTA_DATA_DIR": str(data_dir), **settings}


def warta(data_dir: Path, *arguments: str, stdin: bytes | str = b"", **settings: str) -> "Done":
    """Run a command to its end, where no configuration file is. A traceback is a bug, whatever the command."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        cwd="/",
        env=environment(data_dir, **settings),
        timeout=60,
        check=False,
    )
    errors = done.stderr.decode()
    assert "Traceback" not in errors, errors
    return Done(done.returncode, done.stdout.decode(), without_new_store(errors))


def without_new_store(errors: str) -> str:
    """What a command wrote on standard error, without the line about a new store: most tests begin with one."""
    return re.sub(r"^created a new, empty store: .*\n", "", errors, flags=re.MULTILINE)


class Done(NamedTuple):
    code: int
    output: str
    errors: str


def eventually(look: Callable[[], T]) -> T:
    """What `look` gives as soon as it is true; the test fails when that takes too long."""
    deadline = time.monotonic() + DEADLINE
    while not (seen := look()):
        assert time.monotonic() < deadline, f"still not so after {DEADLINE} seconds, but {seen!r}"
        time.sleep(0.02)
    return seen


class Answer(NamedTuple):
    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Server:
    """`warta serve` on a data directory, for the time of a `with` block."""

    def __init__(self, data_dir: Path, *, workers: int = 1, **settings: str) -> None:
        """`{port}` in a setting is the server's port."""
        self.data_dir = data_dir
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.stderr = data_dir.with_name(f"{data_dir.name}.stderr")
        self._stdout = data_dir.with_name(f"{data_dir.name}.stdout")
        with self._stdout.open("wb") as output, self.stderr.open("wb") as errors:
            self.process = subprocess.Popen(
                [*COMMAND, "serve", *("--port", str(self.port), "--workers", str(workers))],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                cwd="/",
                env=environment(
                    data_dir, **{name: value.replace("{port}", str(self.port)) for name, value in settings.items()}
                ),
            )
        self._workers = workers

    def __enter__(self) -> Self:
        try:
            eventually(self._is_up)
        except BaseException:
            self.process.kill()
            raise
        return self

    def _is_up(self) -> bool:
        assert self.process.poll() is None, self.stderr.read_text()
        try:
            return self.get("/healthz").status == 200 and len(self.workers()) == self._workers
        except OSError:
            return False

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.stop()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal; the exit code, which must come within the time that requests in flight and views have."""
        self.process.send_signal(how)
        try:
            return self.process.wait(MAX_CLOSE_SECONDS + MAX_STOP_SECONDS + 2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    @property
    def banner(self) -> str:
        return self._stdout.read_text()

    @property
    def log(self) -> list[dict[str, Any]]:
        """What was logged; every line of it is JSON."""
        return [json.loads(line) for line in self.stderr.read_text().splitlines()]

    def connect(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)

    def request(
        self,
        method: str,
        path: str,
        body: bytes | Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        connection = self.connect()
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def load(self, articles: Iterable[Mapping[str, object]]) -> None:
        """Import the articles with `warta import`, under the URLs of this server."""
        lines = "\n".join(map(json.dumps, articles))
        done = warta(self.data_dir, "import", "-", stdin=lines, WARTA_BASE_URL=self.base_url)
        assert done.code == 0, done

    def workers(self) -> list[int]:
        """Process ids of the serving processes."""
        return [pid for pid in children(self.process.pid) if "spawn_main" in command_line(pid)]

    def redis(self) -> int | None:
        """Process id of the private Redis, if it runs."""
        return next((pid for pid in children(self.process.pid) if "redis-server" in command_line(pid)), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(parent: int) -> list[int]:
    return [int(pid) for path in Path(f"/proc/{parent}/task").glob("*/children") for pid in path.read_text().split()]


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def resident_memory(pid: int) -> int:
    """Bytes of memory that the process has (VmRSS)."""
    [line] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024
