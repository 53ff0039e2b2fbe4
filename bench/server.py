"""A real `warta serve` for a benchmark, with its own data directory and a free port."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

READY_SECONDS = 30
FILL_SECONDS = 300  # until Redis has a million articles, on a busy machine


@dataclass(frozen=True)
class Running:
    """A running server. `base` is its base URL. Commands need the variables `environment` to work on the same data.

    `start` is the time from the start of the process to the first answer, in milliseconds.
    """

    base: str
    environment: dict[str, str]
    process: int
    start: float

    def command(self, *arguments: str) -> str:
        """The output of a `warta` command on the server's data."""
        return warta(arguments, self.environment)

    @property
    def workers(self) -> list[int]:
        """Ids of the processes that answer requests: `spawn_main` in the command excludes the resource tracker."""
        return [p for p in children(self.process) if b"spawn_main" in Path(f"/proc/{p}/cmdline").read_bytes()]

    def memory(self, field: str = "VmRSS") -> float:
        """Megabytes of resident memory of the largest worker: the current value (VmRSS) or the peak (VmHWM)."""
        told = [Path(f"/proc/{worker}/status").read_text() for worker in self.workers]
        return max(int(status.partition(f"{field}:")[2].split()[0]) for status in told) / 1024


def environment(data_dir: Path, base_url: str) -> dict[str, str]:
    """The environment variables for a server or a command, without the WARTA_* variables of the shell."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WARTA_")}
    return {**kept, "WARTA_DATA_DIR": str(data_dir), "WARTA_BASE_URL": base_url}


def warta(arguments: Sequence[str], environment: dict[str, str]) -> str:
    command = [sys.executable, "-m", "service.cli", *arguments]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@contextmanager
def serving(
    data_dir: Path,
    *,
    core: int | None = None,
    workers: int = 1,
    settings: Mapping[str, str] | None = None,
    log_file: Path | None = None,
    options: Sequence[str] = (),
) -> Iterator[Running]:
    """Run the server for the duration of the block, on one `core` if given. `settings` are environment variables.

    `options` are further options of `warta serve`.
    """
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    env = {**environment(data_dir, base), **(settings or {})}
    command = [sys.executable, "-m", "service.cli", "serve", "--port", str(port), "--workers", str(workers), *options]
    started = time.perf_counter()
    with (log_file or data_dir / "serve.log").open("wb") as log:
        process = subprocess.Popen(pinned(command, core), env=env, stdout=log, stderr=log)
    try:
        wait_for(f"{base}/healthz", process)
        yield Running(base, env, process.pid, (time.perf_counter() - started) * 1000)
    finally:
        process.terminate()
        process.wait(timeout=20)


def filled(base: str) -> None:
    """Wait until Redis has all articles; the server answers before that.

    Raises RuntimeError after FILL_SECONDS.
    """
    deadline = time.monotonic() + FILL_SECONDS
    while time.monotonic() < deadline:
        with urllib.request.urlopen(f"{base}/readyz", timeout=10) as answer:  # noqa: S310 - our own server
            if json.load(answer)["status"] == "ready":
                return
        time.sleep(0.1)
    raise RuntimeError(f"{base} is not ready after {FILL_SECONDS} seconds")


def pinned(command: Sequence[str], core: int | None) -> list[str]:
    return [*([] if core is None else ["taskset", "-c", str(core)]), *command]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until `url` answers. Raises RuntimeError after READY_SECONDS, or if the process ends."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2).close()  # noqa: S310 - our own server
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nothing answers at {url}")


def children(pid: int) -> list[int]:
    """The ids of the running child processes of a process."""
    found = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for path in found for child in path.read_text().split()]
