"""Links of an article: to its authors, its categories and tags, and its other pages."""

import re
from typing import Any

from .blocks import text_of

Element = Any

LINK_TO_MORE = re.compile(
    r"\b(?:view|see (?:full|all)|bio|rss|feed|alle|all|more|mehr|weiter\w*|profile?|artikel|posts|lihat|semua"
    r"|selengkapnya|read|follow|contact|zeige|website|twitter|facebook|email|anzeigen|archiv|zuletzt|geändert"
    r"|aktualisiert|updated?)\b|[→»›]",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?:halaman|page|hal\.?)?\s*([1-9]\d?)", re.IGNORECASE)
# The parameters and values of `html.paging`, from which this process imports nothing.
_ALL_PAGES = re.compile(r"[?&](?:page|halaman|hal|pg|paged|seite)=(?:all|semua|full)\b", re.IGNORECASE)
_CURRENT = {"current", "active", "aktif", "selected"}
_BESIDE = {"nav", "aside", "footer"}
_MAX_LINKS = 50  # of one kind
_MAX_LINE_CHARACTERS = 300  # of the element around several names: authors, categories, tags


def author_links(tree: Element) -> list[str]:
    """The texts of links to pages of authors."""
    links = [
        link
        for link in tree.iter("a")
        if "author" in (link.get("rel") or "").lower().split()
        and not _BESIDE & {above.tag for above in link.iterancestors()}
    ]
    named = [(link, name) for link in links if (name := _name_in(link)) and not LINK_TO_MORE.search(name)]
    return list(dict.fromkeys(name for link, name in named[:_MAX_LINKS] if are_in_one_line(named[0][0], link)))


def are_in_one_line(first: Element, other: Element) -> bool:
    """True if the elements are one, or have little text around them: other articles name their own authors."""
    if first is other:
        return True
    above = {*first.iterancestors()}
    common = next((element for element in other.iterancestors() if element in above), None)
    return common is not None and _has_little_text(common)


def _has_little_text(element: Element) -> bool:
    characters = 0
    for text in element.itertext():
        characters += len(text.strip())
        if characters > _MAX_LINE_CHARACTERS:
            return False
    return True


def _name_in(link: Element) -> str:
    """The text of a link. If its first element has two words or more, only those: a job may follow the name."""
    first = next((" ".join(piece.split()) for piece in link.itertext() if piece.strip()), "")
    return first if " " in first else text_of(link)


def page_links(tree: Element) -> tuple[list[tuple[str, str]], int]:
    """The links with a number or to all pages (text, URL), and the number that is marked as the page itself or 0."""
    links: list[tuple[str, str]] = []
    current = 0
    for element in tree.iter("a", "span", "li", "em", "strong", "b"):
        href = element.get("href") or ""
        if not href and (current or not _is_current(element)):
            continue
        text = _short_text(element)
        is_number = bool(_NUMBER.fullmatch(text))
        if href and (is_number or _ALL_PAGES.search(href)) and len(links) < _MAX_LINKS:
            links.append((text, href))
        if is_number and not current and _is_current(element):
            current = int(_NUMBER.sub(r"\1", text))
    return links, current


def _short_text(element: Element) -> str:
    """The text of an element with at most one other in it; "" for others, whose text may be long."""
    if len(element) > 1:
        return ""
    inner = element[0].text or "" if len(element) else ""
    return f"{element.text or ''}{inner}".strip()


def _is_current(element: Element) -> bool:
    names = (element.get("class") or "").lower().split()
    return (element.get("aria-current") or "false") != "false" or not _CURRENT.isdisjoint(names)


def labels(tree: Element) -> tuple[list[str], list[str]]:
    """The names of the categories and of the tags that the article links to.

    Links with `rel="category"` or `rel="tag"` (https://microformats.org/wiki/rel-tag) lead to them. Block themes of
    WordPress mark both as tags, and name the element around categories `taxonomy-category`.
    """
    categories: list[Element] = []
    tags: list[Element] = []
    for link in tree.iter("a"):
        rel = (link.get("rel") or "").lower().split()
        if {"category", "tag"}.isdisjoint(rel):
            continue
        above = [*link.iterancestors()]
        if _BESIDE.isdisjoint(element.tag for element in above):
            is_category = "category" in rel or any("taxonomy-category" in (e.get("class") or "") for e in above)
            (categories if is_category else tags).append(link)
    return _in_first_line(categories), _in_first_line(tags)


def _in_first_line(links: list[Element]) -> list[str]:
    """The texts of the links that are in one line with the first one. Other articles on the page have their own."""
    texts = [text_of(link) for link in links[:_MAX_LINKS] if are_in_one_line(links[0], link)]
    return list(dict.fromkeys(text for text in texts if text))
