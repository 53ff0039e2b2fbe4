"""`warta readers`: the readers of the feeds, and how politely their programs poll."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from service.cli import context
from service.cli.commands import group
from service.cli.logs import format_option, log_arguments, read_logs
from service.cli.terminal import say, say_json, table
from service.core.printable import visible
from service.readers import FeedReaders, PollerReport, ReadersReport
from service.readers.advice import duration, in_english, size
from service.readers.from_logs import ReadersFromLogs
from service.readers.report_model import DEFAULT_DAYS, MAX_DAYS, MAX_FEEDS
from service.storage import ReportPart
from service.storage.reader_reports import DEFAULT_FEEDS

SHOWN_FEEDS = 20  # feeds that a table shows by default, and clients of its first feed
MAX_POLLERS = 15  # pollers that a table shows
MAX_NAME_CHARACTERS = 44  # characters of a user agent that a table shows


@group(invoke_without_command=True)
@click.option(
    "--days",
    default=DEFAULT_DAYS,
    show_default=True,
    type=click.IntRange(1, MAX_DAYS),
    help="Days of the report, up to today (UTC).",
)
@click.option("--feed", metavar="NAME", help="One feed, day by day: its path without extension, such as latest.")
@click.option(
    "--limit",
    type=click.IntRange(1, MAX_FEEDS),
    help=f"Feeds to show, most readers first. Default: {SHOWN_FEEDS} in the table, {DEFAULT_FEEDS} as JSON.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, as the API sends it.")
@click.pass_context
def readers(ctx: click.Context, days: int, feed: str | None, limit: int | None, as_json: bool) -> None:
    """Show the readers of the feeds: subscribers, polls, bytes saved, and operators to contact about wasteful polling.

    A server stores its new polls once a minute. Hosted readers (Feedly, Inoreader and others) report their
    subscribers. Single readers are IP addresses, each counted once a day for each program.

    \b
    Example:
      warta readers
      warta readers --days 30 --feed category/politik
      warta readers --json --limit 1000
    """
    if ctx.invoked_subcommand:
        return
    with context.services(context.settings()) as services:
        part = ReportPart(
            limit=limit or (DEFAULT_FEEDS if as_json else SHOWN_FEEDS), feed="" if feed is None else feed.strip("/")
        )
        report = services.readership.report(days, part)
    if as_json:
        say_json(report.as_json(), indent=2)
        return
    for line in _report_lines(report, alone=feed is not None):
        say(line)


@readers.command("import")
@log_arguments
@format_option
def import_(logs: tuple[Path, ...], format_name: str | None) -> None:
    """Count polls in access logs: of nginx, Apache, Varnish, Caddy, Traefik, CloudFront, Cloudflare, Fastly.

    Use it for caches in front of Warta that answer polls themselves. Do not import requests that reached Warta, because
    Warta has counted them. Logs may be compressed with gzip, zstd, bzip2 or xz. - is standard input. If you import a
    log again, also under another name, only new lines count. Lines without an IP address are unreadable. If Warta
    can read no line, the exit code is 1, and you can import the log again.

    A log shows less than Warta knows of its own requests. Only polls with the answer 304 or 226 count as conditional.
    The bytes that a 304 saved are those of the last 200 for the same URL in the log. The bytes that compression saved
    are not known. URLs without an extension (/latest) do not count, because they may be pages.

    \b
    Example:
      warta readers import /var/log/nginx/access.log.1.gz /var/log/nginx/access.log
    """
    settings = context.settings()
    with context.services(settings) as services, context.redis(settings):
        reader = ReadersFromLogs(services.kept_readers, services.singles, services.documents.catalogue, settings)
        read_logs(logs, format_name, reader.count_log, "no polls of feeds")


def _report_lines(report: ReadersReport, *, alone: bool) -> Iterable[str]:
    span = f"{report.since}" if report.since == report.until else f"{report.since} to {report.until}"
    yield f"Readers, {span} (days of UTC)"
    if not report.feeds:
        yield "nobody has polled a feed yet"
        return
    yield ""
    yield from _feeds(report.feeds)
    if not alone and report.feed_count > len(report.feeds):
        yield f"and {report.feed_count - len(report.feeds):,} more feeds; --limit shows up to {MAX_FEEDS:,}"
    if alone:
        yield from _days(report.feeds[0])
    yield from _clients(report.feeds[0] if alone else None, report.feeds)
    yield from _pollers(report.pollers)


def _feeds(feeds: Sequence[FeedReaders]) -> Iterable[str]:
    head = ("feed", "readers", "hosted", "single", "polls", "cond.", "304", "sent", "saved")
    rows = []
    for feed in feeds:
        polls = sum(day.polls for day in feed.days)
        conditional = sum(day.conditional for day in feed.days)
        unchanged = sum(day.unchanged for day in feed.days)
        sent = sum(day.sent for day in feed.days)
        saved = sum(day.saved_by_conditions + day.saved_by_compression for day in feed.days)
        readers = [f"{number:,}" for number in (feed.hosted + feed.single, feed.hosted, feed.single, polls)]
        rows.append(
            (feed.feed, *readers, _share(conditional, polls), _share(unchanged, polls), size(sent), size(saved))
        )
    return table(head, rows)


def _days(feed: FeedReaders) -> Iterable[str]:
    head = ("day", "hosted", "single", "polls", "cond.", "304", "sent", "saved by 304", "by compression")
    rows = [
        (
            *(str(day.day), f"{day.hosted:,}", f"{day.single:,}", f"{day.polls:,}"),
            *(_share(day.conditional, day.polls), _share(day.unchanged, day.polls)),
            *(size(day.sent), size(day.saved_by_conditions), size(day.saved_by_compression)),
        )
        for day in feed.days
    ]
    return ["", feed.title, *table(head, rows)]


def _clients(only: FeedReaders | None, feeds: Sequence[FeedReaders]) -> Iterable[str]:
    """The table of clients of the feed `only`, or of the feed with most readers."""
    feed = only or feeds[0]
    rows = [
        (client.name, f"{client.hosted:,}", f"{client.single:,}", f"{client.polls:,}")
        for client in feed.clients[: None if only else SHOWN_FEEDS]
    ]
    return ["", f"Clients of {feed.feed}", *table(("client", "hosted", "single", "polls"), rows)]


def _pollers(pollers: Sequence[PollerReport]) -> Iterable[str]:
    """The table of pollers with advice. The advice stands in a line below each poller."""
    advised = [poller for poller in pollers if poller.advice][:MAX_POLLERS]
    if not advised:
        return ["", "Whom to talk to: nobody; all poll politely"]
    head = ("wasted", "polls", "every", "cond.", "addresses", "feed", "agent")
    rows = [
        (
            *(size(poller.wasted), f"{poller.polls:,}"),
            "" if poller.interval is None else duration(poller.interval),
            *(f"{poller.conditional:.0%}", f"{poller.addresses:,}", poller.feed, _cut(poller.agent)),
        )
        for poller in advised
    ]
    top, *told = table(head, rows, words=(5, 6))
    lines = ["", "Whom to talk to", top]
    for line, poller in zip(told, advised, strict=True):
        lines += [line, f"    {in_english(poller.advice)}"]
    return lines


def _cut(agent: str) -> str:
    shown = visible(agent)
    return shown if len(shown) <= MAX_NAME_CHARACTERS else f"{shown[: MAX_NAME_CHARACTERS - 1]}…"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else ""
