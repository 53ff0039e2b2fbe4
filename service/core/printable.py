"""Text for a terminal: characters that command it, or hide what stands there, are written as escapes.

Those are all that Unicode does not call printable: controls (C0, DEL, C1), line and paragraph separators, format
characters (bidi controls, tags, zero-width space), lone surrogates, private use, unassigned code points. What stays:
every space, and the joiners U+200C and U+200D, without which Indic and Persian text and many emoji are other text.
"""

import json
import re
import unicodedata

_JOINERS = "\u200c\u200d"
_PERHAPS = re.compile(r"[^ -~]")
_PERHAPS_IN_JSON = re.compile(r"[^\n -~]")  # a line break in JSON text is layout; one in a string is an escape already


def visible(text: str) -> str:
    r"""The text in one line, with escapes as Python writes them: `\n`, `\x1b`, `\u202e`, `\U000e0041`."""
    return text if text.isprintable() else _PERHAPS.sub(_escape, text)


def json_text(value: object, *, indent: int | None = None) -> str:
    """The value as JSON that is readable, safe to print, and reads as the same value. What is no JSON is told as text.

    Two lone surrogates that make a pair are read as one character: JSON cannot tell them apart.
    """
    text = json.dumps(value, ensure_ascii=False, default=str, indent=indent)
    return text if text.isprintable() else _PERHAPS_IN_JSON.sub(_escape_in_json, text)


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    return character if _is_harmless(character) else character.encode("unicode_escape").decode()


def _escape_in_json(found: re.Match[str]) -> str:
    character = found[0]
    return character if _is_harmless(character) else json.dumps(character)[1:-1]


def _is_harmless(character: str) -> bool:
    return character.isprintable() or character in _JOINERS or unicodedata.category(character) == "Zs"
