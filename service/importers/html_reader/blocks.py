"""Blocks of text: after `separate`, all text of a page is in blocks, and a block holds no other block."""

import re
from collections.abc import Iterator
from typing import Any

Element = Any  # lxml has no types

UNSEEN = {"script", "style", "template", "svg", "head", "select", "textarea", "object", "canvas"}
# Elements that hold blocks; text directly in them gets a paragraph of its own.
_CONTAINERS = {
    *("address", "article", "aside", "blockquote", "body", "center", "details", "dialog", "div", "fieldset", "footer"),
    *("form", "header", "hgroup", "main", "nav", "search", "section", "li", "td", "th", "dd", "noscript"),
}
BLOCKS = _CONTAINERS | {
    "figure",
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "dt", "menu", "pre", "hr", "figcaption", "summary"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "video", "audio", "iframe"),
}
MEDIA = {
    *("img", "picture", "video", "audio", "iframe", "embed", "object", "amp-img", "amp-anim", "amp-video", "amp-audio"),
    *("amp-iframe", "amp-youtube", "amp-vimeo", "amp-twitter", "amp-instagram", "amp-facebook", "math"),
}
# Elements whose text is in certain elements only. Browsers show other text in them above a table, or nowhere.
_NO_LOOSE_TEXT = {"table", "thead", "tbody", "tfoot", "tr", "figure"}
_ITEMS = {"ul": "li", "ol": "li", "menu": "li", "dl": "dd"}
_NO_LETTER = re.compile(r"[\W_]+")


def drop_unseen(root: Element) -> None:
    """Remove elements that nobody sees, such as scripts, and the text in players and frames for old browsers."""
    for element in list(root.iter(*UNSEEN)):
        if element is not root:
            element.drop_tree()
    for player in list(root.iter("audio", "video", "iframe")):
        player.text = None
        for inner in list(player):
            inner.tail = None
            if inner.tag not in ("source", "track"):
                player.remove(inner)


def separate(root: Element) -> None:
    """Put loose text of the tree below `root` into paragraphs.

    Text beside blocks gets a `p`, in a list an item. Two line breaks part paragraphs. A `div` with text alone becomes a
    `p`. A `p` with blocks becomes a `div`: HTML ends a `p` at a block, and the parser does not know all blocks.
    """
    blocks = set()
    for element in reversed(list(root.iter("*"))):  # children before their parents
        inside = any(child in blocks for child in element)
        if inside or element.tag in BLOCKS:
            blocks.add(element)
        if inside or (element.tag in _CONTAINERS and _parts(element)):
            if element.tag not in _NO_LOOSE_TEXT:
                _wrap_text(element, blocks)
                if element.tag in ("p", "pre"):
                    element.tag = "div"
        elif element.tag == "div" and text_of(element):
            element.tag = "p"
        elif element.tag in ("article", "main", "body", "section", "center") and text_of(element):
            _wrap_text(element, blocks)


def _parts(element: Element) -> bool:
    """True if two line breaks follow each other."""
    return any(
        child.tag == "br"
        and not (child.tail or "").strip()
        and (follower := child.getnext()) is not None
        and follower.tag == "br"
        for child in element
    )


def _wrap_text(element: Element, blocks: set[Element]) -> None:
    paragraph: Element = None
    children: list[Element] = []

    def current() -> Element:
        nonlocal paragraph
        if paragraph is None:
            paragraph = element.makeelement(_ITEMS.get(element.tag, "p"))
            blocks.add(paragraph)
            children.append(paragraph)
        return paragraph

    def add(text: str | None) -> None:
        if not text or (paragraph is None and not text.strip()):
            return
        into = current()
        if len(into):
            into[-1].tail = (into[-1].tail or "") + text
        else:
            into.text = (into.text or "") + text

    first, element.text = element.text, None
    add(first)
    for child in list(element):
        tail, child.tail = child.tail, None
        if child in blocks:
            paragraph = None
            children.append(child)
        elif child.tag != "br":
            current().append(child)
        elif paragraph is not None:
            last = paragraph[-1] if len(paragraph) else None
            if last is not None and last.tag == "br" and not (last.tail or "").strip():
                paragraph.remove(last)
                paragraph = None
            else:
                paragraph.append(child)
        add(tail)
    element[:] = children


def leaves(root: Element) -> Iterator[Element]:
    """Yield the blocks without other blocks in them, in the order of the document, those without text included."""
    holding = set()
    elements = list(root.iter("*"))
    for element in reversed(elements):
        if (element in holding or element.tag in BLOCKS) and (parent := element.getparent()) is not None:
            holding.add(parent)
    for element in elements:
        if element.tag in BLOCKS and element not in holding:
            yield element


def text_of(element: Element) -> str:
    """The text of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def letters(text: str) -> str:
    """The letters and digits of a text in lower case, by which texts are compared."""
    return _NO_LETTER.sub("", text).lower()
