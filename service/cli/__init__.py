"""The command line: `warta`. Errors are one line and exit code 1, 2 for wrong usage."""

import importlib
import io
import os
import signal
import sys

import click

from service import __version__
from service.cli.terminal import complain, say
from service.core import logging
from service.core.errors import WartaError
from service.core.printable import visible

# Which module each command stands in. It is imported when the command is called: all together take as long to load as
# a service to start, and the workers of `warta serve`, which are new processes, would load them too.
COMMANDS = {
    "serve": "serve",
    "import": "articles",
    "export": "articles",
    "demo": "articles",
    "feeds": "operations",
    "check": "check",
    "popular": "popular",
    "views": "views",
    "readers": "readers",
    "token": "tokens",
    "migrate": "operations",
    "worker": "operations",
    "doctor": "operations",
}


class Commands(click.Group):
    """The group of all commands, each loaded on use."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"service.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, "import_" if cmd_name == "import" else cmd_name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="warta")
def warta() -> None:
    """The feed publishing service of a newsroom.

    Settings come from config/warta.toml (or the file that WARTA_CONFIG names) and from WARTA_* variables.

    \b
    Example:
      warta serve
      warta import berita.txt arsip.jsonl https://example.com/feed.xml
    """


def main() -> None:
    """The entry point of the `warta` command."""
    os.umask(0o077)  # what a command or a server writes, is for its user alone
    logging.configure_plain()
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # not under nohup
            signal.signal(number, _stopped)
    try:
        code = warta.main(standalone_mode=False)
    except click.ClickException as error:
        code = _explain(error)
    except click.Abort:
        code = _say("stopped", 130)
    except WartaError as error:
        code = _say(str(error), 1)
    except OSError as error:  # a full disk, above all
        code = _say(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}", 1)
    except Exception as error:
        if sys.flags.dev_mode:  # python -X dev -m service.cli shows where
            raise
        code = _say(f"unexpected error, please report it: {type(error).__name__}: {error}", 1)
    sys.exit(code)


def _stopped(number: int, _frame: object) -> None:
    """As with Ctrl-C, what was started is stopped: a private Redis would go on. Who is told twice goes on with that."""
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit(_say("stopped", 128 + number))


def _explain(error: click.ClickException) -> int:
    """Wrong usage in click's words: the usage, then what is wrong with it, in one line."""
    told = io.StringIO()
    error.show(told)
    text = told.getvalue().rstrip("\n")
    if not isinstance(error, click.MissingParameter):  # it quotes nobody, and lists the choices in lines of their own
        message = error.format_message()
        text = text.replace(message, visible(message))
    for line in text.split("\n"):
        say(*line.split("\t"), err=True)
    return error.exit_code


def _say(message: str, code: int) -> int:
    complain(message)
    return code
