"""The command line: `warta`. Errors are one line and exit code 1, 2 for wrong usage."""

import logging
import sys

import click

from service import __version__
from service.cli.articles import demo, export, import_
from service.cli.check import check
from service.cli.operations import doctor, feeds, migrate, worker
from service.cli.serve import serve
from service.cli.tokens import token
from service.errors import WartaError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="warta")
def warta() -> None:
    """The feed publishing service of a newsroom.

    Settings come from config/warta.toml (or the file that WARTA_CONFIG names) and from WARTA_* variables.

    \b
    Example:
      warta serve
      warta import berita.txt arsip.jsonl https://example.com/feed.xml
    """


for command in (serve, import_, export, demo, feeds, check, token, migrate, worker, doctor):
    warta.add_command(command)


def main() -> None:
    """The entry point of the `warta` command."""
    logging.basicConfig(level=logging.WARNING, format="warta: %(message)s")
    try:
        code = warta.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except click.Abort:
        code = _say("stopped", 130)
    except WartaError as error:
        code = _say(str(error), 1)
    except Exception as error:
        if sys.flags.dev_mode:  # python -X dev -m service.cli shows where
            raise
        code = _say(f"unexpected error, please report it: {type(error).__name__}: {error}", 1)
    sys.exit(code)


def _say(message: str, code: int) -> int:
    click.echo(f"warta: {' '.join(message.split())}", err=True)
    return code
