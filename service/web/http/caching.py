"""The time for which caches may keep an answer. Each operation declares its policy (see `openapi/operation.py`)."""

from collections.abc import Callable
from dataclasses import dataclass

from service.core.settings.model import Settings

Seconds = Callable[[Settings], int]
DAY_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Caching:
    """A caching policy. Times are in seconds, from the settings.

    `max_age` is the time in which a copy is fresh for readers. At the edge, a change of the list that an answer shows
    purges the answer. `edge_max_age` is the longest time there for an answer that also changes without its list;
    without it, the setting `edge.max_age` is the only limit.
    """

    max_age: Seconds
    edge_max_age: Seconds | None = None

    def cache_control(self, settings: Settings) -> str:
        """The header Cache-Control (RFC 9111, RFC 5861)."""
        http = settings.http
        return (
            f"max-age={self.max_age(settings)}, stale-while-revalidate={http.stale_while_revalidate}, "
            f"stale-if-error={http.stale_if_error}"
        )


@dataclass(frozen=True)
class FixedCaching:
    """The caching policy of an answer that changes only with a release of Warta. `directives` are its Cache-Control."""

    directives: str

    def cache_control(self, _: Settings) -> str:
        return self.directives


FEED_CACHING = Caching(lambda settings: settings.http.max_age)
# Views change the order of a popular feed, without a purge.
POPULAR_FEED_CACHING = Caching(lambda settings: settings.http.max_age, lambda settings: settings.edge.popular_max_age)
# Full archive pages hardly ever change. The pages between the feed and the nearest full page do.
ARCHIVE_PAGE_CACHING = Caching(lambda settings: settings.http.archive_max_age)
# Any change of an article may change a search, and no purge names it.
SEARCH_CACHING = Caching(lambda settings: settings.http.max_age, lambda _: 10)
DIRECTORY_CACHING = Caching(lambda settings: settings.http.max_age)
# A sitemap changes with time, without a purge.
SITEMAP_CACHING = Caching(lambda settings: settings.http.max_age, lambda _: 60)
# A page also has dates and other texts that change without its list.
PAGE_CACHING = Caching(lambda settings: settings.http.max_age, lambda settings: settings.http.max_age)
