"""A document in parts: the head before its entries, the entries, and the tail after them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

KEY_MARK, _VERSION = 6, 8  # bytes in a mark: of the article's part, and of its version's part
MARK = KEY_MARK + _VERSION


@dataclass(frozen=True)
class Fragment:
    """One entry as its format renders it. `key` is the article's id, the same for all versions of the article.

    All documents of a format share an article's fragment, unless it has the rank in one feed.
    """

    key: str
    body: bytes

    @cached_property
    def digest(self) -> bytes:
        """The SHA-256 of the entry's bytes."""
        return hashlib.sha256(self.body).digest()

    @cached_property
    def mark(self) -> bytes:
        """The identifier of this version of the entry: the article's part, then the version's part; MARK bytes."""
        return key_mark(self.key) + self.digest[:_VERSION]


def key_mark(key: str) -> bytes:
    """The first KEY_MARK bytes of a mark, which all versions of an article share."""
    return hashlib.sha256(key.encode()).digest()[:KEY_MARK]


@dataclass(frozen=True)
class Spliced:
    """A document as a head, entries and a tail.

    `joint` stands between two entries. `withdrawn` has the keys of the withdrawn articles that the head lists.
    A document without deltas may be all head, with no fragments.
    """

    head: bytes
    fragments: Sequence[Fragment] = ()
    tail: bytes = b""
    joint: bytes = b""
    withdrawn: Sequence[str] = ()

    @cached_property
    def sizes(self) -> list[int]:
        """The length of the head, then of each entry, in bytes."""
        return [len(self.head), *[len(fragment.body) for fragment in self.fragments]]

    def __len__(self) -> int:
        joints = len(self.joint) * max(0, len(self.fragments) - 1)
        return sum(self.sizes) + joints + len(self.tail)

    @cached_property
    def digest(self) -> bytes:
        """A SHA-256 that differs for every other document.

        It is made from the head, joint and tail, and from the digest of each entry. An entry's digest is computed once
        for all documents.
        """
        rest = (self.head, self.joint, self.tail)
        digests = (fragment.digest for fragment in self.fragments)
        return hashlib.sha256(b"".join([*(len(part).to_bytes(8) for part in rest), *rest, *digests])).digest()

    def __bytes__(self) -> bytes:
        """The whole document. All parts are copied once."""
        parts = [self.head]
        for fragment in self.fragments:
            parts += (fragment.body, self.joint)
        if self.fragments:
            parts.pop()  # no joint after the last entry
        return b"".join([*parts, self.tail])
