"""Background work: jobs that run without a request."""

import logging
import os
import threading
from collections.abc import Callable, Mapping

from service.bootstrap import Services
from service.core.errors import WartaError
from service.core.redis import PrivateRedis

BEAT = 0.5  # seconds between two rounds: the end of an embargo reaches every cache within a second
EDGE_BEAT = 0.1  # seconds between two rounds of purges: clients that wait for a purge already know of the change
# Seconds that the end of a process waits for a running job. The work is not lost: another process does it later.
PATIENCE = 0.5
IDLE = 15  # niceness of a thread that no request waits for

log = logging.getLogger(__name__)


class Worker:
    """Runs jobs repeatedly in its own thread. A job that fails is tried again in the next round.

    `beat` is the time between two rounds, in seconds. `patience` is the longest time that `stop` waits, in seconds;
    None means no limit.
    """

    def __init__(
        self, jobs: Mapping[str, Callable[[], object]], beat: float = BEAT, patience: float | None = None
    ) -> None:
        self._jobs = jobs
        self._beat = beat
        self._patience = patience
        self._stopping = threading.Event()
        self._failing: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop after the running job. If that takes more than `patience` seconds, return while the job still runs."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(self._patience)

    def round(self) -> None:
        """Run every job once.

        A WartaError is logged when a job begins to fail, and again when the job works again. Any other exception is
        logged each time. After `stop`, no further job starts and no failure is logged: a job that still runs fails when
        the rest of the process is gone.
        """
        for name, job in self._jobs.items():
            if self._stopping.is_set():
                return
            try:
                job()
            except WartaError as error:
                if name not in self._failing and not self._stopping.is_set():
                    log.warning("%s fails and will be tried again: %s", name, error)
                self._failing.add(name)
            except Exception:
                if not self._stopping.is_set():
                    log.exception("%s failed", name)
            else:
                if name in self._failing:
                    log.warning("%s works again", name)
                self._failing.discard(name)

    def _run(self) -> None:
        while not self._stopping.wait(self._beat):
            self.round()


def announcer(services: Services, private: PrivateRedis | None = None) -> Worker:
    """Create the worker that announces changes, including embargoes and articles that end. One process runs it for all.

    The first round must be complete before the first request is served. Otherwise outdated documents would pass for
    current. A round takes a moment.
    """

    def invalidate() -> None:
        if private and private.launched.is_set():
            services.publisher.invalidate_all()
            private.launched.clear()

    return Worker(
        {
            "marking old documents as outdated": invalidate,
            "filling curated feeds": services.publisher.curate,
            "announcing changes": services.publisher.announce_due,
            "renewing the edge": services.edge.renew,
        }
    )


def view_worker(services: Services) -> Worker:
    """Create the worker for view counts and editors' decisions. One process runs it for all.

    To refill an empty Redis takes seconds for each hundred thousand articles. Neither readers nor changes wait for
    that. The end of the process does not wait either: the next start begins the refill anew.
    """
    return Worker(
        {
            # Before a refill: an excluded article must not come back with its views.
            "settling editors' decisions": services.overrides.sync,
            "registering articles and their views": services.view_persistence.refill,
            "flushing views to the store": services.view_persistence.flush_if_due,
            "retiring view buckets": services.counter.rankings.retire,
            "watching the popular list": services.publisher.watch_popular,
        },
        patience=PATIENCE,
    )


def edge_workers(services: Services) -> list[Worker]:
    """Create one worker for each cache of the edge. One process of each host runs them.

    A cache that does not answer must not delay the purges of the other caches.
    """
    return [Worker({f"purging {purger.url}": purger.deliver}, EDGE_BEAT, PATIENCE) for purger in services.edge.purgers]


def recompressor(services: Services) -> Worker:
    """Create the worker that compresses popular documents into fewer bytes. One process of each host runs it.

    Its thread has a low priority, since no request waits for it.
    """

    def recompress() -> None:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), IDLE)  # sets the priority of this thread alone
        services.documents.recompress()

    return Worker({"recompressing documents": recompress}, patience=PATIENCE)


def process_worker(services: Services, more: Mapping[str, Callable[[], object]]) -> Worker:
    """Create the worker of one serving process, for the counts in the memory of that process and the jobs in `more`."""
    return Worker(
        {"counting waiting views": services.counter.flush, "keeping readers": services.readership.run_if_due, **more}
    )
