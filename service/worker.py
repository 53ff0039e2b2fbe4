"""Background work: what must happen without a request."""

import logging
import threading
from collections.abc import Callable, Mapping

from service.errors import WartaError
from service.redis import PrivateRedis
from service.services import Services

BEAT = 0.5  # seconds between two rounds: an embargo ends in every cache within a second

log = logging.getLogger(__name__)


class Worker:
    """Runs jobs over and over in a thread of its own. A job that fails is tried again in the next round."""

    def __init__(self, jobs: Mapping[str, Callable[[], object]]) -> None:
        self._jobs = jobs
        self._stopping = threading.Event()
        self._failing: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends after the running job."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def round(self) -> None:
        """Every job once. Failures are logged when they begin and when they end."""
        for name, job in self._jobs.items():
            try:
                job()
            except WartaError as error:
                if name not in self._failing:
                    log.warning("%s fails and will be tried again: %s", name, error)
                self._failing.add(name)
            except Exception:
                log.exception("%s failed", name)
            else:
                if name in self._failing:
                    log.warning("%s works again", name)
                self._failing.discard(name)

    def _run(self) -> None:
        while not self._stopping.wait(BEAT):
            self.round()


def newsroom_worker(services: Services, private: PrivateRedis | None = None) -> Worker:
    """The work that one process does for all: announcements, the counter's buckets, a refill of an empty Redis."""

    def renounce() -> None:
        if private and private.launched.is_set():
            services.publisher.renounce()
            private.launched.clear()

    return Worker(
        {
            "renouncing old documents": renounce,
            "filling curated feeds": services.publisher.curate,
            "announcing changes": services.publisher.announce_due,
            "registering articles": services.publisher.refill,
            "retiring view buckets": services.counter.retire,
            "watching the popular list": services.publisher.watch_popular,
        }
    )


def process_worker(services: Services) -> Worker:
    """The work that each serving process does for itself: counts that wait in its memory."""
    return Worker({"counting waiting views": services.counter.flush})
