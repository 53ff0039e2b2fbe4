"""The decision which blocks are of the article: one rule after the other, each with a reason."""

from collections.abc import Sequence
from typing import Any

from .blocks import letters
from .boilerplate import is_byline, is_label, is_read_also
from .candidates import MIN_LONG_LETTERS, MUCH, Block, size_of
from .evidence import Evidence

Element = Any

MIN_STATED_LETTERS = 200  # of a stated body that is believed; a shorter one is a summary
_MIN_BESIDE_LETTERS = 25  # of a located text in a menu or a box
_MIN_REPEATED_LETTERS = 40  # of a text that is kept once; a shorter one may be repeated


def decide(
    blocks: Sequence[Block], root: Element, titles: Sequence[str], statement: Evidence, location: Evidence
) -> None:
    known_titles = {letters(title) for title in titles}
    _consider_marked(blocks, root)
    _consider_paragraphs(blocks)
    for block in blocks:
        block.kept = _belongs(block, known_titles)
    _add_twins(blocks)
    _drop_bylines(blocks)
    _drop_repeated(blocks)
    _stay_in_article(blocks, known_titles)
    _trim(blocks)
    _bound(blocks, statement, location)


def _belongs(block: Block, titles: set[str]) -> bool:
    block.dropped = block.letters in titles or is_label(block.text) or is_read_also(block.element, block.text)
    if block.dropped:
        return False
    if not block.letters or block.letters in titles or block.element.tag == "h1" or block.in_link:
        return False
    if block.aside and len(block.letters) < _MIN_BESIDE_LETTERS:  # a short text may equal one of the article
        return False
    return block.stated or (block.located and not block.in_teaser)


def _consider_marked(blocks: Sequence[Block], root: Element) -> None:
    """Take what microdata mark as the body (https://schema.org/articleBody).

    Most located text is in it: what is located elsewhere does not belong. Otherwise trafilatura was wrong.
    """
    marked: set[Element] = set()
    for element in root.iter("*"):
        if element.getparent() in marked or "articleBody" in (element.get("itemprop") or "").split():
            marked.add(element)
    inside = [block for block in blocks if block.element in marked and not block.aside and not block.linked]
    located = size_of(block for block in inside if block.located)
    if size_of(inside) < MIN_STATED_LETTERS:
        return
    if located < size_of(inside) / 2:
        for block in inside:
            block.stated = True
    if located > 0.6 * size_of(block for block in blocks if block.located) or located < size_of(inside) / 2:
        for block in blocks:
            block.located = block.located and block.element in marked


def _consider_paragraphs(blocks: Sequence[Block]) -> None:
    """Take the long paragraphs of one element if they are far more than the located text, which was wrong then."""
    of_parent: dict[Element, list[Block]] = {}
    for block in blocks:
        if block.element.tag == "p" and len(block.letters) >= MIN_LONG_LETTERS and not (block.aside or block.linked):
            of_parent.setdefault(block.element.getparent(), []).append(block)
    located = [block for block in blocks if block.located and not block.aside]
    home = next((above for above in _common(located) if above.tag in ("article", "main")), None)
    candidates = [
        group for parent, group in of_parent.items() if home is None or home in (parent, *parent.iterancestors())
    ]
    most = max(candidates, key=size_of, default=[])
    if (
        size_of(block for block in most if block.located)
        < size_of(most) / 2
        > 0.75 * size_of(block for block in blocks if block.located) / 2
    ):
        for block in most:
            block.stated = True


def _common(blocks: Sequence[Block]) -> list[Element]:
    """The elements around all of the blocks, the inmost first."""
    common: list[Element] = list(blocks[0].element.iterancestors()) if blocks else []
    for block in blocks[1:]:
        above = set(block.element.iterancestors())
        common = [element for element in common if element in above]
    return common


def _add_twins(blocks: Sequence[Block]) -> None:
    """Keep long paragraphs in elements that look like those with kept ones: a body may come in several parts."""
    weights: dict[tuple[object, ...], int] = {}
    for block in blocks:
        if block.kept:
            for key in _kinds(block.element):
                weights[key] = weights.get(key, 0) + len(block.letters)
    enough = 0.3 * size_of(block for block in blocks if block.kept)
    for block in blocks:
        if block.kept or block.aside or block.linked or len(block.letters) < MIN_LONG_LETTERS:
            continue
        if block.element.tag == "p" and any(weights.get(key, 0) >= enough for key in _kinds(block.element)):
            block.kept = not block.dropped


def _kinds(element: Element) -> list[tuple[object, ...]]:
    """The parent of a paragraph, and the parent's kind, by which its twins beside it are known."""
    parent = element.getparent()
    above = parent.getparent() if parent is not None else None
    kinds: list[tuple[object, ...]] = [(parent,)]
    if above is not None and parent.get("class"):
        kinds.append((parent.tag, parent.get("class"), above))
        if above.get("class") and above.getparent() is not None:
            kinds.append((parent.tag, parent.get("class"), above.tag, above.get("class"), above.getparent()))
    return kinds


def _drop_bylines(blocks: Sequence[Block]) -> None:
    """Drop the byline and the date above the first long paragraph: they are fields of the article."""
    for block in blocks:
        if block.kept and len(block.letters) >= MIN_LONG_LETTERS:
            return
        block.dropped = block.dropped or is_byline(block.text)
        block.kept = block.kept and not block.dropped


def _drop_repeated(blocks: Sequence[Block]) -> None:
    """Keep a text once: pages repeat the body for other widths of the screen, and a lead in a teaser."""
    parents: dict[str, Element] = {}
    for block in blocks:
        if block.kept and len(block.letters) >= _MIN_REPEATED_LETTERS:
            parent = block.element.getparent()
            block.kept = parents.setdefault(block.letters, parent) is parent
            block.dropped = not block.kept


def _stay_in_article(blocks: Sequence[Block], titles: set[str]) -> None:
    """Drop what is outside the `article` with the headline, if much of the text is in it."""
    headed = (block for block in blocks if block.letters in titles and block.element.tag in ("h1", "h2"))
    for block in headed:
        home = next((above for above in block.element.iterancestors() if above.tag == "article"), None)
        inside = [each for each in blocks if each.kept and home in each.element.iterancestors()]
        if home is not None and size_of(inside) >= max(MIN_STATED_LETTERS, MUCH * size_of(b for b in blocks if b.kept)):
            for each in blocks:
                each.kept = each.kept and (each.stated or home in each.element.iterancestors())
            return


def _trim(blocks: Sequence[Block]) -> None:
    """Drop the links above the first paragraph and below the last one: they lead to other pages."""
    for order in (blocks, blocks[::-1]):
        for block in order:
            if block.kept and not block.linked:
                break
            block.kept = block.kept and block.stated


def _bound(blocks: Sequence[Block], statement: Evidence, location: Evidence) -> None:
    """Drop what is outside the body that JSON-LD states, if that is whole."""
    stated = [at for at, block in enumerate(blocks) if block.kept and block.stated]
    if not stated or statement.size < 0.7 * location.size:
        return
    for at, block in enumerate(blocks):
        if block.kept and not stated[0] <= at <= stated[-1]:
            block.kept = False
