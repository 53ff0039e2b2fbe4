"""No command takes the last value of a repeated option without a word."""

from pathlib import Path

import click
import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner

from service.cli import warta
from tests.support.command import every_command, run

SINGLE = [
    (path, option)
    for path, command in every_command()
    for option in command.params
    if isinstance(option, click.Option) and not (option.multiple or option.is_flag)
]


def test_the_options_with_one_value_are_many() -> None:
    assert len(SINGLE) > 30
    assert (("token", "create"), "scope") in [(path, option.name) for path, option in SINGLE]


@pytest.mark.parametrize(("path", "option"), SINGLE, ids=lambda value: " ".join(getattr(value, "opts", value)))
def test_a_repeated_option_is_refused(path: tuple[str, ...], option: click.Option) -> None:
    name = option.opts[-1]
    result = CliRunner().invoke(warta, [*path, name, "a", f"{name}=b"])
    assert result.exit_code == 2
    assert f"Option '{name}' takes one value, and 2 are given." in result.output


def test_a_token_gets_no_scope_by_chance(tmp_path: Path) -> None:
    create = ("token", "create", "cms", "--scope", "articles:write", "--scope", "stats:read")
    done = run(tmp_path / "data", *create)
    assert (done.code, done.output) == (2, "")
    assert done.errors.endswith("Error: Option '--scope' takes one value, and 2 are given.\n")
    assert not (tmp_path / "data").exists()


def test_what_says_the_same_twice_or_takes_several_values_is_no_error(tmp_path: Path) -> None:
    assert run(tmp_path / "data", "serve", "--no-worker", "--no-worker", "--help").code == 0
    data = tmp_path / "data"
    added = run(data, "webhooks", "add", "arsip", "https://arsip.example/", "--category", "a", "--category", "b")
    assert added.code == 0


def test_the_completion_of_a_shell_goes_on_behind_a_repeated_option() -> None:
    offered = BashComplete(warta, {}, "warta", "_WARTA_COMPLETE").get_completions(
        ["token", "create", "--scope", "stats:read", "--scope", "stats:read", "--scope"], "art"
    )
    assert "articles:write" in [each.value for each in offered]
