"""Recording of polls: the answer, the user agent and the IP address. It costs a fraction of a microsecond per request.

Recorded polls wait for at most MAX_UNCOUNTED_POLLS requests. Then they are counted together, in C: a client that polls
a thousand times takes no more memory than a client that polls once. This also limits the cost of adding the polls up
later.
"""

import threading
from collections import Counter, deque
from collections.abc import Collection, Mapping
from contextlib import suppress
from operator import itemgetter
from typing import Any, NamedTuple

from service.core.bots import MAX_AGENT_CHARACTERS
from service.core.lru import LruCache
from service.documents.document import Document
from service.feeds.names import FeedName

# Polls before they are counted: more would not fit into a processor's cache and slow other requests
MAX_UNCOUNTED_POLLS = 64
# Polls that are stored with their client between two calls of `take_recorded`: a flood must not cost much
MAX_POLLS_WITH_CLIENT = 50_000
# Combinations of answer, agent and IP address between two calls of `take_recorded`; at most 3 MB
MAX_POLL_COMBINATIONS = 4_000
DOCUMENT_POLLS_BYTES = 4 * 2**20  # bytes of memory for the `DocumentPolls` of a process
_DOCUMENT_POLLS_SIZE = 3_000  # bytes of one `DocumentPolls`
FORWARDED_FOR_CHARACTERS = 128  # characters of X-Forwarded-For that are kept, from its end
PRESENT = "-"  # stands for an X-Forwarded-For that is not kept


class PolledUrl(NamedTuple):
    """A polled URL: the name of the feed, and the part of the URL that differs, such as `rss` or `atom?limit=5`.

    `variant` is empty for a page of the archive, since no hosted reader reports subscribers for it.
    """

    feed: str
    variant: str

    @classmethod
    def of_feed(cls, name: FeedName, extension: str, limit: int | None) -> "PolledUrl":
        own = f"{extension}?limit={limit}" if limit else extension
        return cls(name.feed.path, own if name.page is None else "")


