"""Flipboard: RSS 2.0 with a long excerpt and a large photo for each article.

Source: about.flipboard.com, "RSS Guidelines" for publishers.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from service.articles.article import Article, Enclosure
from service.core.errors import FieldError
from service.documents.formats.context import EntryValues
from service.documents.formats.extensions import EntryExtension, creators
from service.documents.formats.partners import rules
from service.documents.formats.partners.partner import Partner
from service.documents.formats.rss import Rss

MIN_EXCERPT_CHARACTERS = 300
MAX_EXCERPT_CHARACTERS = 600  # of an excerpt from the body, if the summary is too short
MIN_PHOTO_PIXELS = 500  # of each side
MIN_ARTICLES = 20  # in a feed


def check(entry: EntryValues, _now: datetime) -> Iterator[FieldError]:
    yield from rules.length("summary", entry.summary, MIN_EXCERPT_CHARACTERS)
    yield from rules.photo(entry, MIN_PHOTO_PIXELS)


def adapt(entry: EntryValues) -> Article:
    """The article with an excerpt, and with the photo as its only enclosure.

    A summary shorter than MIN_EXCERPT_CHARACTERS is replaced by the beginning of the body, if that is longer.
    """
    article = entry.article.model_copy(update={"enclosures": ()})
    if len(entry.summary) >= MIN_EXCERPT_CHARACTERS:
        return article
    excerpt = entry.teaser(MAX_EXCERPT_CHARACTERS)
    return article.model_copy(update={"summary": max(excerpt, entry.summary, key=len)})


class FlipboardItem(EntryExtension):
    def write(self, item: Any, entry: EntryValues) -> None:
        creators(item, entry)


class FlipboardRss(Rss):
    def enclosure(self, values: EntryValues) -> Enclosure | None:
        """The photo, also of an article with an audio or video file in its body."""
        return next((file for file in values.files if file.type.startswith("image/")), None)


FLIPBOARD = Partner(
    title="Flipboard",
    extension="flipboard.rss",
    media_type="application/rss+xml",
    render=FlipboardRss(item=FlipboardItem),
    check=check,
    adapt=adapt,
    min_articles=MIN_ARTICLES,
)
