"""SmartNews: SmartFormat 2.1, a form of RSS 2.0. SmartNews shows whole articles, with the newsroom's logo.

Source: publishers.smartnews.com, "SmartFormat Specification (Version 2.1)" and "Deleting Articles".
"""

from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime
from types import MappingProxyType
from typing import Any

from lxml.etree import SubElement

from service.articles.article import page_url
from service.articles.ui_language import ui_language
from service.core.errors import FieldError
from service.documents.formats.context import EntryValues, RenderContext, guid, local_time
from service.documents.formats.extensions import MEDIA, ChannelExtension, EntryExtension, creators
from service.documents.formats.partners import rules
from service.documents.formats.partners.partner import Partner
from service.documents.formats.rss import Rss
from service.feeds.names import Tombstone

SNF = "http://www.smartnews.be/snf"
MIN_THUMBNAIL_PIXELS = 200  # pixels of a thumbnail's shorter side at least
_WITHDRAWN = {"id": "Berita ini telah ditarik", "en": "This story was withdrawn"}


def check(entry: EntryValues, _now: datetime) -> Iterator[FieldError]:
    """The article has a body: SmartNews shows the article itself, not a link to it."""
    yield from rules.whole_body(entry)


class SmartNewsChannel(ChannelExtension):
    namespaces = MappingProxyType({"snf": SNF})
    lists_withdrawals = True

    def write(self, channel: Any, context: RenderContext) -> None:
        when = local_time(context.updated_at, context.settings.site)
        SubElement(channel, "pubDate").text = format_datetime(when)
        if context.settings.site.logo:
            logo = SubElement(channel, f"{{{SNF}}}logo")
            SubElement(logo, "url").text = context.settings.site.logo
        for tombstone in context.tombstones:
            _deleted(channel, tombstone, context)


class SmartNewsItem(EntryExtension):
    def write(self, item: Any, entry: EntryValues) -> None:
        creators(item, entry)
        if entry.article.image and not any(rules.photo(entry, MIN_THUMBNAIL_PIXELS)):
            SubElement(item, f"{{{MEDIA}}}thumbnail", url=entry.article.image.url)
        SubElement(item, f"{{{MEDIA}}}status", state="active")


def _deleted(channel: Any, tombstone: Tombstone, context: RenderContext) -> None:
    """Write the item that makes SmartNews delete a withdrawn article: the same guid, and a later pubDate.

    The withdrawn text is not repeated.
    """
    settings = context.settings
    item = SubElement(channel, "item")
    SubElement(item, "title").text = _WITHDRAWN[ui_language(settings.site.language)]
    SubElement(item, "link").text = tombstone.url or page_url(settings.base_url, tombstone.article_id)
    SubElement(item, "guid", isPermaLink="false").text = guid(tombstone.article_id, settings)
    SubElement(item, "pubDate").text = format_datetime(local_time(tombstone.at, settings.site))
    SubElement(item, f"{{{MEDIA}}}status", state="deleted")


SMARTNEWS = Partner(
    title="SmartNews (SmartFormat 2.1)",
    extension="smartnews.rss",
    media_type="application/rss+xml",
    render=Rss(channel=SmartNewsChannel, item=SmartNewsItem),
    check=check,
)
