"""Slugs: names in the form for URLs."""

import re
import unicodedata
from functools import lru_cache

_SLUGGED = 2_000  # characters of a name that `slug` reads: the time to normalize may grow with their square
SLUG = 200  # characters of a slug
_SLUGS = 2_000  # slugs that a process remembers: for one article the same few names are needed some thirty times


def slug(name: str) -> str:
    """`name` in the form for URLs: lower case, letters and digits of any script, hyphens. May be empty."""
    # Anybody can request any name. So only short names are remembered: 4 MB at most.
    return _remembered_slug(name) if len(name) <= SLUG else _slug(name)


def _slug(name: str) -> str:
    # Compatibility characters such as ™ contain capitals, which appear only when the character is decomposed.
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name[:_SLUGGED]).casefold())
    folded = re.sub("['’‘ʼ`]", "", folded)
    unaccented = unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", folded))
    # Vowel signs of Indic and other scripts are marks, and count as letters.
    words = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in unaccented)
    return "-".join(words.split())[:SLUG].strip("-")


_remembered_slug = lru_cache(maxsize=_SLUGS)(_slug)
