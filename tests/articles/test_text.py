"""Text as it may stand in a feed: XML-safe, plain where plain is promised, markup without anything active."""

import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.articles import text as module
from service.articles.text import plain, sanitize, xml_safe

BASE = "https://news.example/dinamika/1"
TAG = re.compile(r"</?[a-z][^>]*>|<[!?][^>]*>", re.IGNORECASE)

# What editors paste, what attackers send, and what breaks parsers.
PIECES = [
    *("<script>alert(1)</script>", "<SCRIPT SRC=//evil.example>", "&lt;script&gt;", "&amp;lt;b&amp;gt;", "<xmp>", "<p"),
    *(
        "<textarea>",
        "</p>",
        "<b>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>",
        "<style>p{}</style>",
    ),
    *("<iframe src=//x>", "<svg><desc>", "<math>", "<!--", "-->", "<![CDATA[", "]]>", "<?xml?>", "<!DOCTYPE a>"),
    *("&", "<", ">", '"', "'", "&#0;", "&#x1f;", "&#xd800;", "&nbsp;", "&copy", "&unknown;", "a < b", "AT&T"),
    *("\x00", "\x0b", "\x7f", "\x85", "\ud800", "\udfff", "\ufdd0", "\ufffe", "\U0001ffff", "\u2028", "\ufeff"),
    *("\r\n", "\t", "   ", "é", "e\u0301", "İ", "ß", "ﬁ", "™", "नमस्ते", "日本", "😀", "’", "Jum'at"),
]
anything = st.characters(exclude_categories=())
nasty = st.lists(st.sampled_from(PIECES) | anything, max_size=12).map("".join)


