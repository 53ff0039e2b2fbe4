"""Polls as they are taken: what was sent, to which program, from where. It costs a request a fraction of a microsecond.

What is taken waits for at most WAITING requests, and is then counted together, in C: who polls a thousand times takes
no more memory than who polls once. That bounds what it costs to look at them afterwards, too.
"""

import threading
from collections import Counter, deque
from collections.abc import Mapping
from contextlib import suppress
from operator import itemgetter
from typing import Any, NamedTuple

from service.core.lru import Bounded
from service.core.visitors import AGENT
from service.documents.document import Document
from service.feeds.names import FeedName

WAITING = 64  # requests; more than fit into a processor's cache would slow others
NAMED = 50_000  # polls of which a process keeps who sent them, before they are looked at: a flood must not cost much
DIFFERENT = 4_000  # polls by what, who and where that a process tells apart before they are looked at; 3 MB at most
DOCUMENTS = 4 * 2**20  # bytes of memory for what answers with documents are
_OBJECTS = 3_000  # bytes that one takes
FORWARDED = 128  # characters of X-Forwarded-For that are kept, from its end


class Polled(NamedTuple):
    """What is polled: the feed's name, and which of its addresses, `rss` or `atom?limit=5`; empty for a page of the
    archive, whose subscribers nobody reports."""

    feed: str
    address: str

    @classmethod
    def of(cls, name: FeedName, extension: str, limit: int | None) -> "Polled":
        own = f"{extension}?limit={limit}" if limit else extension
        return cls(str(name.head), own if name.page is None else "")


class Poll:
    """An answer with a document, or with the news that it is unchanged; one object for all who get the same.

    `digest` tells documents apart; `sent` are bytes of the body, the others those that were spared. Compared by
    identity, which is quick.
    """

    __slots__ = (
        *("polled", "digest", "conditional", "unchanged", "sent", "saved_by_conditions", "saved_by_compression"),
        "_bodiless",
    )

    def __init__(
        self,
        polled: Polled,
        digest: str,
        *,
        conditional: bool,
        unchanged: bool = False,
        sent: int = 0,
        saved_by_conditions: int = 0,
        saved_by_compression: int = 0,
    ) -> None:
        self.polled = polled
        self.digest = digest
        self.conditional = conditional
        self.unchanged = unchanged
        self.sent = sent
        self.saved_by_conditions = saved_by_conditions
        self.saved_by_compression = saved_by_compression
        self._bodiless: Poll | None = None

    @property
    def bodiless(self) -> "Poll":
        """The same as the answer to HEAD: nothing is sent, and nothing spared."""
        if self._bodiless is None:
            self._bodiless = Poll(self.polled, self.digest, conditional=self.conditional, unchanged=self.unchanged)
        return self._bodiless


class Kinds(NamedTuple):
    """What the answers with a representation are: that it is `unchanged`; sent to who did not ask whether it is, or to
    who did."""

    unchanged: Poll
    unasked: Poll
    news: Poll


class DocumentPolls:
    """The polls that the answers with one document are. `length` is that of the body without an encoding."""

    def __init__(self, polled: Polled, digest: str, length: int) -> None:
        self._polled = polled
        self._digest = digest
        self._length = length
        self._kinds: dict[int, Kinds] = {}
        self._parts: dict[tuple[int, int], Poll] = {}

    def kinds(self, sent: int) -> Kinds:
        """Of a representation of so many bytes."""
        if sent not in self._kinds:
            spared = self._length - sent
            self._kinds[sent] = Kinds(
                Poll(self._polled, self._digest, conditional=True, unchanged=True, saved_by_conditions=sent),
                Poll(self._polled, self._digest, conditional=False, sent=sent, saved_by_compression=spared),
                Poll(self._polled, self._digest, conditional=True, sent=sent, saved_by_compression=spared),
            )
        return self._kinds[sent]

    def part(self, sent: int, whole: int) -> Poll:
        """Sent in part, where `whole` bytes would have been: as few as there are deltas."""
        if (sent, whole) not in self._parts:
            self._parts[sent, whole] = Poll(
                self._polled, self._digest, conditional=True, sent=sent, saved_by_conditions=whole - sent
            )
        return self._parts[sent, whole]


Key = tuple[Poll, str | None, str | None, str | None]
_POLL = itemgetter(0)  # of a key


class Taken(NamedTuple):
    """A poll, the agent as it was sent, the address of the connection, and the addresses that it was forwarded for."""

    poll: Poll
    agent: str | None
    address: str | None
    forwarded: str | None


class Polls:
    """Takes polls; shared by a process's threads. `forwarded` says whether anybody's X-Forwarded-For is believed."""

    def __init__(self, *, forwarded: bool) -> None:
        self._forwarded = "HTTP_X_FORWARDED_FOR" if forwarded else ""
        self._waiting: deque[Key] = deque()
        self._counts: Counter[Key] = Counter()
        self._nameless: Counter[Poll] = Counter()
        self._named = 0
        self._lock = threading.Lock()
        self._documents: Bounded[tuple[Polled, str], DocumentPolls] = Bounded(DOCUMENTS)

    def of(self, polled: Polled, document: Document) -> DocumentPolls:
        """The polls of answers with the document; the same for the same, however often it comes."""
        known = self._documents.get((polled, document.digest))
        if known is None:
            known = DocumentPolls(polled, document.digest, document.size)
            self._documents.put((polled, document.digest), known, _OBJECTS)
        return known

    def take(self, poll: Poll, environ: Mapping[str, Any]) -> None:
        """One poll, by the request that `environ` is."""
        agent = environ.get("HTTP_USER_AGENT")
        if agent and len(agent) > AGENT:  # or a stranger's headers would fill the memory
            agent = agent[:AGENT]
        forwarded = environ.get(self._forwarded)
        if forwarded and len(forwarded) > FORWARDED:
            forwarded = forwarded[-FORWARDED:].partition(",")[2]
        self._waiting.append((poll, agent, environ.get("REMOTE_ADDR"), forwarded))
        if len(self._waiting) >= WAITING and self._lock.acquire(blocking=False):
            try:
                self._count()
            finally:
                self._lock.release()

    def taken(self) -> dict[Taken, int]:
        """What was taken since the last time, and how often; without who, where these were too many."""
        with self._lock:
            self._count()
            counts, self._counts = self._counts, Counter()
            nameless, self._nameless = self._nameless, Counter()
            self._named = 0
        counts.update({(poll, None, None, None): times for poll, times in nameless.items()})
        return {Taken(*key): times for key, times in counts.items()}

    def _count(self) -> None:
        taken = iter(self._waiting.popleft, None)
        is_named = self._named < NAMED and len(self._counts) < DIFFERENT
        with suppress(IndexError):  # until nothing waits any more
            if is_named:
                self._named += len(self._waiting)
                self._counts.update(taken)
            else:
                self._nameless.update(map(_POLL, taken))
