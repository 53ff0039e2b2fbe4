"""Metadata of the article in the elements of a page: meta elements, microdata, bylines and times."""

import re
from itertools import takewhile
from typing import Any

from .blocks import text_of
from .links import LINK_TO_MORE, are_in_one_line

Element = Any

_MAX_VALUES = 50  # of one name, and characters of a name that is shown as the author's
_MICRODATA = {"headline", "datepublished", "datemodified", "author", "image", "articlesection", "description"}
_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:authors?(?:name)?|autor|autoren|byline|penulis|reporter|writer)"
    r"(?:[_-]{1,2}(?:name|link|names|text|wrapper|box|info|line|meta|container|list|items?|\d{1,2}))*(?=\s|$)",
    re.IGNORECASE,
)
_BYLINE_WORDS = ("author", "autor", "byline", "penulis", "reporter", "writer")  # a quick test
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")  # `metaInfoAuthorList`
_COMMENT = re.compile(r"comment|komentar|kommentar|disqus|related|sidebar|widget", re.IGNORECASE)
_DATE = re.compile(r"\d[.:/-]\d|\d{4}")
_NO_BYLINE = {"html", "body", "article", "main", "script", "style", "meta", "link"}
_MAX_BYLINE_CHARACTERS = 160
_MAX_BYLINES = 6  # elements that are tried


def meta(tree: Element) -> dict[str, list[str]]:
    """The contents of the meta elements by their name or property, in lower case."""
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        names = element.get("property") or element.get("name") or element.get("itemprop") or ""
        if content := (element.get("content") or "").strip():
            for name in names.lower().split():
                _add(found, name, content)
    return found


def microdata(tree: Element) -> dict[str, list[str]]:
    """The values of properties of articles (https://schema.org/NewsArticle), by the name in lower case."""
    found: dict[str, list[str]] = {}
    authors: list[Element] = []
    for element in tree.iter("*"):
        for name in (element.get("itemprop") or "").lower().split():
            if name in _MICRODATA and element.tag != "meta" and not _is_of_another(element):
                if name == "author":
                    authors.append(element)
                    if len(authors) > _MAX_VALUES or not are_in_one_line(authors[0], element):
                        continue
                _add(found, name, _value(element))
    return found


def _is_of_another(element: Element) -> bool:
    """True if the property is one of an item inside the article: a comment, another article in a list."""
    scopes = [above for above in element.iterancestors() if above.get("itemscope") is not None]
    return len(scopes) > 1 or any(
        "comment" in (above.get("itemprop") or "").lower() for above in element.iterancestors()
    )


def _value(element: Element) -> str:
    for attribute in ("content", "datetime", "src"):
        if value := element.get(attribute):
            return str(value).strip()
    if element.get("itemscope") is not None:
        for inner in element.iterdescendants("*"):
            names = (inner.get("itemprop") or "").split()
            if "name" in names or ("url" in names and element.get("itemprop") == "image"):
                return inner.get("content") or inner.get("src") or text_of(inner)
    return text_of(element)


def bylines(tree: Element) -> list[list[str]]:
    """The names in the first elements that are named as bylines: of each its links, otherwise its pieces of text."""
    found: list[list[str]] = []
    around_headline = {above for h1 in tree.iter("h1") for above in h1.iterancestors()}
    for element in tree.iter("*"):
        if element.tag in _NO_BYLINE or not element.attrib:
            continue
        names = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('data-testid') or ''}"[:500]
        if (
            not any(word in names.lower() for word in _BYLINE_WORDS)
            or not _BYLINE.search(_HUMP.sub("-", names))
            or _COMMENT.search(names)
        ):
            continue
        if len(text_of(element)) > _MAX_BYLINE_CHARACTERS or _is_in_comments(element, around_headline):
            continue
        links = [text_of(link) for link in element.iter("a")]
        pieces = [" ".join(piece.split()) for piece in element.itertext()]
        for texts, most in ((links, 3), (pieces, 2)):
            names_at = [
                text for text in texts if len(text) > 2 and not (LINK_TO_MORE.search(text) or _DATE.search(text))
            ]
            if names_at:
                found.append(names_at[:most])
        if len(found) >= _MAX_BYLINES:
            break
    return found


def _is_in_comments(element: Element, around_headline: set[Element]) -> bool:
    """True for an element in comments or a sidebar. An element around the headline is none, such as `has-sidebar`."""
    return any(
        _COMMENT.search(f"{above.get('class') or ''} {above.get('id') or ''}"[:500])
        for above in takewhile(lambda above: above not in around_headline, element.iterancestors())
    )


def times(tree: Element) -> list[str]:
    """The values of `time` elements, those in an article or beside the headline first."""
    found: list[tuple[int, str]] = []
    for element in tree.iter("time"):
        value = (element.get("datetime") or text_of(element)).strip()
        if value:
            tags = {above.tag for above in element.iterancestors()}
            beside = {"nav", "aside", "footer"} & tags or (tags & {"a"} and not tags & {"article", "header"})
            found.append((2 if beside else 0 if tags & {"article", "main", "header"} else 1, value))
    return [value for _, value in sorted(found, key=lambda pair: pair[0])][:_MAX_VALUES]


def breadcrumb(tree: Element) -> list[str]:
    """The names in the trail of the page, from the front page on; [] without one."""
    for element in tree.iter("*"):
        named = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('aria-label') or ''}".lower()
        if "breadcrumb" in named or "BreadcrumbList" in (element.get("itemtype") or ""):
            links = [text_of(link) for link in element.iter("a")]
            if links := [text for text in links if text]:
                return links[:10]
    return []


def _add(found: dict[str, list[str]], name: str, value: str) -> None:
    values = found.setdefault(name, [])
    if value and len(values) < _MAX_VALUES and value not in values:
        values.append(value)
