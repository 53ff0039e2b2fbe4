"""`warta serve`: the HTTP server, with everything that a single machine needs."""

import fcntl
import multiprocessing
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from service.cli import context
from service.core import logging
from service.core.errors import RedisUnavailable, ServerFailed, StoreUnavailable
from service.core.metrics import share
from service.core.private_files import private_file, private_folder
from service.core.settings.model import Settings
from service.feeds.names import LATEST, FeedName
from service.web.server.http_server import http_server
from service.worker import announcer, edge_workers, polisher, view_worker

# A build takes and gives back pieces of 50 to 200 KB. From pages of their own, which is what glibc would take for the
# larger ones, it takes a third more time; the heap that documents tear instead was no larger (docs/performance.md).
MALLOC = {"MALLOC_MMAP_THRESHOLD_": "262144", "MALLOC_TRIM_THRESHOLD_": "8388608", "MALLOC_ARENA_MAX": "2"}


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes.  [default: one per core, at most 4]")
@click.option("--data-dir", type=click.Path(path_type=Path, file_okay=False), help="Overrides the setting data_dir.")
def serve(host: str, port: int, workers: int | None, data_dir: Path | None) -> None:
    """Serve feeds, pages and the API, until Ctrl-C or SIGTERM.

    Without other settings it keeps everything in the data directory: an SQLite file, and a Redis that it starts
    and stops with itself.

    \b
    Example:
      warta serve --host 0.0.0.0 --port 8000 --workers 4
    """
    settings = context.settings({"data_dir": data_dir})
    if "base_url" not in settings.model_fields_set:
        shown = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host  # noqa: S104
        settings = context.settings({"data_dir": data_dir, "base_url": f"http://{shown}:{port}"})
    _claim(host, port)
    with _alone(settings.data_dir):
        _run(settings, host, port, workers or min(os.cpu_count() or 1, 4))


def _run(settings: Settings, host: str, port: int, workers: int) -> None:
    _measure_together(settings)
    with context.services(settings) as services, context.redis(settings) as private:
        _hand_over(settings, private.url if private else settings.redis_url)
        logging.configure()
        if private:
            private.keep(before=services.memory.doubt)
        changes = announcer(services, private)
        changes.round()
        running = [changes, view_worker(services), polisher(services), *edge_workers(services)]
        for each in running:
            each.start()
        try:
            _serve(settings, host, port, workers)
        finally:
            for each in running:
                each.stop()
            with suppress(RedisUnavailable, StoreUnavailable):  # then it is done at the next start
                services.keeper.fold()


def _claim(host: str, port: int) -> None:
    """Raises ServerFailed when the address cannot be had. The server itself would share the port without a word."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except UnicodeError:
        raise ServerFailed(f"cannot listen on {host}: that is no name of a host") from None
    except OSError as error:
        raise ServerFailed(f"cannot listen on {host} port {port}: {error.strerror}; choose another --port") from None


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """One `warta serve` owns a data directory: a second one would wipe the metrics of the first.

    Raises ServerFailed. The lock ends with the process, however that ends.
    """
    try:
        private_folder(data_dir)
        private_file(data_dir / "serve.lock")
        lock = os.open(data_dir / "serve.lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError as error:
        raise ServerFailed(f"data_dir: {data_dir} cannot be used: {error.strerror}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise ServerFailed(
            f"data_dir: {data_dir} is in use by another warta serve; stop it, or choose another --data-dir"
        ) from None
    finally:
        os.close(lock)


def _measure_together(settings: Settings) -> None:
    """Before anything is counted: what this process counts is shown with what its workers do."""
    values = settings.data_dir.resolve() / "metrics"
    shutil.rmtree(values, ignore_errors=True)
    try:
        values.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise ServerFailed(f"data_dir: {settings.data_dir} cannot be used: {error.strerror}") from None
    share(values)


def _hand_over(settings: Settings, redis_url: str) -> None:
    """Tell the workers what was decided here: they are new processes, and read the environment."""
    os.environ.update(
        WARTA_DATA_DIR=str(settings.data_dir.resolve()),
        WARTA_BASE_URL=settings.base_url,
        WARTA_REDIS_URL=redis_url,
        **{name: value for name, value in MALLOC.items() if name not in os.environ},
    )


def _serve(settings: Settings, host: str, port: int, workers: int) -> None:
    # A fork would copy the threads' locks and the open store.
    multiprocessing.set_start_method("spawn", force=True)
    server = http_server("service.app:serving_app", host, port, workers, settings.limits)
    server.run(ready=lambda: _say_where(settings))


def _say_where(settings: Settings) -> None:
    base = settings.base_url
    click.echo(f"Warta serves {settings.site.title} on {base} (Ctrl-C stops it)\n")
    for label, path in {
        "directory": "",
        "newest": f"{FeedName(LATEST)}.rss",
        "most read": f"{FeedName(LATEST, settings.popular.default_window, default_window=True)}.atom",
        "for people": f"{FeedName(LATEST)}",
        "health": "readyz",
        "API": "api/openapi.json",
    }.items():
        click.echo(f"  {label:<11} {base}/{path}")
    click.echo("")
