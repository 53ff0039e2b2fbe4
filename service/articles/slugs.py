"""Slugs: names of categories, tags and authors in the form for URLs.

A slug has the words of the name. A symbol that tells names apart is spelled, after a tilde: `c~plus~plus`, `c~hash`,
`~fire`. The slug of a name without symbols has no tilde, so that C++, C# and C have three slugs.
"""

import re
import unicodedata
from functools import lru_cache
from hashlib import sha256

MAX_SLUG_CHARACTERS = 200
MAX_READ_CHARACTERS = 2_000  # of a name: the time to normalize may grow with their square
MAX_REMEMBERED = 2_000  # slugs of a process: for one article the same few names are needed some thirty times
HASH_DIGITS = 12  # hexadecimal digits of the hash in a slug that is cut, or has no words at all

_APOSTROPHES = re.compile("['’‘ʼ`]")
_ACCENTS = re.compile("[\u0300-\u036f]")
_VARIATIONS = re.compile("[\ufe00-\ufe0f]")  # variation selectors: they only choose between two looks of a character
_SPELLED = "#%*@!?"  # punctuation that tells names apart: C#, 100%, A*
_WORDS = {"#": "hash", "%": "percent", "*": "star", "@": "at", "-": "minus", ".": "dot"}
_KIND = re.compile(r" (?:sign|mark|symbol)$")
# A hyphen at the end of a name, as in `A-` and `-1`, and a full stop in front of it, as in `.NET`.
_AT_THE_ENDS = re.compile(r"^[-.](?=\w)|(?<=\w)-$")


def slug(name: str) -> str:
    """`name` in the form for URLs. Empty only for a name without visible characters. A slug is its own slug.

    Names that differ only by case, width, accents, or punctuation between words have the same slug.
    """
    # Anybody can request any name. So only short names are remembered: 4 MB at most.
    return _remembered_slug(name) if len(name) <= MAX_SLUG_CHARACTERS else _slug(name)


def plain_slug(text: str) -> str:
    """The words of `text` in lower case, with hyphens: letters and digits of any script. May be empty."""
    # Compatibility characters such as ™ contain capitals, which appear only when the character is decomposed.
    return _words(_folded(text))[:MAX_SLUG_CHARACTERS].strip("-")


def is_slug(text: str) -> bool:
    """True for a text that `slug` returns unchanged, such as `hukum-ham` or `c~hash`."""
    first, *symbols = text.split("~")
    parts = [first, *symbols] if first or not symbols else symbols
    return 0 < len(text) <= MAX_SLUG_CHARACTERS and all(part and plain_slug(part) == part for part in parts)


def name_key(name: str) -> str:
    """The key of a name: equal for names that differ only by case, width or white space."""
    if name.isascii():
        return " ".join(name.lower().split())
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(_VARIATIONS.sub("", folded).split())


def _slug(name: str) -> str:
    folded = _folded(name).strip()
    if "~" in folded and is_slug(composed := unicodedata.normalize("NFC", folded)):
        return composed
    whole = _spelled(_VARIATIONS.sub("", folded).strip())
    if 0 < len(whole) <= MAX_SLUG_CHARACTERS:
        return whole
    if not name.strip():
        return ""
    digest = sha256(name_key(name).encode("utf-8", "replace")).hexdigest()[:HASH_DIGITS]
    return f"{whole[: MAX_SLUG_CHARACTERS - HASH_DIGITS - 1].strip('-~')}~{digest}"


_remembered_slug = lru_cache(maxsize=MAX_REMEMBERED)(_slug)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text[:MAX_READ_CHARACTERS]).casefold())


def _words(folded: str) -> str:
    unaccented = unicodedata.normalize("NFC", _ACCENTS.sub("", _APOSTROPHES.sub("", folded)))
    # Vowel signs of Indic and other scripts are marks, and count as letters.
    words = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in unaccented)
    return "-".join(words.split())


def _spelled(name: str) -> str:
    """The slug of a folded name: its words, and its symbols by their names."""
    words = _words(name)
    if name.isascii() and name.replace(" ", "").isalnum():
        return words
    composed = unicodedata.normalize("NFC", name)  # so that `≠` is one character
    ends = {match.start() for match in _AT_THE_ENDS.finditer(composed)}
    parts, run = [], ""
    for place, character in enumerate(composed):
        if _is_symbol(character) or place in ends or not (words or character.isspace()):
            parts += [plain_slug(run), f"~{_symbol_name(character)}"]
            run = ""
        else:
            run += character
    return "-".join(filter(None, [*parts, plain_slug(run)])).replace("-~", "~") if parts else words


def _is_symbol(character: str) -> bool:
    if character in _SPELLED:
        return True
    return character != "`" and unicodedata.category(character) in ("Sm", "Sc", "So", "Sk", "Co")


def _symbol_name(character: str) -> str:
    name = _WORDS.get(character) or _KIND.sub("", unicodedata.name(character, f"u{ord(character):x}").lower())
    return plain_slug(name)
