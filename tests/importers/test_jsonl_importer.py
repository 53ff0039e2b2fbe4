"""JSON Lines: a line is an article, or is refused by its number."""

import json
from zoneinfo import ZoneInfo

import pytest

from service import importers
from service.importers import Found, Opened, Refused, SourceUnreadable, jsonl

JAKARTA = ZoneInfo("Asia/Jakarta")


def imported(data: bytes) -> list[Found | Refused]:
    return list(importers.read(Opened.of_bytes("berita.jsonl", data), None, JAKARTA))


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
        Found("line 1", {"id": "1", "title": "Satu"}),
        Refused("line 3", "not valid JSON: trailing comma at column 12"),
        Refused("line 4", "not a JSON object"),
        Refused("line 5", "not valid JSON: invalid unicode code point at column 9"),
        Refused("line 6", "not valid JSON: unexpected end of hex escape at column 15"),
        Refused("line 7", "not valid JSON: expected value at column 11"),
        Refused("line 8", "not valid JSON: recursion limit exceeded at column 202"),
        Refused("line 9", "not valid JSON: trailing characters at column 13"),
        Found("line 10", {"id": "10", "title": "Sepuluh é"}),
    ]


@pytest.mark.parametrize("ending", [b"\n", b""])
def test_an_overlong_line_is_refused_and_the_next_one_read(ending: bytes) -> None:
    longest = json.dumps({"id": "1", "content_html": ""}).encode()
    longest = longest.replace(b'""', b'"' + b"x" * (jsonl.LINE_LIMIT - len(longest) - 1) + b'"')
    too_long = b'{"id": "' + b"x" * (2 * jsonl.LINE_LIMIT) + b'"}'
    first, second, third, fourth = imported(b"\n".join([longest, too_long, b'{"id": "3"}', too_long]) + ending)
    assert isinstance(first, Found)
    assert second == Refused("line 2", "longer than 24 MB")
    assert third == Found("line 3", {"id": "3"})
    assert fourth == Refused("line 4", "longer than 24 MB")


def test_one_document_over_many_lines_is_read_as_such() -> None:
    assert imported(b'[\n{"id": "1"},\n17\n]') == [Found("item 1", {"id": "1"}), Refused("item 2", "not a JSON object")]
    assert imported(b'{\n  "id": "1",\n  "title": "Satu"\n}\n') == [Found("item 1", {"id": "1", "title": "Satu"})]
    assert imported(b'{"id": "1", "tags": [\n"a"]}') == [Found("item 1", {"id": "1", "tags": ["a"]})]
    with pytest.raises(SourceUnreadable, match=r"berita\.jsonl: not valid JSON: Expecting value: line 1 column 14"):
        imported(b'[{"id": "1"},')


def test_a_first_line_that_is_cut_off_does_not_make_the_lines_a_document() -> None:
    assert imported(b'{"id": "1", \n{"id": "2"}') == [
        Refused("line 1", "not valid JSON: EOF while parsing a value at column 11"),
        Found("line 2", {"id": "2"}),
    ]
