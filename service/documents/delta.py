"""Deltas between a document and earlier versions of it (RFC 3229, with the instance manipulation `feed`).

A document remembers the entries of the documents before it. A reader that has one of these gets only the new and
changed entries.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from service.documents.parts import KEY_MARK, MARK, Spliced, key_mark

REMEMBERED = 24  # earlier documents in an outline
_DIGEST = 16  # bytes of a document's digest


@dataclass(frozen=True)
class Outline:
    """The places and identifiers of a document's entries, and the identifiers of those in earlier documents.

    `marks` has the marks of the entries, joined, in their order. `sizes` has the length of the head, then of each
    entry, in bytes. `joint` stands between two entries. `withdrawn` has the key marks of the withdrawn articles that
    the head lists, joined. `past` has the digest and the marks of each earlier document, newest first.
    """

    marks: bytes = b""
    sizes: Sequence[int] = ()
    joint: bytes = b""
    withdrawn: bytes = b""
    past: Sequence[bytes] = ()

    @classmethod
    def of(cls, spliced: Spliced) -> Self:
        return cls(
            marks=b"".join([fragment.mark for fragment in spliced.fragments]),
            sizes=spliced.sizes,
            joint=spliced.joint,
            withdrawn=b"".join(map(key_mark, spliced.withdrawn)),
        )

    def succeeding(self, previous: Self, digest: str) -> Self:
        """This outline with its predecessor added to `past`: the document with the outline `previous` and `digest`."""
        latest = bytes.fromhex(digest) + previous.marks
        return replace(self, past=(latest, *previous.past)[:REMEMBERED])

    def changed(self, body: bytes, base: str) -> bytes | None:
        """The document with only the entries that are new or changed since the document with the digest `base`.

        `body` is this document without a coding. Returns None if `base` is not remembered, if the delta would hide a
        change from the reader, or if every entry is new.
        """
        known = next((record[_DIGEST:] for record in self.past if record[:_DIGEST].hex() == base), None)
        if known is None or not self._explains(_split(known, MARK)):
            return None
        before, now = set(_split(known, MARK)), _split(self.marks, MARK)
        fresh = [n for n, mark in enumerate(now) if mark not in before]
        if len(fresh) == len(now):
            return None
        spans = self._spans
        head, tail = body[: self.sizes[0]], body[spans[-1][1] :]
        return b"".join([head, self.joint.join(body[slice(*spans[n])] for n in fresh), tail])

    def _explains(self, before: Sequence[bytes]) -> bool:
        """Whether a reader of a delta can tell why each missing entry is gone, and no common entry changed its place.

        An entry may be gone because the head lists its article as withdrawn, or because new entries pushed it off the
        end.
        """
        now = [mark[:KEY_MARK] for mark in _split(self.marks, MARK)]
        had = [mark[:KEY_MARK] for mark in before]
        withdrawn = set(_split(self.withdrawn, KEY_MARK))
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
            start += size + len(self.joint)
        return spans or [(start, start)]

    @property
    def packed(self) -> list[bytes]:
        return [self.marks, array("I", self.sizes).tobytes(), self.joint, self.withdrawn, *self.past]

    @classmethod
    def unpack(cls, parts: Sequence[bytes]) -> Self:
        """The outline of parts from `packed`. Raises ValueError for too few parts."""
        if len(parts) < 4:
            raise ValueError("not a packed outline")
        marks, sizes, joint, withdrawn, *past = parts
        return cls(marks, array("I", sizes).tolist(), joint, withdrawn, tuple(past))

    def __len__(self) -> int:
        """Approximate bytes in memory."""
        return len(self.marks) + 32 * len(self.sizes) + sum(map(len, self.past))


def _split(joined: bytes, size: int) -> list[bytes]:
    return [joined[start : start + size] for start in range(0, len(joined), size)]
