"""The contents of the sample newsroom: places, people and templates of stories, read from the files in `data/`.

Everything is invented but the places. In a template, `[a|b]` is a choice, `{name}` is a slot (`writer.py` fills it) and
`<text>` is a link. In a body, an empty line separates blocks. `## ` starts a heading, `> ` a quotation, `* ` an item of
a list.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

# The files of stories, one for each category. Their order decides what the random choices give.
STORY_FILES = (
    "politik", "ekonomi", "nusantara", "olahraga", "teknologi",
    "budaya", "lingkungan", "pendidikan", "kesehatan", "dunia",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A town and its province, or its country. `kind` is "coast", "mountains", "city" or "abroad"."""

    town: str
    province: str
    kind: str


@dataclass(frozen=True)
class StoryTemplate:
    """A story that can happen in several places.

    The first of `categories` is that of its file; an article may have the second one, too. `institutions` and `roles`
    are the choices for the institution of the story and for the role of its speaker. `places` are kinds of places.
    """

    categories: tuple[str, ...]
    tags: tuple[str, ...]
    places: tuple[str, ...]
    institutions: tuple[str, ...]
    roles: tuple[str, ...]
    headlines: tuple[str, ...]
    summary: str
    caption: str
    body: str


@dataclass(frozen=True)
class Phrases:
    """All contents. `background` has paragraphs that fit any story of a category; a link ends each closing."""

    places: Sequence[Place]
    reporters: Sequence[str]
    photographers: Sequence[str]
    given_names: Sequence[str]
    family_names: Sequence[str]
    given_names_abroad: Sequence[str]
    family_names_abroad: Sequence[str]
    corrections: Sequence[str]
    closings: Sequence[str]
    links: Sequence[str]
    background: Mapping[str, Sequence[str]]
    stories: Sequence[StoryTemplate]


@cache
def phrases() -> Phrases:
    """Return the contents. The first call reads the files."""
    towns, endings = _read("places.toml"), _read("endings.toml")
    stories: list[StoryTemplate] = []
    background = {}
    for name in STORY_FILES:
        file = _read("stories", f"{name}.toml")
        templates = [_template(fields) for fields in file["stories"]]
        background[templates[0].categories[0]] = paragraphs(file["background"])
        stories += templates
    return Phrases(
        places=[Place(town, province, kind) for kind in towns for town, province in towns[kind].items()],
        **_read("people.toml"),
        corrections=endings["corrections"],
        closings=paragraphs(endings["closings"]),
        links=endings["links"],
        background=background,
        stories=stories,
    )


def paragraphs(text: str) -> list[str]:
    """Split a text at its empty lines."""
    return re.split(r"\n\s*\n", text.strip())


def _template(fields: dict[str, Any]) -> StoryTemplate:
    hashable: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()
    }
    return StoryTemplate(**hashable)


def _read(*path: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("data", *path).read_text(encoding="utf-8"))
