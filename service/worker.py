"""Background work: jobs that run without a request."""

import logging
import math
import os
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from service.articles.dates import utc_now
from service.bootstrap import Services
from service.core.errors import RedisUnavailable, StoreUnavailable, WartaError
from service.core.redis import PrivateRedis

if TYPE_CHECKING:
    from service.push.hub.hub_worker import HubWorker

ROUND_SECONDS = 0.5  # between two rounds: the end of an embargo reaches every cache within a second
RETRY_SECONDS = 0.1  # after a round in which a job has failed: a moment without Redis delays no change by half a second
# Seconds between two rounds of purges: clients that wait for a purge already know of the change
EDGE_ROUND_SECONDS = 0.1
SEARCH_ROUND_SECONDS = 0.25  # between two looks for articles that the search does not find yet
MAX_INDEXING_SECONDS = 0.75  # of a round, so that older articles do not keep a processor busy
HUB_ROUND_SECONDS = 0.5  # between two looks for changes that hubs of others are told of
WEBHOOK_ROUND_SECONDS = 0.05  # between two looks at the change signal
# How long the end of a process waits for a running job. The work is not lost: another process does it later.
MAX_STOP_SECONDS = 0.5
OUTAGE_LOG_SECONDS = (
    1.0  # that a job fails without Redis or the store before the log says so: a busy moment is no outage
)
SAME_FAILURE_LOG_SECONDS = 60.0  # between two log lines of the same unexpected exception of a job
PRUNE_SECONDS = 3600.0  # between two searches for counts of readers that are too old
IDLE_NICENESS = 15  # of a thread that no request waits for

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Failure:
    """The last failure of a job. `since` and `logged_at` are in seconds of the worker's clock."""

    kind: str
    since: float
    logged_at: float | None = None  # not yet


