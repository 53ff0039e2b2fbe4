"""Access logs: every server's dialect of the combined format, and what strangers make of it."""

import re
import time
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.access_logs.combined import parse
from service.core.access_logs.reader import MAX_LINE_BYTES
from service.core.access_logs.request import LoggedRequest

AT = datetime.fromisoformat("2026-02-12T02:33:00+07:00").timestamp()
PHONE = "Mozilla/5.0 (Linux; Android 13) Chrome/120.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("line", "hit"),
    [
        (  # nginx
            f'203.0.113.9 - - [12/Feb/2026:02:33:00 +0700] "POST /articles/1/views HTTP/2.0" 204 0 "x" "{PHONE}"',
            LoggedRequest("203.0.113.9", AT, "POST", "/articles/1/views", 204, PHONE),
        ),
        (  # Apache, with a user and a time in UTC
            f'2001:db8::1 - budi [11/Feb/2026:19:33:00 +0000] "GET /latest.rss HTTP/1.1" 200 4312 "-" "{PHONE}"',
            LoggedRequest("2001:db8::1", AT, "GET", "/latest.rss", 200, PHONE, 4312),
        ),
        (  # a CDN that adds columns
            f'203.0.113.9 - - [12/Feb/2026:02:33:00 +0700] "GET /a?b=c HTTP/1.1" 304 - "-" "{PHONE}" "HIT" 0.001',
            LoggedRequest("203.0.113.9", AT, "GET", "/a?b=c", 304, PHONE),
        ),
        (  # varnishncsa, whose targets are absolute
            f'203.0.113.9 - - [12/Feb/2026:02:33:00 +0700] "GET http://h.id:80/a?b=c HTTP/1.1" 200 7 "-" "{PHONE}"',
            LoggedRequest("203.0.113.9", AT, "GET", "/a?b=c", 200, PHONE, 7),
        ),
        (  # quotes inside
            r'203.0.113.9 - - [12/Feb/2026:02:33:00 +0700] "GET /a HTTP/1.1" 200 1 "-" "App \"1.0\" (x)"',
            LoggedRequest("203.0.113.9", AT, "GET", "/a", 200, r"App \"1.0\" (x)", 1),
        ),
        (  # no agent, and the common format, which has none
            '203.0.113.9 - - [12/Feb/2026:02:33:00 +0700] "GET /a HTTP/1.1" 200 1 "-" "-"',
            LoggedRequest("203.0.113.9", AT, "GET", "/a", 200, "", 1),
        ),
        (
            '203.0.113.9 - - [12/Feb/2026:02:33:00 +0700] "GET /a HTTP/1.0" 200 1',
            LoggedRequest("203.0.113.9", AT, "GET", "/a", 200, "", 1),
        ),
        (  # a user's name in brackets
            f'203.0.113.9 - [budi] [] x [12/Feb/2026:02:33:00 +0700] "GET /a HTTP/1.1" 200 1 "-" "{PHONE}"',
            LoggedRequest("203.0.113.9", AT, "GET", "/a", 200, PHONE, 1),
        ),
        (  # not HTTP
            r'203.0.113.9 - - [12/Feb/2026:02:33:00 +0700] "\x16\x03\x01" 400 150 "-" "-"',
            LoggedRequest("203.0.113.9", AT, "", "", 400, "", 150),
        ),
    ],
)
def test_a_line_is_a_request(line: str, hit: LoggedRequest) -> None:
    assert parse(line) == parse(f"{line}\n") == hit


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "is not a line of the combined format"),
        ("rusak", "is not a line of the combined format"),
        ('{"json": true}', "is not a line of the combined format"),
        ('203.0.113.9 - - [12/Feb/2026:02:33:00 +0700] "GET / HTTP/1.1" 200', "is not a line of the combined format"),
        (
            '203.0.113.9 - - [12/Feb/1026:02:33:00 +0700] "GET / HTTP/1.1" 200 1',
            "12/Feb/1026:02:33:00 +0700 is not a time such as 12/Feb/2026:02:33:00 +0700",
        ),
        (
            '203.0.113.9 - - [12/Peb/2026:02:33:00 +0700] "GET / HTTP/1.1" 200 1',
            "12/Peb/2026:02:33:00 +0700 is not a time such as 12/Feb/2026:02:33:00 +0700",
        ),
        (f'203.0.113.9 - - [{"x" * 9_000}] "GET / HTTP/1.1" 200 1', f"{'x' * 40}… is not a time such as"),
    ],
)
def test_what_is_none_says_why(line: str, reason: str) -> None:
    with pytest.raises(ValueError, match="^" + reason.replace("+", r"\+")):
        parse(line)


PIECES = ["[", "]", "[] ", "[x] ", '"', '" ', "\\", '\\"', " ", "x", "A", "- ", "1", "203.0.113.9 - - "]
PIECES += ["[12/Feb/2026:02:33:00 +0700] ", '"GET /a HTTP/1.1" ', "200 1", '"-" ', "http://", "/", "é"]
pieces = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)
# What the pattern says, without a thought of who writes the lines.
QUOTED = r'"((?:[^"\\]|\\.)*)"'
OBVIOUS = re.compile(rf"\S+ \S+ .*?\[([^\]]+)\] {QUOTED} \d{{3}} \S+(?: {QUOTED} {QUOTED})?", re.ASCII)


@settings(deadline=None, max_examples=500)
@given(pieces, pieces, pieces)
def test_a_line_is_read_as_the_obvious_pattern_reads_it(before: str, inside: str, behind: str) -> None:
    line = f'203.0.113.9 - {before}[12/Feb/2026:02:33:00 +0700] "GET /{inside}" 200 1 "-" "{behind}"'
    found = OBVIOUS.match(line)
    try:
        hit = parse(line)
    except ValueError as error:
        assert not found or str(error).startswith(found[1][:40])
    else:
        assert found
        assert hit.agent == ("" if found[4] == "-" else found[4] or "")
        assert not hit.target or hit.target in found[2]


@settings(deadline=None, max_examples=200)
@given(pieces, pieces.filter(bool), pieces)
def test_no_line_takes_long(begin: str, repeated: str, end: str) -> None:
    """A line of 16 KB that is nothing but brackets took four seconds."""
    line = begin + repeated * ((MAX_LINE_BYTES - len(begin)) // len(repeated)) + end
    seconds = []
    for _ in range(3):
        started = time.thread_time()
        try:
            parse(line)
        except ValueError as error:
            assert len(str(error)) < 200
        seconds.append(time.thread_time() - started)
    assert min(seconds) < 0.2
