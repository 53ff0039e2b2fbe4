"""The feed cache in Redis: versioned documents, one build per document over all processes and hosts.

Every list has a version, an opaque token that is never used twice. A document is stored with the version that was
current before its articles were read. The document is current only while that version is. So a change makes all
documents of a list old in one round trip, without a search. A slow build of old articles can neither pass for new nor
overwrite a newer document. The old document stays until the new one is stored, for requests during the build.
"""

import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from service.core.errors import RedisUnavailable
from service.core.redis import RedisLink
from service.documents.document import Document

KEEP = 7 * 24 * 3600  # seconds that a document stays after its last build, as the last good copy
BUILD = 2.0  # seconds that a builder's lock lasts; after that the builder counts as dead

_POLISH = "warta:{polish}:asked"

# Reads the version and the document, and takes the lock if the document is not current.
# KEYS: version, document, lock. ARGV: the order; the length of the known document's first line, in bytes, which is all
# that is read of the document (0: no document is known, read all of it); a version for a list that has none; seconds
# until that version expires (clients may ask for feeds that do not exist); the turn's token; milliseconds that a turn
# lasts (0: the caller wants no turn). Returns the version, the document or its beginning, and 1 if the caller has the
# turn, else 0.
_SEEK = """
local version = redis.call('GET', KEYS[1])
if not version then
  version = ARGV[3]
  redis.call('SET', KEYS[1], version, 'EX', ARGV[4])
end
local first = tonumber(ARGV[2])
local seen
if first > 0 then seen = redis.call('GETRANGE', KEYS[2], 0, first - 1) else seen = redis.call('GET', KEYS[2]) end
local wanted = version .. '/' .. ARGV[1] .. ' '
local mine = tonumber(ARGV[6]) > 0 and string.sub(seen or '', 1, #wanted) ~= wanted
  and redis.call('SET', KEYS[3], ARGV[5], 'NX', 'PX', ARGV[6])
return {version, seen, mine and 1 or 0}
"""

