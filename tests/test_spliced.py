"""A document in parts is the parts, one after the other."""

import pytest

from service.spliced import Fragment, Spliced


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


def test_a_fragment_s_digest_is_that_of_its_body() -> None:
    assert Fragment("1", b"a").digest == Fragment("2", b"a").digest != Fragment("1", b"b").digest