class BackgroundWork(Protocol):
    """Work in a thread of its own, from `start` to `stop`."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Worker:
    """Runs jobs repeatedly in its own thread. A job that fails is tried again in the next round.

    `beat` is the time between two rounds, in seconds; after a failure it is at most RETRY_SECONDS. `patience` is the
    longest time that `stop` waits, in seconds; None means no limit. `clock` gives seconds. `at_stop` is called when the
    worker stops.
    """

    def __init__(
        self,
        jobs: Mapping[str, Callable[[], object]],
        beat: float = ROUND_SECONDS,
        patience: float | None = None,
        at_stop: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._jobs = jobs
        self._beat = beat
        self._patience = patience
        self._at_stop = at_stop
        self._stopping = threading.Event()
        self._clock = clock
        self._failures: dict[str, Failure] = {}
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop after the running job. If that takes more than `patience` seconds, return while the job still runs."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(self._patience)
        self._at_stop()

    def round(self) -> None:
        """Run every job once.

        A WartaError is logged when a job begins to fail; one of Redis or the store, when the job has failed for
        OUTAGE_LOG_SECONDS. Another exception is logged when it is new, and then once in SAME_FAILURE_LOG_SECONDS
        seconds. The end of a logged failure is logged, too. After `stop`, no further job starts and no failure is
        logged: a job that still runs fails when the rest of the process is gone.
        """
        for name, job in self._jobs.items():
            if self._stopping.is_set():
                return
            try:
                job()
            except WartaError as error:
                is_outage = isinstance(error, RedisUnavailable | StoreUnavailable)
                if self._is_to_log(name, "WartaError", OUTAGE_LOG_SECONDS if is_outage else 0.0, math.inf):
                    log.warning("%s fails and will be tried again: %s", name, error)
            except Exception as error:
                if self._is_to_log(name, _kind(error), 0.0, SAME_FAILURE_LOG_SECONDS):
                    log.exception("%s failed", name)
            else:
                if (failure := self._failures.pop(name, None)) and failure.logged_at is not None:
                    log.warning("%s works again", name)

    def _is_to_log(self, job: str, kind: str, after: float, every: float) -> bool:
        """True if the failure must be logged: after `after` seconds of the same kind, then every `every` seconds."""
        now, last = self._clock(), self._failures.get(job)
        failure = last if last and last.kind == kind else Failure(kind, now)
        next_at = failure.since + after if failure.logged_at is None else failure.logged_at + every
        is_due = now >= next_at
        if self._stopping.is_set():
            return False
        self._failures[job] = replace(failure, logged_at=now) if is_due else failure
        return is_due

    def _run(self) -> None:
        while not self._stopping.wait(min(self._beat, RETRY_SECONDS) if self._failures else self._beat):
            self.round()


def _kind(error: Exception) -> str:
    """The type of the exception and the line that raised it. Its text may differ each time."""
    *_, (frame, line) = traceback.walk_tb(error.__traceback__)
    return f"{type(error).__name__} {frame.f_code.co_filename}:{line}"


def _invalidation(services: Services, private: PrivateRedis | None) -> dict[str, Callable[[], object]]:
    def invalidate_all() -> None:
        if private and private.launched.is_set():
            services.announcements.invalidate_all()
            private.launched.clear()

    return {"marking old documents as outdated": invalidate_all}


def redis_restarts(services: Services, private: PrivateRedis | None) -> Worker:
    """Create the worker that marks all documents as outdated after a restart of the private Redis.

    It runs in the process that starts the private Redis, since only that process learns of a restart.
    """
    return Worker(_invalidation(services, private))


def announcer(services: Services, private: PrivateRedis | None = None) -> Worker:
    """Create the worker that announces changes, including embargoes and articles that end. One process runs it for all.

    The first round must be complete before the first request is served. Otherwise outdated documents would pass for
    current. A round takes a moment.
    """
    return Worker(
        {
            **_invalidation(services, private),
            "applying the settings of feeds": services.publisher.apply_settings,
            "announcing changes": services.announcements.announce_due,
            "renewing the edge": services.edge.renew,
        }
    )


def view_worker(services: Services) -> Worker:
    """Create the worker for counts of views and readers, and for editors' decisions. One process runs it for all.

    To refill an empty Redis takes seconds for each hundred thousand articles. Neither readers nor changes wait for
    that. The end of the process does not wait either: the next start begins the refill anew.
    """
    prune_at = 0.0

    def prune() -> None:
        nonlocal prune_at
        if time.monotonic() >= prune_at:
            is_done = services.retention.prune(utc_now()) == 0
            prune_at = time.monotonic() + (PRUNE_SECONDS if is_done else 0)

    return Worker(
        {
            # Before a refill: an excluded article must not come back with its views.
            "settling editors' decisions": services.overrides.sync,
            "registering articles and their views": services.view_persistence.refill,
            "flushing views to the store": services.view_persistence.flush_if_due,
            "retiring view buckets": services.counter.rankings.retire,
            "recording the popular list": services.publisher.record_popular,
            "adding up old counts of readers": prune,
        },
        patience=MAX_STOP_SECONDS,
    )


def edge_workers(services: Services) -> list[Worker]:
    """Create one worker for each cache of the edge. One process of each host runs them.

    A cache that does not answer must not delay the purges of the other caches.
    """
    return [
        Worker({f"purging {purger.url}": purger.deliver}, EDGE_ROUND_SECONDS, MAX_STOP_SECONDS)
        for purger in services.edge.purgers
    ]


def webhook_worker(services: Services) -> Worker:
    """Create the worker that delivers events to webhooks. One process of each host runs it."""
    courier = services.courier
    return Worker(
        {"delivering to webhooks": courier.dispatch}, WEBHOOK_ROUND_SECONDS, MAX_STOP_SECONDS, at_stop=courier.stop
    )


def hub_workers(services: Services) -> list[Worker]:
    """Create one worker for each hub of others that is pinged. One process of each host runs them.

    A hub that does not answer must not delay the pings of the other hubs.
    """
    return [
        Worker({f"pinging {pinger.url}": pinger.run}, HUB_ROUND_SECONDS, MAX_STOP_SECONDS)
        for pinger in services.hub_pingers
    ]


def delivery_counter(services: Services) -> Worker:
    """Create the worker that adds the counts of deliveries up in Redis. Each process that delivers runs it."""
    counts = services.delivery_counts
    return Worker({"counting deliveries": counts.flush}, patience=MAX_STOP_SECONDS)


def search_worker(services: Services) -> Worker:
    """Create the worker that keeps the index of the search up to date. One process of each host runs it.

    To add the articles of a store from before the search takes minutes for each hundred thousand. New articles come
    first. The end of the process does not wait: the next start goes on.
    """

    def index() -> None:
        until, has_changed = time.monotonic() + MAX_INDEXING_SECONDS, False
        while services.search_index.catch_up(utc_now()):
            has_changed = True
            if time.monotonic() >= until:
                break
        if has_changed:
            services.signal.send()  # or a search from before would be served for another second

    return Worker({"indexing articles for the search": index}, SEARCH_ROUND_SECONDS, MAX_STOP_SECONDS)


def recompressor(services: Services) -> Worker:
    """Create the worker that compresses popular documents into fewer bytes. One process of each host runs it.

    Its thread has a low priority, since no request waits for it.
    """

    def recompress() -> None:
        thread = threading.get_native_id()  # the priority of this thread alone changes
        os.setpriority(os.PRIO_PROCESS, thread, IDLE_NICENESS)
        services.documents.recompress()

    return Worker({"recompressing documents": recompress}, patience=MAX_STOP_SECONDS)


def own_hub_worker(services: Services) -> "HubWorker":
    """Create the worker of the hub. Any number of processes may run one."""
    from service.push.hub.hub_worker import HubWorker  # aiohttp takes a third of a second to load

    documents = services.documents
    return HubWorker(
        services.settings,
        services.database,
        lambda topic: documents.from_store(topic.name, topic.format, topic.limit),
        services.signal.value,
        services.metrics,
        services.delivery_counts,
    )


def background_work(services: Services) -> list[BackgroundWork]:
    """Create all work that one process does for all, except the announcer: `warta serve` or `warta worker`."""
    hub = [own_hub_worker(services)] if services.settings.hub.enabled else []
    pushers = [*edge_workers(services), *hub_workers(services), webhook_worker(services)]
    return [view_worker(services), search_worker(services), *hub, *pushers, delivery_counter(services)]


def process_worker(services: Services, more: Mapping[str, Callable[[], object]]) -> Worker:
    """Create the worker of one serving process, for the counts in the memory of that process and the jobs in `more`."""
    return Worker(
        {
            "counting waiting views": services.counter.flush,
            "keeping readers": services.readership.run_if_due,
            "noting polls of hubs": services.hub_fetches.note,
            **more,
        }
    )
