"""`warta webhooks`: the endpoints of the newsroom's own systems, which get an event for each change of an article."""

import secrets
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta

import click

from service.articles.dates import utc_now
from service.cli import context
from service.cli.terminal import say
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


@click.group()
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
def list_(name: str | None) -> None:
    """List the webhooks with their state, or the events of one that are not delivered.

    \b
    Example:
      warta webhooks list
      warta webhooks list arsip
    """
    settings = context.settings()
    with context.services(settings) as services:
        if name is None:
            for webhook in services.webhooks.webhooks():
                say(*_cells(webhook, settings))
            return
        say(*_cells(services.webhooks.webhook(name), settings))
        for event in services.webhooks.undelivered(name, MAX_SHOWN_EVENTS):
            say(*_event_cells(event, settings))


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
        if since is None:
            number = services.webhooks.replay_abandoned(name, utc_now())
        else:
            number = services.webhooks.replay_since(name, read_replay_start(since, settings.site.zone), utc_now())
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


def _cells(webhook: Webhook, settings: Settings) -> Iterator[str]:
    yield webhook.name
    yield webhook.url
    yield f"events {' '.join(webhook.events) or 'all'}"
    yield f"categories {' '.join(webhook.categories) or 'all'}"
    yield _state(webhook, settings)
    numbers = {"delivered": webhook.delivered, "waiting": webhook.waiting, "behind": webhook.behind}
    yield ", ".join(f"{name} {number}" for name, number in (numbers | {"given up": webhook.given_up}).items())


def _state(webhook: Webhook, settings: Settings) -> str:
    if webhook.disabled_at:
        return f"disabled {_shown(webhook.disabled_at, settings)}: {webhook.error}; see warta webhooks enable"
    if webhook.failing_since:
        return f"failing since {_shown(webhook.failing_since, settings)}: {webhook.error}"
    return "ok"


def _event_cells(event: UndeliveredEvent, settings: Settings) -> Iterator[str]:
    yield f"change {event.change_key}"
    yield f"article {event.article_id}"
    if event.given_up_at:
        yield f"given up {_shown(event.given_up_at, settings)}"
    elif event.attempts and event.next_at:
        yield f"next attempt {_shown(event.next_at, settings)}"
    else:
        yield "waits behind an earlier event of the article"
    yield f"{event.attempts} attempts"
    yield event.error or "no error"


def _shown(at: datetime, settings: Settings) -> str:
    return f"{at.astimezone(settings.site.zone):%Y-%m-%d %H:%M}"
