"""The feed cache in Redis: versioned documents, one build per document over all workers and hosts.

Every shelf has a version, an opaque token that is never used twice. A document is stored with the version that was
current before its articles were read, and it is current only while that version is. So a change makes all
documents of a shelf old in one round trip, without a search, and a slow build of old articles can neither pass for
new nor overwrite what is newer. The old document stays until then, for those who come while the new one is built.
"""

import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from service.core.errors import RedisUnavailable
from service.core.redis import RedisLink
from service.documents.document import Document

KEEP = 7 * 24 * 3600  # seconds that a document outlives its last build, as the last good copy
BUILD = 2.0  # seconds after which a builder is taken for dead

_POLISH = "warta:{polish}:asked"

# KEYS: version, document, lock. ARGV: the order, bytes of the document that tell it from the one that is known (0: none
# is known), a new version, seconds to keep that (anybody may ask for feeds that do not exist), the turn's token,
# milliseconds that a turn lasts (0: none is wanted). What comes back: the version, the document or its beginning, and
# whether it is the caller's turn.
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

# KEYS: version, document, lock. ARGV: the version built from, the packed document, seconds to keep, the turn's token,
# the first line of the document that was there when the building began, or nothing.
_KEEP_IF_CURRENT = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if redis.call('GETRANGE', KEYS[2], 0, math.max(#ARGV[5], 1) - 1) ~= ARGV[5] then return 0 end
redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
if redis.call('GET', KEYS[3]) == ARGV[4] then redis.call('DEL', KEYS[3]) end
return 1
"""

# KEYS: lock. ARGV: the builder's token. One whose time is over must not take the turn of the next.
_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


@dataclass(frozen=True)
class Kept:
    """A document, and what it `shows`: the version and the order that it was built from."""

    document: Document
    shows: str

    @property
    def line(self) -> bytes:
        """The first line of the value in Redis, which tells it from any other."""
        return f"{self.shows} {self.document.level.value}\n".encode()

    def pack(self) -> bytes:
        return self.line + self.document.pack()

    @classmethod
    def unpack(cls, value: bytes) -> "Kept":
        """Raises ValueError for anything that was not packed here."""
        line, _, packed = value.partition(b"\n")
        kept = cls(Document.unpack(packed), line.decode().rpartition(" ")[0])
        if kept.line != line + b"\n":
            raise ValueError("the line does not fit the document")
        return kept


@dataclass(frozen=True)
class Cached:
    """What the cache knows: the shelf's `version`, what is `kept` under the key, and what would be `wanted`."""

    version: str
    kept: Kept | None
    wanted: str

    @property
    def current(self) -> bool:
        return self.kept is not None and self.kept.shows == self.wanted


@dataclass(frozen=True)
class Sought:
    """A document that somebody looks for: the `key` under its `shelf`.

    `order` stands for what the shelf's version does not cover: a ranking. The bytes of what is `known` are not read
    again.
    """

    shelf: str
    key: str
    order: str = ""
    known: Kept | None = None

    @property
    def version(self) -> str:
        return _version(self.shelf)

    @property
    def document(self) -> str:
        return f"warta:{{{self.shelf}}}:{self.key}"

    @property
    def lock(self) -> str:
        return f"{self.document}:lock"


class Turn:
    """A builder's turn. `cached` is what the cache knew when it began."""

    def __init__(self, cache: "FeedCache", sought: Sought, cached: Cached, token: str) -> None:
        self.cached = cached
        self.token = token
        self.is_over = False
        self._cache = cache
        self._sought = sought

    def again(self) -> None:
        """Begin once more: look what the cache knows by now."""
        self.cached = self._cache.find(self._sought)

    def keep(self, document: Document) -> Kept | None:
        """Store what was built since the turn began, which ends it. None, and nothing is stored, if it is old."""
        kept = Kept(document, self.cached.wanted)
        self.is_over = self._cache.keep(self._sought, self.cached, kept, self.token)
        return kept if self.is_over else None


class FeedCache:
    """Documents by shelf and key. Every method may raise RedisUnavailable.

    Keys of one shelf share a hash slot, so that a Redis Cluster can hold them.
    """

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    @property
    def is_settling(self) -> bool:
        """Whether Redis was away a moment ago: it may still have to be told of what has changed."""
        return self._link.is_settling

    def find(self, sought: Sought) -> Cached:
        """What there is of the document, and whether that is current."""
        return self._look(sought)[0]

    @contextmanager
    def seek(self, sought: Sought) -> Iterator[tuple[Cached, Turn | None]]:
        """What there is of the document; and the caller's turn to build, if that is not current and is nobody else's.

        Nobody else has a turn until the block ends, or BUILD seconds have passed.
        """
        token = _token()
        cached, mine = self._look(sought, token, BUILD)
        turn = Turn(self, sought, cached, token) if mine else None
        try:
            yield cached, turn
        finally:
            if turn and not turn.is_over:
                # A lock that cannot be released runs out by itself.
                with suppress(RedisUnavailable), self._link.use() as redis:
                    redis.eval(_RELEASE, 1, sought.lock, token)

    def _look(self, sought: Sought, token: str = "", turn: float = 0.0) -> tuple[Cached, bool]:
        """What there is of the document; and whether it is the caller's `turn` for so many seconds, under the token."""
        with self._link.use() as redis:
            keys = (sought.version, sought.document, sought.lock)
            values = (sought.order, len(sought.known.line) if sought.known else 0, _token(), KEEP)
            version, seen, mine = redis.eval(_SEEK, 3, *keys, *values, token, int(turn * 1000))
            kept = sought.known
            if kept is None or seen != kept.line:
                kept = _unpacked(seen if sought.known is None else redis.get(sought.document))
            if seen and not kept:  # or its first line would pass for a current document's
                redis.delete(sought.document)
        return Cached(version.decode(), kept, f"{version.decode()}/{sought.order}"), bool(mine)

    def keep(self, sought: Sought, cached: Cached, kept: Kept, token: str = "") -> bool:
        """Store a document that was built from what was `cached`. False, and nothing is stored, if the version is no
        longer current, or somebody else has stored another document since: that may show a later order.

        What is stored ends the turn to which the `token` belongs.
        """
        with self._link.use() as redis:
            keys = (sought.version, sought.document, sought.lock)
            before = cached.kept.line if cached.kept else b""
            return bool(redis.eval(_KEEP_IF_CURRENT, 3, *keys, cached.version, kept.pack(), KEEP, token, before))

    def ask_polish(self, sought: Sought) -> None:
        """Note that the document is worth fewer bytes. Who has time for that finds it with `to_polish`."""
        with self._link.use() as redis:
            redis.zadd(_POLISH, {f"{sought.shelf}\n{sought.key}": time.time()}, nx=True)
            redis.expire(_POLISH, KEEP)

    def to_polish(self) -> Sought | None:
        """The document that was noted first; it is the caller's now."""
        with self._link.use() as redis:
            noted = redis.zpopmin(_POLISH)
        if not noted:
            return None
        shelf, _, key = noted[0][0].decode().partition("\n")
        return Sought(shelf, key)

    def bump(self, shelves: Iterable[str]) -> None:
        """Make every document of the shelves old, in one round trip."""
        with self._link.use() as redis:
            pipeline = redis.pipeline(transaction=False)
            for shelf in shelves:
                pipeline.set(_version(shelf), _token(), ex=KEEP)
            pipeline.execute()


def _unpacked(value: bytes | None) -> Kept | None:
    if value is None:
        return None
    try:
        return Kept.unpack(value)
    except ValueError:  # of another release; it is built anew
        return None


def _version(shelf: str) -> str:
    return f"warta:{{{shelf}}}:version"


def _token() -> str:
    return secrets.token_hex(8)
