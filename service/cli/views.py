"""`warta views`: counts page views that caches in front of Warta have answered."""

from pathlib import Path

import click

from service.cli import context
from service.cli.logs import read_logs
from service.views.from_logs import ViewsFromLogs


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

    Use it for caches in front of Warta that answer beacons and pixels themselves. Warta counts the requests that reach
    it, so the logs should not contain them. Logs may be compressed with gzip. Reading a log again, also under another
    name, counts only the lines that have been added.

    \b
    Example:
      warta views import /var/log/nginx/access.log.1.gz /var/log/nginx/access.log
    """
    settings = context.settings()
    with context.services(settings) as services, context.redis(settings):
        services.view_persistence.refill()
        reader = ViewsFromLogs(services.view_store, services.counter, services.redis_views, settings)
        read_logs(logs, reader.count, "no page views")
