"""Writes the references that are made from the code: `make docs`. tests/docs/test_references.py fails when they lag."""

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from service.core.settings.loader import ENVIRONMENT_PREFIX
from service.core.settings.model import Settings
from service.core.settings.template import settings_template
from service.core.settings.types import Section

HEAD = """\
# Configuration

<!-- Written by docs/generate.py from service/core/settings/: change it there, then run `make docs`. -->

This page lists all settings. `warta init` writes a settings file, `warta.toml`, with every setting, its meaning and its
default. `warta init --ask` asks for the values that every newsroom must set. `warta doctor` checks the settings.

Warta reads the first of these files:

1. the file that the variable `WARTA_CONFIG` names;
2. `warta.toml` in the working directory;
3. `config/warta.toml` in the working directory: the settings of the sample newsroom in a checkout;
4. `/etc/warta/warta.toml`.

A variable in the environment wins over the file. Both win over the default. If a setting is unknown or its value is not
valid, Warta does not start, and the error names the setting.

- A setting in a section has two underscores: `WARTA_SITE__TITLE=Warta` is `title` in `[site]`.
- A list is comma-separated: `WARTA_TRUSTED_PROXIES=10.0.0.0/8,::1/128`.
- A mapping has a variable for each entry, in lower case: `WARTA_CATALOGUE__LIMITS__LATEST=30`. Names with `/` are
  possible only in the file.
- A variable that ends in `_FILE` names a file with the value, such as a secret of Docker or Kubernetes:
  `WARTA_DATABASE_URL_FILE=/run/secrets/database_url`.

Paths are relative to the working directory. `warta init` writes an absolute `data_dir`.
"""
TABLE = "| setting | variable | default | meaning |\n| --- | --- | --- | --- |\n"


FOLDER = Path(__file__).parent
SAMPLE_FILE = FOLDER.parent / "config/warta.toml"
SAMPLE = {
    "trusted_proxies": ["127.0.0.0/8", "::1/128"],  # a proxy on the same machine
    "site.title": "Warta Contoh",
    "site.description": "Berita terbaru dari redaksi contoh",
    "site.rights": "© Redaksi Warta Contoh",
}


def sample_settings() -> str:
    """The whole of config/warta.toml: the settings of the sample newsroom."""
    return settings_template(SAMPLE)


def settings_of(model: type[Settings | Section]) -> Iterator[tuple[str, FieldInfo]]:
    """The settings of a group by name, without the groups inside it."""
    for name, field in model.model_fields.items():
        if _section(field) is None:
            yield name, field


def sections() -> Iterator[tuple[str, type[Section]]]:
    """The groups of settings: the tables of the file."""
    for name, field in Settings.model_fields.items():
        if section := _section(field):
            yield name, section


def configuration() -> str:
    """The whole of docs/configuration.md."""
    parts = [HEAD, _table("At the top of the file", Settings, "")]
    for name, section in sections():
        meaning = " ".join((section.__doc__ or "").split())
        parts.append(_table(f"`[{name}]`", section, f"{name}__", meaning))
    return "\n".join(parts)


def _table(title: str, model: type[Settings | Section], prefix: str, meaning: str = "") -> str:
    rows = [
        f"| `{name}` | `{ENVIRONMENT_PREFIX}{prefix.upper()}{name.upper()}` | {_default(field)} | {_cell(field)} |\n"
        for name, field in settings_of(model)
    ]
    return f"## {title}\n\n{f'{meaning}{chr(10)}{chr(10)}' if meaning else ''}{TABLE}{''.join(rows)}"


def _section(field: FieldInfo) -> type[Section] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, Section) else None


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is PydanticUndefined:
        return "required"
    if value in ("", (), {}, SecretStr("")):
        return "empty"
    return f"`{json.dumps(value, ensure_ascii=False, default=str)}`"


def _cell(field: FieldInfo) -> str:
    assert field.description, "every setting says what it is"  # noqa: S101
    return field.description.replace("|", r"\|")


def main() -> None:
    for path, text in {FOLDER / "configuration.md": configuration(), SAMPLE_FILE: sample_settings()}.items():
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.name}")


if __name__ == "__main__":
    main()
