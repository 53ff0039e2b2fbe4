"""Feedly: the public RSS 2.0 format, plus elements for cover, color, logo and layout in Feedly.

Source: Feedly's "10 ways to optimize your feed for Feedly", and feeds that follow it (webfeeds.org no longer answers).
"""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

from lxml.etree import SubElement

from service.articles.media_types import file_type
from service.core.errors import FieldError
from service.documents.formats.context import RenderContext
from service.documents.formats.extensions import ChannelExtension
from service.documents.formats.partners.partner import Partner
from service.documents.formats.rss import Rss

WEBFEEDS = "http://webfeeds.org/rss/1.0"


def check(*_: object) -> Iterator[FieldError]:
    """Feedly takes every article."""
    yield from ()


class FeedlyChannel(ChannelExtension):
    namespaces = MappingProxyType({"webfeeds": WEBFEEDS})

    def write(self, channel: Any, context: RenderContext) -> None:
        super().write(channel, context)
        site = context.settings.site
        if site.cover:
            SubElement(channel, f"{{{WEBFEEDS}}}cover", image=site.cover)
        if site.accent_color:
            SubElement(channel, f"{{{WEBFEEDS}}}accentColor").text = site.accent_color
        if logo := site.logo:
            # Feedly scales the logo to any size, and requires SVG for it. The icon may be a bitmap.
            SubElement(channel, f"{{{WEBFEEDS}}}{'logo' if file_type(logo) == 'image/svg+xml' else 'icon'}").text = logo
        SubElement(channel, f"{{{WEBFEEDS}}}related", layout="card", target="browser")


FEEDLY = Partner(
    title="Feedly",
    extension="feedly.rss",
    media_type="application/rss+xml",
    render=Rss(channel=FeedlyChannel),
    check=check,
)
