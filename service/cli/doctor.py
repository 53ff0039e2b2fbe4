"""`warta doctor`: checks the settings and each part of the service. It changes nothing."""

import os
import platform
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from service import __version__
from service.articles.dates import utc_now
from service.bootstrap import Services
from service.cli import context
from service.cli.commands import command
from service.cli.terminal import say
from service.core.clients import ForwardingReport, last_reports
from service.core.credentials import masked
from service.core.errors import EdgeUnavailable, RedisUnavailable, WartaError
from service.core.ip_addresses import ForwardingProblem
from service.core.redis import PrivateRedis
from service.core.settings.files import settings_file
from service.core.settings.model import Settings
from service.core.settings.site import Site


@command()
def doctor() -> None:
    """Check settings, store, Redis, edge and base URL, and say what to do. It changes nothing.

    Exit code 1 if something is wrong.

    \b
    Example:
      warta doctor
    """
    settings = context.settings()
    say(f"ok    warta: {__version__}, Python {platform.python_version()}, {sys.prefix}")
    say(f"ok    settings: {_origin()}")
    sound = True
    for check in (_data_dir, _parts, _base_url, _hub, _identity):
        for state, message in check(settings):
            sound = sound and state != "wrong"
            say(f"{state:<6}{message}")
    if not sound:
        sys.exit(1)


Findings = Iterator[tuple[str, str]]


def _origin() -> str:
    file = settings_file(os.environ)
    variables = sum(name.startswith("WARTA_") and name != "WARTA_CONFIG" for name in os.environ)
    also = f", and {variables} WARTA_* variable{'s' if variables > 1 else ''}" if variables else ""
    return f"{file.absolute() if file else 'no file, so the defaults'}{also}"


def _data_dir(settings: Settings) -> Findings:
    folder = settings.data_dir.absolute()
    if not folder.exists():
        yield "note", f"data_dir: {folder} does not exist yet; warta serve makes it"
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield "wrong", f"data_dir: this user may not write to {folder}; run the command as the user of the service"
    else:
        yield "ok", f"data_dir: {folder}"


def _parts(settings: Settings) -> Findings:
    """Check the parts that must answer, each once. Nothing is created: a store that is missing is not opened."""
    file = settings.store_file
    if file and not file.exists():
        yield "note", f"store: there is none at {file.absolute()} yet; warta serve or warta demo makes it"
        yield from _trusted_proxies(settings, [])
        return
    with closing(Services.build(settings)) as services:
        for check in (_store, _redis, _edge):
            try:
                yield from check(settings, services)
            except WartaError as error:
                yield "wrong", f"{check.__name__.strip('_')}: {error}"
        yield from _trusted_proxies(settings, _reports(settings, services))


def _store(settings: Settings, services: Services) -> Findings:
    from service.storage.migrations import pending

    database = services.database
    if not pending(database):
        yield "ok", f"store: {database}, {database.version()}; it answers and is up to date"
        yield from _articles(settings, services)
    elif database.is_sqlite:
        yield "note", f"store: {database} will be brought up to date by the next command"
    else:
        yield "wrong", f"store: {database} needs a migration; run: warta migrate"


def _articles(settings: Settings, services: Services) -> Findings:
    now = utc_now()
    newest = services.store.newest_published_at(now)
    if newest is None:
        yield "note", "articles: none yet; try warta demo, or see warta import --help"
    elif now - newest > timedelta(days=1):
        yield "note", f"articles: the newest is of {newest.astimezone(settings.site.zone):%Y-%m-%d %H:%M}"
    else:
        yield "ok", "articles: the newest is less than a day old"


def _redis(settings: Settings, services: Services) -> Findings:
    private = None if settings.redis_url else PrivateRedis(settings.data_dir)
    if private and not private.answers():
        yield "ok", f"redis: private, in {settings.data_dir.absolute()}; warta serve starts {private.program()}"
        return
    with services.redis.use() as redis:
        version = redis.info("server")["redis_version"]
    yield (
        "ok",
        f"redis: {'private' if private else masked(settings.redis_url)}, Redis {version}; it answers",
    )


def _reports(settings: Settings, services: Services) -> list[ForwardingReport]:
    """The reports about proxies that hide the visitors. Processes of the service note them in Redis."""
    if not settings.redis_url and not PrivateRedis(settings.data_dir).answers():
        return []
    with suppress(RedisUnavailable):
        return [report for report in last_reports(services.redis) if not _is_settled(report, settings)]
    return []


def _is_settled(report: ForwardingReport, settings: Settings) -> bool:
    """True if `trusted_proxies` now has the proxy that the report is about."""
    if report.problem is ForwardingProblem.UNREADABLE or not report.peer:
        return False
    return any(ip_address(report.peer) in network for network in settings.trusted_proxies)


def _edge(_settings: Settings, services: Services) -> Findings:
    for purger in services.edge.purgers:
        try:
            purger.try_out()
            yield "ok", f"edge: {masked(purger.url)} answers, and takes purges"
        except EdgeUnavailable as error:
            yield "wrong", f"edge: {error}"


def _trusted_proxies(settings: Settings, reports: list[ForwardingReport]) -> Findings:
    networks = ", ".join(map(str, settings.trusted_proxies))
    if not networks and settings.edge.kind:
        reason = f"none, though edge.kind is {settings.edge.kind}: all visitors behind it count as one"
        yield "wrong", f"trusted_proxies: {reason}; add its networks"
    elif reports:
        for report in reports:
            at = datetime.fromtimestamp(report.at, settings.site.zone)
            yield "note", f"trusted_proxies: {report} (last seen {at:%Y-%m-%d %H:%M})"
    else:
        yield "ok", f"trusted_proxies: {networks or 'none; forwarding headers are not used'}"


def _base_url(settings: Settings) -> Findings:
    if urlsplit(settings.base_url).hostname in ("127.0.0.1", "localhost", "::1"):
        yield "note", f"base_url: {settings.base_url} is this machine only; readers elsewhere cannot follow its links"
    elif not settings.base_url.startswith("https://"):
        yield "note", f"base_url: {settings.base_url} is not https"
    else:
        yield "ok", f"base_url: {settings.base_url}"


def _hub(settings: Settings) -> Findings:
    if not settings.hub.enabled:
        yield "note", "hub: hub.enabled is false; readers must poll the feeds"
    elif settings.outgoing_allow:
        networks = ", ".join(map(str, settings.outgoing_allow))
        yield "note", f"hub: subscribers may be in {networks}, which outgoing_allow permits; use that for tests only"
    else:
        yield "ok", f"hub: {settings.own_hub}; warta deliveries shows its subscribers"


def _identity(settings: Settings) -> Findings:
    if settings.site.tag_authority == Site().tag_authority:
        yield "note", "site.tag_authority: set it to a domain of yours before the first article; it must never change"
    else:
        yield "ok", f"site.tag_authority: {settings.site.tag_authority}"
