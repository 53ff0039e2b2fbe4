"""The formats of documents.

`FORMATS` lists the public formats: a new one is a function from an `Edition` to a `DocumentParts`, and a line here.
`PARTNERS` lists formats for one aggregator each. They have URLs, but pages and `Link` headers do not offer them.
`HEADLINES` is the format for boxes on news pages. It is not offered either, and its clients do not count as readers
of the feed.
"""

from service.documents.formats.edition import Edition
from service.documents.formats.format import Format
from service.documents.formats.headlines import headlines
from service.documents.formats.json import json_feed
from service.documents.formats.partners import PARTNERS, PROFILES, Partner
from service.documents.formats.xml import atom, rss

FORMATS = {
    format_.extension: format_
    for format_ in (
        Format("rss", "application/rss+xml", "RSS 2.0", rss),
        Format("atom", "application/atom+xml", "Atom 1.0", atom),
        Format("json", "application/feed+json", "JSON Feed 1.1", json_feed),
    )
}
DEFAULT = FORMATS["rss"]
HEADLINES = Format("headlines.json", "application/json", "Headlines", headlines)
READ: dict[str, Format] = {**FORMATS, **PARTNERS}  # the formats that readers and aggregators poll
DOCUMENTS = {**READ, HEADLINES.extension: HEADLINES}  # all formats, by the extension in a feed's URL

__all__ = [
    "DEFAULT",
    "DOCUMENTS",
    "FORMATS",
    "HEADLINES",
    "PARTNERS",
    "PROFILES",
    "READ",
    "Edition",
    "Format",
    "Partner",
]
