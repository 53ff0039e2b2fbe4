"""The command line: `warta`. An error is one line on standard error. The exit code is 1, or 2 for wrong usage."""

import gc
import importlib
import io
import os
import signal
import sys

import click

from service import __version__
from service.cli.commands import Group, group
from service.cli.terminal import say, say_error
from service.core import logging
from service.core.errors import WartaError
from service.core.printable import visible

# The module of each command. It is imported only when the command is called: to load all modules takes as long as the
# start of a service, and the workers of `warta serve` are new processes that would load them too.
COMMANDS = {
    "init": "init",
    "serve": "serve",
    "import": "imports",
    "export": "articles",
    "demo": "demo",
    "feeds": "operations",
    "check": "check",
    "popular": "popular",
    "views": "views",
    "readers": "readers",
    "deliveries": "deliveries",
    "token": "tokens",
    "webhooks": "webhooks",
    "hubs": "hubs",
    "migrate": "operations",
    "worker": "operations",
    "doctor": "doctor",
}


class Commands(Group):
    """The group of all commands. The module of a command is loaded when the command is used."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        gc.disable()  # modules make many objects and no garbage
        try:
            module = importlib.import_module(f"service.cli.{COMMANDS[cmd_name]}")
        finally:
            gc.enable()
        command: click.Command = getattr(module, "import_" if cmd_name == "import" else cmd_name)
        return command


@group(Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="warta")
def warta() -> None:
    """The feed publishing service of a newsroom.

    Settings come from ./warta.toml or /etc/warta/warta.toml, or the file that WARTA_CONFIG names, and from WARTA_*
    variables. `warta init` writes such a file.

    \b
    Example:
      warta serve
      warta import berita.txt arsip.jsonl https://example.com/feed.xml
    """


def main() -> None:
    """The entry point of the `warta` command."""
    os.umask(0o077)  # only the user of the process may read the files that it writes
    logging.configure_plain()
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # false under nohup, which ignores SIGHUP
            signal.signal(number, _stopped)
    try:
        code = warta.main(standalone_mode=False)
    except click.ClickException as error:
        code = _explain(error)
    except click.Abort:
        code = _say("stopped", 130)
    except WartaError as error:
        code = _say(str(error), 1)
    except OSError as error:  # most often a full disk
        code = _say(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}", 1)
    except Exception as error:
        if sys.flags.dev_mode:  # python -X dev -m service.cli shows where
            raise
        code = _say(f"unexpected error, please report it: {type(error).__name__}: {error}", 1)
    sys.exit(code)


def _stopped(number: int, _frame: object) -> None:
    """Handle SIGTERM and SIGHUP as Ctrl-C: exit through the cleanup code, or a private Redis would go on running.

    Further signals are ignored, so that they do not interrupt the cleanup.
    """
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit(_say("stopped", 128 + number))


def _explain(error: click.ClickException) -> int:
    """Print click's message for wrong usage: the usage, then the error in one line. Returns the exit code."""
    told = io.StringIO()
    error.show(told)
    text = told.getvalue().rstrip("\n")
    # These two quote no input, and have line breaks: the second is the help, for a command without arguments.
    if not isinstance(error, click.MissingParameter | click.exceptions.NoArgsIsHelpError):
        message = error.format_message()
        text = text.replace(message, visible(message))
    for line in text.split("\n"):
        say(*line.split("\t"), err=True)
    return error.exit_code


def _say(message: str, code: int) -> int:
    say_error(message)
    return code
