"""Commands that move articles: `warta import`, `export`, `demo`."""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import click

from service.articles.article import Submission
from service.articles.dates import utc_now
from service.articles.validation import ValidationContext
from service.bootstrap import Services
from service.cli import context
from service.cli.progress import Progress
from service.cli.terminal import say, say_json
from service.cli.validation import ValidArticle, validate_items
from service.core.errors import FieldError, RedisUnavailable, StoreUnavailable, WartaError
from service.importers import FORMATS, FoundArticle, RefusedItem, Source, find, read
from service.publishing.publisher import Publisher
from service.storage import MAX_ARTICLES_PER_TRANSACTION, PutOutcome, Scope

STORE_PATIENCE_SECONDS = 60.0  # seconds for which an import waits for a store that is busy or away
STORE_PAUSE_SECONDS = 0.5  # seconds between two attempts
DEMO_TOKEN = "demo"  # noqa: S105 - name of the token with which `warta serve` signs its link to the statistics


@dataclass
class ImportSummary:
    """Counts the items of an import by outcome."""

    outcomes: Counter[str] = field(default_factory=Counter)
    warnings: int = 0

    def refuse(self, source: str, where: str, reason: str) -> None:
        """Count a refused item, and print the reason on standard error."""
        self.outcomes["refused"] += 1
        Progress.say(f"refused: {source}, {where}: {reason}" if where else f"refused: {source}: {reason}")

    def warn(self, source: str, where: str, warning: FieldError) -> None:
        """Count a value that was left out of an article, and print the reason on standard error."""
        self.warnings += 1
        Progress.say(f"warning: {source}, {where}: left out {warning}")

    def summary(self) -> str:
        # Only articles with `"stale": "refuse"` can be stale.
        names = [name for name in (*PutOutcome, "refused") if name != PutOutcome.STALE or self.outcomes[name]]
        counts = ", ".join(f"{self.outcomes[name]:,} {name}" for name in names)
        return f"{counts}, {self.warnings:,} warnings" if self.warnings else counts


@click.command("import")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--as", "as_format", type=click.Choice(list(FORMATS)), help="Read as this format instead of guessing.")
@click.option("--category", help="Category for articles that have none.")
def import_(sources: Sequence[str], as_format: str | None, category: str | None) -> None:
    """Import articles from files, folders, URLs, or - for standard input.

    The formats are JSON Lines in the API's form, RSS, Atom and JSON Feed documents, WordPress exports (WXR), HTML
    article pages, and saved page text with a dateline. An item that cannot be read is reported with file, place and
    reason, and the import continues. A value that cannot be used is left out with a warning, if the article is whole
    without it. Running the same import again changes nothing. Exit code 1 if an item or a source was refused.

    \b
    Example:
      warta import arsip.jsonl berita/ https://example.com/feed.xml
      cat articles.jsonl | warta import - --category Dinamika
    """
    settings = context.settings()
    tally = ImportSummary()
    with context.services(settings) as services, context.redis(settings):
        for argument in sources:
            try:
                found = find(argument, allow=settings.outgoing_allow)
            except WartaError as error:
                tally.refuse(argument, "", str(error).removeprefix(f"{argument}: "))
                continue
            for source in found:
                _import(source, as_format, category, services, tally)
        _announce(services)
    say(tally.summary())
    if tally.outcomes["refused"]:
        sys.exit(1)


def _import(
    source: Source, as_format: str | None, category: str | None, services: Services, tally: ImportSummary
) -> None:
    validation = ValidationContext.of(services.settings)
    try:
        with source.open() as opened, Progress(source.name, source.size) as progress:
            items = _with_category(read(opened, as_format, validation.zone), category)
            for chunk in validate_items(items, validation):
                _store(source.name, chunk, services, tally)
                progress.show(len(chunk), opened.position())
    except WartaError as error:
        tally.refuse(source.name, "", str(error).removeprefix(f"{source.name}: "))


def _with_category(
    items: Iterator[FoundArticle | RefusedItem], category: str | None
) -> Iterator[FoundArticle | RefusedItem]:
    for item in items:
        if category and isinstance(item, FoundArticle) and not item.fields.get("categories"):
            item = replace(item, fields={**item.fields, "categories": [category]})
        yield item


def _store(source: str, chunk: Sequence[ValidArticle | RefusedItem], services: Services, tally: ImportSummary) -> None:
    """Store the full articles, then the items with a headline alone, which never replace a stored article."""
    for item in chunk:
        if isinstance(item, RefusedItem):
            tally.refuse(source, item.where, item.reason)
        else:
            for warning in item.warnings:
                tally.warn(source, item.where, warning)
    valid = [item for item in chunk if isinstance(item, ValidArticle)]
    for only_new in (False, True):
        submissions = [item.submission for item in valid if item.headline_only is only_new]
        for first in range(0, len(submissions), MAX_ARTICLES_PER_TRANSACTION):
            portion = submissions[first : first + MAX_ARTICLES_PER_TRANSACTION]
            outcomes = _put_patiently(services.publisher, portion, only_new=only_new)
            tally.outcomes.update(outcome.value for outcome in outcomes)


def _put_patiently(publisher: Publisher, submissions: Sequence[Submission], *, only_new: bool) -> list[PutOutcome]:
    """Store the articles. While the store is busy or away, try again for STORE_PATIENCE_SECONDS.

    Nobody waits for the answer, and a source that is given up must be imported again. Raises StoreUnavailable.
    """
    until = time.monotonic() + STORE_PATIENCE_SECONDS
    while True:
        try:
            return publisher.put(submissions, only_new=only_new, announce=False)
        except StoreUnavailable:
            if time.monotonic() >= until:
                raise
            time.sleep(STORE_PAUSE_SECONDS)


def _announce(services: Services) -> None:
    """Announce the changes once, at the end of the import. A service that runs meanwhile announces them at once."""
    try:
        services.announcements.announce_due()
    except RedisUnavailable as error:
        say(f"the articles are stored; feeds show them when Redis is back: {error}", err=True)


@click.command()
def export() -> None:
    """Write all articles to standard output as JSON Lines, in the form that import and the API take.

    \b
    Example:
      warta export | gzip > articles.jsonl.gz
    """
    with context.services(context.settings()) as services:
        for article in services.store.everything():
            say_json(article.fields())


@click.command()
def demo() -> None:
    """Load a sample newsroom of 200 articles with photos and page views, if the store is empty.

    \b
    Example:
      warta demo && warta serve
    """
    settings = context.settings(may_start_here=True)
    with context.services(settings) as services:
        if not services.store.is_empty():
            say("the store holds articles already; the sample newsroom is not loaded")
            return
        with context.redis(settings):
            _load_demo(services)


def _load_demo(services: Services) -> None:
    from service.sample import newsroom

    now = utc_now()
    validation = ValidationContext.of(services.settings)
    samples = list(newsroom.articles(now=now, base_url=services.settings.base_url))
    submissions = [Submission.read(sample.fields, validation) for sample in samples]
    services.publisher.put(submissions)
    services.view_persistence.refill()
    views = 0
    for submission, sample in zip(submissions, samples, strict=True):
        for age, count in sample.views:
            services.counter.add(submission.id, (now - age).timestamp(), count)
            views += count
    with suppress(WartaError):  # there is such a token already
        services.tokens.create(DEMO_TOKEN, Scope.STATS_READ, now)
    say(f"loaded a sample newsroom: {len(samples)} articles, {views:,} page views")
