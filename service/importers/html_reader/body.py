"""The body of an article: trafilatura locates it, and the page's own elements make it."""

import re
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from .blocks import MEDIA, leaves, letters, separate, text_of
from .boilerplate import (
    MAX_SHARE_OF_LINKS,
    is_aside,
    is_byline,
    is_comments,
    is_label,
    is_lead,
    is_read_also,
    is_teaser,
    share_of_links,
)

Element = Any

_MIN_LETTERS = 25  # of a block that is looked up anywhere in a text; a shorter one must be a whole line of it
_PROBE_LETTERS = 40  # of the beginning and the end of a block that was shortened
_MIN_LOCATED_LETTERS = 400  # of a text; a shorter one is looked for once more, with more effort
_MIN_STATED_LETTERS = 200  # of a body in JSON-LD that is believed; a shorter one is a summary
_MIN_REPEATED_LETTERS = 40
_MIN_LONG_LETTERS = 80  # of a paragraph that is no caption, byline or button
_MIN_LEAD_LETTERS = 50
_MAX_ABOVE_LEAD = 12  # blocks above the body in which the lead may be
_WRAPPERS = {"body", "div", "article", "main", "section", "td", "center", "form"}
_MIN_SENTENCE_LETTERS = 8
_SENTENCE_END = re.compile(r"[.!?…。！？؟][\"'”’»)\]]*$")
_STRUCTURES = {
    *(
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "figure",
        "blockquote",
        "details",
    ),
}
_MUCH = 0.3  # share of the located text in an element that is not beside the article
_MOST = 0.9  # share of the located text that the body's element holds


class Evidence:
    """Text that is known to be of the article, by which blocks are recognised."""

    def __init__(self, lines: Iterable[str]) -> None:
        found = [line for line in map(letters, lines) if line]
        self._lines = set(found)
        self._all = "\n".join(found)
        self.size = sum(map(len, found))

    def has(self, text: str) -> bool:
        """Whether the article has the block with these `letters`."""
        if len(text) < _MIN_LETTERS:
            return text in self._lines
        return text in self._all or (
            len(text) > 2 * _PROBE_LETTERS
            and text[:_PROBE_LETTERS] in self._all
            and text[-_PROBE_LETTERS:] in self._all
        )


@dataclass
class Block:
    """A block of the page. `kept`: it is a part of the body. `dropped`: it is known to be none."""

    element: Element
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


@dataclass(frozen=True)
class Body:
    """The body of a page. Sizes are letters and digits of text.

    `element` holds all that belongs to the article and nothing else. `page_size` is the size of the page's text without
    menus, boxes and links. `articles` is the number of articles with a headline of their own that the body spans.
    """

    element: Element
    size: int
    page_size: int
    articles: int
    linked: float  # share of the text in links

    def parts(self) -> list[Element]:
        """The elements in the container, or the container if it is a part itself, such as a quotation."""
        return list(self.element) if self.element.tag in _WRAPPERS and len(self.element) else [self.element]


def body_of(tree: Element, titles: Sequence[str], summaries: Sequence[str], stated: str) -> Body | None:
    """Find the body of a page; None without one. The tree is changed.

    `titles` are the page's headlines, which are not repeated in the body. A lead above the body is recognised by the
    `summaries`, which the page states of itself. `stated` is the body in JSON-LD, or "".
    """
    root = tree.find("body")
    if root is None:
        return None
    statement = Evidence(stated.split("\n") if len(stated) >= _MIN_STATED_LETTERS else ())
    location = Evidence(_locate(tree, fast=True))
    if location.size < max(0.6 * statement.size, _MIN_LOCATED_LETTERS):
        again = Evidence(_locate(tree, fast=False))
        location = max(location, again, key=lambda evidence: evidence.size)
    separate(root)
    blocks = _blocks(root, location, statement)
    _decide(blocks, root, titles, statement, location)
    container = _container([block for block in blocks if block.kept])
    if container is None:
        return None
    inside = set(container.iter("*"))
    lead = _lead(blocks, inside, {letters(summary) for summary in summaries})
    within = [block for block in blocks if block.element in inside]
    _fill(within)
    kept = [block for block in within if block.kept]
    page_size = _size(block for block in blocks if not (block.aside or block.linked) or block.kept)
    linked = sum(len(block.letters) * share_of_links(block.element) for block in kept) / max(_size(kept), 1)
    articles = _articles(kept)
    _drop_rest(container, within)
    for element in reversed(lead):
        container.insert(0, element)
    return Body(container, _size(kept), page_size, articles, linked)


