"""LINE TODAY: an XML format of its own, with times in milliseconds since the epoch.

Source: feeds of newsrooms in Indonesia, Thailand and Taiwan that LINE TODAY takes. The specification is for partners
only.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from lxml.etree import Element, SubElement, tostring

from service.core.errors import FieldError
from service.documents.formats.context import EntryValues, RenderContext
from service.documents.formats.partners import rules
from service.documents.formats.partners.partner import Partner
from service.documents.parts import DocumentParts

DEFAULT_DISPLAY_TIME = timedelta(days=365)  # time from publication to the end of an article without an expiry
COUNTRIES = {"id": "ID", "th": "TH", "zh": "TW", "ja": "JP"}  # the countries of LINE TODAY, by their language


def check(entry: EntryValues, _now: datetime) -> Iterator[FieldError]:
    yield from rules.whole_body(entry)
    if not entry.article.categories:
        yield FieldError("categories", "is empty; the partner wants one")
    if not _country(entry):
        language = entry.settings.site.language
        yield FieldError("site.language", f"{language} has no country; add a region, as in en-ID")


def render(context: RenderContext) -> DocumentParts:
    """The feed in LINE TODAY's XML. The UUID is made from the feed's URL and the time of its last change."""
    updated = _milliseconds(context.updated_at)
    root = Element("articles")
    _put(root, "UUID", str(uuid.uuid5(uuid.NAMESPACE_URL, f"{context.url} {updated}")))
    _put(root, "time", updated)
    for article in context.entries:
        _article(SubElement(root, "article"), EntryValues(article, context.settings))
    return DocumentParts(bytes(tostring(root, encoding="UTF-8", xml_declaration=True)))


def _article(element: Any, entry: EntryValues) -> None:
    article, country = entry.article, _country(entry)
    until = article.expires_at or article.published_at + DEFAULT_DISPLAY_TIME
    _put(element, "ID", article.id)
    _put(element, "nativeCountry", country)
    _put(element, "language", entry.language.partition("-")[0].lower())
    _put(SubElement(element, "publishCountries"), "country", country)
    _put(element, "startYmdtUnix", _milliseconds(article.published_at))
    _put(element, "endYmdtUnix", _milliseconds(until))
    _put(element, "title", article.title)
    _put(element, "category", article.categories[0])
    _put(element, "publishTimeUnix", _milliseconds(article.published_at))
    _put(element, "updateTimeUnix", _milliseconds(article.updated_at))
    _contents(SubElement(element, "contents"), entry)
    _put(element, "author", ", ".join(name for name, _ in entry.authors))
    _put(element, "sourceUrl", entry.link)


def _contents(element: Any, entry: EntryValues) -> None:
    image = entry.article.image
    if image and image.url:
        photo = SubElement(element, "image")
        _put(photo, "title", image.caption or entry.article.title)
        _put(photo, "description", " – ".join(filter(None, [image.caption, image.credit])))
        _put(photo, "url", image.url)
        _put(photo, "thumbnail", image.url)
    _put(SubElement(element, "text"), "content", entry.content_html)


def _country(entry: EntryValues) -> str:
    """The country of the newsroom: the region in the site's language tag (BCP 47), else the language's country.

    It is empty if the language is not in COUNTRIES either.
    """
    language, *subtags = entry.settings.site.language.split("-")
    region = next((subtag for subtag in subtags if len(subtag) == 2 and subtag.isalpha()), "")
    return region.upper() or COUNTRIES.get(language.lower(), "")


def _put(parent: Any, name: str, value: str | int) -> None:
    SubElement(parent, name).text = str(value)


def _milliseconds(when: datetime) -> int:
    return int(when.timestamp()) * 1000


LINE_TODAY = Partner(
    title="LINE TODAY",
    extension="linetoday.xml",
    media_type="application/xml",
    render=render,
    check=check,
)
