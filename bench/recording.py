"""The cost of counting polls: the server with and without it, in turn, each with one worker on the same core.

First one client sends all requests, then crowds of 5,000 and of 50,000 IP addresses. Each IP address is a reader of its
own: two successive requests always differ, and in the larger crowd hardly any request repeats within a second. The
processor time of a request is a better figure than the rate, because it does not include the work of neighbours.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import serving, targets
from bench.machine import LOAD_CORE, SERVER_CORE, table
from bench.results import Run
from bench.server import children, environment, free_port, pinned, wait_for
from bench.server import serving as server
from service.app import serving_app
from service.cli.serve import MALLOC_SETTINGS
from service.core.redis import PrivateRedis
from service.web.http.fast_path import FastPath
from service.web.server.http_server import THREADS_PER_PROCESS

CROWD = Path(__file__).with_name("crowd.lua")
CASES = {  # the number of clients, and whether the requests are conditional
    f"{status}, {crowd:,} {'client' if crowd == 1 else 'clients'}": (crowd, status == 304)
    for crowd in (1, 5_000, 50_000)
    for status in (200, 304)
}


SHOWN = (
    *(("plain time", 2, " µs"), ("counting time", 2, " µs")),
    *(("plain rate", 0, ""), ("counting rate", 0, "")),
)


@dataclass(frozen=True)
class Server:
    """Granian with one worker: the URL of the feed, and the id of Granian's main process."""

    url: str
    process: int

    def busy(self) -> float:
        """Seconds of processor time of the worker (proc(5), schedstat), including its background work."""
        tasks = [task for worker in children(self.process) for task in Path(f"/proc/{worker}/task").iterdir()]
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def counting() -> FastPath:
    """The application as in `warta serve`."""
    return serving_app()


def plain() -> FastPath:
    """The application of `warta serve` without counting polls."""
    return serving_app(recording=False)


def run(record: Run) -> None:
    seconds, rounds = (1, 1) if record.quick else (1, 31)
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as name, ExitStack() as until_done:
        folder = Path(name)
        serving.fill(folder)
        base = until_done.enter_context(server(folder, core=SERVER_CORE)).base  # for its Redis and its background work
        servers = {each: until_done.enter_context(_running(each, folder, base)) for each in ("counting", "plain")}
        for each in servers.values():
            serving.settle(each.url)
        print(f"/latest.rss, 50 entries, gzip; servers on core {SERVER_CORE}, wrk on {LOAD_CORE}, "
              f"{serving.CONNECTIONS} connections; {rounds} × {seconds} s each, interleaved, median")  # fmt: skip
        figures = {case: _compared(servers, case, seconds, rounds) for case in CASES}
    rows = [
        [case, *(f"{each[name]:,.{digits}f}{unit}" for name, digits, unit in SHOWN), f"{each['cost']:.1%}"]
        for case, each in figures.items()
    ]
    table(["answer", "not counted", "counted", "a second, not counted", "counted", "cost"], rows)
    record.keep(figures)


def _compared(servers: dict[str, Server], case: str, seconds: int, rounds: int) -> dict[str, float]:
    """Medians of requests a second, of microseconds a request, and of the relative cost of counting in each round."""
    rates: dict[str, list[float]] = {name: [] for name in servers}
    times: dict[str, list[float]] = {name: [] for name in servers}
    for number in range(rounds):
        for name in sorted(servers, reverse=bool(number % 2)):
            before = servers[name].busy()
            requests, rate = _asked(servers[name].url, case, seconds)
            times[name].append((servers[name].busy() - before) / requests * 1e6)
            rates[name].append(rate)
    costs = [counted / alone - 1 for counted, alone in zip(times["counting"], times["plain"], strict=True)]
    medians = {f"{name} rate": statistics.median(taken) for name, taken in rates.items()}
    medians |= {f"{name} time": statistics.median(taken) for name, taken in times.items()}
    return {**medians, "cost": statistics.median(costs)}


def _asked(url: str, case: str, seconds: int) -> tuple[int, float]:
    """Run wrk once. Returns the number of requests, and the requests a second."""
    crowd, conditional = CASES[case]
    script = CROWD if crowd > 1 else serving.SCRIPT
    command = ["wrk", "-t1", f"-c{serving.CONNECTIONS}", f"-d{seconds}s", "-s", str(script)]
    command += ["-H", "Accept-Encoding: gzip"]
    if conditional:
        command += ["-H", f"If-None-Match: {targets.fetched(url)[1]}"]
    command += [url, "--", str(crowd)]
    done = subprocess.run(pinned(command, LOAD_CORE), check=True, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert not told["refused"], f"{case}: {told['refused']} requests were answered with an error"
    return told["requests"], told["requests"] / told["microseconds"] * 1e6


@contextmanager
def _running(factory: str, folder: Path, base: str) -> Iterator[Server]:
    """Run Granian as `warta serve` does, with the application from the function `factory` of this module.

    All servers have the same base URL, or each would build its own documents.
    """
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--port", str(port)]
    command += ["--blocking-threads", str(THREADS_PER_PROCESS), "--no-access-log", f"bench.recording:{factory}"]
    env = environment(folder, base)
    env |= {"WARTA_REDIS_URL": PrivateRedis(folder).url, "WARTA_TRUSTED_PROXIES": "127.0.0.1/32", **MALLOC_SETTINGS}
    with (folder / f"{factory}.log").open("wb") as log:
        process = subprocess.Popen(pinned(command, SERVER_CORE), env=env, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", process)
        yield Server(f"http://127.0.0.1:{port}/latest.rss", process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)
