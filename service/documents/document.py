"""A feed document: its bytes in each content coding, made once per version, and the values of its HTTP headers."""

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Self

from service.articles.dates import utc_now
from service.core.lru import LruCache
from service.documents import encodings
from service.documents.delta import DeltaIndex
from service.documents.encodings import CODINGS, FIRST, IDENTITY, Level
from service.documents.parts import DocumentParts

# Few clients want a document without a coding, and the plain body would be half of a document's memory. So the body is
# decoded on demand, which takes 0.1 milliseconds, and the last ones used are kept.
MAX_DECODED_BYTES = 2 * 2**20  # of decoded bodies that a process keeps
# Within these seconds after a build, another process may still serve an older document as current.
SETTLED_SECONDS = 3

_decoded: LruCache[str, bytes] = LruCache(MAX_DECODED_BYTES)


@dataclass(frozen=True)
class Document:
    """A document as clients get it; shared by a process's threads.

    `encoded` has the body by content coding: FIRST always, the others once a request has needed them or `recompressed`
    has made them. `size` is the length of the body without a coding, in bytes. `digest` identifies the content.
    `delta_index` has the hashes of the entries, and of those in earlier documents.

    `last_modified` and `built_at` are in UTC, in whole seconds. `last_modified` moves by a second or more with each
    change, so that no two documents of a feed have the same one. During many changes it is ahead of the clock.
    """

    media_type: str
    last_modified: datetime
    encoded: dict[str, bytes]
    size: int
    digest: str
    delta_index: DeltaIndex = field(default_factory=DeltaIndex)
    level: Level = Level.QUICK
    built_at: datetime = field(default_factory=lambda: utc_now().replace(microsecond=0), compare=False)
    _encoding: threading.Lock = field(default_factory=threading.Lock, compare=False, repr=False)

    @classmethod
    def of(cls, parts: DocumentParts, media_type: str, last_modified: datetime, previous: Self | None = None) -> Self:
        """The document of its parts, encoded quickly. It remembers the entries of `previous`, the document before."""
        body, digest = bytes(parts), parts.digest
        _decoded.put(digest, body, len(body))  # for requests with another coding, or none
        history = previous.delta_index.history(previous.digest) if previous else ()
        encoded = {FIRST: encodings.encode(body, FIRST)}
        return cls(media_type, last_modified, encoded, len(body), digest, DeltaIndex.of(parts, history))

    @classmethod
    def after(cls, previous: Self | None, parts: DocumentParts, media_type: str, modified_at: datetime) -> Self:
        """The document of its parts, as the successor of `previous`: `previous` itself, if the content is the same.

        Last-Modified never goes back. It is `modified_at`, the last known change of the content, and at least a second
        later than that of `previous`.
        """
        if previous is None:
            return cls.of(parts, media_type, modified_at)
        if previous.digest == parts.digest:
            return previous
        return cls.of(parts, media_type, max(modified_at, previous.last_modified + timedelta(seconds=1)), previous)

    @property
    def date(self) -> datetime:
        """The time that identifies this document for clients, from then on.

        It is `last_modified`. If that is far ahead of the clock, it is a time shortly after the build, when nobody gets
        an older document any more.
        """
        return min(self.last_modified, self.built_at + timedelta(seconds=SETTLED_SECONDS))

    def is_unchanged_since(self, since: datetime, now: datetime) -> bool:
        """True if a client that has the document of the time `since` certainly has this one (RFC 9110 §8.8.2.2).

        A time in the future says nothing about the changes until then.
        """
        if self.date < self.last_modified:  # several documents may have been built in that second
            return since == self.date <= now
        return self.last_modified <= min(since, now)

    @property
    def body(self) -> bytes:
        """The bytes without a content coding."""
        body = _decoded.get(self.digest)
        if body is None:
            body = encodings.decoded(self.encoded[FIRST])
            _decoded.put(self.digest, body, len(body))
        return body

    def within(self, coding: str) -> bytes:
        """The bytes in a content coding, or in none (IDENTITY). The first call for a coding encodes, for all."""
        if coding == IDENTITY:
            return self.body
        return self.encoded.get(coding) or self._encode(coding)

    def _encode(self, coding: str) -> bytes:
        with self._encoding:
            if coding not in self.encoded:
                self.encoded[coding] = encodings.encode(self.body, coding, self.level)
        return self.encoded[coding]

    def smallest(self, codings: Iterable[str]) -> str:
        """The content coding among `codings` that gives the fewest bytes."""
        return min(codings, key=lambda coding: self.size if coding == IDENTITY else len(self.within(coding)))

    def etag(self, coding: str) -> str:
        """The strong ETag of the representation in a coding (RFC 9110 §8.8.3). Other bytes have another ETag."""
        return f'"{self.digest}{_suffix(coding, self.level)}"'

    def is_tagged(self, tag: str, coding: str) -> bool:
        """True if the opaque `tag` belongs to this document in this coding, at any level of compression."""
        return tag in {f"{self.digest}{_suffix(coding, level)}" for level in Level}

    def recompressed(self) -> Self:
        """A copy of the document with its smallest encodings (Level.SMALL).

        It takes about 0.2 seconds: call it where no request waits.
        """
        encoded = {coding: encodings.encode(self.body, coding, Level.SMALL) for coding in CODINGS if coding != IDENTITY}
        return replace(self, encoded=encoded, level=Level.SMALL)

    def __len__(self) -> int:
        """Approximate bytes in memory: the encoded bodies and the delta index. It grows with each new coding."""
        return sum(map(len, list(self.encoded.values()))) + len(self.delta_index)

    def pack(self) -> bytes:
        """The document as one value for a cache.

        The plain body is left out: an encoded body has the same content in fewer bytes.
        """
        encoded = dict(self.encoded)  # another thread may add a coding meanwhile
        parts = [*encoded.values(), *self.delta_index.packed]
        head = {
            "media_type": self.media_type,
            "last_modified": int(self.last_modified.timestamp()),
            "built_at": int(self.built_at.timestamp()),
            "size": self.size,
            "digest": self.digest,
            "level": self.level.value,
            "codings": list(encoded),
            "sizes": list(map(len, parts)),
        }
        return b"".join([json.dumps(head).encode(), b"\n", *parts])

    @classmethod
    def unpack(cls, value: bytes) -> Self:
        """The document of a value from `pack`. Raises ValueError for any other value."""
        line, newline, rest = value.partition(b"\n")
        try:
            head = json.loads(line)
            parts, start = [], 0
            for size in head["sizes"]:
                parts.append(rest[start : start + size])
                start += size
            if not newline or start != len(rest):
                raise ValueError("the value is cut short")
            encoded = dict(zip(head["codings"], parts, strict=False))
            if not encoded.keys() >= {FIRST}:
                raise ValueError(f"the body is not there in {FIRST}")
            return cls(
                head["media_type"],
                datetime.fromtimestamp(head["last_modified"], UTC),
                encoded,
                int(head["size"]),
                head["digest"],
                DeltaIndex.unpack(parts[len(encoded) :]),
                Level(head["level"]),
                # The release before did not store it.
                datetime.fromtimestamp(head.get("built_at", head["last_modified"]), UTC),
            )
        except (KeyError, TypeError, AttributeError, OverflowError, OSError) as error:
            raise ValueError(f"not a packed document: {error}") from None


def _suffix(coding: str, level: Level) -> str:
    if coding == IDENTITY:
        return ""
    return f"-{coding}" if level is Level.QUICK else f"-{coding}-{level.value}"
