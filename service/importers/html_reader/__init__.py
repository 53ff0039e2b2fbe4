"""Reads HTML article pages with lxml. It extracts values, and `html` evaluates them. `sandbox_worker` runs it."""

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

MAX_TEXT_CHARACTERS = 200_000  # characters of visible text: enough for an article, menus and boxes
_MAX_LD_OBJECTS = 200  # objects of JSON-LD that are read
_MAX_LD_DEPTH = 20  # levels of nested lists and graphs in JSON-LD

# A tag of this length holds at most an embedded picture. libxml2 takes quadratic time for attributes.
_ENDLESS_TAG = re.compile(rb"<[a-zA-Z][^<>]{65536,}>?")
_AROUND_JSON = re.compile(r"<!\[CDATA\[|\]\]>|<!--|-->")
_UNSEEN = {"script", "style", "noscript", "template", "svg", "iframe", "head", "select", "textarea", "object", "canvas"}
_ASIDE = {"nav", "aside", "form", "button", "footer", "dialog", "video", "audio", "input"}
_ASIDE_NAME = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|social|sosmed|related|terkait|baca-?juga|recommend\w*|rekomendasi|komentar|comments?"
    r"|disqus|iklan|ads?|advert\w*|promo\w*|newsletter|subscribe|breadcrumbs?|tags?|sidebar|popular|terpopuler|populer"
    r"|pagination|paging|navigation|copyright)(?:$|[\s_-])",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?:baca|lihat|simak|tonton) juga\b.{0,200}", re.IGNORECASE)
