"""HTML pages of articles: what they tell machines (JSON-LD, then OpenGraph and its like), then what people see.

The id is the page's canonical address, else the one that it was fetched from, else day and headline, as of saved text.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import tzinfo
from typing import Any
from urllib.parse import urlsplit

from service.articles import dates
from service.importers import apart, head, page, schema_org
from service.importers.addresses import joined
from service.importers.feed_entry import Entry, File, item
from service.importers.found import Found, Refused
from service.importers.source import Opened, SourceUnreadable

PAGE_LIMIT = 10 * 1024 * 1024  # bytes
_ROOTS = {"html", "head", "body", "meta", "article", "main", "div", "p", "h1", "table", "script", "style", "header"}
_NO_ARTICLE = "not an article page: looked for an article in JSON-LD and OpenGraph, and for a headline with a date"
_OF_A_KIND = 10  # dates or addresses of the page that are tried: a page has a few, a hostile one as many as fit in
_SHORT = 200  # characters; a body that has less is given up for any longer one that JSON-LD or the text has

_TITLE = ("og:title", "twitter:title", "headline")
_SUMMARY = ("og:description", "description", "twitter:description")
_PUBLISHED = ("article:published_time", "datepublished", "pubdate", "publishdate", "publish_date", "date", "dc.date")
_UPDATED = ("article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified")
_AUTHOR = ("article:author", "author", "dc.creator", "parsely-author")
_IMAGE = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image")
_TAGS = ("news_keywords", "keywords")

Raw = Mapping[str, Any]  # a page, as html_reader gives it


def recognises(first: bytes) -> bool:
    """An element or document type of HTML."""
    name, _ = head.root(first)
    return name in _ROOTS or head.text(first)[:14].lower() == "<!doctype html"


def read(source: Opened, zone: tzinfo) -> Iterator[Found | Refused]:
    """The page's article, as `article`; a time without a zone is in `zone`.

    Raises SourceUnreadable for a page that does not call itself an article nor has a headline with a date, that has
    more than PAGE_LIMIT bytes, or takes too long. Nothing that the page names is fetched.
    """
    for raw in apart.items("html_reader", source, PAGE_LIMIT):
        entry = _entry(raw, source.url, zone) if isinstance(raw, Mapping) else raw
        if entry is None:
            raise SourceUnreadable(f"{source.name}: {_NO_ARTICLE}")
        yield item("article", entry, zone)


def _entry(raw: Raw, fetched_from: str, zone: tzinfo) -> Entry | None:
    addresses = [raw["canonical"], *_of(raw, "og:url")[:_OF_A_KIND], fetched_from]
    machine = schema_org.article(raw["ld"], addresses)
    told = [machine or Entry(), _open_graph(raw, zone), *_seen(raw, zone)]
    entry = replace(_first_told(told, zone), content_html=_body(raw, told))
    is_article = machine or "article" in _of(raw, "og:type") or entry.published
    if not entry.title or not is_article:
        return None
    absolute = (address for address in [fetched_from, *addresses, entry.url] if "://" in address)
    base = joined(next(absolute, ""), raw["base"])
    url = next(filter(None, (_page_address(base, address) for address in [*addresses[:-1], entry.url])), "")
    return replace(entry, base=base, url=url, id=url or fetched_from or _day_and_headline(entry, zone))


def _first_told(entries: Sequence[Entry], zone: tzinfo) -> Entry:
    """Each thing as the first entry has it that tells it; of dates, those that can be read come first."""
    told: dict[str, Any] = {}
    for field in fields(Entry):
        values = [value for entry in entries if (value := getattr(entry, field.name))]
        is_date = field.name in ("published", "updated")
        told[field.name] = _readable_date(values, zone) if is_date else next(iter(values), field.default)
    of_photo = next((entry for entry in entries if entry.caption), Entry())  # a credit is that of the caption's photo
    return Entry(**{**told, "caption": of_photo.caption, "credit": of_photo.credit})


def _open_graph(raw: Raw, zone: tzinfo) -> Entry:
    """OpenGraph (https://ogp.me), and the names beside it that portals use."""
    title = _first(raw, *_TITLE)
    heading = next((heading for heading in raw["h1"] if title.startswith(heading)), "")  # the site's name often ends it
    image, width, height = _first(raw, *_IMAGE), _first(raw, "og:image:width"), _first(raw, "og:image:height")
    return Entry(
        title=heading or title,
        summary=_first(raw, *_SUMMARY),
        authors=[(name, "") for name in _of(raw, *_AUTHOR)[:1] if "://" not in name],
        categories=_of(raw, "article:section"),
        tags=_of(raw, "article:tag") or [tag.strip() for tag in _first(raw, *_TAGS).split(",")],
        published=_readable_date(_of(raw, *_PUBLISHED), zone),
        updated=_readable_date(_of(raw, *_UPDATED), zone),
        language=raw["language"] or _first(raw, "og:locale").replace("_", "-"),
        files=[File(url=image, is_image=True, width=width, height=height)] if image else [],
    )


def _seen(raw: Raw, zone: tzinfo) -> Iterator[Entry]:
    """What the visible text tells, if it has the layout of `page`, then what single elements tell."""
    try:
        told = page.article(raw["lines"].splitlines(), zone)
    except dates.UnreadableDate:
        told = None
    if told:
        yield told
    caption, credit = page.caption_and_credit(raw["caption"])
    title = max(raw["h1"], key=len, default="")
    authors = [(name, "") for name in dict.fromkeys(raw["author"])]
    yield Entry(title=title, published=raw["time"], authors=authors, caption=caption, credit=credit)


def _body(raw: Raw, told: Sequence[Entry]) -> str:
    """The page's own paragraphs, save where JSON-LD or the text in its layout has clearly more."""
    body = str(raw["body"])
    if raw["length"] >= _SHORT:
        return body
    return max([body, *(entry.content_html for entry in told)], key=len)


def _page_address(base: str, address: str) -> str:
    """An absolute http or https address, "" for none and for the front page: some templates give that on every page."""
    url = joined(base, address.strip()) if address.strip() else ""
    parts = urlsplit(url)
    return url if parts.scheme in ("http", "https") and (parts.path.strip("/") or parts.query) else ""


def _day_and_headline(entry: Entry, zone: tzinfo) -> str:
    return page.known_by(entry.title, dates.parse(entry.published, zone)) if _is_date(entry.published, zone) else ""


def _readable_date(texts: Sequence[str], zone: tzinfo) -> str:
    """The first text that is a date, else the first, which then is refused with its reason; "" if there is none."""
    return next((text for text in texts[:_OF_A_KIND] if _is_date(text, zone)), next(iter(texts), ""))


def _is_date(text: str, zone: tzinfo) -> bool:
    try:
        dates.parse(text, zone)
    except dates.UnreadableDate:
        return False
    return True


def _of(raw: Raw, *names: str) -> list[str]:
    """What the page's meta elements of these names say, in the order of the names."""
    return [value for name in names for value in raw["meta"].get(name, ())]


def _first(raw: Raw, *names: str) -> str:
    return next(iter(_of(raw, *names)), "")
