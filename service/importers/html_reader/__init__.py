"""Reads HTML article pages with lxml and trafilatura. It extracts values, and `html` evaluates them.

`sandbox_worker` runs it in a process of its own, so its modules import each other and nothing of the service.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from itertools import islice
from typing import Any

import htmldate
from lxml import etree, html

from . import headings, json_ld, links, metadata, pictures
from .blocks import drop_unseen
from .body import Body, body_of
from .visible import lines

MAX_TEXT_CHARACTERS = 200_000  # characters of visible text: enough for an article, menus and boxes
MAX_ALIVE = 50_000  # elements that are kept in memory; a page has a few thousand
MAX_KINDS_CHARACTERS = 2000  # of the classes of `body`
MAX_FEEDS = 5  # of a page, whose titles name the site
MAX_SHORTLINKS = 10  # short URLs of a page that are kept

# A tag of this length holds an embedded picture, or settings of a script. It loses its attributes, for which libxml2
# takes quadratic time. The tag stays: without that of a script, the script would become text.
_ENDLESS_TAG = re.compile(rb"(<[a-zA-Z][a-zA-Z0-9:-]{0,50})[^<>]{65536,}>?")
_DATES = ("datePublished", "datepublished", "article:published_time")
_DATED_TYPE = re.compile(r"Article|Posting|Report|Page|^Review")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SUMMARIES = ("description", "og:description", "twitter:description")


def items(document: Any, url: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping with the values of the page.

    Keys: `ld` (objects of JSON-LD), `meta`, `microdata`, `shortlinks`, `canonical`, `feeds` (titles), `base`,
    `language`, `kinds` (the classes of `body`), `title`, `is_locked` (WordPress asks for a password), `h1` (of each its
    text and its parts), `times`, `date` (a day that htmldate found, or ""), `author_links`, `bylines` (the texts of
    each), `breadcrumb`, `categories`, `tags`, `page_links` (texts and URLs of links with a number), `current_page` (its
    number, or 0), `pictures` (at the head of the article), `figures` (pictures with a caption), `lines` (the visible
    text), `body` (HTML), and of `Body`: `size`, `page_size`, `articles`, `linked`, `signature`.
    Raises ValueError if the document is empty or cannot be parsed.
    """
    tree = _parse(document.read())
    # lxml makes an object for an element at each access, unless there is one. This saves a fifth of the time.
    alive = list(islice(tree.iter(), MAX_ALIVE))
    page: dict[str, Any] = {
        "ld": json_ld.objects(tree),
        "meta": metadata.meta(tree),
        "microdata": metadata.microdata(tree),
        "shortlinks": tree.xpath("//link[contains(concat(' ', @rel, ' '), ' shortlink ')]/@href")[:MAX_SHORTLINKS],
        "canonical": _first(tree.xpath("//link[contains(concat(' ', @rel, ' '), ' canonical ')]/@href")),
        "feeds": tree.xpath("//link[@type='application/rss+xml']/@title")[:MAX_FEEDS],
        "base": _first(tree.xpath("//base/@href")),
        "language": _first(tree.xpath("/html/@lang")),
        "kinds": _first(tree.xpath("//body/@class"))[:MAX_KINDS_CHARACTERS].split(),
        "title": _first(tree.xpath("//title/text()")),
        "is_locked": any("post-password-form" in (form.get("class") or "").split() for form in tree.iter("form")),
        "h1": headings.first_level(tree),
        "figures": pictures.with_captions(tree),
        "times": metadata.times(tree),
        "author_links": links.author_links(tree),
        "bylines": metadata.bylines(tree),
        "breadcrumb": metadata.breadcrumb(tree),
    }
    page["categories"], page["tags"] = links.labels(tree)
    page["page_links"], page["current_page"] = links.page_links(tree)
    titles = [*page["meta"].get("og:title", ()), *_texts(page["ld"], "headline")]
    page["pictures"] = pictures.at_head(tree, titles)
    page["date"] = "" if _is_dated(page) else _day(tree, url)
    drop_unseen(tree)
    page["lines"] = "\n".join(lines(tree))[:MAX_TEXT_CHARACTERS]
    own_titles = [*titles, page["title"]]
    titles = [*(text for text, *_ in page["h1"]), *titles]
    summaries = [
        *(text for name in _SUMMARIES for text in page["meta"].get(name, ())),
        *_texts(page["ld"], "description"),
    ]
    stated = max(_texts(page["ld"], "articleBody"), key=len, default="")
    authors = [
        *page["author_links"],
        *page["meta"].get("author", ()),
        *(name for each in page["ld"] if "author" in each for name in _names(each["author"])),
    ]
    body = body_of(tree, titles, own_titles, authors, summaries, stated)
    alive.clear()
    yield page | _body_values(body)


def _body_values(body: Body | None) -> dict[str, Any]:
    if body is None:
        return {"body": "", "size": 0, "page_size": 0, "articles": 0, "linked": 0.0, "signature": []}
    return {
        "body": "".join(
            etree.tostring(part, encoding="unicode", method="html", with_tail=False) for part in body.parts()
        ),
        "size": body.size,
        "page_size": body.page_size,
        "articles": body.articles,
        "linked": body.linked,
        "signature": body.signature,
    }


def _is_dated(page: dict[str, Any]) -> bool:
    """True if the page states a date, as far as its form shows."""
    stated = [
        *(meta[name] for meta in (page["meta"], page["microdata"]) for name in _DATES if name in meta),
        page["times"],
        [
            text
            for each in page["ld"]
            if _DATED_TYPE.search(str(each.get("@type")))
            for text in _texts([each], _DATES[0])
        ],
    ]
    return any(_YEAR.search(text) for texts in stated for text in texts)


def _day(tree: Any, url: str) -> str:
    """The day of publication that htmldate finds in URLs, attributes and texts, as an ISO date; "" without one."""
    try:
        return htmldate.find_date(deepcopy(tree), url=url or None, original_date=True, extensive_search=False) or ""
    except (ValueError, RecursionError):
        return ""


def _parse(text: bytes) -> Any:
    text = _ENDLESS_TAG.sub(rb"\1>", text)
    if not text.strip():
        raise ValueError("the document is empty")
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(text, parser=parser)
    except etree.LxmlError:
        raise ValueError("it cannot be parsed: it is not HTML, or it has too many elements") from None


def _texts(objects: list[dict[str, Any]], name: str) -> list[str]:
    return [value for each in objects if isinstance(value := each.get(name), str) and value]


def _names(value: Any) -> list[str]:
    """The names in the author of an object of JSON-LD."""
    each = value if isinstance(value, list) else [value]
    return [
        *(name for name in each if isinstance(name, str)),
        *_texts([one for one in each if isinstance(one, dict)], "name"),
    ]


def _first(values: Any) -> str:
    return next((str(value).strip() for value in values if str(value).strip()), "")
