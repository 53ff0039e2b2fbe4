"""`warta views`: page views that others have seen."""

from pathlib import Path

import click

from service.cli import context
from service.cli.logs import read_logs
from service.views.from_logs import LoggedViews


@click.group()
def views() -> None:
    """Count page views from access logs.

    \b
    Example:
      warta views import /var/log/nginx/access.log
    """


@views.command("import")
@click.argument("logs", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
def import_(logs: tuple[Path, ...]) -> None:
    """Count beacons and pixels in access logs of the combined format (nginx, Apache, varnishncsa, most CDNs).

    For caches in front that answer them alone: what reaches Warta is counted there, and should not be in the logs. Logs
    may be compressed with gzip. Reading a log again, also under another name, counts only what has been added.

    \b
    Example:
      warta views import /var/log/nginx/access.log.1.gz /var/log/nginx/access.log
    """
    settings = context.settings()
    with context.services(settings) as services, context.redis(settings):
        services.keeper.refill()
        reader = LoggedViews(services.kept_views, services.counter, services.keeping, settings)
        read_logs(logs, reader.count, "no page views")
