"""Writes the references that are made from the code: `make docs`. tests/test_docs.py fails when they lag."""

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from service.core.settings.loader import CONFIG_VARIABLE, DEFAULT_CONFIG, ENVIRONMENT_PREFIX
from service.core.settings.model import Settings
from service.core.settings.types import Section

HEAD = f"""\
# Configuration

<!-- Written by docs/generate.py from service/core/settings/: change it there, then run `make docs`. -->

Every setting has a default. A setting is looked up in the environment, then in the file, then here. The file is
`{DEFAULT_CONFIG}`, or the one that `{CONFIG_VARIABLE}` names; [it explains itself](../config/warta.toml). An unknown
name, in the file or in the environment, stops the start and is shown. So does a value that cannot be.

In the environment a list is written comma-separated, and a setting of a section with two underscores:
`WARTA_SITE__TITLE=Warta`. A mapping takes one variable per entry, only for names without `/`, in lower case:
`WARTA_CATALOGUE__LIMITS__LATEST=30`; the file can hold any name. Paths are relative to the working directory.

`warta doctor` checks all of it, with the store and Redis, and says what to do.
"""
TABLE = "| setting | variable | default | meaning |\n| --- | --- | --- | --- |\n"


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
    path = Path(__file__).with_name("configuration.md")
    path.write_text(configuration(), encoding="utf-8")
    print(f"wrote {path.name}")


if __name__ == "__main__":
    main()
