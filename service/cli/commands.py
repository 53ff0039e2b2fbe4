"""The commands and their groups: no option is taken twice, and the help has whole sentences."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import click


class Command(click.Command):
    """A command that refuses a repeated option. click takes the last value without a word."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments of the command. Raises UsageError."""
        if not ctx.resilient_parsing:  # the completion of a shell reads unfinished commands
            _check_options(self, ctx, args)
        return super().parse_args(ctx, args)


class Group(click.Group):
    """A group of commands. It refuses a repeated option. Its help shows the whole first sentence of each command."""

    command_class = Command
    group_class = type  # groups in this group are Groups, too

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments before the name of a command. Raises UsageError."""
        if not ctx.resilient_parsing:
            _check_options(self, ctx, args)
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        commands = [(name, command) for name in self.list_commands(ctx) if (command := self.get_command(ctx, name))]
        with formatter.section("Commands"):
            formatter.write_dl([(name, _first_sentence(command)) for name, command in commands])


def command(name: str | None = None) -> Callable[[Callable[..., Any]], Command]:
    """Make a command of a function, as `click.command` does."""
    return click.command(name, cls=Command)


def group(cls: type[Group] = Group, **options: Any) -> Callable[[Callable[..., Any]], Group]:
    """Make a group of a function, as `click.group` does."""
    return click.group(cls=cls, **options)


def _check_options(command: click.Command, ctx: click.Context, args: list[str]) -> None:
    """Raise UsageError if an option with one value has several. A flag may be repeated: it says the same again."""
    _, _, given = command.make_parser(ctx).parse_args(args=[*args])
    for parameter, number in Counter(given).items():
        takes_one = isinstance(parameter, click.Option) and not (parameter.multiple or parameter.is_flag)
        if takes_one and number > 1:
            option = parameter.get_error_hint(ctx)
            raise click.UsageError(f"Option {option} takes one value, and {number} are given.", ctx)


def _first_sentence(command: click.Command) -> str:
    text = " ".join((command.help or "").partition("\b")[0].split())
    return text.partition(". ")[0].rstrip(".") + "."
