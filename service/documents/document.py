"""A feed document: its bytes in every encoding, each made once per version, and what HTTP says about them."""

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Self

from service.core.lru import Bounded
from service.documents import encodings
from service.documents.delta import Outline
from service.documents.encodings import CODINGS, FIRST, IDENTITY, Level
from service.documents.parts import Spliced

# Few ask for a document without encoding, and that is half of all that it would take: it is decoded when it is wanted,
# which takes a tenth of a millisecond, and the last ones stay at hand.
AT_HAND = 2 * 2**20  # bytes

_at_hand: Bounded[str, bytes] = Bounded(AT_HAND)


@dataclass(frozen=True)
class Draft:
    """A document before it is encoded. `modified_at` is when its content last changed, as far as that is known."""

    spliced: Spliced
    media_type: str
    modified_at: datetime

    @cached_property
    def body(self) -> bytes:
        return bytes(self.spliced)

    @property
    def digest(self) -> str:
        """Another for every other document."""
        return self.spliced.digest.hex()[:32]


@dataclass(frozen=True)
class Document:
    """`encoded` is the body by content coding, as far as that was wanted, FIRST always; `size` the bytes that it has
    without one; `last_modified` in UTC, whole seconds.

    `outline` tells its entries apart, and remembers those of the documents before it.
    """

    media_type: str
    last_modified: datetime
    encoded: dict[str, bytes]
    size: int
    digest: str
    outline: Outline = field(default_factory=Outline)
    level: Level = Level.QUICK
    _encoding: threading.Lock = field(default_factory=threading.Lock, compare=False, repr=False)

    @classmethod
    def of(cls, draft: Draft, last_modified: datetime, previous: Self | None = None) -> Self:
        """The draft, to be encoded quickly; as the one that follows `previous`."""
        outline = Outline.of(draft.spliced)
        if previous:
            outline = outline.succeeding(previous.outline, previous.digest)
        encoded = {FIRST: encodings.encode(draft.body, FIRST)}
        _at_hand.put(draft.digest, draft.body, len(draft.body))  # for who wants another coding, or none
        return cls(draft.media_type, last_modified, encoded, len(draft.body), draft.digest, outline)

    @property
    def body(self) -> bytes:
        """The bytes without an encoding."""
        body = _at_hand.get(self.digest)
        if body is None:
            body = encodings.decoded(self.encoded[FIRST])
            _at_hand.put(self.digest, body, len(body))
        return body

    def within(self, coding: str) -> bytes:
        """The bytes in a content coding, or in none. The first who wants a coding makes it, for all."""
        if coding == IDENTITY:
            return self.body
        return self.encoded.get(coding) or self._encode(coding)

    def _encode(self, coding: str) -> bytes:
        with self._encoding:
            if coding not in self.encoded:
                self.encoded[coding] = encodings.encode(self.body, coding, self.level)
        return self.encoded[coding]

    def smallest(self, codings: Iterable[str]) -> str:
        """The content coding, of these, that has the fewest bytes."""
        return min(codings, key=lambda coding: self.size if coding == IDENTITY else len(self.within(coding)))

    def etag(self, coding: str) -> str:
        """The strong validator of one representation (RFC 9110 §8.8.3): other bytes, other tag."""
        return f'"{self.digest}{_suffix(coding, self.level)}"'

    def is_tagged(self, tag: str, coding: str) -> bool:
        """Whether the opaque `tag` is, or was, that of this document in this coding."""
        return tag in {f"{self.digest}{_suffix(coding, level)}" for level in Level}

    def polished(self) -> Self:
        """The same in as few bytes as can be. Takes a while: nobody should wait for it."""
        encoded = {coding: encodings.encode(self.body, coding, Level.SMALL) for coding in CODINGS if coding != IDENTITY}
        return replace(self, encoded=encoded, level=Level.SMALL)

    def __len__(self) -> int:
        """Bytes that it takes, as far as they matter; more with each coding that is made."""
        return sum(map(len, list(self.encoded.values()))) + len(self.outline)

    def pack(self) -> bytes:
        """The document as one value for a cache. The body is not in it: an encoding says the same in fewer bytes."""
        encoded = dict(self.encoded)  # others may be adding to it
        parts = [*encoded.values(), *self.outline.packed]
        head = {
            "media_type": self.media_type,
            "last_modified": int(self.last_modified.timestamp()),
            "size": self.size,
            "digest": self.digest,
            "level": self.level.value,
            "codings": list(encoded),
            "sizes": list(map(len, parts)),
        }
        return b"".join([json.dumps(head).encode(), b"\n", *parts])

    @classmethod
    def unpack(cls, value: bytes) -> Self:
        """The document of a packed value. Raises ValueError for anything else."""
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
                Outline.unpack(parts[len(encoded) :]),
                Level(head["level"]),
            )
        except (KeyError, TypeError, AttributeError, OverflowError, OSError) as error:
            raise ValueError(f"not a packed document: {error}") from None


def _suffix(coding: str, level: Level) -> str:
    if coding == IDENTITY:
        return ""
    return f"-{coding}" if level is Level.QUICK else f"-{coding}-{level.value}"
