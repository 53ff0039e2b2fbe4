"""The formats of documents.

`FORMATS` lists the public formats: a new one is a function from a `RenderContext` to `DocumentParts`, and a line here.
`PARTNERS` lists formats for one aggregator each. They have URLs, but pages and `Link` headers do not offer them.
`HEADLINES` is the format for boxes on news pages. It is not offered either, and its clients do not count as readers
of the feed.
"""

from service.documents.formats.atom import atom
from service.documents.formats.context import RenderContext
from service.documents.formats.format import FeedFormat
from service.documents.formats.headlines import headlines
from service.documents.formats.json import json_feed
from service.documents.formats.partners import PARTNERS, PROFILES, Partner
from service.documents.formats.rss import rss

FORMATS = {
    format_.extension: format_
    for format_ in (
        FeedFormat("rss", "application/rss+xml", "RSS 2.0", rss),
        FeedFormat("atom", "application/atom+xml", "Atom 1.0", atom),
        FeedFormat("json", "application/feed+json", "JSON Feed 1.1", json_feed),
    )
}
DEFAULT_FORMAT = FORMATS["rss"]
HEADLINES = FeedFormat("headlines.json", "application/json", "Headlines", headlines)
POLLED_FORMATS: dict[str, FeedFormat] = {**FORMATS, **PARTNERS}  # the formats that readers and aggregators poll
ALL_FORMATS = {**POLLED_FORMATS, HEADLINES.extension: HEADLINES}  # all formats, by the extension in a feed's URL

__all__ = [
    "ALL_FORMATS",
    "DEFAULT_FORMAT",
    "FORMATS",
    "HEADLINES",
    "PARTNERS",
    "POLLED_FORMATS",
    "PROFILES",
    "FeedFormat",
    "Partner",
    "RenderContext",
]
