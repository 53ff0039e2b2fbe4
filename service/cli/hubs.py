"""`warta hubs`: the WebSub hubs of others, and the evidence of what they do with pings."""

from collections.abc import Iterator
from datetime import datetime

import click

from service.articles.dates import utc_now
from service.cli import context
from service.cli.terminal import say
from service.core.settings.model import Settings
from service.push.other_hubs.fetches import agents_of_hubs
from service.storage import PingedHub


@click.command()
def hubs() -> None:
    """List the hubs of the settings: state, last ping with its answer, and the poll that followed.

    A silent hub accepts pings, but its program has not polled any feed for ten minutes.

    \b
    Example:
      warta hubs
    """
    settings = context.settings()
    if settings.hubs and not settings.ping_hubs:
        say("ping_hubs is false: feeds name these hubs, and Warta tells them nothing", err=True)
    agents = agents_of_hubs(settings)
    with context.services(settings) as services:
        for hub in services.hubs.hubs(settings.hubs):
            say(hub.url, hub.state(utc_now()), *_cells(hub, agents[hub.url], settings))


def _cells(hub: PingedHub, agent: str, settings: Settings) -> Iterator[str]:
    def shown(at: datetime) -> str:
        return f"{at.astimezone(settings.site.zone):%Y-%m-%d %H:%M:%S}"

    if hub.pinged_at:
        yield f"pinged {shown(hub.pinged_at)}, {hub.topics} topics: {hub.answer}"
    else:
        yield "not pinged yet"
    if hub.failing_since:
        yield f"failing since {shown(hub.failing_since)}"
    if hub.fetched_at:
        lag = "" if hub.lag_seconds is None else f", {hub.lag_seconds:.1f} seconds after a ping"
        yield f"polled {shown(hub.fetched_at)}{lag}, as {hub.agent}"
    if hub.unfetched_since:
        yield f"no poll by {agent!r} since the ping of {shown(hub.unfetched_since)}"
