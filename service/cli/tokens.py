"""`warta token`: the bearer tokens that permit sending articles or reading statistics."""

from datetime import datetime, timedelta

import click

from service.articles.dates import utc_now
from service.cli import context
from service.cli.commands import group
from service.cli.terminal import json_option, say, say_table
from service.storage import Scope
from service.web.access.signed_links import SignedGrants


@group()
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
    help="The requests that the token permits. A token has one scope.",
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
@json_option
def list_(as_json: bool) -> None:
    """List the tokens: name, scope, and the times (UTC) of creation and revocation.

    \b
    Example:
      warta token list
    """
    with context.services(context.settings()) as services:
        rows = [
            (known.name, known.scope, f"{known.created_at:%Y-%m-%d %H:%M}", _time(known.revoked_at))
            for known in services.tokens.tokens()
        ]
    say_table(("Name", "Scope", "Created", "Revoked"), rows, as_json=as_json)


def _time(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%d %H:%M}" if at else None


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
