"""The headings of a page that may be its headline."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from .blocks import letters, text_of

Element = Any

MAX_TRIED = 200  # `h1` elements that are tried: a normal page has one, a hostile page very many
_MAX_LETTERS = 500  # of a headline with parts
MAX_HEADINGS = 20  # headings of a page that are compared with its titles
_GLUED = re.compile(r"(\w{3})\0(?=[A-Z\u00c0-\u00de\"„“«»‘][\w ])")
_BESIDE = {"nav", "aside", "footer"}
_TRAIL = re.compile(r"breadcrumb|sticky", re.IGNORECASE)


def first_level(tree: Element) -> list[list[str]]:
    """The `h1` elements that may be the headline: the whole text, then the texts of the parts, such as a kicker.

    An `h1` in a breadcrumb, a menu or a sidebar is none. Nor is one that leads to another page, if there are others.
    """
    found = [h1 for h1 in islice(tree.iter("h1"), MAX_TRIED) if text_of(h1) and not is_beside(h1)]
    found = [h1 for h1 in found if not _is_link(h1)] or found
    return [[_shown(h1), *_parts(h1)] for h1 in found[:MAX_HEADINGS]]


def _parts(h1: Element) -> Iterator[str]:
    whole = letters(text_of(h1))
    if len(whole) > _MAX_LETTERS:
        return
    for element in islice(h1.iterdescendants("*"), MAX_HEADINGS):
        text = _shown(element)
        if text and letters(text) != whole:
            yield text


def _shown(element: Element) -> str:
    """The text without the places where a browser may divide words.

    A line above the headline, which the style sheet sets apart, gets a colon: `Desa<span>Jembatan dibuka</span>`.
    """
    text = _GLUED.sub(r"\1: ", "\0".join(element.itertext())).replace("\0", "").replace("\u00ad", "")
    return " ".join(text.split())


def _is_link(heading: Element) -> bool:
    """True if the whole heading is a link."""
    if any(above.tag == "a" for above in heading.iterancestors()):
        return True
    return any(letters(text_of(link)) == letters(text_of(heading)) for link in heading.iter("a"))


def is_beside(heading: Element) -> bool:
    around = [heading, *heading.iterancestors()]
    if any(above.tag in _BESIDE for above in around):
        return True
    names = " ".join(" ".join((above.get("class") or "", above.get("id") or "")) for above in around[:3])
    return bool(_TRAIL.search(names[:1000]) or any("breadcrumb" in name for name in heading.attrib))
