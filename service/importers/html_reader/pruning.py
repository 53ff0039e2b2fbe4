"""Rules that take blocks out of a body: each names a kind of text that is not of the article."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from .blocks import letters, text_of
from .boilerplate import is_article, is_byline, is_label, is_offer
from .candidates import MIN_LONG_LETTERS, MUCH, Block, kinds, size_of, weights_of
from .evidence import Evidence

Element = Any

MIN_STATED_LETTERS = 200  # of a stated body that is believed; a shorter one is a summary
_MAX_BESIDE_NAME = 8  # letters of words such as `Oleh` beside an author's name
_MAX_BYLINE_LETTERS = 100
_WHOLE = 0.7  # share of the located text in a stated body that is whole
_SOME_OUTSIDE = 0.2  # share of the kept text outside a stated body that is whole
_MOST_OUTSIDE = 0.3  # the same, of text in other elements than the stated body
_MOST_ITEMS = 0.7  # share of a list's items that are links, in a list that leads to other pages
_MAX_LINKS = 2  # links of a paragraph that leads to other pages; one with more is a list in the article
_HOME = 0.6  # share of the kept text in the element that is the home of the article
_NEAR = 3  # levels from a block to an element around the home
_MAX_GAP = 3  # blocks between the home and text that belongs to it
_HEADINGS = {"h2", "h3", "h4", "h5", "h6"}
_MIN_TITLE_LETTERS = 12  # of a headline that is looked for in a longer title
_MAX_HOMES = 20  # `article` elements with the headline that are tried
_MAX_OFFER_LETTERS = 300  # of the box around an offer
_LEADING = 2  # paragraphs at the beginning, one of which may be a lead
_MANY = 3  # blocks that are together in another one, and times as long as a usual block
_MIN_HEADLINE_LETTERS = 20  # of the headline of another article
_MIN_LABEL_LETTERS = 4  # of a label before it
_MAX_LABEL_LETTERS = 30
_MIN_REPEATED_LETTERS = 40  # of a text that is kept once; a shorter one may be repeated


def drop_offers(blocks: Sequence[Block]) -> None:
    """Drop the boxes around offers of a subscription."""
    weights = weights_of(blocks)
    boxes: set[Element] = set()
    for block in blocks:
        if block.dropped and is_offer(block.text):
            boxes.update(above for above in block.around if weights[above] <= _MAX_OFFER_LETTERS)
    for block in blocks:
        if block.kept and not block.stated and any(above in boxes for above in block.around):
            block.kept, block.dropped = False, True


def drop_above_headline(blocks: Sequence[Block], titles: set[str]) -> None:
    """Drop what is above the headline: lists of news and names of the site."""
    at = next((n for n, each in enumerate(blocks) if each.letters in titles and _heading(each.element)), 0)
    if size_of(each for each in blocks[at:] if each.kept) >= size_of(each for each in blocks[:at] if each.kept):
        for block in blocks[:at]:
            block.kept = block.kept and block.stated


def _heading(element: Element) -> bool:
    return any(each.tag in ("h1", "h2") for each in (element, element.getparent()) if each is not None)


def drop_links(blocks: Sequence[Block]) -> None:
    """Drop lists of links to other pages, with the heading above them, and paragraphs that are a link."""
    lists: dict[Element, list[int]] = {}
    for at, block in enumerate(blocks):
        above = next((each for each in reversed(block.around) if each.tag in ("ul", "ol")), None)
        if above is not None and block.letters:
            lists.setdefault(above, []).append(at)
        elif block.kept and block.linked and block.element.tag == "p" and not block.stated:
            block.dropped = _leads_away(block) or (at > 0 and is_label(blocks[at - 1].text))
            block.kept = not block.dropped
    for items in lists.values():
        linked = [at for at in items if blocks[at].linked]
        if len(items) < 2 or len(linked) < _MOST_ITEMS * len(items) or any(blocks[at].stated for at in items):
            continue
        for at in items:
            blocks[at].kept, blocks[at].dropped = False, True
        above_list = blocks[items[0] - 1] if items[0] else None
        if above_list is not None and _announces(above_list):
            above_list.kept, above_list.dropped = False, True


def _leads_away(block: Block) -> bool:
    """True if a block of links is a link to another page, and not a list of names with links."""
    return sum(1 for _ in block.element.iter("a")) <= _MAX_LINKS


def _announces(block: Block) -> bool:
    """True if a block is the heading of a list."""
    return len(block.letters) <= MIN_LONG_LETTERS and (block.element.tag in _HEADINGS or block.text.endswith(":"))


def stay_at_home(blocks: Sequence[Block]) -> None:
    """Drop located text that is far from the element with most of it, and not in elements that look alike."""
    kept = [block for block in blocks if block.kept]
    weights = weights_of(kept)
    enough = _HOME * size_of(kept)
    homes = [element for element in weights if weights[element] >= enough]
    if not homes:
        return
    home = max(homes, key=lambda element: sum(1 for _ in element.iterancestors()))
    far: list[Block] = []
    inside = [at for at, block in enumerate(blocks) if block.kept and home in (block.element, *block.around)]
    known = {kind for at in inside for kind in kinds(blocks[at].element)}
    around = {each: is_article(each) for each in home.iterancestors()}
    others = list(
        accumulate(
            bool(each.letters) and not (each.aside or each.dropped or (each.kept and not each.linked))
            for each in blocks
        )
    )  # blocks of other text up to each block
    for at, block in enumerate(blocks):
        if not block.kept or block.stated or inside[0] <= at <= inside[-1]:
            continue
        gap = others[inside[0]] - others[at] if at < inside[0] else others[at] - others[inside[-1]]
        is_near = gap <= _MAX_GAP and any(each in around for each in block.around[:_NEAR])
        shared = next((each for each in block.around if each in around), None)
        is_twin = any(kind in known for kind in kinds(block.element))
        if gap and not (is_near or is_twin or (shared is not None and around[shared])):
            far.append(block)
    for block in far:
        block.kept = False


def drop_bylines(blocks: Sequence[Block], authors: set[str]) -> None:
    """Drop bylines and dates above the first long paragraph, and the authors' names anywhere: they are fields."""
    is_above = True
    for block in blocks:
        is_above = is_above and not (block.kept and len(block.letters) >= MIN_LONG_LETTERS)
        is_author = len(block.letters) <= _MAX_BYLINE_LETTERS and any(
            block.letters.endswith(name) and len(block.letters) <= len(name) + _MAX_BESIDE_NAME for name in authors
        )
        block.dropped = block.dropped or is_author or (is_above and is_byline(block.text))
        block.kept = block.kept and not block.dropped


