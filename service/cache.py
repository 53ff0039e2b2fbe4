"""The feed cache in Redis: versioned documents, one build per document over all workers and hosts.

Every shelf has a version, an opaque token that is never used twice. A document is stored with the version that was
current before its articles were read, and it is current only while that version is. So a change makes all
documents of a shelf old in one round trip, without a search, and a slow build of old articles can neither pass for
new nor overwrite what is newer. The old document stays until then, for those who come while the new one is built.
"""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from redis.exceptions import LockError

from service.document import Document
from service.errors import RedisUnavailable
from service.redis import RedisLink

KEEP = 7 * 24 * 3600  # seconds that a document outlives its last build, as the last good copy
BUILD = 2.0  # seconds after which a builder is taken for dead

# KEYS: version, document. ARGV: the version built from, the packed document, seconds to keep.
_KEEP_IF_CURRENT = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
return 1
"""


@dataclass(frozen=True)
class Cached:
    """What the cache knows: the shelf's `version`, the last `document` if any, and whether it is `current`."""

    version: str
    document: Document | None
    current: bool


class FeedCache:
    """Documents by shelf and key. Every method may raise RedisUnavailable.

    Keys of one shelf share a hash slot, so that a Redis Cluster can hold them.
    """

    def __init__(self, link: RedisLink) -> None:
        self._link = link

    def find(self, shelf: str, key: str, order: str = "") -> Cached:
        """The document under `key`. `order` stands for what the shelf's version does not cover: a ranking."""
        with self._link.use() as redis:
            version, value = redis.mget(_version(shelf), _document(shelf, key))
            if version is None:
                # With an end, too: anybody may ask for feeds that do not exist.
                version = _token().encode()
                if not redis.set(_version(shelf), version, nx=True, ex=KEEP):
                    version = redis.get(_version(shelf)) or version
        document, built_from = None, None
        if value is not None:
            try:
                built_from, document = Document.unpack(value)
            except ValueError:  # of another release; it is built anew
                document = None
        wanted = version.decode()
        return Cached(wanted, document, document is not None and built_from == f"{wanted}/{order}")

    def keep(self, shelf: str, key: str, version: str, document: Document, order: str = "") -> bool:
        """Store a document built from `version`; False, and nothing is stored, if that is no longer current."""
        with self._link.use() as redis:
            packed = document.pack(f"{version}/{order}")
            return bool(redis.eval(_KEEP_IF_CURRENT, 2, _version(shelf), _document(shelf, key), version, packed, KEEP))

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


def _version(shelf: str) -> str:
    return f"warta:{{{shelf}}}:version"


def _document(shelf: str, key: str) -> str:
    return f"warta:{{{shelf}}}:{key}"


def _token() -> str:
    return secrets.token_hex(8)
