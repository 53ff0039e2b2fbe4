"""`warta popular`: shows the popular lists, and stores the decisions of editors about them."""

import getpass
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import click

from service.articles.dates import utc_now
from service.articles.validation import ValidationContext, nfc
from service.bootstrap import Services
from service.cli import context
from service.cli.commands import group
from service.cli.terminal import json_option, say, say_table
from service.core.errors import RedisUnavailable
from service.core.settings.counting import WINDOWS
from service.documents.formats.context import RenderContext
from service.feeds.editorial import (
    MAX_FACTOR,
    MAX_NOTE_LENGTH,
    MAX_POSITION,
    MIN_FACTOR,
    AuditLine,
    EditorialOverride,
    OverrideRecord,
    category_slug,
    read_note,
)
from service.feeds.names import LATEST, TRENDING, FeedName

AUDIT_LINES_PER_QUERY = 1_000  # lines of the audit that are read with one query


def _current_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as in some containers
        return "unknown"


def _category(_context: click.Context, _parameter: click.Parameter, name: str | None) -> str:
    try:
        return category_slug(name) if name is not None else ""
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


_ARTICLE_ID = click.argument("article_id", metavar="ID", callback=lambda _context, _parameter, name: nfc(name))
_FOR_CATEGORY = click.option(
    "--category", callback=_category, help="Only in the lists of this category.  [default: in all lists]"
)
_BY = click.option(
    "--by", default=_current_user, callback=context.named, help="Name of the editor.  [default: the user]"
)
_NOTE = click.option("--note", default="", help=f"Reason for the audit, at most {MAX_NOTE_LENGTH} characters.")
_UNTIL = click.option("--until", help="Time at which it ends. A time without a zone is in the zone of the site.")


def _override_options(command: Callable[..., None]) -> Callable[..., None]:
    """A decorator that adds the argument and options of a command that stores a decision."""
    for option in (_NOTE, _BY, _UNTIL, _FOR_CATEGORY, _ARTICLE_ID):
        command = option(command)
    return command


@group(invoke_without_command=True)
@click.option("--category", callback=_category, help="Show the list of this category.")
@click.option("--window", type=click.Choice([*WINDOWS, TRENDING]), help="Show the list of this window.")
@click.option("--limit", type=click.IntRange(1, MAX_POSITION), help="Number of entries.  [default: that of the feed]")
@json_option
@click.pass_context
def popular(ctx: click.Context, category: str, window: str | None, limit: int | None, as_json: bool) -> None:
    """Show the current popular list with views and the decisions of editors, or make a decision.

    \b
    Example:
      warta popular --category Politik --window 1h
      warta popular pin 123 --until "10 September 2030 18.00"
    """
    if ctx.invoked_subcommand:
        if category or window or limit or as_json:
            raise click.UsageError(f"write options after {ctx.invoked_subcommand}, not before it")
        return
    settings = context.settings()
    with context.services(settings) as services, context.redis(settings):
        with suppress(RedisUnavailable):
            services.overrides.sync()
        list_name = f"category/{category}" if category else LATEST
        name = FeedName(list_name, window or settings.popular.default_window, default_window=window is None)
        shown = services.documents.context(name, limit)
        if shown.ranking and shown.ranking.from_store:
            say(f"Redis has no views now; these are the stored views until {shown.ranking.since.isoformat()}", err=True)
        rows = list(_listed(shown, _in_force(services, category)))
    say_table(("Place", "Views", "Id", "Title", "Decision"), rows, as_json=as_json)


def _in_force(services: Services, category: str) -> dict[str, OverrideRecord]:
    """The decisions in force for the lists of a category ("": the lists of the site), by article id.

    A decision for the category replaces one for all lists. A decision for all lists counts only if its article is in
    the category.
    """
    records = [r for r in services.overrides.in_force() if r.override.category in ("", category)]
    in_force = {record.article_id: record for record in sorted(records, key=lambda r: r.override.category)}
    if not category:
        return in_force
    known = services.store.countable(list(in_force), utc_now())
    here = {id_ for id_, article in known.items() if f"category/{category}" in article.list_names}
    return {id_: record for id_, record in in_force.items() if record.override.category or id_ in here}


