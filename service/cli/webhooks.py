"""`warta webhooks`: the endpoints of the newsroom's own systems, which get an event for each change of an article."""

import secrets
import sys
from datetime import datetime, timedelta

import click

from service.articles.dates import utc_now
from service.cli import context
from service.cli.commands import group
from service.cli.terminal import json_option, say, say_table
from service.core.errors import BadRequest
from service.core.settings.model import Settings
from service.push.webhooks.events import EVENT_TYPES, sample_message
from service.push.webhooks.fields import (
    DEFAULT_OVERLAP_HOURS,
    MAX_OVERLAP_HOURS,
    WebhookFields,
    check_name,
    read_replay_start,
)
from service.storage import UndeliveredEvent, Webhook

MAX_SHOWN_EVENTS = 50  # undelivered events of a webhook that `list NAME` prints


def _name(_context: click.Context, _parameter: click.Parameter, name: str) -> str:
    try:
        return check_name(name)
    except BadRequest as error:
        raise click.BadParameter(str(error).removeprefix("name: ")) from None


_NAME = click.argument("name", callback=_name)


@group()
def webhooks() -> None:
    """Add, list, test, replay and remove webhooks (docs/webhooks.md).

    \b
    Example:
      warta webhooks add arsip https://arsip.example.com/warta --event article.published
    """


@webhooks.command()
@_NAME
@click.argument("url")
@click.option(
    "--event", "events", multiple=True, type=click.Choice(EVENT_TYPES), help="Type of events, repeatable.  [all]"
)
@click.option("--category", "categories", multiple=True, help="Category of articles, repeatable.  [all]")
def add(name: str, url: str, events: tuple[str, ...], categories: tuple[str, ...]) -> None:
    """Add an endpoint, and print the secret that signs its events. The secret is shown only once.

    \b
    Example:
      warta webhooks add arsip https://arsip.example.com/warta --category politik
    """
    fields = WebhookFields.read({"url": url, "events": events, "categories": categories})
    with context.services(context.settings()) as services:
        say(services.webhooks.add(name, fields.url, fields.events, fields.categories, utc_now()))


@webhooks.command("list")
@click.argument("name", required=False)
@json_option
def list_(name: str | None, as_json: bool) -> None:
    """List the webhooks with their state, or the undelivered events of one. Times are in the zone of the site.

    \b
    Example:
      warta webhooks list
      warta webhooks list arsip
    """
    settings = context.settings()
    with context.services(settings) as services:
        if name is None:
            rows = [_cells(webhook, settings) for webhook in services.webhooks.webhooks()]
            say_table(_COLUMNS, rows, as_json=as_json)
        else:
            events = services.webhooks.undelivered(name, MAX_SHOWN_EVENTS)
            say_table(_EVENT_COLUMNS, [_event_cells(event, settings) for event in events], as_json=as_json)


@webhooks.command()
@_NAME
def test(name: str) -> None:
    """Send a test event now, and print the answer. Exit code 1 if the endpoint does not take it.

    \b
    Example:
      warta webhooks test arsip
    """
    with context.services(context.settings()) as services:
        now = utc_now()
        url, valid = services.webhooks.destination(name, now)
        answer = services.webhook_sender.send(url, valid, sample_message(f"test_{secrets.token_hex(16)}", now))
    say("ok" if answer.is_success else "wrong", answer.text)
    if not answer.is_success:
        sys.exit(1)


@webhooks.command()
@_NAME
@click.option("--since", help="Cursor of the change log, or a time.  [only the events that were given up]")
def replay(name: str, since: str | None) -> None:
    """Deliver the events that were given up once more, or all events since a cursor or a time.

    The ids of the events stay the same. A running `warta serve` or `warta worker` delivers them.

    \b
    Example:
      warta webhooks replay arsip
      warta webhooks replay arsip --since "10 September 2030 18.00"
    """
    settings = context.settings()
    with context.services(settings) as services:
        number = services.webhooks.replay(name, read_replay_start(since, settings.site.zone), utc_now())
    say(f"{number} {'event' if number == 1 else 'events'} to deliver")


@webhooks.command()
@_NAME
@click.option(
    "--overlap",
    type=click.IntRange(0, MAX_OVERLAP_HOURS),
    default=DEFAULT_OVERLAP_HOURS,
    show_default=True,
    help="Hours in which the old secret signs, too.",
)
def rotate(name: str, overlap: int) -> None:
    """Make a new secret, and print it. It is shown only once.

    \b
    Example:
      warta webhooks rotate arsip --overlap 48
    """
    with context.services(context.settings()) as services:
        say(services.webhooks.rotate(name, utc_now(), timedelta(hours=overlap)))


@webhooks.command()
@_NAME
def enable(name: str) -> None:
    """Deliver now to an endpoint that is disabled or failing. It also gets the events since then.

    \b
    Example:
      warta webhooks enable arsip
    """
    with context.services(context.settings()) as services:
        services.webhooks.enable(name, utc_now())
    say(f"enabled {name}")


@webhooks.command()
@_NAME
def remove(name: str) -> None:
    """Remove a webhook, with its undelivered events.

    \b
    Example:
      warta webhooks remove arsip
    """
    with context.services(context.settings()) as services:
        services.webhooks.remove(name)
    say(f"removed {name}")


_COLUMNS = ("Name", "URL", "Events", "Categories", "State", "Delivered", "Waiting", "Behind", "Given up", "Error")
_EVENT_COLUMNS = ("Change", "Article", "State", "Time", "Attempts", "Error")


def _cells(webhook: Webhook, settings: Settings) -> tuple[object, ...]:
    since = webhook.disabled_at or webhook.failing_since
    return (
        webhook.name,
        webhook.url,
        " ".join(webhook.events) or "all",
        " ".join(webhook.categories) or "all",
        f"{webhook.state} since {_shown(since, settings)}" if since else webhook.state,
        webhook.delivered,
        webhook.waiting,
        webhook.behind,
        webhook.given_up,
        webhook.error,
    )


def _event_cells(event: UndeliveredEvent, settings: Settings) -> tuple[object, ...]:
    """The cells of an event. The time is that of the next attempt, or at which it was given up."""
    at = event.given_up_at or (event.next_at if event.attempts else None)
    state = "given up" if event.given_up_at else "waits" if event.attempts else "waits behind"
    time = _shown(at, settings) if at else None
    return event.change_key, event.article_id, state, time, event.attempts, event.error


def _shown(at: datetime, settings: Settings) -> str:
    return f"{at.astimezone(settings.site.zone):%Y-%m-%d %H:%M}"
