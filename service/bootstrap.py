"""Builds every object of a process, once and in one place."""

from dataclasses import dataclass
from typing import Self

from service.core.clients import Clients
from service.core.metrics import Metrics
from service.core.redis import PrivateRedis, RedisLink, Subscription, connect
from service.core.settings.model import Settings
from service.core.visitors import Visitors
from service.documents.builder import HOT_AFTER_SECONDS, DocumentBuilder
from service.documents.change_signal import ChangeSignal
from service.documents.memory_cache import MemoryCache
from service.documents.other_hosts import CHANNEL, OtherHosts
from service.documents.redis_cache import RedisCache
from service.feeds.list_names import ListNames
from service.feeds.names import ListAssignment
from service.publishing.announcements import Announcements, Deliveries
from service.publishing.consumers import Consumer, CounterConsumer, DocumentConsumer, EdgeConsumer
from service.publishing.editorial import OverridePublisher
from service.publishing.feed_documents import FeedDocuments
from service.publishing.publisher import Publisher
from service.publishing.searches import Searches
from service.publishing.stored_rankings import StoredRankings
from service.push.delivery_counts import DeliveryCounts
from service.push.edge import COMMON_TAG, Purges
from service.push.other_hubs import HubFetches, HubPinger
from service.push.webhooks import Courier, Sender
from service.push.webhooks.endpoint_turn import Delivering
from service.readers.collector import Readership
from service.readers.report import ReportBuilder
from service.readers.unique import UniqueReaders
from service.search import Analyser
from service.storage import (
    AnnouncementLog,
    ArticleSearch,
    ArticleStore,
    Database,
    HubReports,
    HubRequestStore,
    HubStore,
    OverrideStore,
    ReaderRetention,
    ReadershipStore,
    ReaderSums,
    SearchIndex,
    TokenStore,
    ViewHistory,
    ViewStore,
    WebhookStore,
    WebhookTurns,
)
from service.views import RedisOverrides, RedisViews, ViewCounter
from service.views.persistence import ViewPersistence

MAX_SEARCH_BYTES = 4 * 2**20  # of the documents of searches in a process
# Seconds that the end of a process waits for a Redis that is briefly unavailable, if views wait to be counted in it.
MAX_CLOSE_SECONDS = 5.0