class Poll:
    """An answer with a document, or a 304. All equal answers share one object.

    `digest` identifies the document. `sent` is the length of the body in bytes; `saved_by_conditions` and
    `saved_by_compression` are the bytes that were not sent. Polls are compared by identity, which is quick.
    """

    __slots__ = (
        *("polled", "digest", "conditional", "unchanged", "sent", "saved_by_conditions", "saved_by_compression"),
        "_bodiless",
    )

    def __init__(
        self,
        polled: PolledUrl,
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
        """The poll for the same answer to HEAD: no bytes are sent, and none are saved."""
        if self._bodiless is None:
            self._bodiless = Poll(self.polled, self.digest, conditional=self.conditional, unchanged=self.unchanged)
        return self._bodiless


class RepresentationPolls(NamedTuple):
    """The polls of the answers with one representation (one encoding of a document).

    `unchanged` is the 304. `unasked` is the full answer to a request without a condition. `news` is the full answer to
    a request with a condition that was not met.
    """

    unchanged: Poll
    unasked: Poll
    news: Poll


class DocumentPolls:
    """The polls of the answers with one document. `length` is the bytes of the body without an encoding."""

    def __init__(self, polled: PolledUrl, digest: str, length: int) -> None:
        self._polled = polled
        self._digest = digest
        self._length = length
        self._kinds: dict[int, RepresentationPolls] = {}
        self._parts: dict[tuple[int, int], Poll] = {}

    def of_representation(self, sent: int) -> RepresentationPolls:
        """Return the polls of a representation of `sent` bytes."""
        if sent not in self._kinds:
            spared = self._length - sent
            self._kinds[sent] = RepresentationPolls(
                Poll(self._polled, self._digest, conditional=True, unchanged=True, saved_by_conditions=sent),
                Poll(self._polled, self._digest, conditional=False, sent=sent, saved_by_compression=spared),
                Poll(self._polled, self._digest, conditional=True, sent=sent, saved_by_compression=spared),
            )
        return self._kinds[sent]

    def of_delta(self, sent: int, whole: int) -> Poll:
        """Return the poll of a partial answer (226): `sent` bytes instead of `whole` bytes.

        There is one object for each delta, so they are few.
        """
        if (sent, whole) not in self._parts:
            self._parts[sent, whole] = Poll(
                self._polled, self._digest, conditional=True, sent=sent, saved_by_conditions=whole - sent
            )
        return self._parts[sent, whole]


PollKey = tuple[Poll, str | None, str | None, str | None]
_POLL = itemgetter(0)  # the poll of a key


class RecordedPoll(NamedTuple):
    """A poll with its client: the user agent as it was sent, the IP address of the connection, and X-Forwarded-For."""

    poll: Poll
    agent: str | None
    remote: str | None
    forwarded: str | None


class Polls:
    """Takes polls. All threads of a process share it.

    `forwarded` says whether there are trusted proxies. Otherwise of X-Forwarded-For only its presence is kept.
    """

    def __init__(self, *, forwarded: bool) -> None:
        self._forwarded = forwarded
        self._uncounted: deque[PollKey] = deque()
        self._counts: Counter[PollKey] = Counter()
        self._without_client: Counter[Poll] = Counter()
        self._counted_with_client = 0
        self._watched: Collection[str] = ()
        self._watched_by_agent: dict[str, str] = {}
        self._watched_counts: dict[PollKey, int] = {}
        self._seen: dict[str, str] = {}
        self._lock = threading.Lock()
        self._documents: LruCache[tuple[PolledUrl, str], DocumentPolls] = LruCache(DOCUMENT_POLLS_BYTES)

    def of_document(self, polled: PolledUrl, document: Document) -> DocumentPolls:
        """Return the polls of the answers with a document. The same document gives the same object while it is kept."""
        known = self._documents.get((polled, document.digest))
        if known is None:
            known = DocumentPolls(polled, document.digest, document.size)
            self._documents.put((polled, document.digest), known, _DOCUMENT_POLLS_SIZE)
        return known

    def record(self, poll: Poll, environ: Mapping[str, Any]) -> None:
        """Record one poll. `environ` is the WSGI environment of its request."""
        agent = environ.get("HTTP_USER_AGENT")
        if agent and len(agent) > MAX_AGENT_CHARACTERS:  # otherwise long headers could fill the memory
            agent = agent[:MAX_AGENT_CHARACTERS]
        forwarded = environ.get("HTTP_X_FORWARDED_FOR")
        if forwarded and not self._forwarded:
            forwarded = PRESENT
        elif forwarded and len(forwarded) > FORWARDED_FOR_CHARACTERS:
            forwarded = forwarded[-FORWARDED_FOR_CHARACTERS:].partition(",")[2]
        self._uncounted.append((poll, agent, environ.get("REMOTE_ADDR"), forwarded))
        if len(self._uncounted) >= MAX_UNCOUNTED_POLLS and self._lock.acquire(blocking=False):
            try:
                self._count()
            finally:
                self._lock.release()

    def watch(self, parts: Collection[str]) -> None:
        """Note the polls by programs with one of these parts in their user agents, for `take_watched`."""
        self._watched = parts

    def take_watched(self) -> dict[str, str]:
        """Return the watched parts of user agents that have polled since the last call, each with its user agent."""
        with self._lock:
            self._count()
            self._note_watched()
            seen, self._seen = self._seen, {}
        return seen

    def _note_watched(self) -> None:
        for key, times in self._counts.items() if self._watched else ():
            agent = key[1] or ""
            if (part := self._watched_part(agent)) and self._watched_counts.get(key) != times:
                self._watched_counts[key] = times
                self._seen[part] = agent

    def _watched_part(self, agent: str) -> str:
        part = self._watched_by_agent.get(agent)
        if part is None:
            if len(self._watched_by_agent) >= MAX_POLL_COMBINATIONS:
                self._watched_by_agent.clear()
            part = next((part for part in self._watched if part.lower() in agent.lower()), "")
            self._watched_by_agent[agent] = part
        return part

    def take_recorded(self) -> dict[RecordedPoll, int]:
        """Return the polls since the last call, each with its number of times.

        Polls above the limits MAX_POLLS_WITH_CLIENT and MAX_POLL_COMBINATIONS come without their client: all fields but
        `poll` are None.
        """
        with self._lock:
            self._count()
            self._note_watched()
            self._watched_counts.clear()
            counts, self._counts = self._counts, Counter()
            nameless, self._without_client = self._without_client, Counter()
            self._counted_with_client = 0
        counts.update({(poll, None, None, None): times for poll, times in nameless.items()})
        return {RecordedPoll(*key): times for key, times in counts.items()}

    def _count(self) -> None:
        taken = iter(self._uncounted.popleft, None)
        is_named = self._counted_with_client < MAX_POLLS_WITH_CLIENT and len(self._counts) < MAX_POLL_COMBINATIONS
        with suppress(IndexError):  # `popleft` raises it when the queue is empty
            if is_named:
                self._counted_with_client += len(self._uncounted)
                self._counts.update(taken)
            else:
                self._without_client.update(map(_POLL, taken))
