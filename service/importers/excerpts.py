"""Excerpts that a program made of the first words of a body. They are no summaries: Warta makes its own."""

import re

from service.articles.plain_text import plain

_WORD = re.compile(r"[^\W_]+")
_CUT = re.compile(r"\[(?:…|\.{3})\]\s*$")  # an editor may end with dots alone
_MAX_COMPARED = 20_000  # characters of a body that are compared with its excerpt


def own_excerpt(excerpt: str, body: str) -> str:
    """The excerpt, if an editor wrote it; "" if it has the words of the body alone, in their order.

    WordPress leaves some blocks out, joins words around `<br>`, and writes other quotation marks than in code.
    """
    text = "".join(_WORD.findall(plain(body[:_MAX_COMPARED])))
    at = 0
    for word in _WORD.findall(plain(excerpt)):
        at = text.find(word, at)
        if at < 0:
            return excerpt
    return ""


def is_cut(excerpt: str) -> bool:
    """True if an excerpt ends with `[…]`, where a program cut the text."""
    return bool(_CUT.search(plain(excerpt)))
