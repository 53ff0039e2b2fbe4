"""Plain text: markup goes, text stays, and nothing in it runs anywhere."""

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.articles.article import Submission
from service.articles.characters import one_line
from service.articles.plain_text import as_field, beginning, has_text, is_misread, plain, with_divisions
from service.articles.sanitizer import sanitize
from tests.articles.test_sanitizer import BASE, nasty
from tests.support.newsroom import article

ACTIVE = re.compile(
    r"<[\s/]*(script|iframe|style|object|svg|embed|math|link|meta|base)[\s/>]|<[a-z!?/][^>]*[\s/\"']on\w+\s*=",
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Rapat \n kerja\t", "Rapat kerja"),
        ("<b>Warta</b> <i>baru</i>", "Warta baru"),
        ("<p>satu</p><p>dua</p>tiga<br>empat", "satu dua tiga empat"),
        ("<li>a<li>b<dt>c<dd>d<figcaption>e", "a b c d e"),
        ("<footer>a</footer>b<td>c</td><td>d", "a b c d"),
        ("W<b>art</b>a", "Warta"),
        ("Q&amp;A, AT&T &copy; 2026", "Q&A, AT&T © 2026"),
        ("3 < 4 > 2", "3 < 4 > 2"),
        ("Angka <tujuh dan seterusnya", "Angka <tujuh dan seterusnya"),
        ("x<u dan v>w", "x<u dan v>w"),
        ("a<b>c", "a<b>c"),
        ("Jika a<b>c dan x<i>y, <b>tebal</b>", "Jika a<b>c dan x<i>y, tebal"),
        ("a<b>c dan d</b>e", "ac dan de"),
        ("Ini <b>tebal, tanpa akhir", "Ini tebal, tanpa akhir"),
        ("<i>Kompas", "Kompas"),
        ("Surat <tim@news.example>", "Surat <tim@news.example>"),
        ("<https://news.example/a>", "<https://news.example/a>"),
        ("I <3 Bandung <— ya", "I <3 Bandung <— ya"),
        ("Elemen &lt;hr&gt; dan &amp;nbsp;", "Elemen <hr> dan &nbsp;"),
        ("<span class=a data-b='c>' hidden>satu</span> dua", "dua"),
        ("<input disabled value=x>satu<INPUT/>", "satu"),
        ("satu <o:p></o:p><!-- catatan -->dua<!-- tiga", "satu dua"),
        ('satu <a href="https://news.example/pan', "satu"),
        ("satu dua</p", "satu dua"),
        ("<!DOCTYPE html><?xml version='1.0'?>satu", "satu"),
        ("<script>alert(1)</script>x<style>p{}</style>", "x"),
        ("日<ruby>本<rt>ほん</rt></ruby>", "日本(ほん)"),
        ("a\x00b\ud800c\ufffe", "abc"),
        ("kata\u202e terbalik", "kata\u202e terbalik\u202c"),
    ],
)
def test_plain_text_is_what_a_reader_would_see(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Apa itu &lt;script&gt;", "Apa itu ‹script›"),
        ("&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;", "‹script›alert(1)‹/script›"),
        ("<satu onclick=alert(1)>dua", "‹satu onclick=alert(1)›dua"),
        ("&lt;img src=x onerror=alert(1)&gt;", "‹img src=x onerror=alert(1)›"),
        ("&lt;a href=javascript:alert(1) dua", "‹a href=javascript:alert(1) dua"),
        ("<iframe dua", "‹iframe dua"),
    ],
)
def test_markup_that_would_act_has_other_brackets(text: str, expected: str) -> None:
    assert plain(text) == expected


@settings(deadline=None)
@given(nasty)
def test_nothing_acts_however_often_a_program_unescapes(text: str) -> None:
    for made in (plain(text), beginning(sanitize(text, BASE), 500)):
        assert made == one_line(made)
        for _ in range(4):
            assert not ACTIVE.search(made)
            made = html.unescape(made)


@settings(deadline=None)
@given(nasty)
def test_a_plain_text_as_a_field_is_the_same_text_again(text: str) -> None:
    made = plain(text)
    assert plain(as_field(made)) == made


def test_an_article_that_comes_back_is_unchanged() -> None:
    """From `GET`, from an export, and with `PATCH`."""
    words = "Kapan &lt;br&gt; dan &amp;amp; C<D"
    fields = {
        **dict.fromkeys(("title", "summary", "section", "correction", "license"), words),
        "id": "1",
        "categories": [words],
        "tags": [f"{words} 2"],
        "authors": [words],
        "image": {"caption": words, "credit": words},
    }
    stored = article(fields)
    assert stored.image
    assert (stored.title, stored.image.caption, stored.tags) == (
        *["Kapan <br> dan &amp; C<D"] * 2,
        ("Kapan <br> dan &amp; C<D 2",),
    )
    assert article(stored.fields()) == stored
    assert isinstance(stored, Submission)


def test_markup_escaped_beyond_all_measure_is_given_up() -> None:
    assert not set("<>&") & set(plain("&" + "amp;" * 50 + "lt;script>"))


@pytest.mark.parametrize("text", ["<b>" * 5_001, "&lt;i>" * 5_001, f"<p {' '.join(f'a{n}=' for n in range(300))}>"])
def test_markup_that_takes_long_is_taken_for_text(text: str) -> None:
    assert plain(text) == html.unescape(text)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>satu</p><p>dua &amp; tiga</p>", "satu dua & tiga"),
        ("<img alt='a > b'><p>isi</p>", "isi"),
        ("<p>a &lt;normal b&lt;c, d&gt;e</p>", "a <normal b<c, d>e"),
        ("<p>elemen &lt;video&gt;</p>", "elemen <video>"),
        ("<table><tr><td>a<td>b</table>c<br>d", "a b c d"),
        ("", ""),
    ],
)
def test_the_text_of_a_body_is_unescaped_once(body: str, text: str) -> None:
    clean = sanitize(body, BASE)
    assert beginning(clean, 100) == text
    assert has_text(clean) == bool(text)


def test_the_beginning_of_a_body_has_the_characters_asked_for() -> None:
    body = sanitize(f"<p><img src='/{'x' * 5_000}'>{'kata <b>demi</b> ' * 500}</p>", BASE)
    text = beginning(body, 300)
    assert 300 < len(text) <= 400
    assert text.startswith("kata demi kata demi ")


def test_a_text_that_reads_as_html_is_told() -> None:
    assert [is_misread(text) for text in ("a & b <3", "AT&T", "a<b", "&amp;", "&copy")] == [
        False,
        False,
        True,
        True,
        True,
    ]


def test_divisions_stand_for_blocks_that_a_program_does_not_know() -> None:
    body = "<pre>a\nb</pre><section>c</section><hr><p>d</p>"
    assert with_divisions(body, {"pre", "section", "hr"}) == "<div>a<br>b</div><div>c</div><br><p>d</p>"


@settings(deadline=None, max_examples=50)
@given(st.text("abc<>&;=/ \"'!-", max_size=60))
def test_no_text_of_signs_is_lost_but_tags(text: str) -> None:
    """What is gone is a tag of `a` or `b`, a comment or a reference."""
    known = re.compile(r"</?[ab][\s/>]|<!--|</?[a-z]*\Z|&", re.IGNORECASE)
    if not known.search(text):
        assert plain(text).replace(" ", "") == text.replace(" ", "")