def _listed(shown: RenderContext, in_force: dict[str, OverrideRecord]) -> Iterator[Sequence[object]]:
    """Yield place, views, id, title and decision of every entry, then the decisions about articles not in the list.

    Removes the decisions of the entries from `in_force`.
    """
    views = shown.ranking.views if shown.ranking else {}
    for place, article in enumerate(shown.entries, 1):
        record = in_force.pop(article.id, None)
        yield [place, views.get(article.id, 0), article.id, article.title, record and _in_words(record.override)]
    for record in in_force.values():
        yield ["-", "-", record.article_id, "not in the list", _in_words(record.override)]


def _in_words(override: EditorialOverride) -> str:
    """The decision in words: `pinned in politik until 2026-09-10T11:00:00+00:00`."""
    what = {"pin": "pinned", "exclude": "excluded", "boost": f"boosted x{override.factor or 1:g}"}[override.kind]
    where = f" in {override.category}" if override.category else ""
    return f"{what}{where}{f' until {override.until.isoformat()}' if override.until else ''}"


def _decide(article_id: str, by: str, **fields: Any) -> None:
    settings = context.settings()
    override = EditorialOverride.read(
        {**fields, "category": fields["category"] or None}, ValidationContext.of(settings)
    )
    with context.services(settings) as services, context.redis(settings):
        line = services.overrides.put(article_id, override, by)
    say(f"{article_id}: {_in_words(line.record.override)}")


@popular.command()
@click.option(
    "--position", type=click.IntRange(1, MAX_POSITION), help="Place among the pins, lower first.  [default: last]"
)
@_override_options
def pin(article_id: str, **options: Any) -> None:
    """Put an article at the top of popular and trending lists.

    Pins with a position come first. Pins without a position follow, in the order of their time. A pin shows only in
    the lists of the article's categories.

    \b
    Example:
      warta popular pin 123 --category Politik --until "10 September 2030 18.00" --note "Pemilu"
    """
    _decide(article_id, kind="pin", **options)


@popular.command()
@_override_options
def exclude(article_id: str, **options: Any) -> None:
    """Leave an article out of popular and trending lists.

    \b
    Example:
      warta popular exclude 123 --note "Iklan"
    """
    _decide(article_id, kind="exclude", **options)


@popular.command()
@click.option(
    "--factor",
    required=True,
    type=click.FloatRange(MIN_FACTOR, MAX_FACTOR),
    help="Factor for its views. Below 1 the article moves down.",
)
@_override_options
def boost(article_id: str, **options: Any) -> None:
    """Rank an article as if it had more or fewer views. The displayed number of views does not change.

    \b
    Example:
      warta popular boost 123 --factor 2
    """
    _decide(article_id, kind="boost", **options)


@popular.command()
@_ARTICLE_ID
@_FOR_CATEGORY
@_BY
@_NOTE
def release(article_id: str, category: str, by: str, note: str) -> None:
    """Remove the decision about an article, for all lists or for the lists of a category.

    \b
    Example:
      warta popular release 123 --category Politik
    """
    settings = context.settings()
    with context.services(settings) as services, context.redis(settings):
        services.overrides.release(article_id, category, by, read_note(note))
    say(f"{article_id}: released{f' in {category}' if category else ''}")


@popular.command()
@json_option
def audit(as_json: bool) -> None:
    """List all decisions with time (UTC), author and note, oldest first.

    \b
    Example:
      warta popular audit | tail
    """
    with context.services(context.settings()) as services:
        rows = [_cells(line) for line in _audit_lines(services)]
    say_table(("Time", "Action", "Id", "Decision", "Editor", "Note"), rows, as_json=as_json)


def _audit_lines(services: Services) -> Iterator[AuditLine]:
    since = 0
    while lines := services.overrides.audit(since, AUDIT_LINES_PER_QUERY):
        yield from lines
        since = lines[-1].key


def _cells(line: AuditLine) -> Sequence[object]:
    record = line.record
    decision = _in_words(record.override)
    return [record.at.isoformat(), line.action, record.article_id, decision, record.by, record.override.note or None]