_PARAGRAPHS = ("p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "figure", "table", "pre", "img")
_BLOCKS = {
    *_PARAGRAPHS,
    *("address", "article", "aside", "body", "br", "dd", "div", "dt", "figcaption", "footer", "form", "h1", "header"),
    *("hr", "li", "main", "nav", "section", "td", "th", "tr"),
}
_CONTAINERS = ("//*[@itemprop='articleBody']", "//article", "//main | //*[@role='main']", "//body")


def items(document: Any, _url: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping with the values of the page.

    Keys: `ld` (objects of JSON-LD), `meta`, `canonical`, `base`, `language`, `title`, `h1`, `time`, `caption` (of the
    first figure), `author`, `lines` (the visible text), `body` (HTML of the paragraphs in the container of the
    article), `length` (of the text in that container, in characters). Raises ValueError if the document is empty or
    cannot be parsed.
    """
    text = _ENDLESS_TAG.sub(b"", document.read())
    if not text.strip():
        raise ValueError("there is nothing in it")
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(text, parser=parser)
    except etree.LxmlError:
        raise ValueError("it cannot be parsed: it is no HTML, or holds too much of it") from None
    page = {
        "ld": _json_ld(tree),
        "meta": _meta(tree),
        "canonical": _first(tree.xpath("//link[contains(concat(' ', @rel, ' '), ' canonical ')]/@href")),
        "base": _first(tree.xpath("//base/@href")),
        "language": _first(tree.xpath("/html/@lang")),
        "title": _first(tree.xpath("//title/text()")),
        "h1": [title for title in map(_text, tree.iter("h1")) if title],
        "author": [name for name in map(_text, tree.xpath("//a[@rel='author']")) if name],
        "lines": "\n".join(_lines(tree))[:MAX_TEXT_CHARACTERS],
    }
    weights = _weights(tree)
    _drop_asides(tree, weights)
    container = _container(tree, weights)
    yield page | {
        "time": _first(container.xpath("(ancestor-or-self::article | ancestor-or-self::main | .)//time/@datetime")),
        "caption": _first(map(_text, container.iter("figcaption"))),
        "body": _paragraphs(container) or _cut_at_line_ends(_inmost(container, weights, 1 / 2)),
        "length": len(_text(container)),  # in characters
    }


def _json_ld(tree: Any) -> list[dict[str, Any]]:
    """The objects of all JSON-LD scripts, also those in lists and graphs. A script with invalid JSON is left out."""
    found: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            try:
                _collect(json.loads(_json(script.text or ""), strict=False), found)
            except (ValueError, RecursionError):
                continue
    return found[:_MAX_LD_OBJECTS]


def _json(text: str) -> str:
    """The text without the comment marks that old templates put around it."""
    return _AROUND_JSON.sub("", text).strip(" \t\r\n/*;")


def _collect(value: Any, found: list[dict[str, Any]], depth: int = 0) -> None:
    if depth > _MAX_LD_DEPTH:
        return
    if isinstance(value, list):
        for each in value:
            _collect(each, found, depth + 1)
    elif isinstance(value, dict):
        found.append({name: part for name, part in value.items() if name != "@graph"})
        for inside in ("@graph", "mainEntity", "mainEntityOfPage"):
            _collect(value.get(inside), found, depth + 1)


def _meta(tree: Any) -> dict[str, list[str]]:
    """The contents of the meta elements by their name or property, in lower case."""
    meta: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        if name and (content := (element.get("content") or "").strip()):
            meta.setdefault(name.lower(), []).append(content)
    return meta


def _lines(tree: Any) -> list[str]:
    """The visible text: a line for each block, with white space collapsed."""
    parts: list[str] = []
    unseen = None
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        starts = event == "start"
        if starts and unseen is None and element.tag in _UNSEEN:
            unseen = element
        if unseen is None:
            parts.append("\n" if element.tag in _BLOCKS else "")
            parts.append(_one_line(element.text if starts else element.tail))
        elif element is unseen and not starts:
            unseen = None
            parts.append(_one_line(element.tail))
    return [line for line in (line.strip() for line in "".join(parts).split("\n")) if line]


def _one_line(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def _weights(tree: Any) -> dict[Any, int]:
    """The number of characters of text inside each element, without the text of links and invisible elements."""
    weights: dict[Any, int] = {}
    for element in reversed(list(tree.iter("*"))):  # children before their parents
        parent = element.getparent()
        seen = element.tag not in _UNSEEN and element.tag != "a"
        weights[element] = weights.get(element, 0) + len((element.text or "").strip()) if seen else 0
        if parent is not None:
            weights[parent] = weights.get(parent, 0) + weights[element] + len((element.tail or "").strip())
    return weights


def _drop_asides(tree: Any, weights: dict[Any, int]) -> None:
    """Remove elements that are not part of the article, such as menus, share buttons and advertisements.

    An element with at least half of the text stays, because some pages give such a name to the body or to a form
    around it.
    """
    for element in list(tree.iter("*")):
        named = f"{element.get('class') or ''} {element.get('id') or ''}"[:500]
        aside = element.tag in _ASIDE or element.get("hidden") is not None or _ASIDE_NAME.search(named)
        if element.tag in _UNSEEN or (aside and 2 * weights[element] < weights[tree]):
            element.drop_tree()


def _container(tree: Any, weights: dict[Any, int]) -> Any:
    """The smallest element with four fifths of the text of the article element, or of the page if there is none."""
    found = next(filter(None, map(tree.xpath, _CONTAINERS)), [tree])
    return _inmost(max(found, key=lambda element: weights[element]), weights, 4 / 5)


def _inmost(element: Any, weights: dict[Any, int], share: float) -> Any:
    """Go down from `element` while one child has more than this share of the text. Returns the last such element.

    Stops above paragraphs.
    """
    while True:
        inner = [child for child in element.iterchildren("*") if weights[child] > share * weights[element]]
        if not inner or inner[0].tag in _PARAGRAPHS:
            return element
        element = inner[0]


def _paragraphs(container: Any) -> str:
    """The outermost paragraphs, lists, figures and so on as HTML; "" if there is no paragraph among them."""
    outmost = [
        element
        for element in container.iter(*_PARAGRAPHS)
        if not any(above.tag in _PARAGRAPHS for above in _between(element, container))
    ]
    if not any(element.tag == "p" and _text(element) for element in outmost):
        return ""
    return "\n".join(
        etree.tostring(element, encoding="unicode", method="html", with_tail=False)
        for element in outmost
        if element.tag == "img" or element.find(".//img") is not None or _says_something(_text(element))
    )


def _cut_at_line_ends(container: Any) -> str:
    """The text as HTML with a paragraph for each line, for pages that do not mark their paragraphs as such."""
    return "".join(f"<p>{line.replace('&', '&amp;').replace('<', '&lt;')}</p>" for line in _lines(container))


def _says_something(text: str) -> bool:
    return bool(text) and not _LINK.fullmatch(text)


def _between(element: Any, container: Any) -> Iterator[Any]:
    for above in element.iterancestors():
        if above is container:
            return
        yield above


def _text(element: Any) -> str:
    return _one_line("".join(element.itertext())).strip()


def _first(values: Any) -> str:
    return next((str(value).strip() for value in values if str(value).strip()), "")
