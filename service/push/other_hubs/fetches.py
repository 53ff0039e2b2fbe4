"""Notices the polls of hubs: whether a hub comes after a ping, and after how long."""

from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from service.articles.dates import utc_now
from service.core.metrics import Metrics
from service.core.settings.model import Settings
from service.readers.polls import Polls
from service.storage import HubStore

# A part of the user agent of known hubs, by host. Other hubs have their domain in it, as in "(+https://hub.example/)".
_KNOWN_AGENTS = {"pubsubhubbub.appspot.com": "FeedFetcher-Google"}


def agents_of_hubs(settings: Settings) -> Mapping[str, str]:
    """A part of the user agent of each hub, by the URL of the hub."""
    return {url: settings.hub_agents.get(url) or _agent_of(url) for url in settings.hubs}


def _agent_of(url: str) -> str:
    host = urlsplit(url).hostname or ""
    is_name = not host.replace(".", "").isdecimal()
    domain = ".".join(host.split(".")[-2:]) if is_name else host
    return _KNOWN_AGENTS.get(host, domain)


class HubFetches:
    """Notes the polls of hubs that one process has answered. For a call twice a second."""

    def __init__(
        self,
        settings: Settings,
        polls: Polls,
        hubs: HubStore,
        metrics: Metrics,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._urls = {agent: url for url, agent in agents_of_hubs(settings).items()} if settings.ping_hubs else {}
        self._polls = polls
        self._hubs = hubs
        self._metrics = metrics
        self._clock = clock
        polls.watch(tuple(self._urls))

    def note(self) -> None:
        """Note the polls since the last call. Raises StoreUnavailable."""
        for part, agent in self._polls.take_watched().items() if self._urls else ():
            lag = self._hubs.note_fetch(self._urls[part], agent, self._clock())
            if lag is not None:
                self._metrics.hub_lag_seconds.labels(self._urls[part]).observe(lag)