# Stores a document, if the version and the stored document are those from the start of the build, and ends the turn.
# KEYS: version, document, lock. ARGV: the version at the start of the build, the packed document, seconds to keep it,
# the turn's token, the first line of the document that was stored at the start of the build (empty: none was).
# Returns 1 if the document is stored, else 0.
_KEEP_IF_CURRENT = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if redis.call('GETRANGE', KEYS[2], 0, math.max(#ARGV[5], 1) - 1) ~= ARGV[5] then return 0 end
redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
if redis.call('GET', KEYS[3]) == ARGV[4] then redis.call('DEL', KEYS[3]) end
return 1
"""

# Deletes the lock. KEYS: lock. ARGV: the builder's token. A builder whose lock has expired must not delete the lock of
# the next builder.
_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


@dataclass(frozen=True)
class Kept:
    """A document, and what it `shows`: the version and the order from which it was built."""

    document: Document
    shows: str

    @property
    def line(self) -> bytes:
        """The first line of the value in Redis. It identifies the document."""
        return f"{self.shows} {self.document.level.value}\n".encode()

    def pack(self) -> bytes:
        return self.line + self.document.pack()

    @classmethod
    def unpack(cls, value: bytes) -> "Kept":
        """The document of a value from `pack`. Raises ValueError for any other value."""
        line, _, packed = value.partition(b"\n")
        kept = cls(Document.unpack(packed), line.decode().rpartition(" ")[0])
        if kept.line != line + b"\n":
            raise ValueError("the line does not fit the document")
        return kept


@dataclass(frozen=True)
class Cached:
    """An answer of the cache.

    `version` is that of the list. `kept` is the stored document, or None. `wanted` is the value of `shows` that a
    current document has.
    """

    version: str
    kept: Kept | None
    wanted: str

    @property
    def current(self) -> bool:
        return self.kept is not None and self.kept.shows == self.wanted


@dataclass(frozen=True)
class Sought:
    """A document to look up: the `key` under its `list_name`.

    `order` identifies what the list's version does not cover, such as a ranking. `known` is a copy that the caller
    has: if Redis has the same document, its bytes are not read again.
    """

    list_name: str
    key: str
    order: str = ""
    known: Kept | None = None

    @property
    def version(self) -> str:
        return _version(self.list_name)

    @property
    def document(self) -> str:
        return f"warta:{{{self.list_name}}}:{self.key}"

    @property
    def lock(self) -> str:
        return f"{self.document}:lock"


class Turn:
    """A builder's turn. `cached` is the answer of the cache at the start of the turn, or of the last `again`."""

    def __init__(self, cache: "FeedCache", sought: Sought, cached: Cached, token: str) -> None:
        self.cached = cached
        self.token = token
        self.is_over = False
        self._cache = cache
        self._sought = sought

    def again(self) -> None:
        """Read the cache again, before another build in the same turn. Raises RedisUnavailable."""
        self.cached = self._cache.find(self._sought)

    def keep(self, document: Document) -> Kept | None:
        """Store the document that was built from `cached`, and end the turn.

        Returns None, and stores nothing, if the document is old already. Raises RedisUnavailable.
        """
        kept = Kept(document, self.cached.wanted)
        self.is_over = self._cache.keep(self._sought, self.cached, kept, self.token)
        return kept if self.is_over else None


class FeedCache:
    """Documents by list and key. Every method may raise RedisUnavailable.

    Keys of one list share a hash slot, so that a Redis Cluster can hold them.
    """

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    @property
    def is_settling(self) -> bool:
        """Whether Redis was away a moment ago, or is away. It may lack changes from that time."""
        return self._link.is_suspect

    def find(self, sought: Sought) -> Cached:
        """The stored document, if there is one, and whether it is current."""
        return self._look(sought)[0]

    @contextmanager
    def seek(self, sought: Sought) -> Iterator[tuple[Cached, Turn | None]]:
        """The stored document, and a turn to build if the document is not current and no other builder has the turn.

        No other builder gets a turn until the block ends, the turn stores a document, or BUILD seconds have passed.
        """
        token = _token()
        cached, mine = self._look(sought, token, BUILD)
        turn = Turn(self, sought, cached, token) if mine else None
        try:
            yield cached, turn
        finally:
            if turn and not turn.is_over:
                # A lock that cannot be released expires by itself.
                with suppress(RedisUnavailable), self._link.use() as redis:
                    redis.eval(_RELEASE, 1, sought.lock, token)

    def _look(self, sought: Sought, token: str = "", turn: float = 0.0) -> tuple[Cached, bool]:
        """The stored document, and whether the caller has the turn to build, under the `token`.

        `turn` is the length of the turn in seconds; 0 takes no turn.
        """
        with self._link.use() as redis:
            keys = (sought.version, sought.document, sought.lock)
            values = (sought.order, len(sought.known.line) if sought.known else 0, _token(), KEEP)
            version, seen, mine = redis.eval(_SEEK, 3, *keys, *values, token, int(turn * 1000))
            kept = sought.known
            if kept is None or seen != kept.line:
                kept = _unpacked(seen if sought.known is None else redis.get(sought.document))
            if seen and not kept:  # a broken value, whose first line could pass for that of a current document
                redis.delete(sought.document)
        return Cached(version.decode(), kept, f"{version.decode()}/{sought.order}"), bool(mine)

    def keep(self, sought: Sought, cached: Cached, kept: Kept, token: str = "") -> bool:
        """Store a document that was built from `cached`, and end the turn of the `token`.

        Returns False, and stores nothing, if the version is no longer current, or if another builder has stored
        another document since: that one may show a later order.
        """
        with self._link.use() as redis:
            keys = (sought.version, sought.document, sought.lock)
            before = cached.kept.line if cached.kept else b""
            return bool(redis.eval(_KEEP_IF_CURRENT, 3, *keys, cached.version, kept.pack(), KEEP, token, before))

    def ask_polish(self, sought: Sought) -> None:
        """Note the document for smaller encodings. The background worker gets it from `to_polish`."""
        with self._link.use() as redis:
            redis.zadd(_POLISH, {f"{sought.list_name}\n{sought.key}": time.time()}, nx=True)
            redis.expire(_POLISH, KEEP)

    def to_polish(self) -> Sought | None:
        """Remove the document that was noted first, and return it; None if no document is noted."""
        with self._link.use() as redis:
            noted = redis.zpopmin(_POLISH)
        if not noted:
            return None
        list_name, _, key = noted[0][0].decode().partition("\n")
        return Sought(list_name, key)

    def bump(self, list_names: Iterable[str]) -> None:
        """Give each list a new version, which makes all its documents old. One round trip for all lists."""
        with self._link.use() as redis:
            pipeline = redis.pipeline(transaction=False)
            for list_name in list_names:
                pipeline.set(_version(list_name), _token(), ex=KEEP)
            pipeline.execute()


def _unpacked(value: bytes | None) -> Kept | None:
    if value is None:
        return None
    try:
        return Kept.unpack(value)
    except ValueError:  # from another release; the document is built again
        return None


def _version(list_name: str) -> str:
    return f"warta:{{{list_name}}}:version"


def _token() -> str:
    return secrets.token_hex(8)
