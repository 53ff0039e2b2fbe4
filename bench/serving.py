"""Requests a second of one worker for a warm feed of 50 entries: whole and gzipped, and not modified.

Beside it, in the same rounds: nginx with the same bytes as a static file, and Granian with a WSGI application that
does nothing but answer them. The servers run on one core, wrk on another.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.machine import table
from bench.newsroom import articles
from bench.server import environment, free_port, pinned, serving, wait_for, warta

CONNECTIONS = 32
SERVER_CORE, LOAD_CORE = (0, 1) if (os.cpu_count() or 1) > 1 else (None, None)


@dataclass(frozen=True)
class Target:
    """Somebody who serves the feed's bytes."""

    name: str
    url: str
    etag: str


@dataclass(frozen=True)
class Figures:
    rate: float
    p99: str


def run(*, quick: bool) -> None:
    if not shutil.which("wrk"):
        print("wrk is not on PATH: nothing was measured. Debian's package is called wrk.")
        return
    seconds, rounds = (2, 1) if quick else (8, 3)
    with tempfile.TemporaryDirectory(prefix="warta-bench-") as name, ExitStack() as until_done:
        folder = Path(name)
        targets = []
        _fill(folder)
        server = until_done.enter_context(serving(folder, core=SERVER_CORE))
        body, etag = _fetched(f"{server.base}/latest.rss")
        targets.append(Target("Warta, one worker", f"{server.base}/latest.rss", etag))
        file = folder / "latest.rss.gz"
        file.write_bytes(body)
        targets.append(until_done.enter_context(_bare(file)))
        if shutil.which("nginx"):
            targets.append(until_done.enter_context(_nginx(folder)))
        else:
            print("nginx is not on PATH: the static file is left out")
        print(f"/latest.rss, 50 entries, {len(body):,} bytes gzipped; wrk with {CONNECTIONS} connections, "
              f"{rounds} × {seconds} s each, interleaved")  # fmt: skip
        found = _measured(targets, seconds, rounds)
    table(
        ["server", "200 gzip a second", "ratio", "p99", "304 a second", "ratio", "p99"],
        [_row(target, found, targets[-1]) for target in targets],
    )


def _row(target: Target, found: dict[tuple[str, bool], Figures], best: Target) -> list[str]:
    row = [target.name]
    for conditional in (False, True):
        figures = found[target.name, conditional]
        ratio = figures.rate / found[best.name, conditional].rate
        row += [f"{figures.rate:,.0f}", f"{ratio:.3f}", figures.p99]
    return row


def _measured(targets: list[Target], seconds: int, rounds: int) -> dict[tuple[str, bool], Figures]:
    found: dict[tuple[str, bool], list[Figures]] = {}
    for _ in range(rounds):
        for conditional in (False, True):
            for target in targets:
                found.setdefault((target.name, conditional), []).append(_wrk(target, conditional, seconds))
    return {key: sorted(taken, key=lambda each: each.rate)[len(taken) // 2] for key, taken in found.items()}  # median


def _wrk(target: Target, conditional: bool, seconds: int) -> Figures:
    command = ["wrk", "--latency", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-H", "Accept-Encoding: gzip"]
    if conditional:
        command += ["-H", f"If-None-Match: {target.etag}"]
    command.append(target.url)
    output = subprocess.run(pinned(command, LOAD_CORE), check=True, capture_output=True, text=True).stdout
    assert "Non-2xx or 3xx" not in output, output
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    p99 = re.search(r"99%\s+(\S+)", output)
    assert rate, output
    assert p99, output
    return Figures(float(rate[1]), p99[1])


def _fill(data_dir: Path) -> None:
    lines = data_dir / "articles.jsonl"
    lines.write_text("".join(json.dumps(article) + "\n" for article in articles(200)))
    warta(["import", str(lines)], environment(data_dir, "http://127.0.0.1:8000"))


def _fetched(url: str) -> tuple[bytes, str]:
    """The gzipped body and its ETag."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})  # noqa: S310 - our own server
    with urllib.request.urlopen(request) as response:  # noqa: S310
        return response.read(), response.headers["ETag"]


@contextmanager
def _bare(file: Path) -> Iterator[Target]:
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "bench.bare:application"]
    process = subprocess.Popen(
        pinned(command, SERVER_CORE), env={**os.environ, "BARE_BODY": str(file)}, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}/"
        wait_for(url, process)
        yield Target("Granian, ready bytes", url, '"bare"')
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextmanager
def _nginx(folder: Path) -> Iterator[Target]:
    port = free_port()
    (folder / "logs").mkdir()
    config = folder / "nginx.conf"
    config.write_text(
        f"worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;\n"
        "events { worker_connections 512; }\n"
        "http { access_log off; default_type application/rss+xml; keepalive_requests 100000000;\n"
        f" server {{ listen 127.0.0.1:{port}; root {folder};\n"
        "  location /latest.rss { gzip_static always; } } }\n"
    )
    process = subprocess.Popen(pinned(["nginx", "-p", str(folder), "-c", str(config)], SERVER_CORE))
    try:
        url = f"http://127.0.0.1:{port}/latest.rss"
        wait_for(url, process)
        yield Target("nginx, static file", url, _fetched(url)[1])
    finally:
        process.terminate()
        process.wait(timeout=20)