@settings(deadline=None)
@given(nasty)
def test_plain_text_never_holds_markup_and_is_plain_already(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert not TAG.search(once)
    assert once == " ".join(once.split()) == xml_safe(once)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Rapat \n kerja\t", "Rapat kerja"),
        ("<b>Warta</b> <i>baru</i>", "Warta baru"),
        ("<p>satu</p><p>dua</p>tiga<br>empat", "satu dua tiga empat"),
        ("<li>a<li>b<dt>c<dd>d<figcaption>e", "a b c d e"),
        ("W<b>art</b>a", "Warta"),
        ("Q&amp;A, AT&T &copy; 2026", "Q&A, AT&T © 2026"),
        ("3 < 4 > 2", "3 < 4 > 2"),
        ("&amp;lt;b&amp;gt;tebal&amp;lt;/b&amp;gt;", "tebal"),
        ("<script>alert(1)</script>x<style>p{}</style>", "x"),
        ("<xmp>" + "<p" * 6, ""),  # the parser takes what stands in xmp for text, at first
        ("a\x00b\ud800c\ufffe", "abc"),
    ],
)
def test_plain_text_is_what_a_reader_would_see(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_markup_escaped_beyond_all_measure_is_given_up() -> None:
    assert not set("<>&") & set(plain("&" + "amp;" * 50 + "lt;script>"))


@pytest.mark.parametrize("text", ["<b>" * 5_001, "&lt;i>" * 5_001, f"<p {' '.join(f'a{n}' for n in range(300))}>"])
def test_what_would_take_long_only_loses_its_brackets(text: str) -> None:
    assert plain(text).split() == re.sub("&lt;|[<>]", " ", text).split()


@settings(deadline=None)
@given(nasty)
def test_sanitized_markup_holds_nothing_active(markup: str) -> None:
    clean = sanitize(markup, BASE)
    assert xml_safe(clean) == clean
    tags = "".join(TAG.findall(clean)).lower()
    assert not re.search(r"<(script|style|iframe|object|embed|form|svg|math|xmp|textarea)|\son\w+=|javascript:", tags)


LINKS = ["<a href=", "<img src=", "<q cite=", "'/x'>", "'https://a.example/'>", "'http://'>", "'HTTPS:x'>", "'https:'>"]
LINKS += ["'mailto:a'>", "'//b'>", "'#c'>", "' http://d'>", "'data:x'>", "''>", "'é'>", "'http:e'>", "teks", "</a>"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(LINKS + PIECES), max_size=12).map("".join))
def test_a_long_body_is_sanitized_as_a_short_one(markup: str) -> None:
    """A short one is first looked at for relative addresses, a long one is not."""
    short = sanitize(markup, BASE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_LONG", 0)
        assert sanitize(markup, BASE) == short


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>Isi <b>tebal</b></p>", "<p>Isi <b>tebal</b></p>"),
        ("Tanpa markah", "Tanpa markah"),
        ("<p>a<script>alert(1)</script>b", "<p>ab</p>"),
        ("<p style='x' class='y' onclick='z' id='w'>a</p>", "<p>a</p>"),
        ("<iframe src='https://x.example'></iframe>a", "a"),
        ("<form action='/x'><input name='y'>a</form>", "a"),
        ("<a href='javascript:alert(1)'>a</a>", "<a>a</a>"),
        ("<a href='data:text/html,x'>a</a>", "<a>a</a>"),
        ("<a href='/b?c=1'>a</a>", '<a href="https://news.example/b?c=1">a</a>'),
        ("<a href='#catatan'>a</a>", f'<a href="{BASE}#catatan">a</a>'),
        ("<img src='foto.jpg' alt='Foto'>", '<img src="https://news.example/dinamika/foto.jpg" alt="Foto">'),
        ("<img src='//cdn.example/f.jpg'>", '<img src="https://cdn.example/f.jpg">'),
        ("<a href='mailto:redaksi@news.example'>a</a>", '<a href="mailto:redaksi@news.example">a</a>'),
        ("<!-- rahasia --><p>a</p>", "<p>a</p>"),
        ("<p>a ]]> b</p>", "<p>a ]]&gt; b</p>"),
        # As scripts load images when they come into sight, with what is for who has no scripts.
        (
            '<p>a</p><img class="lazy" data-src="/f.jpg" alt="F"><noscript><img src="https://cdn.example/f.jpg"></noscript>',
            '<p>a</p><img src="https://cdn.example/f.jpg">',
        ),
        ("<noembed><p>a</p></noembed><NOSCRIPT>b", "<p>a</p>b"),
        ("<iframe src='x'><p>Peramban Anda tidak mendukung</p></iframe><p>a</p>", "<p>a</p>"),
        ("<iframe src='x'/><p>a</p><iframe src='y'></iframe>b", "<p>a</p>b"),  # never closed, and yet all is there
        ("<pre>\n\nsatu\n</pre>", "<pre>\n\nsatu\n</pre>"),  # the same, also when it comes back
        ("<pre>\nsatu</pre>", "<pre>satu</pre>"),
        ("<scr<noscript>ipt>alert(1)</script>a", "a"),
    ],
)
def test_sanitizing_keeps_the_text_and_drops_what_acts(markup: str, expected: str) -> None:
    assert sanitize(markup, BASE) == expected


def test_what_xml_forbids_is_taken_out_and_nothing_else() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    kept = set(xml_safe(everything))
    assert {"\t", "\n", "\r", " ", "~", "\xa0", "\ud7ff", "\ue000", "\ufffc", "😀"} <= kept
    gone = [ord(character) for character in everything if character not in kept]
    assert [n for n in gone if n < 0xA0] == [*range(9), 11, 12, *range(14, 32), *range(127, 160)]
    assert [n for n in gone if 0xA0 <= n < 0x10000] == [
        *(*range(0xD800, 0xE000), *range(0xFDD0, 0xFDF0), 0xFFFD, 0xFFFE, 0xFFFF)
    ]
    assert [n for n in gone if n >= 0x10000] == [
        plane << 16 | low for plane in range(1, 17) for low in (0xFFFE, 0xFFFF)
    ]
