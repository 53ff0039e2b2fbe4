"""Paragraphs as WordPress makes them: what people see of mixed blocks and text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.importers.wordpress.paragraphs import paragraphs

PIECES = ["Satu", "\n", "\n\n", "<p>", "</p>", "<div>", "</div>", "<ul><li>", "</li></ul>", "<br>", "<b>", "</b>", " "]


def without_line_ends(html: str) -> str:
    return re.sub(r"\n", "", html)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Satu.\n\nDua.\nTiga.", "<p>Satu.</p><p>Dua.<br>Tiga.</p>"),
        ("Satu.\n\n<p style='x'>Dua.</p>\n\nTiga.", "<p>Satu.</p><p style='x'>Dua.</p><p>Tiga.</p>"),
        ("Satu.\n<ul>\n<li>A</li>\n</ul>\nDua.", "<p>Satu.</p><ul><li>A</li></ul><p>Dua.</p>"),
        ("<h3>Sub</h3>\nSatu.", "<h3>Sub</h3><p>Satu.</p>"),
        ("<blockquote>A\n\nB</blockquote>", "<blockquote><p>A</p><p>B</p></blockquote>"),
        ("<div>A</div>", "<div>A</div>"),
        ("<div>A\n\nB</div>", "<div><p>A</p><p>B</p></div>"),
        ("<p>A\n\nB</p>C", "<p>A</p><p>B</p><p>C</p>"),
        ("<pre>a\n\nb</pre>\nC", "<pre>ab</pre><p>C</p>"),
        ("A\n\n&nbsp;\n\nB", "<p>A</p><p>&nbsp;</p><p>B</p>"),
        ("A<br /><br />B", "<p>A</p><p>B</p>"),
        ("A<br />\nB", "<p>A<br />B</p>"),
        ("A\n\n<!--more-->\n\nB<!--nextpage-->C", "<p>A</p><p>B</p><p>C</p>"),
        ("A\r\n\r\nB", "<p>A</p><p>B</p>"),
        ("<table>\n<tr>\n<td>A\nB</td>\n</tr>\n</table>", "<table><tr><td>A<br>B</td></tr></table>"),
        ("<P ALIGN=center>***</P>", "<P ALIGN=center>***</p>"),
        ("3 < 4\n\nB", "<p>3 < 4</p><p>B</p>"),
    ],
    ids=range(17),
)
def test_paragraphs(text: str, html: str) -> None:
    assert without_line_ends(paragraphs(text)) == html


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_no_word_is_lost_and_paragraphs_are_not_nested(text: str) -> None:
    html = paragraphs(text)
    assert html.count("Satu") == text.count("Satu")
    open_paragraphs = 0
    for tag in re.findall(r"</?p>", html):
        open_paragraphs += 1 if tag == "<p>" else -1
        assert open_paragraphs in (0, 1)
    assert open_paragraphs == 0
