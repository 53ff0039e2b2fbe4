"""JSON Lines: a line is an article, or is refused by its number."""

import json
from zoneinfo import ZoneInfo

import pytest

from service import importers
from service.importers import FoundArticle, ImportItem, OpenSource, ReadOptions, RefusedItem, SourceUnreadable, jsonl

OPTIONS = ReadOptions(ZoneInfo("Asia/Jakarta"))


def imported(data: bytes) -> list[ImportItem]:
    return list(importers.read(OpenSource.of_bytes("berita.jsonl", data), None, OPTIONS))


def test_each_line_is_an_article_and_bad_ones_do_not_stop_the_rest() -> None:
    data = b"\n".join(
        [
            b'\xef\xbb\xbf{"id": "1", "title": "Satu"}\r',
            b"",
            b'{"id": "2",}',
            b"[1]",
            b'{"id": "\xff"}',
            b'{"id": "\\ud800"}',
            b'{"views": NaN}',
            b"[" * 10_000,
            b'{"id": "9"} {"id": "10"}',
            '{"id": "10", "title": "Sepuluh é"}'.encode(),
        ]
    )
    assert imported(data) == [
        FoundArticle("line 1", {"id": "1", "title": "Satu"}),
        RefusedItem("line 3", "not valid JSON: trailing comma at column 12"),
        RefusedItem("line 4", "not a JSON object"),
        RefusedItem("line 5", "not valid JSON: invalid unicode code point at column 9"),
        RefusedItem("line 6", "not valid JSON: unexpected end of hex escape at column 15"),
        RefusedItem("line 7", "not valid JSON: expected value at column 11"),
        RefusedItem("line 8", "not valid JSON: recursion limit exceeded at column 202"),
        RefusedItem("line 9", "not valid JSON: trailing characters at column 13"),
        FoundArticle("line 10", {"id": "10", "title": "Sepuluh é"}),
    ]


@pytest.mark.parametrize("ending", [b"\n", b""])
def test_an_overlong_line_is_refused_and_the_next_one_read(ending: bytes) -> None:
    longest = json.dumps({"id": "1", "content_html": ""}).encode()
    longest = longest.replace(b'""', b'"' + b"x" * (jsonl.MAX_LINE_BYTES - len(longest) - 1) + b'"')
    too_long = b'{"id": "' + b"x" * (2 * jsonl.MAX_LINE_BYTES) + b'"}'
    first, second, third, fourth = imported(b"\n".join([longest, too_long, b'{"id": "3"}', too_long]) + ending)
    assert isinstance(first, FoundArticle)
    assert second == RefusedItem("line 2", "longer than 24 MB")
    assert third == FoundArticle("line 3", {"id": "3"})
    assert fourth == RefusedItem("line 4", "longer than 24 MB")


def test_one_document_over_many_lines_is_read_as_such() -> None:
    assert imported(b'[\n{"id": "1"},\n17\n]') == [
        FoundArticle("item 1", {"id": "1"}),
        RefusedItem("item 2", "not a JSON object"),
    ]
    assert imported(b'{\n  "id": "1",\n  "title": "Satu"\n}\n') == [
        FoundArticle("item 1", {"id": "1", "title": "Satu"})
    ]
    assert imported(b'{"id": "1", "tags": [\n"a"]}') == [FoundArticle("item 1", {"id": "1", "tags": ["a"]})]
    with pytest.raises(SourceUnreadable, match=r"berita\.jsonl: not valid JSON: Expecting value: line 1 column 14"):
        imported(b'[{"id": "1"},')


def test_a_first_line_that_is_cut_off_does_not_make_the_lines_a_document() -> None:
    assert imported(b'{"id": "1", \n{"id": "2"}') == [
        RefusedItem("line 1", "not valid JSON: EOF while parsing a value at column 11"),
        FoundArticle("line 2", {"id": "2"}),
    ]
