"""Topics of the hub by their URLs: a topic is a feed in one format, with a number of entries."""

from dataclasses import dataclass
from urllib.parse import unquote

from service.core.errors import BadRequest, FeedMoved, NotFound
from service.core.settings.model import Settings
from service.documents.formats import ALL_FORMATS, DEFAULT_FORMAT, FeedFormat
from service.feeds.catalogue import FeedCatalogue
from service.feeds.names import FeedName

_LONGEST_FIRST = sorted(ALL_FORMATS, key=len, reverse=True)  # `headlines.json` before `json`
_LIMIT = "limit="


@dataclass(frozen=True)
class Topic:
    """A topic. `path` is its URL after the base URL and a slash. Without `limit` it has the feed's usual limit."""

    path: str
    name: FeedName
    format: FeedFormat
    limit: int | None = None


class TopicUrls:
    """Finds the topic of a URL. The URL must be the one that the document itself names as `self`."""

    def __init__(self, settings: Settings) -> None:
        self._base = f"{settings.base_url}/"
        self._catalogue = FeedCatalogue(settings)

    def read(self, url: str) -> Topic:
        """The topic with exactly this URL.

        Raises BadRequest for a URL of another host or another spelling, with the right URL if there is one, and
        NotFound for a URL that no feed can have.
        """
        if not url.startswith(self._base):
            raise BadRequest(f"hub.topic: this hub has only topics whose URL begins with {self._base}")
        path = url.removeprefix(self._base)
        try:
            topic = self._topic(path)
        except FeedMoved as moved:
            raise BadRequest(f"hub.topic: the feed has another URL now: {self._base}{moved.name}.*") from None
        if (canonical := self.url(topic)) != url:
            raise BadRequest(f"hub.topic: subscribe to the URL that the feed names as self: {canonical}")
        return topic

    def known(self, path: str) -> Topic:
        """The topic of a stored subscription. Of a renamed category it is the present feed. Raises NotFound."""
        try:
            return self._topic(path)
        except FeedMoved as moved:
            document, _, query = path.partition("?")
            extension = next(each for each in _LONGEST_FIRST if document.endswith(f".{each}"))
            present = self._topic(f"{moved.name}.{extension}{query and '?'}{query}")
            return Topic(path, present.name, present.format, present.limit)
        except BadRequest as error:
            raise NotFound(str(error)) from None

    def url(self, topic: Topic) -> str:
        """The URL that the topic's document names as self."""
        return self._catalogue.url(topic.name, topic.format.extension, topic.limit)

    def _topic(self, path: str) -> Topic:
        """Raises NotFound, FeedMoved, BadRequest."""
        document, question, query = path.partition("?")
        extension = next((each for each in _LONGEST_FIRST if document.endswith(f".{each}")), None)
        if extension is None:
            name = self._catalogue.parse(unquote(document))
            return Topic(path, name, DEFAULT_FORMAT)  # the canonical URL has an extension
        name = self._catalogue.parse(unquote(document.removesuffix(f".{extension}")))
        if name.page is not None:
            raise BadRequest("hub.topic: pages of an archive have no subscriptions; subscribe to the feed")
        return Topic(path, name, ALL_FORMATS[extension], _read_limit(query) if question else None)


def _read_limit(query: str) -> int:
    number = query.removeprefix(_LIMIT)
    if not query.startswith(_LIMIT) or not number.isdecimal() or not 1 <= int(number[:4]) <= 100:
        raise BadRequest("hub.topic: the only parameter of a feed is limit, from 1 to 100, as in ?limit=20")
    return int(number)
