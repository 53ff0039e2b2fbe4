"""Background work: what must happen without a request."""

import logging
import os
import threading
from collections.abc import Callable, Mapping

from service.bootstrap import Services
from service.core.errors import WartaError
from service.core.redis import PrivateRedis

BEAT = 0.5  # seconds between two rounds: an embargo ends in every cache within a second
EDGE_BEAT = 0.1  # the same for purges: who waits for one has been told that there is news
PATIENCE = 0.5  # seconds that the end of a process waits for work that is not lost, since another will do it
IDLE = 15  # niceness of work for which nobody waits

log = logging.getLogger(__name__)


class Worker:
    """Runs jobs over and over in a thread of its own. A job that fails is tried again in the next round."""

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
        """Ends after the running job, or after `patience` seconds: then the job is left to itself."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(self._patience)

    def round(self) -> None:
        """Every job once. Failures are logged when they begin and when they end.

        Not after the end: what is left to itself fails when the rest of the process is gone, and no more is begun.
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
    """The work that one process does for all readers: what has changed is told, also what ends by itself.

    A round takes a moment, and must be done before anybody is served: what was left undone would pass for current.
    """

    def renounce() -> None:
        if private and private.launched.is_set():
            services.publisher.renounce()
            private.launched.clear()

    return Worker(
        {
            "renouncing old documents": renounce,
            "filling curated feeds": services.publisher.curate,
            "announcing changes": services.publisher.announce_due,
            "renewing the edge": services.edge.renew,
        }
    )


def view_worker(services: Services) -> Worker:
    """The work that one process does for all counts. A refill of an empty Redis takes seconds for each hundred thousand
    articles: neither readers nor changes wait for that, nor does the end of the process, after which it is begun anew.
    """
    return Worker(
        {
            # Before a refill: an excluded article must not come back with its views.
            "settling editors' decisions": services.curation.settle,
            "registering articles and their views": services.keeper.refill,
            "keeping views": services.keeper.keep,
            "retiring view buckets": services.counter.retire,
            "watching the popular list": services.publisher.watch_popular,
        },
        patience=PATIENCE,
    )


def edge_workers(services: Services) -> list[Worker]:
    """The work that one process of each host does for the edge: a worker for each cache, since one that does not answer
    must not keep the others waiting."""
    return [
        Worker({f"purging {purger.address}": purger.deliver}, EDGE_BEAT, PATIENCE) for purger in services.edge.purgers
    ]


def polisher(services: Services) -> Worker:
    """The work of one process of each host for which nobody waits: fewer bytes of the documents that many ask for."""

    def polish() -> None:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), IDLE)  # of this thread alone
        services.publisher.polish()

    return Worker({"polishing documents": polish}, patience=PATIENCE)


def process_worker(services: Services, more: Mapping[str, Callable[[], object]]) -> Worker:
    """The work that each serving process does for itself: counts that wait in its memory."""
    return Worker(
        {"counting waiting views": services.counter.flush, "keeping readers": services.readership.work, **more}
    )
