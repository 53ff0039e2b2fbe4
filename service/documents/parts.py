"""A document in parts: the head before its entries, the entries, and the tail after them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

ARTICLE_HASH_BYTES, _VERSION_HASH_BYTES = 6, 8
ENTRY_HASH_BYTES = ARTICLE_HASH_BYTES + _VERSION_HASH_BYTES


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
    def entry_hash(self) -> bytes:
        """The identifier of this version of the entry: the article's hash, then the version's; ENTRY_HASH_BYTES."""
        return article_hash(self.key) + self.digest[:_VERSION_HASH_BYTES]


def article_hash(key: str) -> bytes:
    """The first ARTICLE_HASH_BYTES of an entry hash, which all versions of an article share."""
    return hashlib.sha256(key.encode()).digest()[:ARTICLE_HASH_BYTES]


@dataclass(frozen=True)
class DocumentParts:
    """A document as a head, entries and a tail.

    `separator` stands between two entries. `withdrawn` has the keys of the withdrawn articles that the head lists.
    A document without deltas may be all head, with no fragments.
    """

    head: bytes
    fragments: Sequence[Fragment] = ()
    tail: bytes = b""
    separator: bytes = b""
    withdrawn: Sequence[str] = ()

    @cached_property
    def sizes(self) -> list[int]:
        """The length of the head, then of each entry, in bytes."""
        return [len(self.head), *[len(fragment.body) for fragment in self.fragments]]

    def __len__(self) -> int:
        separators = len(self.separator) * max(0, len(self.fragments) - 1)
        return sum(self.sizes) + separators + len(self.tail)

    @cached_property
    def digest(self) -> str:
        """The identifier of the content: 32 hexadecimal digits, different for every other document.

        It is made from the head, separator and tail, and from the digest of each entry. An entry's digest is computed
        once for all documents.
        """
        rest = (self.head, self.separator, self.tail)
        lengths = [len(part).to_bytes(8) for part in rest]
        digests = [fragment.digest for fragment in self.fragments]
        return hashlib.sha256(b"".join([*lengths, *rest, *digests])).hexdigest()[:32]

    def __bytes__(self) -> bytes:
        """The whole document. All parts are copied once."""
        parts = [self.head]
        for fragment in self.fragments:
            parts += (fragment.body, self.separator)
        if self.fragments:
            parts.pop()  # no separator after the last entry
        return b"".join([*parts, self.tail])
