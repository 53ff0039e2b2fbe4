"""Articles that a site divides into several pages, such as `/berita/jembatan/2` or `/berita/jembatan?page=2`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from service.articles.origins import name_key
from service.importers.urls import joined

MAX_PAGES = 30  # of one article
_PARAMETERS = ("page", "halaman", "hal", "pg", "paged", "seite")
_SEGMENT = re.compile(r"(?:(?:page|halaman|hal|seite)[-_])?([1-9]\d?)", re.ASCII)  # `2`, `halaman-2`
_NUMBER = re.compile(r"[1-9]\d?", re.ASCII)
_WHOLE = {"all", "semua", "full"}  # values of a parameter for the article on one page
_TITLED = re.compile(r"\W\s*(?:page|halaman|hal\.?|seite) ([1-9]\d?)\b", re.IGNORECASE)
_COMMENTS = re.compile("comment|komentar|kommentar", re.IGNORECASE)

Raw = Mapping[str, Any]


@dataclass(frozen=True)
class Paging:
    """The place of a page in its article. `others` are the URLs of the later pages, `whole` that of all in one."""

    number: int = 1
    first: str = ""
    others: Sequence[str] = ()
    whole: str = ""


def paging(raw: Raw, addresses: Sequence[str], *, is_fetched: bool) -> Paging:
    """The place of a page, told by its links to other pages of the article.

    `raw` is a page, as html_reader yields it. `addresses` are its absolute URLs, the one from which it came first. The
    URL of a fetched page tells its number. All pages that a person saved may have the canonical URL of the first one.
    """
    for base, is_own in dict.fromkeys(pair for address in addresses for pair in _bases(address)):
        pages: dict[str, str] = {}
        for text, href in raw["page_links"]:
            url = joined(base, href)
            page = _page_of(url, base)
            if page in _WHOLE or (page and text.endswith(page)):
                pages.setdefault(page, url)
        later = {int(page): url for page, url in pages.items() if page not in ("1", *_WHOLE)}
        if not pages or not (is_own or "1" in pages):
            continue
        number = next((int(page) for address in addresses if _NUMBER.fullmatch(page := _page_of(address, base))), 1)
        if later and number == 1 and not is_fetched:
            number = raw["current_page"] or _titled(raw) or _left_out({*later} | ({1} if "1" in pages else set()))
        if later or number > 1:
            whole = next((url for page, url in pages.items() if page in _WHOLE), "")
            return Paging(number, base, _filled(later) if later else (), whole)
    return Paging()


def _bases(url: str) -> list[tuple[str, bool]]:
    """The URLs that may be that of the article, and whether it is the URL itself, without the parameter of a page.

    A number at the end of the path may be that of a page, or it may name the article.
    """
    parts = urlsplit(url)
    above, _, last = parts.path.rstrip("/").rpartition("/")
    plain = _split_query(url)[0]
    return [(plain, True), *([(_above(url), False)] if above and _SEGMENT.fullmatch(last) else [])]


def _page_of(url: str, base: str) -> str:
    """The number of the page of an article, or a word for the whole one; "" for URLs of other things."""
    if _COMMENTS.search(url):
        return ""
    plain, page = _split_query(url)
    if name_key(plain) == name_key(base):
        return page or "1"
    last = _SEGMENT.fullmatch(urlsplit(url).path.rstrip("/").rpartition("/")[2])
    return last[1] if last and not page and name_key(_above(url)) == name_key(base) else ""


def _split_query(url: str) -> tuple[str, str]:
    """The URL without the parameter of a page, and the value of this parameter. A value that is no page stays."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    of_page = [
        value.lower()
        for name, value in pairs
        if name in _PARAMETERS and (_NUMBER.fullmatch(value) or value.lower() in _WHOLE)
    ]
    if not of_page:
        return url, ""
    rest = urlencode([pair for pair in pairs if pair[0] not in _PARAMETERS])
    return urlunsplit(parts._replace(query=rest, fragment="")), of_page[0]


def _above(url: str) -> str:
    """The URL without the last part of its path."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/").rpartition("/")[0], fragment=""))


def _titled(raw: Raw) -> int:
    """The number in the title of the window, such as `Jembatan dibuka - Halaman 2`; 0 without one."""
    found = _TITLED.search(raw["title"])
    return int(found[1]) if found else 0


def _left_out(linked: set[int]) -> int:
    """The number of the page that the others do not link to: the page itself; 1 if there are several."""
    missing = {*range(1, max(linked) + 1)} - linked
    return missing.pop() if len(missing) == 1 else 1


def _filled(later: Mapping[int, str]) -> list[str]:
    """The URLs of the pages from the second to the last. A page may link to a few of them, `1 2 … 9`."""
    last = max(later)
    begin, _, end = later[last].rpartition(str(last))
    return [later.get(number) or f"{begin}{number}{end}" for number in range(2, min(last, MAX_PAGES) + 1)]