def drop_repeated(blocks: Sequence[Block]) -> None:
    """Keep a text once: pages repeat the body for other widths of the screen, and a lead in a teaser.

    A paragraph that is repeated alone, far from the beginning, may be meant so.
    """
    kept = [block for block in blocks if block.kept and len(block.letters) >= _MIN_REPEATED_LETTERS]
    first: dict[str, int] = {}
    repeated = []
    for at, block in enumerate(kept):
        original = first.setdefault(block.letters, at)
        if kept[original].element.getparent() is not block.element.getparent():
            repeated.append((at, original))
    places = {at for at, _ in repeated}
    for at, original in repeated:
        if original < _LEADING or not places.isdisjoint((at - 1, at + 1)):
            kept[at].kept, kept[at].dropped = False, True


def drop_copies(blocks: Sequence[Block]) -> None:
    """Drop a block with the text of many others: some pages hold the body once more, without paragraphs."""
    kept = [block for block in blocks if block.kept]
    sizes = sorted((len(block.letters) for block in kept), reverse=True)
    for block in kept:
        if len(block.letters) < MIN_STATED_LETTERS or len(block.letters) < _MANY * sizes[len(sizes) // 2]:
            continue
        inside = [each for each in kept if each is not block and len(each.letters) >= MIN_LONG_LETTERS]
        inside = [each for each in inside if each.letters in block.letters]
        if len(inside) >= _MANY and size_of(inside) > len(block.letters) / 2:
            block.kept, block.dropped = False, True


def drop_repeated_labels(blocks: Sequence[Block]) -> None:
    """Drop links to other articles below one label, such as `Read also`, in any language: labels are repeated."""
    labels: dict[str, list[Block]] = {}
    for block in blocks:
        links = list(block.element.iter("a")) if block.kept and block.letters and not block.in_link else []
        if len(links) != 1 or len(letters(text_of(links[0]))) < _MIN_HEADLINE_LETTERS:
            continue
        label, linked, after = block.letters.partition(letters(text_of(links[0])))
        if linked and not after and _MIN_LABEL_LETTERS <= len(label) <= _MAX_LABEL_LETTERS:
            labels.setdefault(label, []).append(block)
    for labelled in labels.values():
        for block in labelled if len(labelled) > 1 else ():
            block.kept, block.dropped = False, True


def stay_in_article(blocks: Sequence[Block], titles: set[str], stated: Sequence[str]) -> None:
    """Drop what is outside the `article` with the headline, if much of the text is in it.

    A page may have several articles below each other. It has the one with the `stated` title then.
    """
    headed = [block for block in blocks if block.letters in titles and block.element.tag in ("h1", "h2")]
    homes = _homes(headed)
    named = [block for block in headed if len(block.letters) >= _MIN_TITLE_LETTERS]
    own = _homes([block for block in named if any(block.letters in title for title in stated)])
    much = MUCH * size_of(b for b in blocks if b.kept)
    for home in list(dict.fromkeys([*own, *homes]))[:_MAX_HOMES]:
        inside = [each for each in blocks if each.kept and home in each.around]
        is_one_of_several = home in own and len(homes) > 1  # the others may have far more text
        if size_of(inside) >= max(MIN_STATED_LETTERS, 0 if is_one_of_several else much):
            for each in blocks:
                each.kept = each.kept and (each.stated or home in each.around)
            return


def _homes(headings: Sequence[Block]) -> list[Element]:
    """The inmost `article` elements around headings, each once."""
    found = (next((above for above in block.around if above.tag == "article"), None) for block in headings)
    return list(dict.fromkeys(home for home in found if home is not None))


def trim(blocks: Sequence[Block]) -> None:
    """Drop the links above the first paragraph and below the last one: they lead to other pages.

    A heading without text below it goes, too.
    """
    for order in (blocks, blocks[::-1]):
        for block in order:
            if block.kept and not (block.linked and _leads_away(block)):
                break
            block.kept = block.kept and block.stated
    for block in reversed(blocks):
        if block.kept and block.letters:
            block.kept = block.stated or block.element.tag not in _HEADINGS
            if block.kept:
                break


def bound(blocks: Sequence[Block], statement: Evidence, location: Evidence) -> None:
    """Drop what is outside the body that JSON-LD states, if that is whole."""
    stated = [at for at, block in enumerate(blocks) if block.kept and block.stated]
    if not stated or statement.size < _WHOLE * location.size:
        return
    between = [block for block in blocks[stated[0] : stated[-1] + 1] if block.kept]
    if size_of(block for block in between if block.stated) < _WHOLE * size_of(between):
        return  # JSON-LD states another text, with some paragraphs of this one
    outside = [each for each in (*blocks[: stated[0]], *blocks[stated[-1] + 1 :]) if each.kept]
    share = size_of(outside) / max(size_of(block for block in blocks if block.kept), 1)
    known = {kind for at in stated for kind in kinds(blocks[at].element)}
    for block in outside if share <= _MOST_OUTSIDE else ():
        block.kept = share > _SOME_OUTSIDE and not known.isdisjoint(kinds(block.element))
