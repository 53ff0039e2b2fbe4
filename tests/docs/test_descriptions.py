"""The linter of our prose also reads the help of the commands, the descriptions of OpenAPI, and the comments of the
shipped configurations.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from flask.testing import FlaskClient

from service.cli import warta
from tests.support.answers import payload
from tests.support.markdown import ROOT
from tests.support.prose import Fault, faults

TEXTS = {"summary", "description"}
CONFIGURATIONS = sorted(
    [
        *(ROOT / name for name in ("Dockerfile", "Makefile", "docker-compose.yml")),
        *(ROOT / "config/nginx").iterdir(),
        *(ROOT / "config/varnish").iterdir(),
    ]
)
_COMMENT = re.compile(r"(?:^|\s)#+ (\S.*)")


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


def comments(text: str) -> str:
    """The comments of a configuration, each on its own line. Other lines are empty, so that they part sentences."""
    return "\n".join(found[1] if (found := _COMMENT.search(line)) else "" for line in text.splitlines())


@pytest.mark.parametrize("file", CONFIGURATIONS, ids=lambda file: str(file.relative_to(ROOT)))
def test_the_comments_of_a_configuration_are_plain(file: Path) -> None:
    assert list(faults(comments(file.read_text(encoding="utf-8")))) == []


def test_a_fault_in_a_comment_is_found() -> None:
    text = "listen 80;  # the address\n# Whoever\nmap $a {\n"
    assert list(faults(comments(text))) == [
        Fault(1, "address", "write URL, IP address or listen address"),
        Fault(2, "Whoever", "write a noun: the client, the reader, everybody"),
    ]
