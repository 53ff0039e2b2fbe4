"""A document in parts: what stands before its entries, the entries, what stands after them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

KEY_MARK, _VERSION = 6, 8  # bytes of the two parts of a mark
MARK = KEY_MARK + _VERSION


@dataclass(frozen=True)
class Fragment:
    """One entry as all documents of its format show it; `key` names the article in whatever version."""

    key: str
    body: bytes

    @cached_property
    def digest(self) -> bytes:
        """The SHA-256 of its bytes."""
        return hashlib.sha256(self.body).digest()

    @cached_property
    def mark(self) -> bytes:
        """Tells this entry from any other: the article's part, then that of its version."""
        return key_mark(self.key) + self.digest[:_VERSION]


def key_mark(key: str) -> bytes:
    """What the marks of all versions of an article begin with."""
    return hashlib.sha256(key.encode()).digest()[:KEY_MARK]


@dataclass(frozen=True)
class Spliced:
    """`joint` stands between two entries; `withdrawn` are the keys of articles whose withdrawal the head tells.

    A document whose entries nobody needs to tell apart is all head.
    """

    head: bytes
    fragments: Sequence[Fragment] = ()
    tail: bytes = b""
    joint: bytes = b""
    withdrawn: Sequence[str] = ()

    @cached_property
    def sizes(self) -> list[int]:
        """Bytes of the head, and of each entry."""
        return [len(self.head), *[len(fragment.body) for fragment in self.fragments]]

    def __len__(self) -> int:
        joints = len(self.joint) * max(0, len(self.fragments) - 1)
        return sum(self.sizes) + joints + len(self.tail)

    @cached_property
    def digest(self) -> bytes:
        """Another for every other document: a SHA-256 of its parts, where an entry is that of its own bytes, which is
        made once for all documents."""
        rest = (self.head, self.joint, self.tail)
        digests = (fragment.digest for fragment in self.fragments)
        return hashlib.sha256(b"".join([*(len(part).to_bytes(8) for part in rest), *rest, *digests])).digest()

    def __bytes__(self) -> bytes:
        """All parts, copied once."""
        parts = [self.head]
        for fragment in self.fragments:
            parts += (fragment.body, self.joint)
        if self.fragments:
            parts.pop()  # no joint stands after the last
        return b"".join([*parts, self.tail])
