"""A feed document: the same bytes in every coding, and what HTTP says about them."""

import gzip
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import brotli
import pytest
import zstandard

from service.documents.document import MAX_DECODED_BYTES, SETTLED_SECONDS, Document
from service.documents.encodings import CODINGS
from service.documents.parts import DocumentParts, Fragment

AT = datetime(2026, 2, 22, 2, 40, tzinfo=UTC)
BODY = ("<rss>" + "berita é " * 500 + "</rss>").encode()


def document(body: bytes = BODY) -> Document:
    return Document.of(DocumentParts(body), "application/rss+xml; charset=utf-8", AT)


def test_every_coding_holds_the_same_bytes() -> None:
    made = document()
    bodies = {coding: made.within(coding) for coding in CODINGS}
    decoded = {
        "identity": bodies["identity"],
        "gzip": gzip.decompress(bodies["gzip"]),
        "br": brotli.decompress(bodies["br"]),
        "zstd": zstandard.ZstdDecompressor().decompress(bodies["zstd"]),
    }
    assert decoded == dict.fromkeys(bodies, BODY)
    assert all(len(body) < len(BODY) / 5 for coding, body in bodies.items() if coding != "identity")


def test_a_coding_is_made_when_somebody_first_wants_it() -> None:
    made = document()
    assert [*made.encoded] == ["gzip"]
    zstd = made.within("zstd")
    assert made.within("zstd") is zstd
    assert Document.unpack(made.pack()).encoded == {"gzip": made.within("gzip"), "zstd": zstd}


def test_a_coding_made_of_a_packed_document_has_the_same_bytes() -> None:
    here, packed = document(), document().pack()
    for _ in range(3):
        document(os.urandom(MAX_DECODED_BYTES // 2))  # so that the body is not at hand any more
    assert {coding: Document.unpack(packed).within(coding) for coding in CODINGS} == {
        coding: here.within(coding) for coding in CODINGS
    }


def test_the_smallest_is_told_among_those_that_are_wanted() -> None:
    made = document()
    assert made.smallest(["identity", "gzip"]) == "gzip"
    assert [*made.encoded] == ["gzip"]
    assert len(made.within(made.smallest(CODINGS))) == min(len(made.within(coding)) for coding in CODINGS)
    assert document(b"x").smallest(CODINGS) == "identity"


def test_the_same_content_is_the_same_document() -> None:
    assert document() == document()
    assert gzip.compress(BODY)[4:8] != b"\0\0\0\0"  # a clock, which ours must not hold:
    assert document().encoded["gzip"][4:8] == b"\0\0\0\0"


def test_an_etag_is_strong_and_differs_by_coding_and_content() -> None:
    tags = [document(body).etag(coding) for body in (BODY, b"x") for coding in CODINGS]
    assert len(set(tags)) == len(tags) == 8
    assert all(tag.startswith('"') and tag.endswith('"') and tag.isascii() for tag in tags)
    later = Document.of(DocumentParts(BODY), "application/rss+xml", AT + timedelta(hours=1))
    assert later.etag("br") == document().etag("br")


def test_a_recompressed_document_is_the_same_in_fewer_bytes_and_knows_its_earlier_tags() -> None:
    quick, small = document(), document().recompressed()
    assert gzip.decompress(small.encoded["gzip"]) == brotli.decompress(small.encoded["br"]) == BODY == small.body
    assert sum(len(small.within(coding)) for coding in CODINGS) < sum(len(quick.within(coding)) for coding in CODINGS)
    assert small.etag("identity") == quick.etag("identity")
    for coding in ("gzip", "br", "zstd"):
        assert small.etag(coding) != quick.etag(coding)
        assert small.is_tagged(quick.etag(coding).strip('"'), coding)
        assert not small.is_tagged(quick.etag(coding).strip('"'), "identity")


def test_last_modified_only_rises_and_only_with_the_content() -> None:
    first = Document.after(None, DocumentParts(BODY), "application/rss+xml", AT)
    assert first.last_modified == AT
    assert Document.after(first, DocumentParts(BODY), "application/rss+xml", AT + timedelta(hours=1)) is first
    for modified_at in (AT - timedelta(hours=1), AT):
        later = Document.after(first, DocumentParts(b"x"), "application/rss+xml", modified_at)
        assert later.last_modified == AT + timedelta(seconds=1)
    later = Document.after(first, DocumentParts(b"x"), "application/rss+xml", AT + timedelta(hours=1))
    assert later.last_modified == AT + timedelta(hours=1)


def built(last_modified: timedelta) -> Document:
    """A document that was built at AT."""
    made = Document.of(DocumentParts(BODY), "application/rss+xml", AT + last_modified)
    return replace(made, built_at=AT)


def test_the_date_is_last_modified_unless_that_is_far_ahead() -> None:
    now, second = AT + timedelta(hours=1), timedelta(seconds=1)
    for near in (built(-second), built(2 * second)):
        assert near.date == near.last_modified
        assert near.is_unchanged_since(near.date, now)
        assert near.is_unchanged_since(near.date + second, now)
        assert not near.is_unchanged_since(near.date - second, now)
        assert not near.is_unchanged_since(now, near.date - second)  # a date in the future
    far = built(timedelta(hours=2))
    assert far.date == AT + SETTLED_SECONDS * second
    assert far.is_unchanged_since(far.date, now)
    for since in (AT, far.date - second, far.date + second, now, far.last_modified):  # dates of other documents
        assert not far.is_unchanged_since(since, now)
    assert not far.is_unchanged_since(far.date, far.date - second)


@pytest.mark.parametrize("body", [BODY, b"", b"\n\n{}\n"])
def test_a_packed_document_comes_back_whole(body: bytes) -> None:
    first = document(body)
    parts = DocumentParts(b"[", [Fragment("satu", b'"berita"'), Fragment("dua", b'"lagi"')], b"]", b",", ["tiga"])
    first.within("br")
    for packed in (first, first.recompressed(), Document.of(parts, "application/feed+json", AT, first)):
        assert Document.unpack(packed.pack()) == packed
        assert Document.unpack(packed.pack()).built_at == packed.built_at


def test_anything_else_is_told_apart() -> None:
    packed = document().pack()
    head, _, rest = packed.partition(b"\n")
    others = [
        *(b"", b"\n", b"x", b"{}\n", b"[]\n", b"null\n", b'{"sizes":[]}\n', b"\xff\xfe\n"),
        *(packed[:-1], packed + b"x", packed[: len(packed) // 2], head, rest),
        packed.replace(b'"last_modified": 1', b'"last_modified": 9999999999', 1),
        packed.replace(b'"last_modified": 1', b'"last_modified": "x", "y": 1', 1),
        packed.replace(b'"digest"', b'"tsegid"', 1),
        packed.replace(b'"size"', b'"ezis"', 1),
        packed.replace(b'["gzip"]', b'["br"]', 1),
    ]
    for other in others:
        with pytest.raises(ValueError, match=r".+"):
            Document.unpack(other)
