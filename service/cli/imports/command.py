"""The command `warta import`."""

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TextIO

import click

from service.articles.validation import ValidationContext
from service.bootstrap import Services
from service.cli import context
from service.cli.commands import command
from service.cli.imports.outcome import Tally, table_head
from service.cli.imports.progress import Progress
from service.cli.imports.stream import ImportStream, LocatedItem
from service.cli.imports.validation import (
    CheckedItem,
    InvalidArticle,
    ValidArticle,
    garbage_collected_seldom,
    validate_items,
)
from service.cli.terminal import say
from service.core.errors import RedisUnavailable, StoreUnavailable
from service.importers import FORMATS, FoundArticle, ReadOptions, RefusedItem, SkippedItem
from service.importers.exports.table import fields
from service.publishing.publisher import Publisher
from service.storage import ImportedArticle, PutOutcome

STORE_PATIENCE_SECONDS = 60.0  # seconds for which an import waits for a store that is busy or away
STORE_PAUSE_SECONDS = 0.5  # seconds between two attempts
INTERRUPTED = 130  # the exit code after Ctrl-C: 128 and the number of the signal


def _columns(_context: click.Context, _parameter: click.Parameter, values: Sequence[str]) -> dict[str, str]:
    """The columns by field: a click callback. Raises BadParameter for an unknown field."""
    columns = {field: name for field, _, name in (value.partition("=") for value in values)}
    for field, name in columns.items():
        if field not in fields():
            raise click.BadParameter(f"there is no field {field!r}; the fields are {', '.join(fields())}")
        if not name.strip():
            raise click.BadParameter(f"{field}= needs the name of a column")
    return columns


@command("import")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option(
    "--as",
    "as_format",
    type=click.Choice(list(FORMATS)),
    help="Read the sources in this format. Default: recognized by the content.",
)
@click.option("--category", help="Category for articles without a category.")
@click.option("--dry-run", is_flag=True, help="Show the result, and store nothing.")
@click.option(
    "--report", type=click.File("w", "utf-8", lazy=False), help="File for the report: a line of JSON for each item."
)
@click.option("--replace", "replaces", is_flag=True, help="Replace stored articles, instead of completing them.")
@click.option(
    "--post-type",
    "post_types",
    multiple=True,
    metavar="TYPE",
    help="Import posts of WordPress of this type, too. Repeatable.",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    callback=_columns,
    metavar="FIELD=NAME",
    help="Column of a table for a field of the article. Repeatable.",
)
@click.option(
    "--date-from",
    type=click.Choice(["mtime", "now"]),
    help="Date of pages without one: the last change of the file, or the present time. Without this "
    "option, such pages are refused.",
)
@click.option("--strict", is_flag=True, help="Refuse pages whose body may be incomplete. Default: a warning.")
@click.option("--base-url", default="", metavar="URL", help="URL of the site, for sources with relative URLs.")
def import_(
    sources: Sequence[str],
    as_format: str | None,
    category: str | None,
    dry_run: bool,
    report: TextIO | None,
    replaces: bool,
    post_types: Sequence[str],
    columns: dict[str, str],
    date_from: str | None,
    strict: bool,
    base_url: str,
) -> None:
    """Import articles from files, folders, URLs, or - for standard input.

    Formats: JSON Lines in the form of the API. RSS, Atom and JSON Feed documents. Exports of WordPress (WXR, or its
    REST interface by URL), Blogger, Ghost, Medium and Squarespace. Markdown of Jekyll and Hugo. Tables (CSV, TSV).
    ninjs and NewsML-G2 of agencies. HTML pages of articles, and saved text of pages. Lists of URLs: sitemaps and OPML.

    If Warta cannot read an item, it reports file, place and reason, and continues. A value that cannot be used is left
    out with a warning. The same import again changes nothing, and continues after Ctrl-C. It completes articles that
    are stored already: a feed never empties a field that an export has filled. Exit code 1 if an item or a source was
    refused.

    \b
    Example:
      warta import arsip.jsonl berita/ https://example.com/feed.xml
      warta import --dry-run wordpress.xml
      warta import https://example.com/wp-json/
      warta import arsip.csv --column title=Judul --column content_html=Naskah
      cat articles.jsonl | warta import - --category Dinamika
    """
    settings = context.settings()
    validation = ValidationContext.of(settings)
    options = ReadOptions(validation.zone, frozenset({"post", *post_types}), columns, base_url, date_from or "", strict)
    with (
        context.services(settings) as services,
        context.redis(settings),
        garbage_collected_seldom(),
        Progress() as progress,
    ):
        tally = Tally(progress, report, dry_run)
        stream = ImportStream(
            as_format,
            options,
            settings.outgoing_allow,
            (lambda _url: None) if replaces else services.store.imported_at,
            progress,
        )
        if dry_run:
            progress.say(table_head(), err=False)
        is_interrupted = False
        try:
            items = (_with_category(located, category) for located in stream.items(sources))
            for chunk in validate_items(items, validation):
                _store(chunk, services, tally, replaces)
                progress.done(len(chunk))
        except KeyboardInterrupt:
            is_interrupted = True
        if not dry_run:
            _announce(services)
    if is_interrupted:
        stored = "" if dry_run else "; the counted items are stored. Run the same command again to continue"
        say(f"interrupted{stored}.", err=True)
    tally.summary()
    if is_interrupted:
        sys.exit(INTERRUPTED)
    if tally.outcomes["refused"]:
        sys.exit(1)


