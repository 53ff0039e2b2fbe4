"""A feed document: the same bytes in every coding, and what HTTP says about them."""

import gzip
from datetime import UTC, datetime, timedelta

import brotli
import pytest
import zstandard

from service.document import Document

AT = datetime(2026, 2, 22, 2, 40, tzinfo=UTC)
BODY = ("<rss>" + "berita é " * 500 + "</rss>").encode()


def document(body: bytes = BODY) -> Document:
    return Document.of(body, "application/rss+xml; charset=utf-8", AT)


def test_every_coding_holds_the_same_bytes() -> None:
    bodies = document().bodies
    assert next(iter(bodies)) == "identity"
    decoded = {
        "identity": bodies["identity"],
        "gzip": gzip.decompress(bodies["gzip"]),
        "br": brotli.decompress(bodies["br"]),
        "zstd": zstandard.ZstdDecompressor().decompress(bodies["zstd"]),
    }
    assert decoded == dict.fromkeys(bodies, BODY)
    assert all(len(body) < len(BODY) / 5 for coding, body in bodies.items() if coding != "identity")


def test_the_same_content_is_the_same_document() -> None:
    assert document() == document()
    assert gzip.compress(BODY)[4:8] != b"\0\0\0\0"  # a clock, which ours must not hold:
    assert document().bodies["gzip"][4:8] == b"\0\0\0\0"


def test_an_etag_is_strong_and_differs_by_coding_and_content() -> None:
    tags = [document(body).etag(coding) for body in (BODY, b"x") for coding in document().bodies]
    assert len(set(tags)) == len(tags) == 8
    assert all(tag.startswith('"') and tag.endswith('"') and tag.isascii() for tag in tags)
    assert document().modified(AT + timedelta(hours=1)).etag("br") == document().etag("br")


@pytest.mark.parametrize("body", [BODY, b"", b"\n\n{}\n"])
def test_a_packed_document_comes_back_whole_with_its_version(body: bytes) -> None:
    assert Document.unpack(document(body).pack("7:é")) == ("7:é", document(body))


def test_anything_else_is_told_apart() -> None:
    packed = document().pack("7")
    head, _, rest = packed.partition(b"\n")
    others = [
        *(b"", b"\n", b"x", b"{}\n", b"[]\n", b"null\n", b'{"sizes":[]}\n', b"\xff\xfe\n"),
        *(packed[:-1], packed + b"x", packed[: len(packed) // 2], head, rest),
        packed.replace(b'"last_modified": 1', b'"last_modified": 9999999999', 1),
        packed.replace(b'"last_modified": 1', b'"last_modified": "x", "y": 1', 1),
        packed.replace(b'"digest"', b'"tsegid"', 1),
    ]
    for other in others:
        with pytest.raises(ValueError, match=r".+"):
            Document.unpack(other)
