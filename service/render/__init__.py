"""The formats. `FORMATS` is the only list of them: a new one is a function from an `Edition` to bytes, and a line."""

from collections.abc import Callable
from dataclasses import dataclass

from service.render.edition import Edition
from service.render.json import json_feed
from service.render.xml import atom, rss


@dataclass(frozen=True)
class Format:
    """`extension` is its name in addresses; `media_type` is without parameters."""

    extension: str
    media_type: str
    title: str
    render: Callable[[Edition], bytes]

    @property
    def content_type(self) -> str:
        return f"{self.media_type}; charset=utf-8"


FORMATS = {
    format_.extension: format_
    for format_ in (
        Format("rss", "application/rss+xml", "RSS 2.0", rss),
        Format("atom", "application/atom+xml", "Atom 1.0", atom),
        Format("json", "application/feed+json", "JSON Feed 1.1", json_feed),
    )
}
DEFAULT = FORMATS["rss"]

__all__ = ["DEFAULT", "FORMATS", "Edition", "Format"]
