"""A document in parts is the parts, one after the other."""

import pytest

from service.documents.parts import ARTICLE_HASH_BYTES, ENTRY_HASH_BYTES, DocumentParts, Fragment, article_hash


@pytest.mark.parametrize(
    ("entries", "separator", "whole"),
    [
        ([], b",", b"[]"),
        ([b"1"], b",", b"[1]"),
        ([b"1", b"22", b"3"], b",", b"[1,22,3]"),
        ([b"1", b"22", b"3"], b"", b"[1223]"),
    ],
)
def test_its_bytes_and_their_number(entries: list[bytes], separator: bytes, whole: bytes) -> None:
    parts = DocumentParts(b"[", [Fragment(str(n), body) for n, body in enumerate(entries)], b"]", separator)
    assert bytes(parts) == whole
    assert len(parts) == len(whole)


def test_a_document_may_be_all_head() -> None:
    assert bytes(DocumentParts(b"<x/>")) == b"<x/>"
    assert len(DocumentParts(b"<x/>")) == 4


def test_a_fragment_s_entry_hash_is_that_of_its_article_and_of_its_body() -> None:
    hashes = {Fragment(key, body).entry_hash for key in ("1", "2") for body in (b"a", b"b")}
    assert len(hashes) == 4
    assert {len(hash_) for hash_ in hashes} == {ENTRY_HASH_BYTES}
    assert {hash_[:ARTICLE_HASH_BYTES] for hash_ in hashes} == {article_hash("1"), article_hash("2")}
    assert len({hash_[ARTICLE_HASH_BYTES:] for hash_ in hashes}) == 2


def test_other_bytes_or_other_places_of_them_give_another_digest() -> None:
    one, two = Fragment("1", b"a"), Fragment("2", b"b")
    documents = [
        *(
            DocumentParts(b"[", [one, two], b"]"),
            DocumentParts(b"[", [two, one], b"]"),
            DocumentParts(b"[", [one], b"]"),
        ),
        *(
            DocumentParts(b"[", [one, two], b"]", b","),
            DocumentParts(b"[]", [one, two]),
            DocumentParts(b"", [one, two], b"[]"),
        ),
        *(
            DocumentParts(b"[" + one.digest, [two], b"]"),
            DocumentParts(b"[", [two], b"]" + one.digest),
            DocumentParts(b"[ab]"),
        ),
    ]
    assert len({document.digest for document in documents}) == len(documents)
    assert DocumentParts(b"[", [Fragment("3", b"a"), two], b"]").digest == documents[0].digest
