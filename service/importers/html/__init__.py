"""HTML pages of articles. The values come from JSON-LD, then from meta elements such as OpenGraph, then from the text.

The id is the canonical URL of the page, otherwise the URL from which it was fetched, otherwise day and headline, as for
saved page text (`page`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import Any
from urllib.parse import urlsplit

from service.articles import dates
from service.core.errors import FieldError
from service.importers import page, sandbox, sniff
from service.importers.feed_entry import FeedEntry, to_item
from service.importers.html import schema_org
from service.importers.html.joining import MAX_PAGE_BYTES, completed
from service.importers.html.paging import paging
from service.importers.html.statements import Statements
from service.importers.options import ReadOptions
from service.importers.result import FoundArticle, RefusedItem, SkippedItem
from service.importers.source import OpenSource
from service.importers.urls import joined

MIN_KEPT_SHARE = 0.5  # of the page's text: a body with less may lack a part
MIN_UNSTATED_LETTERS = 400  # letters of the body of a page that states neither that it is an article nor a date
_MAX_LINKED_TEXT = 0.3  # share of links in such a body
_MAX_URLS = 10  # URLs of a page that are tried: a normal page has a few, a hostile page very many
_MAX_SHARE_OF_LINKS = 0.6  # of the body's text: a page with more is a list of links
_ROOTS = {"html", "head", "body", "meta", "article", "main", "div", "p", "h1", "table", "script", "style", "header"}
_LIST_KINDS = (
    *({"archive", kind} for kind in ("category", "tag", "author", "date", "tax-post_format", "post-type-archive")),
    *({"home", "blog"}, {"search", "search-results"}, {"home-template"}, {"tag-template"}, {"author-template"}),
)
_ARTICLE_KINDS = {"single", "singular", "post-template"}
_WHERE = "article"

Raw = Mapping[str, Any]  # a page, as html_reader yields it


def recognises(first: bytes) -> bool:
    """True if the source begins with an HTML element or the document type of HTML."""
    name, _ = sniff.root_element(first)
    return name in _ROOTS or sniff.first_text(first)[:14].lower() == "<!doctype html"


def read(source: OpenSource, options: ReadOptions) -> Iterator[FoundArticle | RefusedItem | SkippedItem]:
    """Read the article of the page, with the place `article`.

    A page that is no article, lists articles, or has several of them becomes a RefusedItem. An article without a date
    is `undated`. The other pages of an article on several pages are fetched if this one was. A later page of such an
    article becomes a SkippedItem. Other URLs are not fetched. Raises SourceUnreadable if the page has more than
    MAX_PAGE_BYTES, or if it takes too long.
    """
    for raw in [*sandbox.parse_in_process("html_reader", source, MAX_PAGE_BYTES)]:
        yield RefusedItem(_WHERE, raw) if isinstance(raw, str) else _article(raw, source, options)


def _article(raw: Raw, source: OpenSource, options: ReadOptions) -> FoundArticle | RefusedItem | SkippedItem:
    zone, fetched_from = options.zone, source.url
    addresses = [raw["canonical"], *raw["meta"].get("og:url", ())[:_MAX_URLS], fetched_from]
    node = schema_org.article(raw["ld"], addresses)
    stated = Statements(raw, node, fetched_from, zone)
    entry = stated.entry()
    if reason := _no_article(raw, entry, stated, may_be_undated=bool(options.date_from)):
        return RefusedItem(_WHERE, reason)
    absolute = (address for address in [fetched_from, *addresses, entry.url] if "://" in address)
    base = joined(next(absolute, ""), raw["base"])
    own = [_page_address(base, address) for address in addresses]
    urls = [url for url in dict.fromkeys([own[-1], *own]) if url]
    place = paging(raw, urls, is_fetched=bool(fetched_from))
    if place.number > 1:
        return SkippedItem(_WHERE, f"page {place.number} of an article; import the first one, {place.first}")
    whole, missing = completed(raw, place, source)
    url = next(filter(None, [*own[:-1], _page_address(base, entry.url)]), "")
    names = [*(_page_address(base, address) for address in raw["shortlinks"]), *own]
    entry = replace(
        entry,
        base=base,
        url=url,
        id=url or fetched_from or _day_and_headline(entry, zone),
        content_html=entry.content_html if whole is raw else whole["body"],
        same_as=[name for name in names if name],
    )
    item = to_item(_WHERE, entry, zone)
    if isinstance(item, RefusedItem):
        return item
    left_out = [*item.left_out, *_left_out(entry, item)]
    return replace(item, undated=not entry.published, doubt=missing or doubt(whole), left_out=left_out)


def _no_article(raw: Raw, entry: FeedEntry, stated: Statements, *, may_be_undated: bool) -> str:
    """The reason why the page is not one article, "" if it is one."""
    if raw["is_locked"]:
        return "the page asks for a password, and does not show the article"
    if not stated.is_article:
        is_listing = schema_org.is_listing(raw["ld"]) or _is_named_listing(raw["kinds"])
        if is_listing or (raw["linked"] > _MAX_SHARE_OF_LINKS and raw["size"]):
            return "not an article page: it lists other pages; import those"
        if raw["articles"] > 1:
            return f"not an article page: it has {raw['articles']} articles; import the page of each"
        if not raw["body"] and len(raw["times"]) > 1:
            return "not an article page: it lists other pages; import those"
    if not entry.title:
        return "not an article page: it has no headline"
    if not stated.is_article and not entry.published and not (may_be_undated and _is_one_text(raw)):
        return "not an article page: looked for an article in JSON-LD and OpenGraph, and for a headline with a date"
    return ""


def _is_named_listing(kinds: Sequence[str]) -> bool:
    """True if the classes of `body` name a list: those of WordPress's `body_class()`, and of the templates of Ghost."""
    return any(each <= set(kinds) for each in _LIST_KINDS) and not _ARTICLE_KINDS.intersection(kinds)


def _is_one_text(raw: Raw) -> bool:
    """True if most of the page is one long text, so that it is an article although it states nothing."""
    return bool(raw["size"] >= MIN_UNSTATED_LETTERS and raw["linked"] <= _MAX_LINKED_TEXT and not doubt(raw))


def doubt(raw: Raw) -> str:
    """What may be wrong with the body, "" if nothing seems to be."""
    if not raw["size"]:
        return "no body was found in the page"
    if raw["size"] < MIN_KEPT_SHARE * raw["page_size"]:
        share = raw["size"] / raw["page_size"]
        return f"the body has {share:.0%} of the page's text; compare it with the page"
    return ""


def _left_out(entry: FeedEntry, item: FoundArticle) -> Iterator[FieldError]:
    image = item.fields.get("image")
    if entry.files and not entry.files[0].url.strip() and not (isinstance(image, Mapping) and image.get("url")):
        yield FieldError("image.url", f'"{entry.files[0].url[:60]}" is no http or https URL')


def _page_address(base: str, address: str) -> str:
    """Resolve a URL of the page to an absolute http or https URL. Returns "" if it is none.

    Also returns "" for the front page of a site, because some templates name it as the canonical URL of every page.
    """
    url = joined(base, address.strip()) if address.strip() else ""
    parts = urlsplit(url)
    return url if parts.scheme in ("http", "https") and (parts.path.strip("/") or parts.query) else ""


def _day_and_headline(entry: FeedEntry, zone: tzinfo) -> str:
    return page.known_by(entry.title, dates.parse(entry.published, zone)) if entry.published else ""
