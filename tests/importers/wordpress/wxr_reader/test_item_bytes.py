"""An export file is split at its items, wherever the reads end and whatever the texts contain."""

import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.importers.wordpress.wxr_reader import item_bytes as module
from service.importers.wordpress.wxr_reader.item_bytes import ExportFault, Piece, pieces

HEAD = b"<rss>\n<channel><title>Kabar</title>\n"
PLAIN = b"<item><title>Satu</title>\n</item>"
WITH_TAGS = b"<item>\n<a><![CDATA[</item> <item> <!-- ]]></a><!-- </item> ]]> -->\n</item>"
END = b"</channel>\n</rss>\n<!-- dibuat oleh sebuah program -->\n"


class Slow:
    """A document whose reads return a few bytes."""

    def __init__(self, document: bytes, sizes: Iterator[int]) -> None:
        self._file, self._sizes = io.BytesIO(document), sizes

    def read(self, _size: int) -> bytes:
        return self._file.read(next(self._sizes))


@given(st.lists(st.integers(1, 40), min_size=200, max_size=200))
def test_the_reads_do_not_matter(sizes: list[int]) -> None:
    document = HEAD + PLAIN + b"\n<!-- <item> -->\n" + WITH_TAGS + PLAIN + END
    assert list(pieces(Slow(document, iter([*sizes, *[1000] * 10])))) == [
        Piece(HEAD, 1),
        Piece(PLAIN, 3),
        Piece(WITH_TAGS, 6),
        Piece(PLAIN, 8),
    ]


def test_elements_whose_names_begin_like_that_of_an_item_are_none() -> None:
    document = HEAD + b"<items/><item-list></item-list>" + PLAIN + END
    assert [piece.markup for piece in pieces(io.BytesIO(document))][1:] == [PLAIN]


def test_an_export_without_items_has_a_head_only() -> None:
    assert list(pieces(io.BytesIO(HEAD + END))) == [Piece(HEAD + END, 1)]


def test_below_a_section_without_an_end_items_are_found_by_their_tags() -> None:
    endless = b"<item>\n<a><![CDATA[tanpa akhir</a>\n</item>"
    split = list(pieces(io.BytesIO(HEAD + PLAIN + endless + b"\n" + PLAIN + END)))
    assert split[1:] == [Piece(PLAIN, 3), Piece(endless, 4), Piece(PLAIN, 7)]


def test_a_file_that_ends_too_early_is_a_fault_in_its_last_line() -> None:
    split = pieces(io.BytesIO(HEAD + PLAIN + b"\n<item>\n<a>"))
    assert [next(split), next(split)] == [Piece(HEAD, 1), Piece(PLAIN, 3)]
    with pytest.raises(ExportFault, match="the file ends within an item or before its last tag") as fault:
        next(split)
    assert fault.value.line == 6


def test_what_stands_between_items_is_of_any_length_and_not_kept() -> None:
    line = b"x" * 999 + b"\n"
    document = HEAD + PLAIN + b"\n" + line * 500 + PLAIN + line * 500 + END
    assert list(pieces(io.BytesIO(document)))[1:] == [Piece(PLAIN, 3), Piece(PLAIN, 505)]


def test_the_head_and_an_item_have_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    long = b"<a>" + b"x" * 200_000
    monkeypatch.setattr(module, "MAX_HEAD_BYTES", 100_000)
    monkeypatch.setattr(module, "MAX_ITEM_BYTES", 100_000)
    with pytest.raises(ExportFault, match="there is no item in the first 16 MB"):
        list(pieces(io.BytesIO(HEAD + long)))
    split = pieces(io.BytesIO(HEAD + PLAIN + b"<item>" + long))
    assert [next(split), next(split)] == [Piece(HEAD, 1), Piece(PLAIN, 3)]
    with pytest.raises(ExportFault, match="an item is longer than 32 MB; the rest of the document cannot be read"):
        next(split)
