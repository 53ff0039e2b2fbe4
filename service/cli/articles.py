"""Commands that move articles: `warta export` and `demo`. `imports` has `warta import`."""

from contextlib import suppress

import click

from service.articles.article import Submission
from service.articles.dates import utc_now
from service.articles.validation import ValidationContext
from service.bootstrap import Services
from service.cli import context
from service.cli.terminal import say, say_json
from service.core.errors import WartaError
from service.storage import Scope

DEMO_TOKEN = "demo"  # noqa: S105 - name of the token with which `warta serve` signs its link to the statistics


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
