"""A newsroom with a simulated clock: real applications in this process, on a real Redis and SQLite."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from werkzeug.test import EnvironBuilder

from service.app import create_app
from service.bootstrap import Services
from service.core.settings.model import Settings
from service.core.visitors import IgnoredView, Visitors
from service.documents.builder import DocumentBuilder
from service.documents.redis_cache import RedisCache
from service.publishing.announcements import Announcements, Deliveries
from service.publishing.consumers import Consumer, CounterConsumer, DocumentConsumer
from service.publishing.feed_documents import FeedDocuments
from service.publishing.publisher import Publisher
from service.publishing.stored_rankings import StoredRankings
from service.storage import AnnouncementLog, OverrideStore
from service.views import Fate, ViewCounter
from service.views.persistence import ViewPersistence
from service.web.http.fast_path import FastPath
from service.web.pageviews import PageViews

PROXY = "127.0.0.1"  # IP address of the trusted proxy in front: its X-Forwarded-For is believed
_ENVIRON = {**EnvironBuilder().get_environ(), "REMOTE_ADDR": PROXY}


class Clock:
    """A clock that stands at `now`, in seconds since the epoch."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)

    def seconds(self) -> float:
        return self.now


class Application:
    """The WSGI application of a worker of `warta serve`, and its services."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.services = _by(clock, Services.build(settings))
        self.sent = 0
        app, beacon = create_app(settings, self.services), PageViews(self.services).fast_beacon
        self._app = FastPath(app, self.services.metrics, beacon)

    def ask(self, method: str, path: str, forwarded: str, agent: str, purpose: str = "") -> None:
        """Send a request. Its status must begin with 20, whether the view counts or not."""
        environ = {**_ENVIRON, "REQUEST_METHOD": method, "PATH_INFO": path, "HTTP_X_FORWARDED_FOR": forwarded}
        environ["HTTP_USER_AGENT"] = agent
        if purpose:
            environ["HTTP_SEC_PURPOSE"] = purpose
        for _ in self._app(environ, _well):
            pass
        self.sent += 1

    @property
    def fates(self) -> dict[str, int]:
        """The number of views by fate."""
        views = self.services.metrics.views
        known = dict.fromkeys((each.value for each in (*Fate, *IgnoredView)), 0)
        for metric in views.collect():
            known |= {s.labels["fate"]: int(s.value) for s in metric.samples if s.name.endswith("_total")}
        return known


def _well(status: str, _headers: Sequence[tuple[str, str]]) -> None:
    assert status.startswith("20"), status


def _by(clock: Clock, services: Services) -> Services:
    """Replace the parts of the services that read the clock."""
    redis, metrics, settings = services.redis, services.metrics, services.settings
    counter = ViewCounter(redis, metrics, settings, clock.seconds, services.signal.value)
    builder = DocumentBuilder(services.memory, RedisCache(redis, services.signal), metrics)
    stored = StoredRankings(services.history, OverrideStore(services.database), services.store, settings, clock)
    documents = FeedDocuments(settings, services.store, builder, counter, stored, metrics, clock)
    store, counted = services.store, CounterConsumer(services.store, counter, clock)
    consumers: list[Consumer] = [DocumentConsumer(store, builder), counted]
    announcements = Announcements(store, AnnouncementLog(services.database), consumers, Deliveries(redis), clock)
    publisher = Publisher(settings, store, counter, metrics, announcements, clock)
    persistence = ViewPersistence(services.view_store, counter, services.redis_views, counted.start_over, clock)
    visitors = Visitors(redis, settings.site.zone, clock.seconds, settings.views.once * 60)
    return replace(
        services,
        counter=counter,
        documents=documents,
        announcements=announcements,
        publisher=publisher,
        view_persistence=persistence,
        visitors=visitors,
    )
