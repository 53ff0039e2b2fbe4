"""Commands for operators: `warta feeds`, `migrate`, `worker`."""

import signal
import threading
from contextlib import closing

import click

from service.bootstrap import Services
from service.cli import context
from service.cli.terminal import json_option, say, say_table
from service.core import logging
from service.documents.formats import FORMATS
from service.worker import announcer, background_work


@click.command()
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


@click.command()
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


@click.command()
def worker() -> None:
    """Run the background work of `warta serve` as a separate process, for example beside replicas of the server.

    It announces changes to caches, purges the edge, ends embargoes, maintains the windows of the view counter, and
    delivers new documents to the subscribers of the hub. Several workers may run at the same time: they share the
    deliveries.

    \b
    Example:
      warta worker
    """
    settings = context.settings()
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with context.services(settings, tell_new=False) as services, context.redis(settings) as private:
        logging.configure(settings.log)
        running = [announcer(services, private), *background_work(services)]
        for each in running:
            each.start()
        stopped.wait()
        for each in running:
            each.stop()
