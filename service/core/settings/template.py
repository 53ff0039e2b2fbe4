"""The text of a new settings file: every setting with its meaning and its default, commented out."""

import json
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from service.core.settings.model import Settings
from service.core.settings.types import Section

HEAD = """\
# The settings of Warta. A setting with # before it has its default value. `warta doctor` checks this file.
#
# A variable in the environment wins over this file: WARTA_BASE_URL for base_url, WARTA_SITE__TITLE for title in [site],
# WARTA_DATABASE_URL_FILE for a file that holds database_url. An unknown setting stops the start.
"""
CURATED_FEED = """\
# [[catalogue.feeds]]
# name = "pilihan"
# title = "Pilihan Redaksi"
# description = "Yang perlu Anda baca hari ini."
# limit = 30
# include = { categories = ["Politik", "Ekonomi"], tags = ["pemilu"], authors = [], sections = [] }
# exclude = { tags = ["advertorial"] }
# pinned = ["cms-4711"]
"""
_EXAMPLES = {
    "catalogue.renamed_categories": '# "hukum-ham" = "Hukum dan HAM"\n',
    "catalogue.titles": '# "category/politik" = "Politik dan Pemilu"\n',
    "catalogue.limits": '# latest = 30\n# "tag/pemilu" = 20\n',
    "catalogue.descriptions": '# "category/politik" = "Parlemen, partai, dan kebijakan."\n',
    "pages.links": '# "Tentang kami" = "https://www.example.com/tentang"\n',
}
WIDTH = 120  # characters of a line


def settings_template(given: Mapping[str, object]) -> str:
    """A settings file in which the settings of `given` have values. Keys are names such as `base_url`, `site.title`."""
    parts = [HEAD, *_settings("", Settings, given)]
    for name, field in Settings.model_fields.items():
        if section := _section(field):
            meaning = _comment(" ".join((section.__doc__ or "").split()))
            parts += [f"[{name}]\n{meaning}", *_settings(f"{name}.", section, given)]
    return "\n".join(parts)


def _settings(prefix: str, model: type[Settings | Section], given: Mapping[str, object]) -> Iterator[str]:
    """The settings of a table. Tables inside it stand last, as TOML demands."""
    tables = []
    for name, field in model.model_fields.items():
        if _section(field):
            continue
        path, meaning = f"{prefix}{name}", _comment(field.description or "")
        if path == "catalogue.feeds":
            tables.append(meaning + CURATED_FEED)
        elif isinstance(field.default, Mapping):
            tables.append(f"{meaning}[{path}]\n{_EXAMPLES.get(path, '')}")
        elif path in given:
            yield f"{meaning}{name} = {_toml(given[path])}\n"
        else:
            yield f"{meaning}# {name} = {_toml(field.default)}\n"
    yield from tables


def _comment(text: str) -> str:
    lines = textwrap.wrap(text, WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
    return "".join(f"{line}\n" for line in lines)


def _toml(value: object) -> str:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)


def _section(field: FieldInfo) -> type[Section] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, Section) else None
