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
from typing import Any

from redis.exceptions import LockError

from service.document import Document
from service.errors import RedisUnavailable
from service.redis import RedisLink

KEEP = 7 * 24 * 3600  # seconds that a document outlives its last build, as the last good copy
BUILD = 2.0  # seconds after which a builder is taken for dead

_POLISH = "warta:{polish}:asked"

# KEYS: version, document. ARGV: the version built from, the packed document, seconds to keep.
_KEEP_IF_CURRENT = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
return 1
"""


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

    @property
    def document(self) -> Document | None:
        return self.kept.document if self.kept else None


class FeedCache:
    """Documents by shelf and key. Every method may raise RedisUnavailable.

    Keys of one shelf share a hash slot, so that a Redis Cluster can hold them.
    """

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    def find(self, shelf: str, key: str, order: str = "", known: Kept | None = None) -> Cached:
        """The document under `key`. `order` stands for what the shelf's version does not cover: a ranking.

        Where it is the one that is `known`, its bytes are not read again.
        """
        with self._link.use() as redis:
            version, kept = self._read(redis, shelf, key, known)
            if version is None:
                # With an end, too: anybody may ask for feeds that do not exist.
                version = _token().encode()
                if not redis.set(_version(shelf), version, nx=True, ex=KEEP):
                    version = redis.get(_version(shelf)) or version
        return Cached(version.decode(), kept, _shows(version.decode(), order))

    def _read(self, redis: Any, shelf: str, key: str, known: Kept | None) -> tuple[bytes | None, Kept | None]:
        if known is None:
            version, value = redis.mget(_version(shelf), _document(shelf, key))
            return version, _unpacked(value)
        pipeline = redis.pipeline(transaction=False)
        pipeline.get(_version(shelf)).getrange(_document(shelf, key), 0, len(known.line) - 1)
        version, line = pipeline.execute()
        if line == known.line:
            return version, known
        return version, _unpacked(redis.get(_document(shelf, key)))

    def keep(self, shelf: str, key: str, version: str, kept: Kept) -> bool:
        """Store a document built from `version`; False, and nothing is stored, if that is no longer current."""
        with self._link.use() as redis:
            arguments = (_version(shelf), _document(shelf, key), version, kept.pack(), KEEP)
            return bool(redis.eval(_KEEP_IF_CURRENT, 2, *arguments))

    def ask_polish(self, shelf: str, key: str) -> None:
        """Note that the document is worth fewer bytes. Who has time for that finds it with `to_polish`."""
        with self._link.use() as redis:
            redis.zadd(_POLISH, {f"{shelf}\n{key}": time.time()}, nx=True)
            redis.expire(_POLISH, KEEP)

    def to_polish(self) -> tuple[str, str] | None:
        """Shelf and key of the document that was noted first; it is the caller's now."""
        with self._link.use() as redis:
            noted = redis.zpopmin(_POLISH)
        if not noted:
            return None
        shelf, _, key = noted[0][0].decode().partition("\n")
        return shelf, key

    def bump(self, shelves: Iterable[str]) -> None:
        """Make every document of the shelves old, in one round trip."""
        with self._link.use() as redis:
            pipeline = redis.pipeline(transaction=False)
            for shelf in shelves:
                pipeline.set(_version(shelf), _token(), ex=KEEP)
            pipeline.execute()

    @contextmanager
    def building(self, shelf: str, key: str) -> Iterator[bool]:
        """Whether the caller is the one who builds; nobody else is until the block ends, or BUILD seconds passed."""
        with self._link.use() as redis:
            lock = redis.lock(f"{_document(shelf, key)}:lock", timeout=BUILD, blocking=False, thread_local=False)
            mine = lock.acquire()
        try:
            yield mine
        finally:
            if mine:
                # A lock that cannot be released has run out by itself, or will.
                with suppress(RedisUnavailable), self._link.use(), suppress(LockError):
                    lock.release()


def _shows(version: str, order: str) -> str:
    return f"{version}/{order}"


def _unpacked(value: bytes | None) -> Kept | None:
    if value is None:
        return None
    try:
        return Kept.unpack(value)
    except ValueError:  # of another release; it is built anew
        return None


def _version(shelf: str) -> str:
    return f"warta:{{{shelf}}}:version"


def _document(shelf: str, key: str) -> str:
    return f"warta:{{{shelf}}}:{key}"


def _token() -> str:
    return secrets.token_hex(8)
