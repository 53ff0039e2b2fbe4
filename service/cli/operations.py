"""Commands for operators: `warta feeds`, `migrate`, `worker`."""

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, nullcontext

import click

from service.bootstrap import Services
from service.cli import context
from service.cli.commands import command
from service.cli.terminal import json_option, say, say_table
from service.core import logging
from service.core.errors import ServerFailed
from service.core.metrics import Metrics
from service.documents.formats import FORMATS
from service.worker import announcer, background_work


@command()
@click.option("--all", "everything", is_flag=True, help="List tags, authors and every format, too.")
@json_option
def feeds(everything: bool, as_json: bool) -> None:
    """List all feeds with their URLs and titles.

    \b
    Example:
      warta feeds --all
    """
    settings = context.settings()
    formats = list(FORMATS.values()) if everything else list(FORMATS.values())[:1]
    with context.services(settings) as services:
        catalogue = services.documents.catalogue
        rows = [
            (
                catalogue.url(name, format_.extension),
                catalogue.label(name, article_list),
                None if catalogue.is_listed(article_list) else "hidden",
            )
            for article_list in services.store.all_lists()
            if everything or article_list.kind not in ("tag", "author")
            for name in catalogue.names(article_list)
            for format_ in formats
        ]
    say_table(("URL", "Title", "State"), rows, as_json=as_json)


@command()
def migrate() -> None:
    """Migrate the store to the schema that this version needs. Running it again changes nothing.

    \b
    Example:
      WARTA_DATABASE_URL=postgresql://warta@db/warta warta migrate
    """
    from service.storage.migrations import migrate, pending

    with closing(Services.build(context.settings(may_start_here=True))) as services:
        needed = pending(services.database)
        migrate(services.database)
        say(f"{services.database}: {'migrated' if needed else 'nothing to do'}")


@command()
@click.option("--metrics-port", type=click.IntRange(1, 65535), help="Serve the worker's metrics on this port.")
@click.option(
    "--metrics-host",
    default="127.0.0.1",
    show_default=True,
    help="Listen address of the metrics: an IP address or a host name of this machine.",
)
def worker(metrics_port: int | None, metrics_host: str) -> None:
    """Run the background work of `warta serve` as a separate process, for example beside replicas of the server.

    It announces changes to caches, purges the edge, ends embargoes, maintains the windows of the view counter, and
    delivers new documents to the subscribers of the hub. Several workers may run at the same time: they share the
    deliveries.

    The metrics of warta serve do not have the worker's. Let Prometheus read them from --metrics-port.

    \b
    Example:
      warta worker
      warta worker --metrics-host 0.0.0.0 --metrics-port 9100
    """
    settings = context.settings()
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with (
        context.services(settings, tell_new=False) as services,
        context.redis(settings) as private,
        _metrics(services.metrics, metrics_host, metrics_port) if metrics_port else nullcontext(),
    ):
        logging.configure(settings.log)
        running = [announcer(services, private), *background_work(services)]
        for each in running:
            each.start()
        stopped.wait()
        for each in running:
            each.stop()


@contextmanager
def _metrics(metrics: Metrics, host: str, port: int) -> Iterator[None]:
    """Serve the metrics for the block. Raises ServerFailed if the port cannot be used."""
    with ExitStack() as serving:
        try:
            serving.enter_context(metrics.served(host, port))
        except UnicodeError:
            raise ServerFailed(f"cannot listen on {host}: it is not the name of a host") from None
        except OSError as error:
            reason = f"cannot listen on {host} port {port}: {error.strerror}; choose another --metrics-port"
            raise ServerFailed(reason) from None
        yield
