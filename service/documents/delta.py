"""What tells a document's entries apart from those of the documents before it, so that a reader who has one of those
can be sent what has changed since (RFC 3229, with the instance manipulation `feed`)."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from service.documents.parts import KEY_MARK, MARK, Spliced, key_mark

REMEMBERED = 24  # documents before this one
_DIGEST = 16  # bytes of a document's digest


@dataclass(frozen=True)
class Outline:
    """`marks` of the entries in their order; `sizes` of the head and of each entry, in bytes; what stands between two;
    marks of articles whose withdrawal the head tells; and the digests and marks of documents before, newest first."""

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
        """The outline of the document that follows the one with this digest and outline."""
        latest = bytes.fromhex(digest) + previous.marks
        return replace(self, past=(latest, *previous.past)[:REMEMBERED])

    def changed(self, body: bytes, base: str) -> bytes | None:
        """The document with nothing but the entries that the one with the digest `base` did not have, or not so.

        None if that is not known, or would not tell a reader all that has changed.
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
        """Whether a reader knows why entries are gone: withdrawn, as the head says, or pushed off the end."""
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
        """Where each entry begins and ends; never empty."""
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
        """Raises ValueError for what is not packed."""
        if len(parts) < 4:
            raise ValueError("not a packed outline")
        marks, sizes, joint, withdrawn, *past = parts
        return cls(marks, array("I", sizes).tolist(), joint, withdrawn, tuple(past))

    def __len__(self) -> int:
        """Bytes that it takes."""
        return len(self.marks) + 32 * len(self.sizes) + sum(map(len, self.past))


def _split(joined: bytes, size: int) -> list[bytes]:
    return [joined[start : start + size] for start in range(0, len(joined), size)]
