"""Sums of polls: by feed and day, by client, and by poller. Everything is bounded.

Polls beyond a bound lose the name of their client or poller, but they always count in the sums of their feed.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from itertools import islice

from service.readers.polls import Poll
from service.readers.user_agents import OTHER, ProgramKind, UserAgent, classify_unknown, find_known, sanitized
from service.storage.reader_counts import FeedDay, PollerCounts, PollSums, ReaderCounts, ReportedSubscribers

# Clients of a feed in a day that are not in the lists of `user_agents`; the others share the line OTHER
MAX_UNLISTED_CLIENTS = 40
MAX_IDS_OF_HOSTED_READER = 20  # URLs and ids under which a hosted reader reports a feed in a day
MAX_WAITING_POLLERS = 10_000  # pollers that wait to be stored
MAX_WAITING_READERS = 20_000  # hashed IP addresses of single readers that wait to be counted
MAX_SENT_DOCUMENTS = 20_000  # pairs of poller and document that are remembered, to find bytes that are sent again
MAX_REMEMBERED_AGENTS = 2_000  # user agents that are remembered; at most 2 MB
# Unknown user agents that are classified after one `begin_batch`: crawler or reader takes 2 ms for each
MAX_NEW_AGENTS = 80

_UNKNOWN_AGENT = UserAgent("", OTHER, ProgramKind.PROGRAM, True)


class PollAggregate:
    """Adds polls up. `take_sums` returns the sums and starts new ones. Not thread-safe."""

    def __init__(self) -> None:
        self._sums = ReaderCounts()
        self._waiting = 0
        self._agents: dict[str, UserAgent] = {}
        self._new_agents = 0
        self._sent: dict[int, None] = {}
        self._today = date.min
        self._names: dict[FeedDay, set[str]] = {}
        self._ids: dict[tuple[FeedDay, str], set[str]] = {}

    def begin_batch(self) -> None:
        """Start a batch of polls. In each batch, at most MAX_NEW_AGENTS unknown user agents are classified."""
        self._new_agents = 0

    def add(self, poll: Poll, sent_agent: str, sources: Mapping[bytes, int], at: int) -> None:
        """Add the same poll by one user agent, from several IP addresses.

        `sent_agent` is the User-Agent header. `sources` has the number of polls by hashed IP address. `at` is in
        seconds since the epoch.
        """
        times = sum(sources.values())
        day = self._day(poll, at, times)
        agent = self._agent(sent_agent)
        client = self._client(day, agent)
        self._sums.clients[day, client] += times
        if agent.kind is ProgramKind.READER:
            self._add_readers(day, client, sources)
        elif agent.subscribers is not None and poll.polled.variant:
            id_ = f"{poll.polled.variant} {agent.feed_id}".strip()
            self._add_subscribers(day, agent.client, id_, ReportedSubscribers(agent.subscribers, at, times))
        if agent is not _UNKNOWN_AGENT:
            self._add_pollers(day, agent, sources, poll, at)

    def add_unknown(self, poll: Poll, at: int, times: int) -> None:
        """Add the same poll `times` times for clients that were not recorded. They count as OTHER."""
        self._sums.clients[self._day(poll, at, times), OTHER] += times

    def put_back_readers(self, single: dict[tuple[FeedDay, str], set[bytes]]) -> None:
        """Add single readers that could not be counted. They wait for the next `take_sums`."""
        for (day, client), addresses in single.items():
            self._add_readers(day, client, addresses)

    def take_sums(self) -> ReaderCounts:
        """Return the sums since the last call, and start new ones."""
        sums, self._sums = self._sums, ReaderCounts()
        self._waiting = 0
        return sums

    def _day(self, poll: Poll, at: int, times: int) -> FeedDay:
        """Add the poll to the sums of its feed and day. Returns that feed and day.

        On a new day, the clients and the ids of the day before are dropped.
        """
        day = FeedDay(datetime.fromtimestamp(at, UTC).date(), poll.polled.feed)
        _count(self._sums.feeds.setdefault(day, PollSums()), poll, times)
        if day.day > self._today:
            self._today = day.day
            self._names, self._ids = {}, {}
        return day

    def _agent(self, sent: str) -> UserAgent:
        text = sanitized(sent)
        agent = self._agents.pop(text, None) or find_known(text)
        if agent is None:
            if self._new_agents >= MAX_NEW_AGENTS:
                return _UNKNOWN_AGENT
            self._new_agents += 1
            agent = classify_unknown(text)
        self._agents[text] = agent  # moved to the end, since the agent that was not used for longest is dropped first
        if len(self._agents) > MAX_REMEMBERED_AGENTS:
            del self._agents[next(iter(self._agents))]
        return agent

    def _client(self, day: FeedDay, agent: UserAgent) -> str:
        if agent.is_known:
            return agent.client
        return (
            agent.client if _admits(self._names.setdefault(day, set()), agent.client, MAX_UNLISTED_CLIENTS) else OTHER
        )

    def _add_readers(self, day: FeedDay, client: str, sources: Collection[bytes]) -> None:
        addresses = self._sums.single.setdefault((day, client), set())
        new = islice(
            (source for source in sources if source not in addresses), max(MAX_WAITING_READERS - self._waiting, 0)
        )
        before = len(addresses)
        addresses.update(list(new))
        self._waiting += len(addresses) - before

    def _add_subscribers(self, day: FeedDay, client: str, id_: str, new: ReportedSubscribers) -> None:
        if not _admits(self._ids.setdefault((day, client), set()), id_, MAX_IDS_OF_HOSTED_READER):
            return
        old = self._sums.subscribers.get((day, client, id_))
        latest = old if old and old.at > new.at else new
        polls = new.polls + (old.polls if old else 0)
        self._sums.subscribers[day, client, id_] = ReportedSubscribers(latest.subscribers, latest.at, polls)

    def _add_pollers(self, day: FeedDay, agent: UserAgent, sources: Mapping[bytes, int], poll: Poll, at: int) -> None:
        pollers = self._sums.pollers
        for source, times in sources.items():
            wasted = self._sent_again(agent, source, poll, times) if poll.sent else 0
            key = (day, agent.text, source)
            polling = pollers.get(key)
            if polling is None:
                if len(pollers) >= MAX_WAITING_POLLERS:
                    continue
                polling = pollers[key] = PollerCounts(at, at)
            polling.first, polling.last = min(polling.first, at), max(polling.last, at)
            polling.polls += times
            polling.conditional += times * poll.conditional
            polling.wasted += wasted

    def _sent_again(self, agent: UserAgent, source: bytes, poll: Poll, times: int) -> int:
        """Return the bytes that were sent to this poller although it got the same document before."""
        key = hash((source, agent.text, poll.digest))  # takes a thirtieth of the memory of the tuple
        again = times if key in self._sent else times - 1
        self._sent.pop(key, None)
        self._sent[key] = None
        if len(self._sent) > MAX_SENT_DOCUMENTS:
            del self._sent[next(iter(self._sent))]
        return again * poll.sent


def _count(sums: PollSums, poll: Poll, times: int) -> None:
    """Add the same poll `times` times."""
    sums.polls += times
    sums.conditional += times * poll.conditional
    sums.unchanged += times * poll.unchanged
    sums.sent += times * poll.sent
    sums.saved_by_conditions += times * poll.saved_by_conditions
    sums.saved_by_compression += times * poll.saved_by_compression


def _admits(known_: set[str], name: str, most: int) -> bool:
    """Return whether the name is among the first `most` names. Adds it to `known_` if there is room."""
    if name not in known_:
        if len(known_) >= most:
            return False
        known_.add(name)
    return True
