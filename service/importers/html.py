"""HTML pages of articles. The values come from JSON-LD, then from meta elements such as OpenGraph, then from the text.

The id is the canonical URL of the page, otherwise the URL from which it was fetched, otherwise day and headline, as for
saved page text (`page`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import tzinfo
from typing import Any
from urllib.parse import urlsplit

from service.articles import dates
from service.importers import page, sandbox, schema_org, sniff
from service.importers.feed_entry import EntryFile, FeedEntry, to_item
from service.importers.options import ReadOptions
from service.importers.result import ImportItem
from service.importers.source import OpenSource, SourceUnreadable
from service.importers.urls import joined

MAX_PAGE_BYTES = 10 * 1024 * 1024  # bytes of a page
_ROOTS = {"html", "head", "body", "meta", "article", "main", "div", "p", "h1", "table", "script", "style", "header"}
_NO_ARTICLE = "not an article page: looked for an article in JSON-LD and OpenGraph, and for a headline with a date"
_MAX_CANDIDATES = 10  # dates or URLs of a page that are tried: a normal page has a few, a hostile page very many
# Characters; a shorter body is replaced by a longer one from JSON-LD or from the visible text
_MAX_SHORT_CHARACTERS = 200

_TITLE = ("og:title", "twitter:title", "headline")
_SUMMARY = ("og:description", "description", "twitter:description")
_PUBLISHED = ("article:published_time", "datepublished", "pubdate", "publishdate", "publish_date", "date", "dc.date")
_UPDATED = ("article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified")
_AUTHOR = ("article:author", "author", "dc.creator", "parsely-author")
_IMAGE = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image")
_TAGS = ("news_keywords", "keywords")

Raw = Mapping[str, Any]  # a page, as html_reader yields it


def recognises(first: bytes) -> bool:
    """Whether the source begins with an HTML element or the document type of HTML."""
    name, _ = sniff.root_element(first)
    return name in _ROOTS or sniff.first_text(first)[:14].lower() == "<!doctype html"


def read(source: OpenSource, options: ReadOptions) -> Iterator[ImportItem]:
    """Read the article of the page, with the place `article`. A time without a zone is in `zone`.

    Raises SourceUnreadable if the page neither declares itself an article nor has a headline with a date, if it has
    more than MAX_PAGE_BYTES, or if it takes too long. URLs in the page are not fetched.
    """
    for raw in sandbox.parse_in_process("html_reader", source, MAX_PAGE_BYTES):
        entry = _entry(raw, source.url, options.zone) if isinstance(raw, Mapping) else raw
        if entry is None:
            raise SourceUnreadable(f"{source.name}: {_NO_ARTICLE}")
        yield to_item("article", entry, options.zone)


def _entry(raw: Raw, fetched_from: str, zone: tzinfo) -> FeedEntry | None:
    addresses = [raw["canonical"], *_of(raw, "og:url")[:_MAX_CANDIDATES], fetched_from]
    machine = schema_org.article(raw["ld"], addresses)
    told = [machine or FeedEntry(), _open_graph(raw, zone), *_seen(raw, zone)]
    entry = replace(_first_told(told, zone), content_html=_body(raw, told))
    is_article = machine or "article" in _of(raw, "og:type") or entry.published
    if not entry.title or not is_article:
        return None
    absolute = (address for address in [fetched_from, *addresses, entry.url] if "://" in address)
    base = joined(next(absolute, ""), raw["base"])
    url = next(filter(None, (_page_address(base, address) for address in [*addresses[:-1], entry.url])), "")
    return replace(entry, base=base, url=url, id=url or fetched_from or _day_and_headline(entry, zone))


def _first_told(entries: Sequence[FeedEntry], zone: tzinfo) -> FeedEntry:
    """Merge the entries: each field has the first value that is not empty. For dates, the first readable one counts."""
    told: dict[str, Any] = {}
    for field in fields(FeedEntry):
        values = [value for entry in entries if (value := getattr(entry, field.name))]
        is_date = field.name in ("published", "updated")
        told[field.name] = _readable_date(values, zone) if is_date else next(iter(values), field.default)
    of_photo = next((entry for entry in entries if entry.caption), FeedEntry())  # the credit is of the same photo
    return FeedEntry(**{**told, "caption": of_photo.caption, "credit": of_photo.credit})


def _open_graph(raw: Raw, zone: tzinfo) -> FeedEntry:
    """The values of OpenGraph (https://ogp.me) and of other meta elements that news portals use."""
    title = _first(raw, *_TITLE)
    heading = next((heading for heading in raw["h1"] if title.startswith(heading)), "")  # og:title often adds the site
    image, width, height = _first(raw, *_IMAGE), _first(raw, "og:image:width"), _first(raw, "og:image:height")
    return FeedEntry(
        title=heading or title,
        summary=_first(raw, *_SUMMARY),
        authors=[(name, "") for name in _of(raw, *_AUTHOR)[:1] if "://" not in name],
        categories=_of(raw, "article:section"),
        tags=_of(raw, "article:tag") or [tag.strip() for tag in _first(raw, *_TAGS).split(",")],
        published=_readable_date(_of(raw, *_PUBLISHED), zone),
        updated=_readable_date(_of(raw, *_UPDATED), zone),
        language=raw["language"] or _first(raw, "og:locale").replace("_", "-"),
        files=[EntryFile(url=image, is_image=True, width=width, height=height)] if image else [],
    )


def _seen(raw: Raw, zone: tzinfo) -> Iterator[FeedEntry]:
    """Yield the entry of the visible text, if it has the layout of `page`, then the values of single elements."""
    try:
        told = page.article(raw["lines"].splitlines(), zone)
    except dates.UnreadableDate:
        told = None
    if told:
        yield told
    caption, credit = page.caption_and_credit(raw["caption"])
    title = max(raw["h1"], key=len, default="")
    authors = [(name, "") for name in dict.fromkeys(raw["author"])]
    yield FeedEntry(title=title, published=raw["time"], authors=authors, caption=caption, credit=credit)


def _body(raw: Raw, told: Sequence[FeedEntry]) -> str:
    """The paragraphs of the page as HTML. If they are short, the longest body of all sources."""
    body = str(raw["body"])
    if raw["length"] >= _MAX_SHORT_CHARACTERS:
        return body
    return max([body, *(entry.content_html for entry in told)], key=len)


def _page_address(base: str, address: str) -> str:
    """Resolve a URL of the page to an absolute http or https URL. Returns "" if it is none.

    Also returns "" for the front page of a site, because some templates name it as the canonical URL of every page.
    """
    url = joined(base, address.strip()) if address.strip() else ""
    parts = urlsplit(url)
    return url if parts.scheme in ("http", "https") and (parts.path.strip("/") or parts.query) else ""


def _day_and_headline(entry: FeedEntry, zone: tzinfo) -> str:
    return page.known_by(entry.title, dates.parse(entry.published, zone)) if _is_date(entry.published, zone) else ""


def _readable_date(texts: Sequence[str], zone: tzinfo) -> str:
    """The first text that is a readable date, otherwise the first text; "" if there is none.

    A text that is no date is refused later, with the reason.
    """
    return next((text for text in texts[:_MAX_CANDIDATES] if _is_date(text, zone)), next(iter(texts), ""))


def _is_date(text: str, zone: tzinfo) -> bool:
    try:
        dates.parse(text, zone)
    except dates.UnreadableDate:
        return False
    return True


def _of(raw: Raw, *names: str) -> list[str]:
    """The contents of the meta elements with these names, in the order of the names."""
    return [value for name in names for value in raw["meta"].get(name, ())]


def _first(raw: Raw, *names: str) -> str:
    return next(iter(_of(raw, *names)), "")
