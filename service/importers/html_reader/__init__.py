"""Reads HTML article pages with lxml and trafilatura. It extracts values, and `html` evaluates them.

`sandbox_worker` runs it in a process of its own, so its modules import each other and nothing of the service.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from lxml import etree, html

from . import json_ld, metadata
from .blocks import drop_unseen, text_of
from .body import Body, body_of
from .visible import lines

MAX_TEXT_CHARACTERS = 200_000  # characters of visible text: enough for an article, menus and boxes
MAX_SHORTLINKS = 10  # short URLs of a page that are kept

# A tag of this length holds at most an embedded picture. libxml2 takes quadratic time for attributes.
_ENDLESS_TAG = re.compile(rb"<[a-zA-Z][^<>]{65536,}>?")
_SUMMARIES = ("description", "og:description", "twitter:description")


def items(document: Any, url: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping with the values of the page.

    Keys: `ld` (objects of JSON-LD), `meta`, `microdata`, `shortlinks`, `canonical`, `base`, `language`, `title`, `h1`,
    `times`, `date` (a day that htmldate found, or ""), `author`, `breadcrumb`, `categories`, `figures` (URL and caption
    of each), `lines` (the visible text), `body` (HTML), and the numbers of `Body`: `size`, `page_size`, `articles`,
    `linked`.
    Raises ValueError if the document is empty or cannot be parsed.
    """
    tree = _parse(document.read())
    page: dict[str, Any] = {
        "ld": json_ld.objects(tree),
        "meta": metadata.meta(tree),
        "microdata": metadata.microdata(tree),
        "shortlinks": tree.xpath("//link[contains(concat(' ', @rel, ' '), ' shortlink ')]/@href")[:MAX_SHORTLINKS],
        "canonical": _first(tree.xpath("//link[contains(concat(' ', @rel, ' '), ' canonical ')]/@href")),
        "base": _first(tree.xpath("//base/@href")),
        "language": _first(tree.xpath("/html/@lang")),
        "title": _first(tree.xpath("//title/text()")),
        "h1": [title for title in map(text_of, tree.iter("h1")) if title],
        "figures": metadata.figures(tree),
        "times": metadata.times(tree),
        "author": metadata.authors(tree),
        "breadcrumb": metadata.breadcrumb(tree),
        "categories": metadata.categories(tree),
    }
    page["date"] = "" if _is_dated(page) else _day(tree, url)
    drop_unseen(tree)
    page["lines"] = "\n".join(lines(tree))[:MAX_TEXT_CHARACTERS]
    titles = [*page["h1"], *page["meta"].get("og:title", ()), *_texts(page["ld"], "headline")]
    summaries = [
        *(text for name in _SUMMARIES for text in page["meta"].get(name, ())),
        *_texts(page["ld"], "description"),
    ]
    stated = max(_texts(page["ld"], "articleBody"), key=len, default="")
    body = body_of(tree, titles, summaries, stated)
    yield page | _body_values(body)


def _body_values(body: Body | None) -> dict[str, Any]:
    if body is None:
        return {"body": "", "size": 0, "page_size": 0, "articles": 0, "linked": 0.0}
    return {
        "body": "".join(
            etree.tostring(part, encoding="unicode", method="html", with_tail=False) for part in body.parts()
        ),
        "size": body.size,
        "page_size": body.page_size,
        "articles": body.articles,
        "linked": body.linked,
    }


def _is_dated(page: dict[str, Any]) -> bool:
    stated = any(
        name in meta
        for meta in (page["meta"], page["microdata"])
        for name in ("datepublished", "article:published_time")
    )
    return stated or bool(page["times"] or _texts(page["ld"], "datePublished"))


def _day(tree: Any, url: str) -> str:
    """The day of publication that htmldate finds in URLs, attributes and texts, as an ISO date; "" without one."""
    import htmldate

    try:
        return htmldate.find_date(deepcopy(tree), url=url or None, original_date=True, extensive_search=False) or ""
    except (ValueError, RecursionError):
        return ""


def _parse(text: bytes) -> Any:
    text = _ENDLESS_TAG.sub(b"", text)
    if not text.strip():
        raise ValueError("there is nothing in it")
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(text, parser=parser)
    except etree.LxmlError:
        raise ValueError("it cannot be parsed: it is no HTML, or holds too much of it") from None


def _texts(objects: list[dict[str, Any]], name: str) -> list[str]:
    return [value for each in objects if isinstance(value := each.get(name), str) and value]


def _first(values: Any) -> str:
    return next((str(value).strip() for value in values if str(value).strip()), "")