def _with_category(located: LocatedItem, category: str | None) -> LocatedItem:
    item = located.item
    if category and isinstance(item, FoundArticle) and not item.fields.get("categories"):
        return replace(located, item=replace(item, fields={**item.fields, "categories": [category]}))
    return located


def _store(chunk: Sequence[CheckedItem], services: Services, tally: Tally, replaces: bool) -> None:
    """Store the full articles, then those with a headline alone, which never replace a stored article."""
    for item in chunk:
        if isinstance(item, InvalidArticle):
            tally.invalid(item)
        elif isinstance(item, LocatedItem):
            if isinstance(item.item, RefusedItem):
                tally.refuse(item.source, item.item.where, item.item.reason)
            elif isinstance(item.item, SkippedItem):
                tally.skip(item.source, item.item.where, item.item.reason)
    valid = [item for item in chunk if isinstance(item, ValidArticle)]
    for is_headline in (False, True):
        chosen = [item for item in valid if item.imported.headline_only is is_headline]
        imported = [item.imported for item in chosen]
        stored = 0
        while stored < len(imported):
            outcomes = _put_patiently(services.publisher, imported[stored:], replaces=replaces, dry_run=tally.dry_run)
            for item, outcome in zip(chosen[stored:], outcomes, strict=False):
                tally.store(item, outcome)
            stored += len(outcomes)


def _put_patiently(
    publisher: Publisher, imported: Sequence[ImportedArticle], *, replaces: bool, dry_run: bool
) -> list[PutOutcome | None]:
    """Store the first of the articles. While the store is busy or away, try again for STORE_PATIENCE_SECONDS.

    Nobody waits for the answer, and an import that is given up must be started again. Raises StoreUnavailable.
    """
    until = time.monotonic() + STORE_PATIENCE_SECONDS
    while True:
        try:
            return publisher.put_imported(imported, replace=replaces, dry_run=dry_run)
        except StoreUnavailable:
            if time.monotonic() >= until:
                raise
            time.sleep(STORE_PAUSE_SECONDS)


def _announce(services: Services) -> None:
    """Announce the changes once, at the end of the import. A service that runs meanwhile announces them at once."""
    try:
        services.announcements.announce_due()
    except (RedisUnavailable, StoreUnavailable) as error:
        say(f"the articles are stored; feeds show them within a second of the end of this outage: {error}", err=True)
