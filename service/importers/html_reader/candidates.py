"""The blocks of a page, with what is known of each: located or stated, beside the article, links, teasers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from .blocks import MEDIA, leaves, letters, text_of
from .boilerplate import MAX_SHARE_OF_LINKS, is_aside, is_comments, is_teaser, share_of_links
from .evidence import Evidence

Element = Any

MIN_LONG_LETTERS = 80  # of a paragraph that is no caption, byline or button
MUCH = 0.3  # share of the located text in an element that is not beside the article


MIN_CARDS = 3  # cards of other articles beside each other
_MAX_CARD_LETTERS = 400  # of the headline and the summary on a card
_MAX_CARD_LEVELS = 5  # elements around a headline that may be its card
_MAX_BOX_LETTERS = 500  # of a box around a form, such as one to subscribe to a newsletter
_BOXES = {"div", "section", "p"}


@dataclass
class Block:
    """A block of the page. `kept`: it is a part of the body. `dropped`: it is known to be none."""

    element: Element
    around: tuple[Element, ...]  # the elements around it, the inmost first
    text: str
    letters: str
    located: bool = False
    stated: bool = False
    aside: bool = False
    linked: bool = False  # most of it is links
    in_link: bool = False  # it is a teaser: a block inside a link
    in_teaser: bool = False
    dropped: bool = False
    kept: bool = False


def collect(root: Element, location: Evidence, statement: Evidence) -> list[Block]:
    found: list[Block] = []
    for element in leaves(root):
        text = text_of(element)
        plain = letters(text)
        around = tuple(element.iterancestors())
        if plain:
            in_link = any(above.tag == "a" for above in around)
            linked = in_link or share_of_links(element) > MAX_SHARE_OF_LINKS
            found.append(
                Block(
                    element,
                    around,
                    text,
                    plain,
                    location.has(plain),
                    statement.has(plain),
                    linked=linked,
                    in_link=in_link,
                )
            )
        elif element.tag in MEDIA or any(True for _ in element.iter(*MEDIA)):
            found.append(Block(element, around, "", ""))
    aside, teasers = _asides(root, found)
    for block in found:
        block.aside, block.in_teaser = block.element in aside, block.element in teasers
    return found


def _asides(root: Element, blocks: Sequence[Block]) -> tuple[set[Element], set[Element]]:
    """The elements beside the article, and those of them that are in teasers of other articles.

    An element with much of the page's long text is neither, whatever its name.
    """
    located = weights_of([block for block in blocks if block.located or block.stated])
    long = weights_of([block for block in blocks if not block.linked and len(block.letters) >= MIN_LONG_LETTERS])
    weights = weights_of(blocks)
    with_form = {above for form in root.iter("form", "input") for above in form.iterancestors()}
    aside: set[Element] = set()
    teasers = _cards(root, weights, located)
    for element in root.iter("*"):
        if element.getparent() in aside:
            aside.add(element)
        elif element is root:
            continue
        elif element in teasers:
            aside.add(element)
        elif located.get(element, 0) <= MUCH * located.get(root, 0) and (
            is_aside(element) or (element in with_form and _is_box(element, weights))
        ):
            if is_comments(element) or long.get(element, 0) <= MUCH * long.get(root, 0):
                aside.add(element)
        elif (
            element.tag == "article"
            and located.get(element, 0) <= located.get(root, 0) / 2
            and long.get(element, 0) <= long.get(root, 0) / 2
            and is_teaser(element)
        ):
            aside.add(element)
            teasers.add(element)
        if element.getparent() in teasers:
            teasers.add(element)
    return aside, teasers


def _cards(root: Element, weights: dict[Element, int], located: dict[Element, int]) -> set[Element]:
    """The cards of other articles: at least MIN_CARDS elements beside each other that look alike.

    Each has a headline in a link, and no more text than a summary. Cards with half of the located text are an article
    of short parts.
    """
    groups: dict[tuple[Element, str, str], set[Element]] = {}
    for heading in root.iter("h2", "h3", "h4", "h5"):
        if not heading.xpath("boolean(ancestor::a | .//a)"):
            continue
        for card in islice(heading.iterancestors(), _MAX_CARD_LEVELS):
            parent = card.getparent()
            if parent is None or weights.get(card, 0) > _MAX_CARD_LETTERS:
                break
            if card.get("class"):
                groups.setdefault((parent, card.tag, card.get("class")), set()).add(card)
    enough = located.get(root, 0) / 2
    cards = [group for group in groups.values() if len(group) >= MIN_CARDS]
    return {card for group in cards if sum(located.get(each, 0) for each in group) <= enough for card in group}


def _is_box(element: Element, weights: dict[Element, int]) -> bool:
    """True if an element around a form is small, and no short article."""
    return element.tag in _BOXES and weights.get(element, 0) <= _MAX_BOX_LETTERS and element.find(".//h1") is None


def weights_of(blocks: Sequence[Block]) -> dict[Element, int]:
    """The number of letters of these blocks in each element around them."""
    weights: dict[Element, int] = {}
    for block in blocks:
        size = len(block.letters)
        if not size:
            continue
        weights[block.element] = weights.get(block.element, 0) + size
        for element in block.around:
            weights[element] = weights.get(element, 0) + size
    return weights


def size_of(blocks: Iterable[Block]) -> int:
    return sum(len(block.letters) for block in blocks)


def kinds(element: Element) -> list[tuple[object, ...]]:
    """The parent of a paragraph, and the parent's kind, by which its twins beside it are known."""
    parent = element.getparent()
    above = parent.getparent() if parent is not None else None
    found: list[tuple[object, ...]] = [(parent,)]
    if above is not None and parent.get("class"):
        found.append((parent.tag, parent.get("class"), above))
        if element.get("class"):
            first = parent.get("class").split()[:1]  # the others may say that it is the last part
            found.append((element.tag, element.get("class"), parent.tag, *first))
        if above.get("class") and above.getparent() is not None:
            found.append((parent.tag, parent.get("class"), above.tag, above.get("class"), above.getparent()))
    return found
