"""`warta check`: lists the articles of a feed that its partners would refuse, with the reasons."""

import sys
from collections.abc import Iterator

import click

from service.articles.dates import utc_now
from service.cli import context
from service.cli.commands import command
from service.cli.terminal import say
from service.documents.formats import PROFILES, Partner, RenderContext


@command()
@click.argument("feed")
@click.option(
    "--profile", type=click.Choice(list(PROFILES)), help="Check for this partner only.  [default: all but podcast]"
)
def check(feed: str, profile: str | None) -> None:
    """List the articles of FEED that the feed for a partner leaves out or the partner would refuse, a line per reason.

    FEED is the path of the feed without extension. Exit code 1 if the list is not empty.

    \b
    Example:
      warta check latest --profile msn
      warta check category/dinamika
      warta check category/siniar --profile podcast
    """
    settings = context.settings()
    sound = True
    with context.services(settings) as services, context.redis(settings):
        name = services.documents.catalogue.parse(feed.strip("/"))
        shown = services.documents.context(name)
        named = [PROFILES[profile]] if profile else [partner for partner in PROFILES.values() if partner.by_default]
        for partner in named:
            for line in _findings(partner, shown):
                sound = False
                say(f"{partner.name}: {line}")
    if not sound:
        sys.exit(1)
    say(f"{profile or 'every partner'} accepts all {len(shown.entries)} articles of {name}")


def _findings(partner: Partner, shown: RenderContext) -> Iterator[str]:
    accepted, refusals = partner.review(shown, utc_now())
    for refusal in refusals:
        for reason in refusal.reasons:
            yield f"{refusal.article.id}: {reason}"
    for finding in partner.check_feed(accepted):
        yield str(finding)
    if len(accepted.entries) < partner.min_articles:
        yield f"{len(accepted.entries)} articles are left; the partner wants at least {partner.min_articles}"
