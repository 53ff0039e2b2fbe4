"""MSN: RSS 2.0 for Microsoft's Partner Hub.

Source: support.microsoft.com, "MSN feed item metadata requirements" and "MSN HTML guidelines and tag restrictions".
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import nh3
from lxml.etree import SubElement

from service.articles.article import Article
from service.articles.elements import BLOCKS
from service.articles.plain_text import with_divisions
from service.core.errors import FieldError
from service.documents.formats.context import EntryValues, rfc3339
from service.documents.formats.extensions import DCTERMS, MEDIA, EntryExtension, creators
from service.documents.formats.partners import rules
from service.documents.formats.partners.partner import Partner
from service.documents.formats.rss import Rss

TITLE_CHARACTERS = (20, 150)  # characters of a title: least and most
MAX_ARTICLE_AGE = timedelta(days=365)  # articles must be younger
TAGS = {
    *("p", "div", "span", "br", "h1", "h2", "h3", "h4", "h5", "ul", "ol", "li", "blockquote", "a", "img"),
    *("b", "i", "em", "strong", "sub", "sup", "small"),
    *("table", "thead", "tbody", "tfoot", "tr", "td", "th", "col", "caption", "colgroup"),
}
SCHEMES = {"http", "https", "mailto"}


def check(entry: EntryValues, now: datetime) -> Iterator[FieldError]:
    yield from rules.length("title", entry.article.title, *TITLE_CHARACTERS)
    yield from rules.whole_body(entry)
    yield from rules.younger(entry, now, MAX_ARTICLE_AGE)
    yield from rules.language(entry)


def adapt(entry: EntryValues) -> Article:
    """The article with a body in the HTML that MSN takes. Other blocks become a `div`; of the rest, the text stays."""
    body = with_divisions(entry.article.content_html, BLOCKS - TAGS)
    body = nh3.clean(body, tags=TAGS, url_schemes=SCHEMES, link_rel=None)
    return entry.article.model_copy(update={"content_html": body})


class MsnItem(EntryExtension):
    def write(self, item: Any, entry: EntryValues) -> None:
        creators(item, entry)
        SubElement(item, f"{{{DCTERMS}}}modified").text = entry.updated_at.isoformat()
        if expires_at := entry.article.expires_at:
            until = rfc3339(expires_at, entry.settings.site)
            SubElement(item, f"{{{DCTERMS}}}valid").text = f"end={until}; scheme=W3C-DTF"
        _photo(item, entry)


def _photo(item: Any, entry: EntryValues) -> None:
    image = entry.article.image
    if not image or not image.url:
        return
    content = SubElement(item, f"{{{MEDIA}}}content", url=image.url, type=image.type, medium="image")
    SubElement(content, f"{{{MEDIA}}}title").text = image.caption or entry.article.title
    if image.caption:
        SubElement(content, f"{{{MEDIA}}}text").text = image.caption
    if image.credit:
        SubElement(content, f"{{{MEDIA}}}credit").text = image.credit


MSN = Partner(
    title="MSN (Partner Hub)",
    extension="msn.rss",
    media_type="application/rss+xml",
    render=Rss(item=MsnItem),
    check=check,
    adapt=adapt,
)
