"""Flipboard: RSS 2.0 with a long excerpt and a large photo for each article.

Source: about.flipboard.com, "RSS Guidelines" for publishers.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from service.articles.article import Article
from service.core.errors import FieldError
from service.documents.formats.edition import Entry
from service.documents.formats.extensions import EntryExtension, creators
from service.documents.formats.partners import rules
from service.documents.formats.partners.partner import Partner
from service.documents.formats.xml import Rss

EXCERPT = 300  # characters of an excerpt at least
ENOUGH = 600  # characters of an excerpt from the body at most, if the summary is too short
PHOTO = 500  # pixels of the photo's shorter side at least
ITEMS = 20  # entries that Flipboard wants in a feed at least


def check(entry: Entry, _now: datetime) -> Iterator[FieldError]:
    yield from rules.length("summary", entry.summary, EXCERPT)
    yield from rules.photo(entry, PHOTO)


def adapt(entry: Entry) -> Article:
    """The article with an excerpt, and with the photo as its only enclosure.

    A summary shorter than EXCERPT is replaced by the beginning of the body, if that is longer.
    """
    article = entry.article.model_copy(update={"enclosures": ()})
    if len(entry.summary) >= EXCERPT:
        return article
    excerpt = entry.teaser(ENOUGH)
    return article.model_copy(update={"summary": max(excerpt, entry.summary, key=len)})


class _Item(EntryExtension):
    def write(self, item: Any, entry: Entry) -> None:
        creators(item, entry)


FLIPBOARD = Partner(
    title="Flipboard",
    extension="flipboard.rss",
    media_type="application/rss+xml",
    render=Rss(item=_Item),
    check=check,
    adapt=adapt,
    least=ITEMS,
)
