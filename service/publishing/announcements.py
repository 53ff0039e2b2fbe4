"""Announcements: every consumer learns of every change, at once if possible, and otherwise later.

The transaction of a change writes an announcement to the log (storage/announcement_log.py). After the commit,
`announce` delivers it, and notes the delivery in Redis. Twice a second, the background work delivers all announcements
without such a note, and moves the cursors of all consumers in one transaction. So a change needs only one transaction
that writes. A crash or an outage delays an announcement, and cannot lose it.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from service.articles.dates import utc_now
from service.core.errors import RedisUnavailable, StoreUnavailable
from service.core.redis import RedisLink
from service.feeds.names import DIRECTORY, ENTERED
from service.publishing.consumers import Consumer
from service.storage import Announcement, AnnouncementLog, ArticleStore, Backlog

# How long deliveries are noted. The cursors move twice a second. If that takes longer than this time, the
# announcements are delivered again.
DELIVERY_NOTE_SECONDS = 60

log = logging.getLogger(__name__)


class Delivery(NamedTuple):
    """The delivery of one announcement to one consumer."""

    consumer: str
    key: int


class Deliveries:
    """The deliveries of announcements that the cursors have not passed yet. They are in Redis, for all processes.

    They may be lost together with the documents in Redis. Then the announcements are delivered again.
    """

    _KEY = "warta:{announcements}:delivered"

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    def add(self, deliveries: Collection[Delivery]) -> None:
        """Note the deliveries. Raises RedisUnavailable."""
        with self._link.use() as redis:
            pipeline = redis.pipeline(transaction=False)
            pipeline.sadd(self._KEY, *(f"{key} {consumer}" for consumer, key in deliveries))
            pipeline.expire(self._KEY, DELIVERY_NOTE_SECONDS)
            pipeline.execute()

    def all(self) -> set[Delivery]:
        """The noted deliveries. Raises RedisUnavailable."""
        with self._link.use() as redis:
            noted = [member.decode().partition(" ") for member in redis.smembers(self._KEY)]
        return {Delivery(consumer, int(key)) for key, _, consumer in noted}

    def remove(self, deliveries: Collection[Delivery]) -> None:
        """Remove the deliveries that the cursors have passed. Raises RedisUnavailable."""
        with self._link.use() as redis:
            redis.srem(self._KEY, *(f"{key} {consumer}" for consumer, key in deliveries))


class Announcements:
    """Announces changes to the consumers. Built once per process and shared by its threads.

    The first of the consumers is the documents of this deployment. If they fail, the other consumers wait: they send
    clients to the documents, and a client must not get an old one.
    """

    def __init__(
        self,
        store: ArticleStore,
        announcement_log: AnnouncementLog,
        consumers: Sequence[Consumer],
        deliveries: Deliveries,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._log = announcement_log
        self._consumers = consumers
        self._deliveries = deliveries
        self._clock = clock

    def announce(self, announcements: Sequence[Announcement]) -> None:
        """Deliver the announcements now, after their commit. After a failure, a later `announce_due` delivers them."""
        if not announcements:
            return
        delivered: list[Delivery] = []

        def deliver(consumer: Consumer) -> None:
            _deliver(consumer, announcements)
            delivered.extend(Delivery(consumer.name, announcement.key) for announcement in announcements)

        if failure := self._each(deliver):
            log.warning("changes wait to be announced: %s", failure)
        if delivered:
            try:
                self._deliveries.add(delivered)
            except RedisUnavailable as error:
                log.warning("changes will be announced a second time: %s", error)

    def announce_due(self) -> int:
        """Deliver all announcements that were not delivered yet, and return their number. One process runs it for all.

        These are the ends of embargoes and articles that have ended, and changes that could not be announced because of
        a crash or an outage. Raises StoreUnavailable, RedisUnavailable.
        """
        announced: set[int] = set()
        while True:
            applied = self._store.apply_deadlines(self._clock())
            backlog = self._log.backlog([consumer.name for consumer in self._consumers])
            if not backlog.is_empty:
                announced |= self._catch_up(backlog)
            if not (applied or backlog.starting or backlog.more):
                return len(announced)

    def is_complete(self) -> bool:
        """True if every consumer has handled the whole log. Raises StoreUnavailable."""
        return self._log.backlog([consumer.name for consumer in self._consumers], limit=1).is_empty

    def invalidate(self, list_names: Iterable[str]) -> None:
        """Mark the documents of these lists as outdated, here and at the edge.

        Raises RedisUnavailable, StoreUnavailable.
        """
        touched = {*list_names, DIRECTORY}
        if failure := self._each(lambda consumer: consumer.deliver(touched, ())):
            raise failure

    def invalidate_all(self) -> None:
        """Mark every document as outdated, after a restart of Redis.

        Redis may have lost its writes of the last second, and with them the fact that a document is outdated. Raises
        StoreUnavailable, RedisUnavailable.
        """
        self.invalidate(article_list.name for article_list in self._store.all_lists())

    def _catch_up(self, backlog: Backlog) -> set[int]:
        """Deliver the backlog and move the cursors. Returns the keys of the announcements that were delivered.

        Consumers that could not be reached keep their cursors. Raises their error, after the others are done.
        """
        noted = self._noted()
        starting = self._log.register(backlog.starting) if backlog.starting else {}
        positions: dict[str, int] = {}
        announced: set[int] = set()

        def deliver(consumer: Consumer) -> None:
            unread = backlog.unread.get(consumer.name, ())
            undelivered = [each for each in unread if Delivery(consumer.name, each.key) not in noted]
            if consumer.name in starting:
                consumer.start_over()
                positions[consumer.name] = starting[consumer.name]
            elif unread:
                if undelivered:
                    _deliver(consumer, undelivered)
                positions[consumer.name] = unread[-1].key
            announced.update(each.key for each in undelivered)

        failure = self._each(deliver)
        self._log.advance(positions)
        if failure:
            raise failure
        if passed := [each for each in noted if each.key <= positions.get(each.consumer, 0)]:
            self._deliveries.remove(passed)
        return announced

    def _noted(self) -> set[Delivery]:
        """The noted deliveries; none while Redis is unavailable, since the consumers must learn of that themselves."""
        try:
            return self._deliveries.all()
        except RedisUnavailable:
            return set()

    def _each(self, work: Callable[[Consumer], None]) -> RedisUnavailable | StoreUnavailable | None:
        """Do the work for each consumer. Returns the first failure."""
        failure = None
        for consumer in self._consumers:
            try:
                work(consumer)
            except (RedisUnavailable, StoreUnavailable) as error:
                failure = failure or error
                if consumer is self._consumers[0]:
                    break
        return failure


def _deliver(consumer: Consumer, announcements: Sequence[Announcement]) -> None:
    list_names = {list_name for announcement in announcements for list_name in announcement.list_names}
    article_ids = dict.fromkeys(id_ for announcement in announcements for id_ in announcement.article_ids)
    # The directory shows all lists, and the popular list may show any of the articles.
    since = min((announcement.at for announcement in announcements if announcement.at), default=None)
    consumer.deliver(list_names | {ENTERED, DIRECTORY}, list(article_ids), since)
