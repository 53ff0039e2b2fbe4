"""The background work of a host, one round at a time."""

from service.bootstrap import Services
from service.worker import announcer, view_worker


def background_round(services: Services) -> None:
    """Do the work that one process of a host does twice a second."""
    for worker in (announcer(services), view_worker(services)):
        worker.round()
