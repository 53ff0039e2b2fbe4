"""Text for a terminal: characters that control the terminal, or hide other text, are written as escapes.

These are all characters that are not printable in Unicode: controls (C0, DEL, C1), line and paragraph separators,
format characters (bidi controls, tags, zero-width space), lone surrogates, private use, unassigned code points. All
spaces stay, and so do the joiners U+200C and U+200D: without them Indic and Persian text and many emoji change.
"""

import json
import re
import unicodedata

_JOINERS = "\u200c\u200d"
_SUSPICIOUS = re.compile(r"[^ -~]")
_SUSPICIOUS_IN_JSON = re.compile(r"[^\n -~]")  # a line break in JSON text is layout; in a string it is escaped already


def visible(text: str) -> str:
    r"""The text in one line, with escapes as Python writes them: `\n`, `\x1b`, `\u202e`, `\U000e0041`."""
    return text if text.isprintable() else _SUSPICIOUS.sub(_escape, text)


def json_text(value: object, *, indent: int | None = None) -> str:
    """The value as readable JSON that is safe to print, and that parses to the same value.

    Values of types that JSON does not have are written as text. Two lone surrogates that make a pair parse to one
    character: JSON cannot distinguish the two.
    """
    text = json.dumps(value, ensure_ascii=False, default=str, indent=indent)
    return text if text.isprintable() else _SUSPICIOUS_IN_JSON.sub(_escape_in_json, text)


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    return character if _is_harmless(character) else character.encode("unicode_escape").decode()


def _escape_in_json(found: re.Match[str]) -> str:
    character = found[0]
    return character if _is_harmless(character) else json.dumps(character)[1:-1]


def _is_harmless(character: str) -> bool:
    return character.isprintable() or character in _JOINERS or unicodedata.category(character) == "Zs"
