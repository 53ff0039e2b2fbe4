"""Deltas between a document and earlier versions of it (RFC 3229, with the instance manipulation `feed`).

A document remembers the entries of the documents before it. A reader that has one of these gets only the new and
changed entries.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from service.documents.parts import ARTICLE_HASH_BYTES, ENTRY_HASH_BYTES, DocumentParts, article_hash

MAX_EARLIER_DOCUMENTS = 24  # whose entries a document remembers
_DIGEST_BYTES = 16  # of a document's digest


@dataclass(frozen=True)
class DeltaIndex:
    """The places and hashes of a document's entries, and the hashes of the entries of earlier documents.

    `entry_hashes` has the hashes of the entries, joined, in their order. `sizes` has the length of the head, then of
    each entry, in bytes. `separator` stands between two entries. `withdrawn` has the article hashes of the withdrawn
    articles that the head lists, joined. `earlier` has the digest and the entry hashes of each earlier document, newest
    first.
    """

    entry_hashes: bytes = b""
    sizes: Sequence[int] = ()
    separator: bytes = b""
    withdrawn: bytes = b""
    earlier: Sequence[bytes] = ()

    @classmethod
    def of(cls, parts: DocumentParts, earlier: Sequence[bytes] = ()) -> Self:
        """The index of a document. `earlier` is the `history` of its predecessor."""
        return cls(
            b"".join([fragment.entry_hash for fragment in parts.fragments]),
            parts.sizes,
            parts.separator,
            b"".join(map(article_hash, parts.withdrawn)),
            earlier,
        )

    def history(self, digest: str) -> Sequence[bytes]:
        """The records of this document, which has the `digest`, and of the documents before it, for its successor."""
        return (bytes.fromhex(digest) + self.entry_hashes, *self.earlier)[:MAX_EARLIER_DOCUMENTS]

    def delta(self, body: bytes, base: str) -> bytes | None:
        """The document with only the entries that are new or changed since the document with the digest `base`.

        `body` is this document without a coding. Returns None if `base` is not remembered, if the delta would hide a
        change from the reader, or if every entry is new.
        """
        known = next((record[_DIGEST_BYTES:] for record in self.earlier if record[:_DIGEST_BYTES].hex() == base), None)
        if known is None or not self._explains(_split(known, ENTRY_HASH_BYTES)):
            return None
        before, now = set(_split(known, ENTRY_HASH_BYTES)), _split(self.entry_hashes, ENTRY_HASH_BYTES)
        changed = [n for n, entry_hash in enumerate(now) if entry_hash not in before]
        if len(changed) == len(now):
            return None
        spans = self._spans
        head, tail = body[: self.sizes[0]], body[spans[-1][1] :]
        return b"".join([head, self.separator.join(body[slice(*spans[n])] for n in changed), tail])

    def _explains(self, before: Sequence[bytes]) -> bool:
        """True if a reader of a delta can tell why each missing entry is gone, and no common entry changed its place.

        An entry may be gone because the head lists its article as withdrawn, or because new entries pushed it off the
        end.
        """
        now = [entry_hash[:ARTICLE_HASH_BYTES] for entry_hash in _split(self.entry_hashes, ENTRY_HASH_BYTES)]
        had = [entry_hash[:ARTICLE_HASH_BYTES] for entry_hash in before]
        withdrawn = set(_split(self.withdrawn, ARTICLE_HASH_BYTES))
        stayed = [key for key in had if key in set(now)]
        expected = [key for key in had if key not in withdrawn or key in stayed]
        pushed_off = len(expected) - len(stayed)
        in_order = [key for key in now if key in set(had)] == stayed == expected[: len(stayed)]
        return in_order and (not pushed_off or len(now) >= len(had))

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        """The begin and end of each entry in the body, in bytes; one empty span if there is no entry."""
        spans, start = [], self.sizes[0]
        for size in self.sizes[1:]:
            spans.append((start, start + size))
            start += size + len(self.separator)
        return spans or [(start, start)]

    @property
    def packed(self) -> list[bytes]:
        return [self.entry_hashes, array("I", self.sizes).tobytes(), self.separator, self.withdrawn, *self.earlier]

    @classmethod
    def unpack(cls, parts: Sequence[bytes]) -> Self:
        """The index of parts from `packed`. Raises ValueError for too few parts."""
        if len(parts) < 4:
            raise ValueError("not a packed index")
        entry_hashes, sizes, separator, withdrawn, *earlier = parts
        return cls(entry_hashes, array("I", sizes).tolist(), separator, withdrawn, tuple(earlier))

    def __len__(self) -> int:
        """Approximate bytes in memory."""
        return len(self.entry_hashes) + 32 * len(self.sizes) + sum(map(len, self.earlier))


def _split(joined: bytes, size: int) -> list[bytes]:
    return [joined[start : start + size] for start in range(0, len(joined), size)]
