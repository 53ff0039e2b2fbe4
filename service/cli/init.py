"""`warta init`: writes a settings file."""

from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import click

from service.cli.commands import command
from service.cli.terminal import say
from service.core.errors import SettingsError
from service.core.settings.loader import load
from service.core.settings.template import settings_template

QUESTIONS = {
    "site.title": ("Name of the newsroom", "Warta"),
    "site.description": ("One sentence about it", "Berita terbaru"),
    "site.language": ("Language of its articles (BCP 47)", "id"),
    "site.timezone": ("Time zone (IANA)", "Asia/Jakarta"),
    "base_url": ("URL at which readers reach this service", "http://127.0.0.1:8000"),
}


@command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), default="warta.toml")
@click.option("--ask", is_flag=True, help="Ask for the values that every newsroom must set.")
def init(file: Path, ask: bool) -> None:
    """Write a settings file with every setting, its meaning and its default. Does not replace a file.

    The commands find ./warta.toml and /etc/warta/warta.toml. For another file set WARTA_CONFIG.

    \b
    Example:
      warta init
      warta init --ask /etc/warta/warta.toml
    """
    file = file.absolute()
    given: dict[str, object] = {"data_dir": str(_data_dir(file))}
    if ask:
        given |= {name: click.prompt(*question, err=True) for name, question in QUESTIONS.items()}
        given["site.tag_authority"] = f"{urlsplit(str(given['base_url'])).hostname},{date.today():%Y-%m-%d}"  # noqa: DTZ011
    _write(file, settings_template(given))
    try:
        load({"WARTA_CONFIG": str(file)})
    except SettingsError:
        file.unlink()
        raise
    say(f"wrote {file}")
    say("Set base_url and site.tag_authority in it, then run: warta doctor" if not ask else "Now run: warta doctor")


def _data_dir(file: Path) -> Path:
    """The data directory for a settings file. Its path is absolute, so that commands may run in any directory."""
    return Path("/var/lib/warta") if file.is_relative_to("/etc") else file.parent / "var"


def _write(file: Path, text: str) -> None:
    """Write the file with mode 0600: it may get passwords. Raises SettingsError if it exists or cannot be written."""
    try:
        file.touch(0o600, exist_ok=False)
        file.write_text(text, encoding="utf-8")
    except FileExistsError:
        raise SettingsError(f"{file} exists already; choose another name, or edit it") from None
    except OSError as error:
        raise SettingsError(f"{file} cannot be written: {error.strerror}") from None
