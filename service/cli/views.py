"""`warta views`: counts page views that caches in front of Warta have answered."""

from pathlib import Path

from service.cli import context
from service.cli.commands import group
from service.cli.logs import format_option, log_arguments, read_logs
from service.views.from_logs import ViewsFromLogs


@group()
def views() -> None:
    """Count page views from access logs.

    \b
    Example:
      warta views import /var/log/nginx/access.log
    """


@views.command("import")
@log_arguments
@format_option
def import_(logs: tuple[Path, ...], format_name: str | None) -> None:
    """Count beacons and pixels in logs of nginx, Apache, Varnish, Caddy, Traefik, CloudFront, Cloudflare, Fastly.

    Use it for caches in front of Warta that answer beacons and pixels themselves. Do not import requests that reached
    Warta, because Warta has counted them. Logs may be compressed with gzip, zstd, bzip2 or xz. - is standard input. If
    you import a log again, also under another name, only new lines count. Lines without an IP address are unreadable.
    If Warta can read no line, the exit code is 1, and you can import the log again.

    \b
    Example:
      warta views import /var/log/nginx/access.log.1.gz /var/log/nginx/access.log
      aws s3 cp s3://logs/E2EXAMPLE.2026-02-12-02.gz - | warta views import --format cloudfront -
    """
    settings = context.settings()
    with context.services(settings) as services, context.redis(settings):
        services.view_persistence.refill()
        reader = ViewsFromLogs(services.view_store, services.counter, services.redis_views, settings)
        read_logs(logs, format_name, reader.count, "no page views")
