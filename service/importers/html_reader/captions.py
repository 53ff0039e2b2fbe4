"""Captions: a short text in a box that is named as the box of a picture, or that is named as a caption."""

import re
from typing import Any

from .blocks import BLOCKS, leaves, letters, text_of

Element = Any

MAX_CAPTION_LETTERS = 400
_LEVELS = 6  # elements around a picture that may be its box
_BOX = re.compile(
    r"(?:^|[\s_-])(?:images?|img|photos?|pictures?|pic|foto|bild|media|figure|gambar|wp-caption|caption|thumbnail|gallery)"
    r"(?=[\s_-]|$)",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"(?:^|[\s_-])(?:\w{0,4}captions?|bildunterschrift|(?:image|photo|img)-?credits?)(?=[\s_-]|$)", re.IGNORECASE
)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NO_BOX = {"body", "article", "main", "td", "li", "blockquote"}


def make_figures(root: Element) -> None:
    """Make figures of the boxes of pictures that have no `figure` element."""
    sizes: dict[Element, int] = {}
    for picture in list(root.iter("img", "amp-img")):
        box = _box(picture, sizes)
        if box is not None:
            texts = [block for block in leaves(box) if letters(text_of(block))]
            if texts:
                _caption(box, texts)
    for block in list(leaves(root)):
        if _is_caption(block) and not any(above.tag == "figure" for above in block.iterancestors()):
            _wrap(block)


def _is_caption(block: Element) -> bool:
    name = (block.get("class") or "")[:500]
    if block.tag not in ("p", "div") or not _CAPTION.search(_HUMP.sub("-", name)):
        return False
    return 0 < len(letters(text_of(block))) <= MAX_CAPTION_LETTERS


def _wrap(block: Element) -> None:
    """Put a caption, and the picture above it, into a figure."""
    parent = block.getparent()
    figure = block.makeelement("figure")
    parent.replace(block, figure)
    figure.tail, block.tail, block.tag = block.tail, None, "figcaption"
    picture = figure.getprevious()
    if picture is not None and not text_of(picture) and any(True for _ in picture.iter("img", "amp-img")):
        figure.append(picture)
    figure.append(block)


def _box(picture: Element, sizes: dict[Element, int]) -> Element:
    """The outermost element around a picture that is named as its box, and has no more text than a caption."""
    found = None
    for level, above in enumerate(picture.iterancestors()):
        if level == _LEVELS or above.tag in _NO_BOX:
            break
        if above.tag == "div" and above.get("class") and _BOX.search(_HUMP.sub("-", above.get("class")[:500])):
            if above not in sizes:
                sizes[above] = len(letters(text_of(above)))
            if sizes[above] > MAX_CAPTION_LETTERS or any(True for _ in above.iter("h1", "h2", "h3", "h4")):
                break
            found = above
    figure = next((above for above in picture.iterancestors() if above.tag == "figure"), None)
    if found is None or figure is None:
        return found
    if figure not in found.iterdescendants() or any(True for _ in figure.iter("figcaption")):
        return None
    figure.tag = "div"
    return found


def _caption(box: Element, texts: list[Element]) -> None:
    """Turn the box into a figure, and its texts into the caption."""
    box.tag = "figure"
    first, *others = texts
    first.tag = "figcaption"
    for element in list(first.iter("*")):
        if element is not first and element.tag in BLOCKS:
            element.drop_tag()
    for other in others:
        last = first[-1] if len(first) else None
        other.tail = None
        other.tag = "span"
        if last is None:
            first.text = (first.text or "") + " "
        else:
            last.tail = (last.tail or "") + " "
        first.append(other)
