"""The documents in Redis: versioned, with one build per document over all processes and hosts.

Every list has a version, an opaque token that is never used twice. A document is stored with the version that was
current before its articles were read. The document is current only while that version is. So a change makes all
documents of a list old in one round trip, without a search. A slow build of old articles can neither pass for new nor
overwrite a newer document. The old document stays until the new one is stored, for requests during the build.
"""

import secrets
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from service.core.errors import RedisUnavailable
from service.core.redis import RedisLink, lua_script, publish
from service.documents.cache_entry import CacheEntry, DocumentKey
from service.documents.change_signal import ChangeSignal
from service.documents.document import Document
from service.documents.other_hosts import CHANNEL, change_message

KEEP_SECONDS = 7 * 24 * 3600  # that a document stays after its last build, as the last good copy
BUILD_SECONDS = 2.0  # that a build lock lasts; after that the builder counts as dead

_LOOKUP = lua_script("service.documents", "lookup")
_STORE = lua_script("service.documents", "store")
_RELEASE = lua_script("service.documents", "release")

_HOT = "warta:{polish}:asked"  # a sorted set of the documents to recompress, by the time of the wish


@dataclass
class Lookup:
    """The answer of Redis for one document.

    `entry` is the cached document, current or not; None without one. `version` is that of the list. `order` is what
    the version does not cover, such as a ranking. `token` identifies the caller's build lock; empty if another builder
    has the lock, or nobody needs it.
    """

    key: DocumentKey
    order: str
    version: str
    entry: CacheEntry | None
    token: str = ""

    @property
    def built_from(self) -> str:
        """The value of `built_from` that a current entry has."""
        return f"{self.version}/{self.order}"

    @property
    def is_current(self) -> bool:
        return self.entry is not None and self.entry.built_from == self.built_from


class RedisCache:
    """Documents by key. Every method may raise RedisUnavailable.

    Keys of one list share a hash slot, so that a Redis Cluster can hold them.
    """

    def __init__(self, link: RedisLink, signal: ChangeSignal) -> None:
        self._link = link
        self._signal = signal

    @property
    def is_suspect(self) -> bool:
        """True if Redis may lack changes.

        It was away a moment ago, or a process of this host could not write a change.
        """
        return self._link.is_suspect or self._signal.is_redis_suspect()

    def find(self, key: DocumentKey, order: str = "", known: CacheEntry | None = None, *, lock: bool = False) -> Lookup:
        """The document's entry, whether it is current or not.

        `known` is an entry that the caller has: if Redis has the same one, its bytes are not read again. With `lock`,
        the caller gets the build lock if the entry is not current and no other builder has the lock. No other builder
        gets it until `release`, until the new document is stored, or until BUILD_SECONDS have passed.
        """
        keys, token = _keys(key), _token() if lock else ""
        line = known.line if known else b""
        values = (order, len(line), _token(), KEEP_SECONDS, token, int(BUILD_SECONDS * 1000) * lock)
        with self._link.use() as redis:
            version, value, locked = _LOOKUP(redis, keys, *values)
            entry = known
            if known is None or value != line:
                entry = _unpacked(redis.get(keys[1]) if known else value)
            if value and not entry:  # a broken value, whose first line could pass for that of a current entry
                redis.delete(keys[1])
        return Lookup(key, order, version.decode(), entry, token if locked else "")

    def has_version(self, list_name: str) -> bool:
        """True if the list has a version. Without one, none of its documents is current."""
        with self._link.use() as redis:
            return bool(redis.exists(_version(list_name)))

    def find_again(self, lookup: Lookup) -> Lookup:
        """Another lookup under the same build lock, after a change."""
        return replace(self.find(lookup.key, lookup.order, lookup.entry), token=lookup.token)

    def store(self, lookup: Lookup, document: Document) -> CacheEntry | None:
        """Store the document that was built after the `lookup`, and release the build lock.

        Returns None, and stores nothing, if the version is no longer current, or if another builder has stored
        another document since: that one may show a later order.
        """
        entry = CacheEntry(document, lookup.built_from)
        before = lookup.entry.line if lookup.entry else b""
        keys, values = _keys(lookup.key), (lookup.version, entry.pack(), KEEP_SECONDS, lookup.token, before)
        with self._link.use() as redis:
            if not _STORE(redis, keys, *values):
                return None
        lookup.token = ""
        return entry

    def release(self, lookup: Lookup) -> None:
        """Release the build lock, if the caller still has it. Raises nothing: the lock also expires by itself."""
        if lookup.token:
            with suppress(RedisUnavailable), self._link.use() as redis:
                _RELEASE(redis, _keys(lookup.key)[2:], lookup.token)

    def invalidate(self, list_names: Iterable[str], since: datetime | None = None) -> None:
        """Give each list a new version, which makes all its documents old, and tell the other hosts. Two round trips.

        `since` is the time of the change; now without it. After a failure Redis is suspect for all processes of this
        host.
        """
        try:
            with self._link.use() as redis:
                pipeline = redis.pipeline(transaction=False)
                for list_name in list_names:
                    pipeline.set(_version(list_name), _token(), ex=KEEP_SECONDS)
                pipeline.execute()
                publish(redis, CHANNEL, change_message(self._signal, since))
        except RedisUnavailable:
            self._signal.mark_redis_suspect()
            raise

    def note_hot(self, key: DocumentKey) -> None:
        """Note a document with many readers for smaller encodings. The background worker gets it from `next_hot`."""
        with self._link.use() as redis:
            redis.zadd(_HOT, {f"{key.list_name}\n{key.name}": time.time()}, nx=True)
            redis.expire(_HOT, KEEP_SECONDS)

    def next_hot(self) -> DocumentKey | None:
        """Remove the document that was noted first, and return it; None if no document is noted."""
        with self._link.use() as redis:
            noted = redis.zpopmin(_HOT)
        if not noted:
            return None
        list_name, _, name = noted[0][0].decode().partition("\n")
        return DocumentKey(list_name, name)


def _unpacked(value: bytes | None) -> CacheEntry | None:
    if value is None:
        return None
    try:
        return CacheEntry.unpack(value)
    except ValueError:  # from another release; the document is built again
        return None


def _version(list_name: str) -> str:
    return f"warta:{{{list_name}}}:version"


def _keys(key: DocumentKey) -> tuple[str, str, str]:
    """The keys in Redis of the list's version, the document and its build lock."""
    document = f"warta:{{{key.list_name}}}:{key.name}"
    return _version(key.list_name), document, f"{document}:lock"


def _token() -> str:
    return secrets.token_hex(8)