@dataclass(frozen=True)
class Services:
    """All objects of one process.

    No object connects before its first use, so that a process starts even while the store or Redis is unavailable.
    """

    settings: Settings
    metrics: Metrics
    database: Database
    store: ArticleStore
    tokens: TokenStore
    redis: RedisLink
    counter: ViewCounter
    clients: Clients
    visitors: Visitors
    signal: ChangeSignal
    memory: MemoryCache
    builder: DocumentBuilder
    documents: FeedDocuments
    search_index: SearchIndex
    searches: Searches
    edge: Purges
    announcements: Announcements
    publisher: Publisher
    redis_views: RedisViews
    view_store: ViewStore
    history: ViewHistory
    view_persistence: ViewPersistence
    overrides: OverridePublisher
    kept_readers: ReadershipStore
    retention: ReaderRetention
    singles: UniqueReaders
    readership: Readership
    hub_requests: HubRequestStore
    hub_reports: HubReports
    delivery_counts: DeliveryCounts
    webhooks: WebhookStore
    webhook_sender: Sender
    courier: Courier
    hubs: HubStore
    hub_pingers: list[HubPinger]
    hub_fetches: HubFetches

    @classmethod
    def build(cls, settings: Settings, *, serves: bool = True) -> Self:
        """The objects of a process. One that `serves` requests has short time limits for the store."""
        metrics = Metrics()
        database = Database(settings.store_url.get_secret_value(), metrics, serves=serves)
        names = ListNames(settings.catalogue.renamed_categories)
        store = ArticleStore(database, ListAssignment(settings.catalogue.feeds, names))
        redis_url = settings.redis_url.get_secret_value() or PrivateRedis(settings.data_dir).url
        redis = RedisLink(connect(redis_url), metrics)
        signal = ChangeSignal(settings.data_dir)
        counter = ViewCounter(redis, metrics, settings, change=signal.value)
        memory = MemoryCache(signal, settings.limits.memory * 2**20)
        # An edge passes each document on to many readers that Warta does not see, so every document is hot.
        builder = DocumentBuilder(
            memory, RedisCache(redis, signal), metrics, 0 if settings.edge.kind else HOT_AFTER_SECONDS
        )
        history, override_store = ViewHistory(database), OverrideStore(database, names)
        stored_rankings = StoredRankings(history, override_store, store, settings)
        documents = FeedDocuments(settings, store, builder, counter, stored_rankings, metrics)
        analyser = Analyser(settings.site.language)
        edge = Purges(settings.edge, redis, metrics)
        counted = CounterConsumer(store, counter)
        edges = [EdgeConsumer(purger.url, purger.order, COMMON_TAG) for purger in edge.purgers]
        consumers: list[Consumer] = [DocumentConsumer(store, builder), counted, *edges]
        announcement_log, hubs = AnnouncementLog(database), HubStore(database)
        announcements = Announcements(store, announcement_log, consumers, Deliveries(redis))
        publisher = Publisher(settings, store, counter, metrics, announcements)
        redis_views, view_store = RedisViews(redis, settings), ViewStore(database)
        kept_readers, singles = ReadershipStore(database), UniqueReaders(redis)
        clients = Clients(settings.trusted_proxies, metrics, redis)
        delivery_counts = DeliveryCounts(redis, metrics)
        webhook_sender = Sender([*settings.webhooks.allow, *settings.outgoing_allow])
        reporting = ReportBuilder(settings, kept_readers, ReaderSums(database), store, documents.catalogue)
        readership = Readership(
            kept_readers, singles, Visitors(redis), reporting, clients, forwarded=bool(settings.trusted_proxies)
        )
        return cls(
            settings=settings,
            metrics=metrics,
            database=database,
            store=store,
            tokens=TokenStore(database),
            redis=redis,
            counter=counter,
            clients=clients,
            visitors=Visitors(redis, settings.site.zone, once=settings.views.once * 60),
            signal=signal,
            memory=memory,
            builder=builder,
            documents=documents,
            search_index=SearchIndex(database, analyser),
            searches=Searches(
                settings, ArticleSearch(database), analyser, documents, MemoryCache(signal, MAX_SEARCH_BYTES), metrics
            ),
            edge=edge,
            announcements=announcements,
            publisher=publisher,
            redis_views=redis_views,
            view_store=view_store,
            history=history,
            view_persistence=ViewPersistence(view_store, counter, redis_views, counted.start_over),
            overrides=OverridePublisher(override_store, store, RedisOverrides(redis), announcements),
            kept_readers=kept_readers,
            retention=ReaderRetention(database, settings.readers.days),
            singles=singles,
            hub_requests=HubRequestStore(database),
            hub_reports=HubReports(database),
            readership=readership,
            delivery_counts=delivery_counts,
            webhooks=WebhookStore(database),
            webhook_sender=webhook_sender,
            courier=Courier(Delivering(store, WebhookTurns(database), webhook_sender, delivery_counts), signal.value),
            hubs=hubs,
            hub_pingers=[
                HubPinger(url, store, announcement_log, hubs, documents.catalogue, metrics)
                for url in (settings.hubs if settings.ping_hubs else ())
            ],
            hub_fetches=HubFetches(settings, readership.polls, hubs, metrics),
        )

    def other_hosts(self) -> Subscription:
        """A subscription to the changes on other hosts, for all processes of this host. One of them runs it."""
        others = OtherHosts(self.signal, self.metrics)
        self.signal.renew_host_id()
        return Subscription(
            lambda: connect(self.settings.redis_url.get_secret_value()), CHANNEL, others.receive, others.connected
        )

    def close(self) -> None:
        """Hand over the counts that wait in memory, then close all connections.

        Waits at most MAX_CLOSE_SECONDS for Redis.
        """
        self.counter.drain(MAX_CLOSE_SECONDS)
        self.readership.close()
        self.redis.close()
        self.database.close()
