"""The decision which blocks are of the article: one rule after the other, each with a reason."""

from collections.abc import Sequence
from typing import Any

from . import pruning
from .blocks import letters
from .boilerplate import is_label, is_offer, is_read_also
from .candidates import MIN_LONG_LETTERS, Block, kinds, size_of
from .evidence import Evidence
from .pruning import MIN_STATED_LETTERS

Element = Any

_MIN_TITLE_LETTERS = 20  # of a title that is looked for at the end of a heading
_MAX_AUTHORS = 50  # authors of a page whose names are looked for
_MIN_NAME_LETTERS = 6  # of an author's name that is looked for in the body
_MIN_BESIDE_LETTERS = 25  # of a located text in a menu or a box
_NAMED_BODY = {"entry-content", "e-content"}
_FAR_MORE = 0.75  # times as much text as the located one


def decide(
    blocks: Sequence[Block],
    root: Element,
    titles: Sequence[str],
    own_titles: Sequence[str],
    authors: Sequence[str],
    statement: Evidence,
    location: Evidence,
) -> None:
    known_titles = {letters(title) for title in titles}
    _consider_marked(blocks, root)
    _consider_paragraphs(blocks)
    for block in blocks:
        block.kept = _belongs(block, known_titles)
    pruning.drop_offers(blocks)
    _add_twins(blocks)
    pruning.drop_above_headline(blocks, known_titles)
    pruning.drop_links(blocks)
    pruning.drop_repeated_labels(blocks)
    pruning.stay_at_home(blocks)
    pruning.drop_bylines(
        blocks, {name for author in authors[:_MAX_AUTHORS] if len(name := letters(author)) >= _MIN_NAME_LETTERS}
    )
    pruning.drop_repeated(blocks)
    pruning.drop_copies(blocks)
    pruning.stay_in_article(blocks, known_titles, [letters(title) for title in own_titles])
    pruning.trim(blocks)
    pruning.bound(blocks, statement, location)


def _belongs(block: Block, titles: set[str]) -> bool:
    block.dropped = (
        _is_title(block, titles)
        or is_label(block.text)
        or is_read_also(block.element, block.text)
        or (not block.stated and is_offer(block.text))
    )
    if block.dropped:
        return False
    if not block.letters or block.element.tag == "h1" or block.in_link:
        return False
    if block.aside:  # a short text may equal one of the article
        hidden = block.located and block.element.get("aria-hidden") and len(block.letters) >= MIN_LONG_LETTERS
        return bool(hidden) or (block.stated and len(block.letters) >= _MIN_BESIDE_LETTERS)
    return block.stated or (block.located and not block.in_teaser)


def _is_title(block: Block, titles: set[str]) -> bool:
    """True if a block is the headline, perhaps with a kicker above it."""
    if block.letters in titles:
        return True
    is_heading = block.element.tag in ("h1", "h2") or block.around[0].tag in ("h1", "h2")
    return is_heading and any(len(title) >= _MIN_TITLE_LETTERS and block.letters.endswith(title) for title in titles)


def _consider_marked(blocks: Sequence[Block], root: Element) -> None:
    """Take what the page marks as the body: by microdata (https://schema.org/articleBody), or by a microformat.

    Most located text is in it: what is located elsewhere does not belong. Otherwise trafilatura was wrong.
    """
    marked: set[Element] = set()
    named = {element for element in root.iter("*") if _is_named_body(element)}
    for element in root.iter("*"):
        by_name = element in named and len(named) == 1  # a list has several
        if element.getparent() in marked or by_name or "articleBody" in (element.get("itemprop") or "").split():
            marked.add(element)
    inside = [block for block in blocks if block.element in marked and not block.aside and not block.linked]
    located = size_of(block for block in inside if block.located)
    everywhere = size_of(block for block in blocks if block.located)
    is_brief = len(named) == 1 and everywhere < 2 * MIN_STATED_LETTERS  # nothing else tells where a short text is
    if not inside or (size_of(inside) < MIN_STATED_LETTERS and not is_brief):
        return
    if located < size_of(inside) / 2 or is_brief:
        for block in inside:
            block.stated = True
    if located > 0.6 * everywhere or located < size_of(inside) / 2 or is_brief:
        for block in blocks:
            block.located = block.located and block.element in marked


def _is_named_body(element: Element) -> bool:
    """True for the classes `entry-content` and `e-content` of https://microformats.org/wiki/h-entry."""
    return not _NAMED_BODY.isdisjoint((element.get("class") or "")[:500].split())


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
        > _FAR_MORE * size_of(block for block in blocks if block.located) / 2
    ):
        for block in most:
            block.stated = True


def _common(blocks: Sequence[Block]) -> list[Element]:
    """The elements around all of the blocks, the inmost first."""
    common: list[Element] = list(blocks[0].around) if blocks else []
    for block in blocks[1:]:
        above = set(block.around)
        common = [element for element in common if element in above]
    return common


def _add_twins(blocks: Sequence[Block]) -> None:
    """Keep long paragraphs in elements that look like those with kept ones: a body may come in several parts."""
    weights: dict[tuple[object, ...], int] = {}
    for block in blocks:
        if block.kept:
            for key in kinds(block.element):
                weights[key] = weights.get(key, 0) + len(block.letters)
    enough = 0.3 * size_of(block for block in blocks if block.kept)
    for block in blocks:
        if block.kept or block.aside or block.linked or len(block.letters) < MIN_LONG_LETTERS:
            continue
        if block.element.tag == "p" and any(weights.get(key, 0) >= enough for key in kinds(block.element)):
            block.kept = not block.dropped
