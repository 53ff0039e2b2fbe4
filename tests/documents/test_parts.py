"""A document in parts is the parts, one after the other."""

import pytest

from service.documents.parts import KEY_MARK, MARK, Fragment, Spliced, key_mark


@pytest.mark.parametrize(
    ("entries", "joint", "whole"),
    [
        ([], b",", b"[]"),
        ([b"1"], b",", b"[1]"),
        ([b"1", b"22", b"3"], b",", b"[1,22,3]"),
        ([b"1", b"22", b"3"], b"", b"[1223]"),
    ],
)
def test_its_bytes_and_their_number(entries: list[bytes], joint: bytes, whole: bytes) -> None:
    spliced = Spliced(b"[", [Fragment(str(n), body) for n, body in enumerate(entries)], b"]", joint)
    assert bytes(spliced) == whole
    assert len(spliced) == len(whole)


def test_a_document_may_be_all_head() -> None:
    assert bytes(Spliced(b"<x/>")) == b"<x/>"
    assert len(Spliced(b"<x/>")) == 4


def test_a_fragment_s_mark_is_that_of_its_article_and_of_its_body() -> None:
    marks = {Fragment(key, body).mark for key in ("1", "2") for body in (b"a", b"b")}
    assert len(marks) == 4
    assert {len(mark) for mark in marks} == {MARK}
    assert {mark[:KEY_MARK] for mark in marks} == {key_mark("1"), key_mark("2")}
    assert len({mark[KEY_MARK:] for mark in marks}) == 2


def test_other_bytes_or_other_places_of_them_give_another_digest() -> None:
    one, two = Fragment("1", b"a"), Fragment("2", b"b")
    documents = [
        *(Spliced(b"[", [one, two], b"]"), Spliced(b"[", [two, one], b"]"), Spliced(b"[", [one], b"]")),
        *(Spliced(b"[", [one, two], b"]", b","), Spliced(b"[]", [one, two]), Spliced(b"", [one, two], b"[]")),
        *(Spliced(b"[" + one.digest, [two], b"]"), Spliced(b"[", [two], b"]" + one.digest), Spliced(b"[ab]")),
    ]
    assert len({document.digest for document in documents}) == len(documents)
    assert Spliced(b"[", [Fragment("3", b"a"), two], b"]").digest == documents[0].digest
