"""`warta serve`: the HTTP server, with the background work and the private Redis that a single machine needs."""

import fcntl
import multiprocessing
import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import click

from service.articles.dates import utc_now
from service.cli import context
from service.cli.commands import command
from service.core import logging
from service.core.credentials import masked
from service.core.errors import RedisUnavailable, ServerFailed, StoreUnavailable
from service.core.metrics import share
from service.core.plain_errors import plain_message
from service.core.private_files import private_file, private_folder
from service.core.redis import PrivateRedis
from service.core.settings.files import settings_file
from service.core.settings.model import Settings
from service.feeds.names import LATEST, FeedName
from service.storage import Scope, TokenStore
from service.web.access.signed_links import SignedGrants
from service.web.server.http_server import http_server
from service.worker import BackgroundWork, announcer, background_work, recompressor, redis_restarts

# Settings of glibc's malloc. The build of a document allocates and frees blocks of 50 to 200 KB. By default, glibc maps
# separate pages for the larger ones, and a build takes a third more time. With these settings the blocks come from the
# heap. Documents fragment it, but it was no larger when measured (docs/performance.md).
MALLOC_SETTINGS = {"MALLOC_MMAP_THRESHOLD_": "262144", "MALLOC_TRIM_THRESHOLD_": "8388608", "MALLOC_ARENA_MAX": "2"}


@command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Listen address: the IP address or host name of this machine.",
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes.  [default: one per core, at most 4]")
@click.option("--no-worker", is_flag=True, help="Do no background work. Processes of warta worker do it.")
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the data, in place of the setting data_dir.",
)
def serve(host: str, port: int, workers: int | None, no_worker: bool, data_dir: Path | None) -> None:
    """Serve feeds, pages and the API, until Ctrl-C or SIGTERM.

    By default, all data is in the data directory: an SQLite file and the files of a private Redis, which the command
    starts and stops.

    \b
    Example:
      warta serve --host 0.0.0.0 --port 8000 --workers 4
      warta serve --no-worker
    """
    settings = context.settings({"data_dir": data_dir}, may_start_here=True)
    if "base_url" not in settings.model_fields_set:
        shown = "127.0.0.1" if host in ("0.0.0.0", "::") else _shown(host)  # noqa: S104
        overrides = {"data_dir": data_dir, "base_url": f"http://{shown}:{port}"}
        settings = context.settings(overrides, may_start_here=True)
    _check_port(host, port)
    with _data_dir_lock(settings.data_dir):
        _run(settings, host, port, workers or min(os.cpu_count() or 1, 4), no_worker=no_worker)


def _run(settings: Settings, host: str, port: int, workers: int, *, no_worker: bool) -> None:
    _share_metrics(settings)
    with context.services(settings, tell_new=False) as services, context.redis(settings, adopts=True) as private:
        _set_environment(settings, private)
        logging.configure(settings.log)
        if private:
            private.watch(before=services.signal.mark_redis_suspect)
        changes = redis_restarts(services, private) if no_worker else announcer(services, private)
        changes.round()
        running: list[BackgroundWork] = [changes, recompressor(services)]
        if not no_worker:
            running += background_work(services)
        if not private:  # which no other host uses
            running.append(services.other_hosts())
        for each in running:
            each.start()
        try:
            _serve(settings, host, port, workers, lambda: _say_urls(settings, services.tokens, host, port))
        finally:
            for each in running:
                each.stop()
            with suppress(RedisUnavailable, StoreUnavailable):  # the next start folds the views then
                if not no_worker:
                    services.view_persistence.flush()


def _check_port(host: str, port: int) -> None:
    """Check that the listen address is free. Raises ServerFailed if it is not.

    The server itself would share the port with another server without an error.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except UnicodeError:
        raise ServerFailed(f"cannot listen on {host}: it is not the name of a host") from None
    except OSError as error:
        raise ServerFailed(
            f"cannot listen on {host} port {port}: {plain_message(error)}; choose another --port"
        ) from None


@contextmanager
def _data_dir_lock(data_dir: Path) -> Iterator[None]:
    """Lock the data directory for one `warta serve`: a second one would delete the metrics of the first.

    Raises ServerFailed if the directory is locked or cannot be used. The lock ends with the process in any case.
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


def _share_metrics(settings: Settings) -> None:
    """Share the metrics of this process and its workers through files. Call it before anything is counted.

    Deletes the metrics of an earlier run. Raises ServerFailed if the data directory cannot be used.
    """
    values = settings.data_dir.resolve() / "metrics"
    shutil.rmtree(values, ignore_errors=True)
    try:
        values.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise ServerFailed(f"data_dir: {settings.data_dir} cannot be used: {error.strerror}") from None
    share(values)


def _set_environment(settings: Settings, private: PrivateRedis | None) -> None:
    """Pass the settings of this process to the workers: they are new processes, and read them from the environment.

    Only the user of a process, and root, can read its environment; all users can read its arguments.
    """
    os.environ.update(
        WARTA_DATA_DIR=str(settings.data_dir.resolve()),
        WARTA_BASE_URL=settings.base_url,
        WARTA_REDIS_URL=private.url if private else settings.redis_url.get_secret_value(),
        **{name: value for name, value in MALLOC_SETTINGS.items() if name not in os.environ},
    )


def _serve(settings: Settings, host: str, port: int, workers: int, ready: Callable[[], None]) -> None:
    # A fork would copy the locks of the threads and the open connections of the store.
    multiprocessing.set_start_method("spawn", force=True)
    http_server("service.app:serving_app", host, port, workers, settings).run(ready)


def _say_urls(settings: Settings, tokens: TokenStore, host: str, port: int) -> None:
    file = settings_file(os.environ)
    click.echo(f"Warta serves {settings.site.title}; it listens on {_shown(host)}:{port} (Ctrl-C stops it)\n")
    for label, value in {
        "base_url": settings.base_url,
        "settings": file.absolute() if file else "the defaults and WARTA_* variables; warta init writes a file",
        "data_dir": settings.data_dir.absolute(),
        "store": settings.store_file.absolute() if settings.store_file else masked(settings.database_url),
    }.items():
        click.echo(f"  {label:<11} {value}")
    click.echo("")
    for label, path in {
        "pages": "",
        "newest": f"{FeedName(LATEST)}.rss",
        "most read": f"{FeedName(LATEST, settings.popular.default_window, default_window=True)}.rss",
        "statistics": _statistics(tokens),
        "demo page": "embed/demo",
        "health": "readyz",
        "API": "api/openapi.json",
    }.items():
        click.echo(f"  {label:<11} {settings.base_url}/{path}")
    click.echo("")


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _statistics(tokens: TokenStore) -> str:
    """The path of the statistics. On a terminal it is a link that opens them: a log must not hold such a link."""
    names = [token.name for token in tokens.tokens() if token.scope == Scope.STATS_READ and not token.revoked_at]
    if not names or not sys.stdout.isatty():
        return "stats"
    return f"stats?{SignedGrants(tokens).sign(names[0], utc_now() + timedelta(days=1)).encode()}"
