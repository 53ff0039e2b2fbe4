"""The help of the commands and the descriptions of OpenAPI are read by the linter of our prose, as the pages are."""

from collections.abc import Iterator
from typing import Any

import click
import pytest
from flask.testing import FlaskClient

from service.cli import warta
from tests.support.answers import payload
from tests.support.prose import faults

TEXTS = {"summary", "description"}


def commands(command: click.Command, path: str = "warta") -> Iterator[tuple[str, click.Command]]:
    """Each command with its name on the command line."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            if inner := command.get_command(context, name):
                yield from commands(inner, f"{path} {name}")


def help_texts(command: click.Command) -> Iterator[str]:
    """The help without its examples, and the help of each option."""
    yield (command.help or "").partition("Example:")[0]
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            yield parameter.help or ""


def descriptions(part: Any) -> Iterator[str]:
    """The summaries and descriptions of an OpenAPI document. Examples have other texts."""
    if isinstance(part, list):
        for item in part:
            yield from descriptions(item)
    elif isinstance(part, dict):
        for name, value in part.items():
            if name in TEXTS and isinstance(value, str):
                yield value
            elif name not in {"example", "examples"}:
                yield from descriptions(value)


@pytest.mark.parametrize("command", [pytest.param(command, id=name) for name, command in commands(warta)])
def test_the_help_is_plain(command: click.Command) -> None:
    assert [tuple(fault) for text in help_texts(command) for fault in faults(text)] == []


def test_the_descriptions_of_the_api_are_plain(client: FlaskClient) -> None:
    texts = sorted({*descriptions(payload(client.get("/api/openapi.json")))})
    assert len(texts) > 100
    assert [(text, *fault) for text in texts for fault in faults(text)] == []
