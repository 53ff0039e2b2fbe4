"""A feed document: its bytes in every encoding, made once per version, and what HTTP says about them."""

import gzip
import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Self

import brotli
import zstandard

IDENTITY = "identity"


@dataclass(frozen=True)
class Document:
    """`bodies` by content coding, `identity` first; `last_modified` in UTC, whole seconds."""

    media_type: str
    last_modified: datetime
    bodies: dict[str, bytes]
    digest: str

    @classmethod
    def of(cls, body: bytes, media_type: str, last_modified: datetime) -> Self:
        return cls(media_type, last_modified, _encoded(body), hashlib.sha256(body).hexdigest()[:32])

    def etag(self, coding: str) -> str:
        """The strong validator of one representation (RFC 9110 §8.8.3): other bytes, other tag."""
        return f'"{self.digest}"' if coding == IDENTITY else f'"{self.digest}-{coding}"'

    def modified(self, at: datetime) -> Self:
        return replace(self, last_modified=at)

    def pack(self, version: str) -> bytes:
        """The document and the version that it shows, as one value for a cache."""
        head = {
            "version": version,
            "media_type": self.media_type,
            "last_modified": int(self.last_modified.timestamp()),
            "digest": self.digest,
            "sizes": {coding: len(body) for coding, body in self.bodies.items()},
        }
        return b"".join([json.dumps(head).encode(), b"\n", *self.bodies.values()])

    @classmethod
    def unpack(cls, value: bytes) -> tuple[str, Self]:
        """The version and the document of a packed value. Raises ValueError for anything else."""
        line, newline, rest = value.partition(b"\n")
        try:
            head = json.loads(line)
            bodies, start = {}, 0
            for coding, size in head["sizes"].items():
                bodies[coding] = rest[start : start + size]
                start += size
            if not newline or start != len(rest):
                raise ValueError("the value is cut short")
            modified = datetime.fromtimestamp(head["last_modified"], UTC)
            return head["version"], cls(head["media_type"], modified, bodies, head["digest"])
        except (KeyError, TypeError, AttributeError, OverflowError, OSError) as error:
            raise ValueError(f"not a packed document: {error}") from None


def _encoded(body: bytes) -> dict[str, bytes]:
    # Levels that give nearly the size of the slow ones for a tenth of the time; docs/performance.md has the figures.
    return {
        IDENTITY: body,
        "gzip": gzip.compress(body, 6, mtime=0),
        "br": brotli.compress(body, mode=brotli.MODE_TEXT, quality=5),
        "zstd": zstandard.ZstdCompressor(level=6).compress(body),
    }
