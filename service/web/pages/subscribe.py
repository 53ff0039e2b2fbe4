"""Links that open a reader with a feed. Each reader documents its own form of URL."""

from typing import NamedTuple
from urllib.parse import quote


class SubscribeLink(NamedTuple):
    """A reader, and the URL that opens it with the feed."""

    reader: str
    url: str


_READERS = (
    ("Feedly", "https://feedly.com/i/subscription/feed%2F{}"),
    ("Inoreader", "https://www.inoreader.com/?add_feed={}"),
    ("NewsBlur", "https://www.newsblur.com/?url={}"),
    ("The Old Reader", "https://theoldreader.com/feeds/subscribe?url={}"),
)


def subscribe_links(feed_url: str) -> list[SubscribeLink]:
    """The links for the feed: readers on the web, then the program of this device, such as NetNewsWire (`feed:`)."""
    web = [SubscribeLink(reader, form.format(quote(feed_url, safe=""))) for reader, form in _READERS]
    return [*web, SubscribeLink("NetNewsWire", f"feed:{feed_url}")]
