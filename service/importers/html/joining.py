"""The text of an article that a site divides into several pages: the first one, and the others that are fetched."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from service.core.errors import WartaError
from service.importers import sandbox
from service.importers.html import titles
from service.importers.html.paging import MAX_PAGES, Paging
from service.importers.source import OpenSource

MAX_PAGE_BYTES = 10 * 1024 * 1024  # bytes of a page
_BLOCK = re.compile(r"<(p|figure)\b[^>]*>.*?</\1>", re.DOTALL)
_MIN_REPEATED = 40  # characters of a paragraph that is left out if it is on an earlier page
_MORE = 1.2  # times the text of the first page that a page with the whole article must have

Raw = Mapping[str, Any]


def completed(raw: Raw, place: Paging, source: OpenSource) -> tuple[Raw, str]:
    """The first page with the text of all pages, and what may be missing, "" if nothing is."""
    if not place.others:
        return raw, ""
    if source.fetch is None:
        return raw, f"the page is the first of {len(place.others) + 1}; import it by its URL for the others"
    if place.whole:
        whole, _ = _page(place.whole, source.fetch, raw)
        if whole and whole["size"] > _MORE * raw["size"]:
            return _with_text_of(raw, [whole]), ""
    others: list[Raw] = []
    for url in place.others[: MAX_PAGES - 1]:
        page, problem = _page(url, source.fetch, raw)
        if page is None:
            return _joined(raw, others), f"{url}, a page of the article, is missing: {problem}"
        others.append(page)
    return _joined(raw, others), ""


def _page(url: str, fetch: Callable[[str], OpenSource], first: Raw) -> tuple[Raw | None, str]:
    """A page of the article, or None and the reason why there is none."""
    try:
        [page] = sandbox.parse_in_process("html_reader", fetch(url), MAX_PAGE_BYTES)
    except WartaError as error:
        return None, str(error).removeprefix(f"{url}: ")
    if isinstance(page, str):
        return None, page
    if not page["size"]:
        return None, "it has no text"
    if not any(_is_same(one, other) for one in _titles(page) for other in _titles(first)):
        return None, "it has another headline"
    return page, ""


def _titles(page: Raw) -> list[str]:
    stated = [*page["meta"].get("og:title", ()), page["title"], *(text for text, *_ in page["h1"])]
    return [title for text in stated if (title := titles.key(text))]


def _is_same(one: str, other: str) -> bool:
    """True if a title has the words of the other at its beginning: `Judul - Halaman 2`."""
    return one.startswith(other) or other.startswith(one)


def _joined(first: Raw, others: Sequence[Raw]) -> Raw:
    """The first page with the new blocks of the others at the end of its text."""
    body = first["body"]
    for page in others:
        known = set(_repeatable(body))
        body += _BLOCK.sub(lambda block, known=known: "" if block[0] in known else block[0], page["body"])  # type: ignore[misc]
    return {**_with_text_of(first, [first, *others]), "body": body}


def _repeatable(body: str) -> Iterator[str]:
    """The blocks that later pages may repeat: pictures, and paragraphs such as the lead."""
    return (block[0] for block in _BLOCK.finditer(body) if block[1] == "figure" or len(block[0]) >= _MIN_REPEATED)


def _with_text_of(first: Raw, pages: Sequence[Raw]) -> Raw:
    sizes = {name: sum(page[name] for page in pages) for name in ("size", "page_size")}
    return {**first, **sizes, "body": "".join(page["body"] for page in pages), "signature": pages[-1]["signature"]}