def _decide(
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


def _articles(kept: Sequence[Block]) -> int:
    """The number of `article` elements with a headline and text of their own that the body spans."""
    outermost = (next(reversed([a for a in b.element.iterancestors() if a.tag == "article"]), None) for b in kept)
    sizes: dict[Element, int] = {}
    for block, article in zip(kept, outermost, strict=True):
        if article is not None:
            sizes[article] = sizes.get(article, 0) + len(block.letters)
    return sum(
        size >= _MIN_STATED_LETTERS and any(True for _ in article.iter("h1", "h2", "h3"))
        for article, size in sizes.items()
    )


def _locate(tree: Element, *, fast: bool) -> list[str]:
    """The lines of the article's text, as trafilatura finds them."""
    import trafilatura

    try:
        found: Any = trafilatura.bare_extraction(deepcopy(tree), include_comments=False, fast=fast)
    except (ValueError, RecursionError):
        return []
    return (found.text or "").split("\n") if found is not None else []


def _blocks(root: Element, location: Evidence, statement: Evidence) -> list[Block]:
    found: list[Block] = []
    for element in leaves(root):
        text = text_of(element)
        plain = letters(text)
        if plain:
            in_link = any(above.tag == "a" for above in element.iterancestors())
            linked = in_link or share_of_links(element) > MAX_SHARE_OF_LINKS
            found.append(
                Block(element, text, plain, location.has(plain), statement.has(plain), linked=linked, in_link=in_link)
            )
        elif element.tag in MEDIA or any(True for _ in element.iter(*MEDIA)):
            found.append(Block(element, "", ""))
    aside, teasers = _asides(root, found)
    for block in found:
        block.aside, block.in_teaser = block.element in aside, block.element in teasers
    return found


def _asides(root: Element, blocks: Sequence[Block]) -> tuple[set[Element], set[Element]]:
    """The elements beside the article, and those of them that are in teasers of other articles.

    An element with much of the page's long text is neither, whatever its name.
    """
    located = _weights([block for block in blocks if block.located or block.stated])
    long = _weights([block for block in blocks if not block.linked and len(block.letters) >= _MIN_LONG_LETTERS])
    aside: set[Element] = set()
    teasers: set[Element] = set()
    for element in root.iter("*"):
        if element.getparent() in aside:
            aside.add(element)
        elif element is root:
            continue
        elif located.get(element, 0) <= _MUCH * located.get(root, 0) and is_aside(element):
            if is_comments(element) or long.get(element, 0) <= _MUCH * long.get(root, 0):
                aside.add(element)
        elif element.tag == "article" and located.get(element, 0) <= located.get(root, 0) / 2 and is_teaser(element):
            aside.add(element)
            teasers.add(element)
        if element.getparent() in teasers:
            teasers.add(element)
    return aside, teasers


def _weights(blocks: Sequence[Block]) -> dict[Element, int]:
    """The number of letters of these blocks in each element around them."""
    weights: dict[Element, int] = {}
    for block in blocks:
        for element in (block.element, *block.element.iterancestors()):
            weights[element] = weights.get(element, 0) + len(block.letters)
    return weights


def _belongs(block: Block, titles: set[str]) -> bool:
    block.dropped = block.letters in titles or is_label(block.text) or is_read_also(block.element, block.text)
    if block.dropped:
        return False
    if not block.letters or block.letters in titles or block.element.tag == "h1" or block.in_link:
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
    located = _size(block for block in inside if block.located)
    if _size(inside) < _MIN_STATED_LETTERS:
        return
    if located < _size(inside) / 2:
        for block in inside:
            block.stated = True
    if located > 0.6 * _size(block for block in blocks if block.located) or located < _size(inside) / 2:
        for block in blocks:
            block.located = block.located and block.element in marked


def _consider_paragraphs(blocks: Sequence[Block]) -> None:
    """Take the long paragraphs of one element if they are far more than the located text, which was wrong then."""
    of_parent: dict[Element, list[Block]] = {}
    for block in blocks:
        if block.element.tag == "p" and len(block.letters) >= _MIN_LONG_LETTERS and not (block.aside or block.linked):
            of_parent.setdefault(block.element.getparent(), []).append(block)
    located = [block for block in blocks if block.located and not block.aside]
    home = next((above for above in _common(located) if above.tag in ("article", "main")), None)
    candidates = [
        group for parent, group in of_parent.items() if home is None or home in (parent, *parent.iterancestors())
    ]
    most = max(candidates, key=_size, default=[])
    if (
        _size(block for block in most if block.located)
        < _size(most) / 2
        > 0.75 * _size(block for block in blocks if block.located) / 2
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


def _size(blocks: Iterable[Block]) -> int:
    return sum(len(block.letters) for block in blocks)


def _drop_bylines(blocks: Sequence[Block]) -> None:
    """Drop the byline and the date above the first long paragraph: they are fields of the article."""
    for block in blocks:
        if block.kept and len(block.letters) >= _MIN_LONG_LETTERS:
            return
        block.dropped = block.dropped or is_byline(block.text)
        block.kept = block.kept and not block.dropped


def _add_twins(blocks: Sequence[Block]) -> None:
    """Keep long paragraphs in elements that look like those with kept ones: a body may come in several parts."""
    weights: dict[tuple[object, ...], int] = {}
    for block in blocks:
        if block.kept:
            for key in _kinds(block.element):
                weights[key] = weights.get(key, 0) + len(block.letters)
    enough = 0.3 * _size(block for block in blocks if block.kept)
    for block in blocks:
        if block.kept or block.aside or block.linked or len(block.letters) < _MIN_LONG_LETTERS:
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


def _drop_repeated(blocks: Sequence[Block]) -> None:
    """Keep a text once: pages repeat the body for other widths of the screen, and a lead in a teaser."""
    parents: dict[str, Element] = {}
    for block in blocks:
        if block.kept and len(block.letters) >= _MIN_REPEATED_LETTERS:
            parent = block.element.getparent()
            block.kept = parents.setdefault(block.letters, parent) is parent
            block.dropped = not block.kept


def _trim(blocks: Sequence[Block]) -> None:
    """Drop the links above the first paragraph and below the last one: they lead to other pages."""
    for order in (blocks, blocks[::-1]):
        for block in order:
            if block.kept and not block.linked:
                break
            block.kept = block.kept and block.stated


def _stay_in_article(blocks: Sequence[Block], titles: set[str]) -> None:
    """Drop what is outside the `article` with the headline, if much of the text is in it."""
    headed = (block for block in blocks if block.letters in titles and block.element.tag in ("h1", "h2"))
    for block in headed:
        home = next((above for above in block.element.iterancestors() if above.tag == "article"), None)
        inside = [each for each in blocks if each.kept and home in each.element.iterancestors()]
        if home is not None and _size(inside) >= max(_MIN_STATED_LETTERS, _MUCH * _size(b for b in blocks if b.kept)):
            for each in blocks:
                each.kept = each.kept and (each.stated or home in each.element.iterancestors())
            return


def _bound(blocks: Sequence[Block], statement: Evidence, location: Evidence) -> None:
    """Drop what is outside the body that JSON-LD states, if that is whole."""
    stated = [at for at, block in enumerate(blocks) if block.kept and block.stated]
    if not stated or statement.size < 0.7 * location.size:
        return
    for at, block in enumerate(blocks):
        if block.kept and not stated[0] <= at <= stated[-1]:
            block.kept = False


def _container(kept: Sequence[Block]) -> Element:
    """The inmost element with nearly all of the kept text."""
    if not kept:
        return None
    weights = _weights(kept)
    enough = _MOST * sum(len(block.letters) for block in kept)
    # More than half of the text is in each of them, so each holds the next: the deepest is the inmost.
    holding = [element for element in weights if weights[element] >= enough]
    inmost = max(holding, key=lambda element: sum(1 for _ in element.iterancestors()))
    if any(inmost is block.element for block in kept):
        return _outermost(inmost).getparent()
    return inmost


def _lead(blocks: Sequence[Block], inside: set[Element], summaries: set[str]) -> list[Element]:
    """The paragraphs above the container that introduce the article."""
    above: list[Block] = []
    for block in blocks:
        if block.element in inside:
            break
        above.append(block)
    return [
        block.element
        for block in above[-_MAX_ABOVE_LEAD:]
        if len(block.letters) >= _MIN_LEAD_LETTERS
        and not (block.aside or block.linked)
        and block.element.tag in ("p", "h2", "h3", "h4", "li")
        and (is_lead(block.element) or any(_same_beginning(block.letters, summary) for summary in summaries))
    ]


def _same_beginning(text: str, summary: str) -> bool:
    return len(summary) >= _MIN_LEAD_LETTERS and (text.startswith(summary[:60]) or summary.startswith(text))


def _fill(blocks: Sequence[Block]) -> None:
    """Keep what stands between kept blocks, and sentences around them: trafilatura drops headings and short lines."""
    kept_at = [at for at, block in enumerate(blocks) if block.kept]
    if not kept_at:
        return
    beside = {_outermost(blocks[at].element).getparent() for at in kept_at}
    for at, block in enumerate(blocks):
        if block.kept or block.aside or block.linked or block.element.tag == "h1" or block.dropped:
            continue
        parent = _outermost(block.element).getparent()
        if kept_at[0] < at < kept_at[-1]:
            block.kept = parent in beside or parent.getparent() in beside
        elif _SENTENCE_END.search(block.text) and len(block.letters) >= _MIN_SENTENCE_LETTERS:
            is_long = len(block.letters) >= _MIN_LONG_LETTERS / 2
            block.kept = parent in beside or (is_long and parent.getparent() in beside and at > kept_at[-1])


def _outermost(element: Element) -> Element:
    """The table, list, figure or quotation around an element, otherwise the element."""
    found = element
    for above in element.iterancestors():
        if above.tag not in _STRUCTURES:
            break
        found = above
    return found


def _drop_rest(container: Element, blocks: Sequence[Block]) -> None:
    holding: set[Element] = set()
    for block in blocks:
        if block.kept:
            holding.update(block.element.iterancestors())
            figure = next((above for above in block.element.iterancestors() if above.tag == "figure"), block.element)
            holding.update(figure.iter("*"))
    for element in list(container.iter("*")):
        if element not in holding and element.getparent() is not None:
            parent = element.getparent()
            parent.remove(element) if not (element.tail or "").strip() else element.drop_tree()
