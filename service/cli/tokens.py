"""`warta token`: the bearer tokens that permit sending articles or reading statistics."""

from datetime import timedelta

import click

from service.articles.dates import utc_now
from service.cli import context
from service.cli.terminal import say
from service.storage import Scope
from service.web.access.signed_links import SignedGrants


@click.group()
def token() -> None:
    """Create, list and revoke the tokens of the API.

    \b
    Example:
      warta token create cms --scope articles:write
    """


@token.command()
@click.argument("name", callback=context.named)
@click.option(
    "--scope",
    required=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="The requests that the token permits.",
)
def create(name: str, scope: str) -> None:
    """Create a token and print it. It is shown only once; the store keeps only a digest.

    \b
    Example:
      warta token create cms --scope articles:write
    """
    with context.services(context.settings()) as services:
        say(services.tokens.create(name, Scope(scope), utc_now()))


@token.command("list")
def list_() -> None:
    """List the tokens: name, scope, time of creation, time of revocation.

    \b
    Example:
      warta token list
    """
    with context.services(context.settings()) as services:
        for known in services.tokens.tokens():
            state = f"revoked {known.revoked_at:%Y-%m-%d %H:%M}" if known.revoked_at else "valid"
            say(known.name, known.scope, f"created {known.created_at:%Y-%m-%d %H:%M}", state)


@token.command()
@click.argument("name")
def revoke(name: str) -> None:
    """Revoke a token immediately and permanently.

    \b
    Example:
      warta token revoke cms
    """
    with context.services(context.settings()) as services:
        services.tokens.revoke(name, utc_now())
    say(f"revoked {name}")


@token.command()
@click.argument("name")
@click.option("--days", type=click.IntRange(1, 365), default=7, show_default=True, help="Days until the link ends.")
def link(name: str, days: int) -> None:
    """Print a link that opens the statistics without a token. NAME is a token with the scope stats:read.

    The link expires after the given number of days, and immediately when the token is revoked.

    \b
    Example:
      warta token create redaksi --scope stats:read
      warta token link redaksi --days 30
    """
    settings = context.settings()
    with context.services(settings) as services:
        issued = SignedGrants(services.tokens).sign(name, utc_now() + timedelta(days=days))
    say(f"{settings.base_url}/stats?{issued.encode()}")
