"""The body of an article: trafilatura locates it, and the page's own elements make it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from .blocks import letters, separate, text_of
from .boilerplate import is_byline, is_lead, share_of_links
from .candidates import MIN_LONG_LETTERS, MUCH, Block, collect, size_of, weights_of
from .captions import make_figures
from .decisions import decide
from .evidence import Evidence, locate
from .pruning import MIN_STATED_LETTERS

Element = Any
Path = tuple[tuple[str, str], ...]

_MIN_LOCATED_LETTERS = 400  # of a text; a shorter one is looked for once more, with more effort
_MAX_ELEMENTS = 10_000  # of a page that is looked at once more: that takes quadratic time
_MIN_LEAD_LETTERS = 50  # of a lead; a shorter text is a kicker
_MAX_ABOVE_LEAD = 12  # blocks above the body in which the lead may be
_MIN_SENTENCE_LETTERS = 8  # of a sentence at the edge of the body; a shorter text is a label
_MAX_SIGNATURE_CHARACTERS = 80
_MOST = 0.9  # share of the located text that the body's element holds
_SENTENCE_END = re.compile(r"[.!?…。！？؟][\"'”’»)\]]*$")
_WRAPPERS = {"body", "div", "article", "main", "section", "td", "center", "form"}
_ITEMS = {"li", "td", "th", "dt", "dd", "figcaption", "caption", "summary"}  # they need an element around them
_STRUCTURES = {
    *("table", "thead", "tbody", "tfoot", "tr", "td", "th", "ul", "ol", "li"),
    *("dl", "dt", "dd", "figure", "blockquote", "details"),
}


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
    signature: list[str]  # short bold texts at the beginning and the end, which may be names of authors

    def parts(self) -> list[Element]:
        """The elements in the container, or the container if it is a part itself, such as a quotation."""
        return list(self.element) if self.element.tag in _WRAPPERS and len(self.element) else [self.element]


def body_of(
    tree: Element,
    titles: Sequence[str],
    own_titles: Sequence[str],
    authors: Sequence[str],
    summaries: Sequence[str],
    stated: str,
) -> Body | None:
    """Find the body of a page; None without one. The tree is changed.

    `titles` are the page's headlines, and `authors` the names of its authors: they are not repeated in the body. The
    page states `own_titles` of itself: other headlines may be those of other articles. A lead above the body is
    recognised by the `summaries`, which the page states of itself. `stated` is the body in JSON-LD, or "".
    """
    root = tree.find("body")
    if root is None:
        return None
    statement = Evidence(stated.split("\n") if len(stated) >= MIN_STATED_LETTERS else ())
    location = Evidence(locate(tree, fast=True))
    is_short = location.size < max(0.6 * statement.size, _MIN_LOCATED_LETTERS)
    if is_short and sum(1 for _ in tree.iter()) <= _MAX_ELEMENTS:
        again = Evidence(locate(tree, fast=False))
        location = max(location, again, key=lambda evidence: evidence.size)
    separate(root)
    make_figures(root)
    blocks = collect(root, location, statement)
    decide(blocks, root, titles, own_titles, authors, statement, location)
    container = _container([block for block in blocks if block.kept])
    if container is None:
        return None
    inside = set(container.iter("*"))
    above = _above(blocks, inside, {letters(summary) for summary in summaries})
    last = max(at for at, block in enumerate(blocks) if block.element in inside)
    below = [block for block in blocks[last + 1 :] if block.kept and _is_text(block)]
    within = [block for block in blocks if block.element in inside]
    _fill(within, container)
    kept = [*above, *(block for block in within if block.kept), *below]
    page_size = size_of(block for block in blocks if not (block.aside or block.linked) or block.kept)
    linked = sum(len(block.letters) * share_of_links(block.element) for block in kept) / max(size_of(kept), 1)
    articles = _articles(kept)
    signature = [block.text for block in (*kept[:2], *kept[-2:]) if _is_bold(block)]
    _drop_rest(container, within)
    for block in (*above, *below):
        if block.element.tag in _ITEMS:
            block.element.tag = "p"
    container[:0] = [block.element for block in above]
    container.extend(block.element for block in below)
    return Body(container, size_of(kept), page_size, articles, linked, signature)


def _is_bold(block: Block) -> bool:
    """True if a short text is bold as a whole."""
    if len(block.text) > _MAX_SIGNATURE_CHARACTERS or block.element.tag != "p":
        return False
    return any(letters(text_of(bold)) == block.letters for bold in block.element.iter("strong", "b"))


def _articles(kept: Sequence[Block]) -> int:
    """The number of `article` elements with a headline and text of their own that the body spans."""
    outermost = (next(reversed([a for a in b.around if a.tag == "article"]), None) for b in kept)
    sizes: dict[Element, int] = {}
    for block, article in zip(kept, outermost, strict=True):
        if article is not None:
            sizes[article] = sizes.get(article, 0) + len(block.letters)
    return sum(
        size >= MIN_STATED_LETTERS and any(True for _ in article.iter("h1", "h2", "h3"))
        for article, size in sizes.items()
    )


def _container(kept: Sequence[Block]) -> Element:
    """The inmost element with nearly all of the kept text."""
    if not kept:
        return None
    weights = weights_of(kept)
    enough = _MOST * sum(len(block.letters) for block in kept)
    # More than half of the text is in each of them, so each holds the next: the deepest is the inmost.
    holding = [element for element in weights if weights[element] >= enough]
    inmost = max(holding, key=lambda element: sum(1 for _ in element.iterancestors()))
    if any(inmost is block.element for block in kept):
        return _outermost(inmost).getparent()
    return inmost


def _above(blocks: Sequence[Block], inside: set[Element], summaries: set[str]) -> list[Block]:
    """The blocks above the container that belong to the body, such as a lead."""
    above: list[Block] = []
    for block in blocks:
        if block.element in inside:
            break
        above.append(block)
    headline = max((at for at, block in enumerate(above) if block.element.tag == "h1"), default=len(above))
    near = above[-_MAX_ABOVE_LEAD:]
    known = {block.letters for block in blocks if block.kept and block.element in inside}
    leads = []
    for at, block in enumerate(above):
        if block.letters not in known and (
            (block.kept and _is_text(block))
            or (at > headline and _introduces(block))
            or (block in near and _is_lead(block, summaries))
        ):
            known.add(block.letters)
            leads.append(block)
    return leads


def _is_text(block: Block) -> bool:
    return bool(block.letters) and not any(above.tag == "figure" for above in block.around)


def _is_lead(block: Block, summaries: set[str]) -> bool:
    return _may_introduce(block, _MIN_LEAD_LETTERS) and (
        is_lead(block.element) or any(_same_beginning(block.letters, summary) for summary in summaries)
    )


def _introduces(block: Block) -> bool:
    """True if a block below the headline is a lead by its form: whole sentences, and no caption."""
    alone = block.element.tag == "p" and block.around[0].tag not in ("ul", "ol")  # no summary in points
    return alone and _may_introduce(block, MIN_LONG_LETTERS) and bool(_SENTENCE_END.search(block.text))


def _may_introduce(block: Block, size: int) -> bool:
    if block.aside or block.linked or block.dropped or len(block.letters) < size or is_byline(block.text):
        return False
    if any(each.tag == "figure" for each in block.around):
        return False
    return block.element.tag in ("p", "h2", "h3", "h4", "li")


def _same_beginning(text: str, summary: str) -> bool:
    return len(summary) >= _MIN_LEAD_LETTERS and (text.startswith(summary[:60]) or summary.startswith(text))


def _fill(blocks: Sequence[Block], container: Element) -> None:
    """Keep what stands between kept blocks, and sentences around them: trafilatura drops headings and short lines."""
    kept_at = [at for at, block in enumerate(blocks) if block.kept]
    if not kept_at:
        return
    beside = {_outermost(blocks[at].element).getparent() for at in kept_at}
    usual = _usual_paths([blocks[at] for at in kept_at], container)
    for at, block in enumerate(blocks):
        if block.kept or block.aside or block.linked or block.element.tag == "h1" or block.dropped:
            continue
        parent = _outermost(block.element).getparent()
        if kept_at[0] < at < kept_at[-1]:
            quoted = any(above.tag == "blockquote" for above in block.around)
            block.kept = _path(block, container) in usual or any(
                above in beside
                for above in (parent, *parent.iterancestors())
                if quoted or above in (parent, parent.getparent())
            )
        elif at > kept_at[-1] and any(above.tag == "table" for above in block.around):
            block.kept = parent in beside  # a table at the end
        elif _SENTENCE_END.search(block.text) and len(block.letters) >= _MIN_SENTENCE_LETTERS:
            is_long = len(block.letters) >= MIN_LONG_LETTERS / 2
            block.kept = parent in beside or (is_long and parent.getparent() in beside and at > kept_at[-1])


def _usual_paths(kept: Sequence[Block], container: Element) -> set[Path]:
    """The paths of the blocks with much of the text: a body may be made of boxes with a paragraph each."""
    sizes: dict[Path, int] = {}
    for block in kept:
        path = _path(block, container)
        sizes[path] = sizes.get(path, 0) + len(block.letters)
    enough = MUCH * sum(sizes.values())
    return {path for path, size in sizes.items() if size >= enough and len(path) > 1}


def _path(block: Block, container: Element) -> Path:
    """The tags and the classes of a block and of the elements around it, up to the container."""
    around = takewhile(lambda element: element is not container, (block.element, *block.around))
    return tuple((element.tag, element.get("class") or "") for element in around)


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
            holding.update(block.around)
            figure = next((above for above in block.around if above.tag == "figure"), block.element)
            holding.update(figure.iter("*"))
    for element in list(container.iter("*")):
        if element not in holding and element.getparent() is not None:
            parent = element.getparent()
            parent.remove(element) if not (element.tail or "").strip() else element.drop_tree()
