"""The articles whose views count, registered in Redis with their lists. Counting needs no store."""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from itertools import chain

from service.core.errors import RedisUnavailable
from service.core.redis import RedisLink, lua_script
from service.feeds.names import LATEST, CountableArticle
from service.views.redis_keys import AGENDA, ARTICLES, COMPLETE, PREFIX
from service.views.trending import HALF_LIVES
from service.views.windows import WINDOW_ARGUMENTS

CONFIRMED_SECONDS = 1.0  # for which a process remembers that an article is registered, unless the host has a change
MAX_CONFIRMED_ARTICLES = 50_000
MAX_REGISTERED_ARTICLES = 250  # articles that one command registers: it takes a few milliseconds
MAX_COPIED_BUCKETS = 1_000  # buckets that one command copies for articles that have moved: some ten milliseconds

_REGISTER = lua_script("service.views", "register")


class ArticleRegistry:
    """Registers the visible articles. Threads share it.

    `half_life` is that of trending views, in seconds. `clock` returns seconds since the epoch. `change` returns the
    value of the host's change signal.
    """

    def __init__(
        self,
        link: RedisLink,
        half_life: int,
        clock: Callable[[], float] = time.time,
        change: Callable[[], bytes] = bytes,
    ) -> None:
        self._link = link
        self._half_life = half_life
        self._clock = clock
        self._change = change
        self._confirmed: dict[str, tuple[float, bytes]] = {}  # until when, and only while there is no other change

    def register(self, articles: Mapping[str, CountableArticle]) -> None:
        """Register articles: their views count for the site and for their lists, also those before a change of lists.

        Raises RedisUnavailable.
        """
        rules = (PREFIX, LATEST, int(self._clock()), self._half_life, HALF_LIVES, *WINDOW_ARGUMENTS, MAX_COPIED_BUCKETS)
        values = [(id_, _value(article)) for id_, article in articles.items()]
        done = 0
        with self._link.use() as redis:
            while some := values[done : done + MAX_REGISTERED_ARTICLES]:
                done += _REGISTER(redis, [ARTICLES, AGENDA], *rules, *chain.from_iterable(some))

    def forget(self, ids: Iterable[str]) -> None:
        """Remove articles: from now on, their views are UNKNOWN, and no ranking shows them. Raises RedisUnavailable."""
        ids = list(ids)
        if ids:
            with self._link.use() as redis:
                redis.hdel(ARTICLES, *ids)
        for id_ in ids:
            self._confirmed.pop(id_, None)

    def knows(self, article_id: str) -> bool:
        """Return whether views of the article may count.

        Also True while this cannot be decided, for example without Redis: the views wait until it can.
        """
        now, change = self._clock(), self._change()
        confirmed = self._confirmed.get(article_id)
        if confirmed and now < confirmed[0] and change == confirmed[1]:
            return True
        try:
            with self._link.use() as redis:
                known, complete = (
                    redis.pipeline(transaction=False).hexists(ARTICLES, article_id).exists(COMPLETE).execute()
                )
        except RedisUnavailable:
            return True
        if known:
            if len(self._confirmed) >= MAX_CONFIRMED_ARTICLES:
                self._confirmed.clear()
            self._confirmed[article_id] = now + CONFIRMED_SECONDS, change
        return bool(known or not complete) or self._link.is_suspect

    def is_complete(self) -> bool:
        """Return whether every visible article is registered. False after Redis has lost its data.

        Raises RedisUnavailable.
        """
        with self._link.use() as redis:
            return bool(redis.exists(COMPLETE))

    def mark_complete(self) -> None:
        """Mark in Redis that every visible article is registered: from now on, views of other ids are UNKNOWN.

        Raises RedisUnavailable.
        """
        with self._link.use() as redis:
            redis.set(COMPLETE, 1)


def _value(article: CountableArticle) -> str:
    """The article as the scripts read it: its time in seconds since the epoch, and its lists."""
    return json.dumps({"at": int(article.published_at.timestamp()), "on": [LATEST, *article.list_names]})
