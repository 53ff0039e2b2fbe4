"""The content of topics: the newest document of each, made once per version and process, and signed once per secret."""

import hashlib
import hmac
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from service.core.errors import NotFound
from service.core.lru import LruCache
from service.core.settings.model import Settings
from service.documents.parts import DocumentParts
from service.push.hub.topic_urls import Topic, TopicUrls
from service.storage.hub import HubTopic, HubTopics, TopicContent

MAX_CONTENT_BYTES = 32 * 2**20  # of documents that a process keeps
MAX_ROUNDS = 5  # documents that are made while others record later ones, before the next turn

log = logging.getLogger(__name__)

# Makes the document of a topic from the store, not from a cache: a cache may not have the change yet. None while the
# order of a popular feed is not known. Raises NotFound, StoreUnavailable.
MakeDocument = Callable[[Topic], DocumentParts | None]


@dataclass(frozen=True)
class Content:
    """The document of one version of a topic, with the headers of its deliveries (WebSub §7). Threads may share it."""

    version: int
    body: bytes
    headers: Mapping[str, str]
    _signatures: dict[str, str] = field(default_factory=dict, repr=False)

    def signed(self, secret: str) -> Mapping[str, str]:
        """The headers with the signature for this secret (WebSub §7.1), which is computed once."""
        if not secret:
            return self.headers
        if secret not in self._signatures:
            self._signatures[secret] = hmac.new(secret.encode(), self.body, hashlib.sha256).hexdigest()
        return {**self.headers, "X-Hub-Signature": f"sha256={self._signatures[secret]}"}


class Contents:
    """Makes the contents of topics, and records in the store whether they have changed."""

    def __init__(self, topics: HubTopics, urls: TopicUrls, make: MakeDocument, settings: Settings) -> None:
        self._topics = topics
        self._urls = urls
        self._make = make
        self._settings = settings
        self._made: LruCache[int, Content] = LruCache(MAX_CONTENT_BYTES)

    def current(self, path: str) -> TopicContent | None:
        """The content of a topic now; None while it is not known. Raises NotFound, StoreUnavailable."""
        topic = self._urls.known(path)
        parts = self._make(topic)
        if parts is None:
            return None
        return TopicContent(parts.digest, topic.name.list_name, is_ranked=topic.name.window is not None)

    def newest(self, stored: HubTopic) -> tuple[HubTopic, Content] | None:
        """The newest content of the topic, and the topic with the version of that content.

        If the content is not the recorded one, it is recorded as a new version. None if there is no document now.
        Raises StoreUnavailable.
        """
        known = self._made.get(stored.key)
        if known and known.version == stored.version and not stored.is_changed:
            return stored, known
        for _ in range(MAX_ROUNDS):
            try:
                topic = self._urls.known(stored.path)
                parts = self._make(topic)
            except NotFound as error:
                log.info("the topic %s has no document: %s", stored.path, error)
                self._topics.settle(stored, stored.digest, stored.list_name)
                return None
            if parts is None:
                return None
            stored = self._topics.settle(stored, parts.digest, topic.name.list_name)
            if stored.digest == parts.digest:
                return stored, self._keep(stored, topic, parts)
        return None

    def _keep(self, stored: HubTopic, topic: Topic, parts: DocumentParts) -> Content:
        known = self._made.get(stored.key)
        if known and known.version == stored.version:
            return known
        links = f'<{self._settings.own_hub}>; rel="hub", <{self._settings.base_url}/{stored.path}>; rel="self"'
        content = Content(stored.version, bytes(parts), {"Content-Type": topic.format.content_type, "Link": links})
        self._made.put(stored.key, content, len(content.body))
        return content
