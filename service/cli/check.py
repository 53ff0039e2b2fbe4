"""`warta check`: lists the articles of a feed that its partners would refuse, with the reasons."""

import sys
from collections.abc import Iterator

import click

from service.articles.dates import utc_now
from service.cli import context
from service.cli.terminal import say
from service.documents.formats import PROFILES, Edition, Partner


@click.command()
@click.argument("feed")
@click.option(
    "--profile", type=click.Choice(list(PROFILES)), help="Check for this partner only.  [default: all partners]"
)
def check(feed: str, profile: str | None) -> None:
    """List the articles of FEED that the feed for a partner leaves out or the partner would refuse, a line per reason.

    FEED is the path of the feed without extension. Exit code 1 if the list is not empty.

    \b
    Example:
      warta check latest --profile msn
      warta check category/dinamika
    """
    settings = context.settings()
    sound = True
    with context.services(settings) as services, context.redis(settings):
        name = services.publisher.catalogue.parse(feed.strip("/"))
        edition = services.publisher.edition(name)
        for partner in [PROFILES[profile]] if profile else PROFILES.values():
            for line in _findings(partner, edition):
                sound = False
                say(f"{partner.name}: {line}")
    if not sound:
        sys.exit(1)
    say(f"{profile or 'every partner'} takes all {len(edition.entries)} articles of {name}")


def _findings(partner: Partner, edition: Edition) -> Iterator[str]:
    admitted, refusals = partner.review(edition, utc_now())
    for refusal in refusals:
        for reason in refusal.reasons:
            yield f"{refusal.article.id}: {reason}"
    if len(admitted.entries) < partner.least:
        yield f"{len(admitted.entries)} articles are left; the partner wants at least {partner.least}"
