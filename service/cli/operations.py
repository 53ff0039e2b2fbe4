"""Commands for operators: `warta feeds`, `migrate`, `worker`, `doctor`."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

import click

from service.articles.dates import utc_now
from service.bootstrap import Services
from service.cli import context
from service.cli.terminal import say
from service.core import logging
from service.core.clients import ForwardingReport, last_reports
from service.core.credentials import masked
from service.core.errors import EdgeUnavailable, RedisUnavailable, ServerFailed, WartaError
from service.core.ip_addresses import ForwardingProblem
from service.core.redis import RedisLink
from service.core.settings.model import Settings, Site
from service.documents.formats import FORMATS
from service.worker import announcer, edge_workers, view_worker, webhook_worker


@click.command()
@click.option("--all", "everything", is_flag=True, help="List tags, authors and every format, too.")
def feeds(everything: bool) -> None:
    """List all feeds with their URLs and titles.

    \b
    Example:
      warta feeds --all
    """
    settings = context.settings()
    formats = list(FORMATS.values()) if everything else list(FORMATS.values())[:1]
    with context.services(settings) as services:
        catalogue = services.documents.catalogue
        for article_list in services.store.all_lists():
            if everything or article_list.kind not in ("tag", "author"):
                hidden = [] if catalogue.is_listed(article_list) else ["(hidden)"]
                for name in catalogue.names(article_list):
                    for format_ in formats:
                        say(catalogue.url(name, format_.extension), catalogue.label(name, article_list), *hidden)


@click.command()
def migrate() -> None:
    """Migrate the store to the schema that this version needs. Running it again changes nothing.

    \b
    Example:
      WARTA_DATABASE_URL=postgresql://warta@db/warta warta migrate
    """
    from service.storage.migrations import migrate, pending

    with closing(Services.build(context.settings())) as services:
        needed = pending(services.database)
        migrate(services.database)
        say(f"{services.database}: {'migrated' if needed else 'nothing to do'}")


@click.command()
def worker() -> None:
    """Run the background work of `warta serve` as a separate process, for example beside replicas of the server.

    It announces changes to caches, purges the edge, ends embargoes, and maintains the windows of the view counter.
    Several workers may run at the same time.

    \b
    Example:
      warta worker
    """
    settings = context.settings()
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with context.services(settings) as services, context.redis(settings) as private:
        logging.configure()
        running = [
            announcer(services, private),
            view_worker(services),
            *edge_workers(services),
            webhook_worker(services),
        ]
        for each in running:
            each.start()
        stopped.wait()
        for each in running:
            each.stop()


@click.command()
def doctor() -> None:
    """Check settings, store, Redis, edge and base URL, and say what to do. Exit code 1 if something is wrong.

    \b
    Example:
      warta doctor
    """
    settings = context.settings()
    say("ok    settings: understood")
    sound = True
    with closing(Services.build(settings)) as services:
        for check in (_store, _redis, _trusted_proxies, _edge, _base_url, _identity, _articles):
            try:
                for state, message in check(settings, services):
                    sound = sound and state != "wrong"
                    say(f"{state:<6}{message}")
            except WartaError as error:
                sound = False
                say(f"wrong {check.__name__.strip('_').replace('_', ' ')}: {error}")
    if not sound:
        sys.exit(1)


Findings = Iterator[tuple[str, str]]


def _store(_settings: Settings, services: Services) -> Findings:
    from service.storage.migrations import pending

    if not pending(services.database):
        yield "ok", f"store: {services.database} answers and is up to date"
    elif services.database.is_sqlite:
        yield "note", f"store: {services.database} will be brought up to date by the next command"
    else:
        yield "wrong", f"store: {services.database} needs a migration; run: warta migrate"


def _redis(settings: Settings, services: Services) -> Findings:
    if settings.redis_url:
        _ping(services.redis)
        yield "ok", "redis: answers"
        return
    with context.redis(settings):
        _ping(services.redis)
        yield "ok", f"redis: private, in {settings.data_dir}"


def _trusted_proxies(settings: Settings, services: Services) -> Findings:
    networks = ", ".join(map(str, settings.trusted_proxies))
    if not networks and settings.edge.kind:
        reason = f"none, though edge.kind is {settings.edge.kind}: all visitors behind it count as one"
        yield "wrong", f"trusted_proxies: {reason}; add its networks"
        return
    with suppress(RedisUnavailable, ServerFailed), context.redis(settings):  # `_redis` has reported it
        reports = [report for report in last_reports(services.redis) if not _is_settled(report, settings)]
        for report in reports:
            at = datetime.fromtimestamp(report.at, settings.site.zone)
            yield "note", f"trusted_proxies: {report} (last seen {at:%Y-%m-%d %H:%M})"
        if reports:
            return
    yield "ok", f"trusted_proxies: {networks or 'none; forwarding headers are not used'}"


def _is_settled(report: ForwardingReport, settings: Settings) -> bool:
    """True if `trusted_proxies` now has the proxy that the report is about."""
    if report.problem is ForwardingProblem.UNREADABLE or not report.peer:
        return False
    return any(ip_address(report.peer) in network for network in settings.trusted_proxies)


def _ping(link: RedisLink) -> None:
    with link.use() as redis:
        redis.ping()


def _edge(_settings: Settings, services: Services) -> Findings:
    for purger in services.edge.purgers:
        try:
            purger.try_out()
            yield "ok", f"edge: {masked(purger.url)} answers, and takes purges"
        except EdgeUnavailable as error:
            yield "wrong", f"edge: {error}"


def _base_url(settings: Settings, _services: Services) -> Findings:
    if urlsplit(settings.base_url).hostname in ("127.0.0.1", "localhost", "::1"):
        yield "note", f"base_url: {settings.base_url} is this machine only; readers elsewhere cannot follow its links"
    elif not settings.base_url.startswith("https://"):
        yield "note", f"base_url: {settings.base_url} is not https"
    else:
        yield "ok", f"base_url: {settings.base_url}"


def _identity(settings: Settings, _services: Services) -> Findings:
    if settings.site.tag_authority == Site().tag_authority:
        yield "note", "site.tag_authority: set it to a domain of yours before the first article; it must never change"
    else:
        yield "ok", f"site.tag_authority: {settings.site.tag_authority}"


def _articles(settings: Settings, services: Services) -> Findings:
    from service.storage.migrations import pending

    if pending(services.database):
        return  # `_store` has reported it
    now = utc_now()
    newest = services.store.newest_published_at(now)
    if newest is None:
        yield "note", "articles: none yet; try warta demo, or see warta import --help"
    elif now - newest > timedelta(days=1):
        yield "note", f"articles: the newest is of {newest.astimezone(settings.site.zone):%Y-%m-%d %H:%M}"
    else:
        yield "ok", "articles: the newest is less than a day old"
