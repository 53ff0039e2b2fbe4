"""The formats. `FORMATS` is the only list of them: a new one is a function from an `Edition` to a `Spliced`, and a
line.

`PARTNERS` are formats too, but of one aggregator each: they have addresses, and are offered to nobody else. So are
`HEADLINES`, for boxes on news pages: whoever asks for those is no reader of the feed.
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
READ: dict[str, Format] = {**FORMATS, **PARTNERS}  # what readers and aggregators poll
DOCUMENTS = {**READ, HEADLINES.extension: HEADLINES}  # everything that a feed's address can end with

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
