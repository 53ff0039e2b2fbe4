"""`warta hubs`: the WebSub hubs of others, with their pings and polls."""

from datetime import datetime

from service.articles.dates import utc_now
from service.cli import context
from service.cli.commands import command
from service.cli.terminal import json_option, say, say_table
from service.core.settings.model import Settings
from service.push.other_hubs.fetches import agents_of_hubs
from service.storage import PingedHub

_COLUMNS = ("URL", "State", "Pinged", "Topics", "Answer", "Polled", "Lag seconds", "Unfetched since", "Agent")


@command()
@json_option
def hubs(as_json: bool) -> None:
    """List the hubs of the settings: state, last ping with its answer, and the poll that followed.

    Times are in the zone of the site. A silent hub accepts pings, but has not polled any feed for ten minutes. Agent is
    the User-Agent of its last poll. Before the first poll, it is the text by which Warta recognizes the hub.

    \b
    Example:
      warta hubs
    """
    settings = context.settings()
    if settings.hubs and not settings.ping_hubs:
        say("ping_hubs is false: feeds name these hubs, but Warta sends them no pings", err=True)
    agents = agents_of_hubs(settings)
    with context.services(settings) as services:
        rows = [_cells(hub, agents[hub.url], settings) for hub in services.hubs.hubs(settings.hubs)]
    say_table(_COLUMNS, rows, as_json=as_json)


def _cells(hub: PingedHub, agent: str, settings: Settings) -> tuple[object, ...]:
    def shown(at: datetime | None) -> str | None:
        return f"{at.astimezone(settings.site.zone):%Y-%m-%d %H:%M:%S}" if at else None

    return (
        hub.url,
        hub.state(utc_now()),
        shown(hub.pinged_at),
        hub.topics,
        hub.answer,
        shown(hub.fetched_at),
        None if hub.lag_seconds is None else round(hub.lag_seconds, 1),
        shown(hub.unfetched_since),
        hub.agent or agent,
    )
