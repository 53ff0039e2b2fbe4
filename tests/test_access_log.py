"""Access logs: every server's dialect of the combined format, and what strangers make of it."""

from datetime import datetime

import pytest

from service.access_log import Hit, parse

AT = datetime.fromisoformat("2026-02-12T02:33:00+07:00").timestamp()
PHONE = "Mozilla/5.0 (Linux; Android 13) Chrome/120.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("line", "hit"),
    [
        (  # nginx
            f'203.0.113.9 - - [12/Feb/2026:02:33:00 +0700] "POST /articles/1/views HTTP/2.0" 204 0 "x" "{PHONE}"',
            Hit("203.0.113.9", AT, "POST", "/articles/1/views", 204, PHONE),
        ),
        (  # Apache, with a user and a time in UTC
            f'2001:db8::1 - budi [11/Feb/2026:19:33:00 +0000] "GET /latest.rss HTTP/1.1" 200 4312 "-" "{PHONE}"',
            Hit("2001:db8::1", AT, "GET", "/latest.rss", 200, PHONE, 4312),
        ),
        (  # a CDN that adds columns
            f'203.0.113.9 - - [12/Feb/2026:02:33:00 +0700] "GET /a?b=c HTTP/1.1" 304 - "-" "{PHONE}" "HIT" 0.001',
            Hit("203.0.113.9", AT, "GET", "/a?b=c", 304, PHONE),
        ),
        (  # varnishncsa, whose targets are absolute
            f'203.0.113.9 - - [12/Feb/2026:02:33:00 +0700] "GET http://h.id:80/a?b=c HTTP/1.1" 200 7 "-" "{PHONE}"',
            Hit("203.0.113.9", AT, "GET", "/a?b=c", 200, PHONE, 7),
        ),
        (  # quotes inside
            r'203.0.113.9 - - [12/Feb/2026:02:33:00 +0700] "GET /a HTTP/1.1" 200 1 "-" "App \"1.0\" (x)"',
            Hit("203.0.113.9", AT, "GET", "/a", 200, r"App \"1.0\" (x)", 1),
        ),
        (  # no agent, and the common format, which has none
            '203.0.113.9 - - [12/Feb/2026:02:33:00 +0700] "GET /a HTTP/1.1" 200 1 "-" "-"',
            Hit("203.0.113.9", AT, "GET", "/a", 200, "", 1),
        ),
        (
            '203.0.113.9 - - [12/Feb/2026:02:33:00 +0700] "GET /a HTTP/1.0" 200 1',
            Hit("203.0.113.9", AT, "GET", "/a", 200, "", 1),
        ),
        (  # not HTTP
            r'203.0.113.9 - - [12/Feb/2026:02:33:00 +0700] "\x16\x03\x01" 400 150 "-" "-"',
            Hit("203.0.113.9", AT, "", "", 400, "", 150),
        ),
    ],
)
def test_a_line_is_a_request(line: str, hit: Hit) -> None:
    assert parse(line) == parse(f"{line}\n") == hit


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "is no line of the combined format"),
        ("rusak", "is no line of the combined format"),
        ('{"json": true}', "is no line of the combined format"),
        ('203.0.113.9 - - [12/Feb/2026:02:33:00 +0700] "GET / HTTP/1.1" 200', "is no line of the combined format"),
        (
            '203.0.113.9 - - [12/Feb/1026:02:33:00 +0700] "GET / HTTP/1.1" 200 1',
            "12/Feb/1026:02:33:00 +0700 is not a time such as 12/Feb/2026:02:33:00 +0700",
        ),
        (
            '203.0.113.9 - - [12/Peb/2026:02:33:00 +0700] "GET / HTTP/1.1" 200 1',
            "12/Peb/2026:02:33:00 +0700 is not a time such as 12/Feb/2026:02:33:00 +0700",
        ),
    ],
)
def test_what_is_none_says_why(line: str, reason: str) -> None:
    with pytest.raises(ValueError, match="^" + reason.replace("+", r"\+")):
        parse(line)
