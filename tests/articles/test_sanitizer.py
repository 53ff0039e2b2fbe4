"""HTML as it may stand in a feed: nothing active, no word lost, no words joined."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.articles import elements, sanitizer
from service.articles.characters import xml_safe
from service.articles.sanitizer import sanitize

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
MEDIA_PIECES = [
    *(
        "<video src='a.mp4' poster='/p'>",
        "</video>",
        "<audio><source src='/a'>",
        "<iframe src='//youtu.be/a' title='t'>",
    ),
    *(
        "<object data='/a.pdf'>",
        "</object>",
        "<picture>",
        "<source srcset='a 1x'>",
        "<img data-src='/a'>",
        "<noscript>",
    ),
    *(
        "</noscript>",
        "<math><mfrac><mi>a</mi>",
        "</math>",
        "<svg><title>a</title>",
        "</svg>",
        "<ruby><rt>",
        "<a href='/a'>",
    ),
    *(
        "</a>",
        "<form>",
        "<button>a</button>",
        "<details><summary>",
        "<pre>\n",
        "<header>",
        "</header>",
        "<amp-img src='a'>",
    ),
]
TABLE = '<table><colgroup><col span="2"></colgroup><tbody><tr><td>a</td></tr></tbody></table>'
anything = st.characters(exclude_categories=())
nasty = st.lists(st.sampled_from(PIECES) | anything, max_size=12).map("".join)


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
        patch.setattr(sanitizer, "MAX_TWICE", 0)
        assert sanitize(markup, BASE) == short


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>Isi <b>tebal</b></p>", "<p>Isi <b>tebal</b></p>"),
        ("Tanpa markah", "Tanpa markah"),
        ("<p>a<script>alert(1)</script>b", "<p>ab</p>"),
        ("<p style='x' class='y' onclick='z' id='w'>a</p>", "<p>a</p>"),
        ("<iframe src='https://x.example'></iframe>a", "a"),
        ("<form action='/x'><input name='y'>a</form>", "<div>a</div>"),
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
            '<p>a</p><img src="https://cdn.example/f.jpg" alt="F">',
        ),
        ("<noembed><p>a</p></noembed><NOSCRIPT>b", "<p>a</p>b"),
        ("<iframe src='x'><p>Peramban Anda tidak mendukung</p></iframe><p>a</p>", "<p>a</p>"),
        ("<iframe src='x'/><p>a</p><iframe src='y'></iframe>b", "<p>a</p>b"),  # never closed, and yet all is there
        ("<pre>\n\nsatu\n</pre>", "<pre>\n\nsatu\n</pre>"),  # the same, also when it comes back
        ("<pre>\nsatu</pre>", "<pre>satu</pre>"),
        ("<scr<noscript>ipt>alert(1)</script>a", "ipt&gt;alert(1)a"),
    ],
)
def test_sanitizing_keeps_the_text_and_removes_active_elements(markup: str, expected: str) -> None:
    assert sanitize(markup, BASE) == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("a<header>b</header>c<nav>d</nav>", "a<div>b</div>c<div>d</div>"),
        ("a<FieldSet><legend>b</legend>c</fieldset>", "a<div><div>b</div>c</div>"),
        ("<menu><li>a</menu><dir><li>b</dir>", "<ul><li>a</li></ul><ul><li>b</li></ul>"),
        ("a<xmp><b>b</b></xmp>c", "a<pre>&lt;b&gt;b&lt;/b&gt;</pre>c"),
        ("<tr><td>a</td><td>b</td></tr>", "a  b"),  # without a table the parser drops these tags
        ("<form><label>Nama</label><select><option>a</select><button>Kirim</button>b</form>", "<div>b</div>"),
        ("<button>Kronologi</button><label>Umur</label>", "KronologiUmur"),
        ("<p>a</p><p hidden>b</p><details hidden='until-found'>c</details>", "<p>a</p><details>c</details>"),
        ("<html><head><title>Judul</title></head><body>a</body></html>", "a"),
        ("<details open><summary>a</summary>b</details>", '<details open=""><summary>a</summary> b</details>'),
        (
            "<strike>a</strike><tt>b</tt><acronym title='c'>d</acronym>",
            '<s>a</s><code>b</code><abbr title="c">d</abbr>',
        ),
        ("<p dir='rtl'><bdo dir='ltr'>a</bdo>", '<p dir="rtl"><bdo dir="ltr">a</bdo></p>'),
        (
            "<ol type='a' start='3' reversed><li value='7'>a",
            '<ol type="a" start="3" reversed=""><li value="7">a</li></ol>',
        ),
        ("<table><colgroup><col span='2'></colgroup><tr><td>a", TABLE),
        ("<ruby>日<rt>に</rt></ruby>", "<ruby>日<rp>(</rp><rt>に</rt><rp>)</rp></ruby>"),
        ("<ruby>日<rp>[</rp><rt>に</rt><rp>]</rp></ruby>", "<ruby>日<rp>[</rp><rt>に</rt><rp>]</rp></ruby>"),
        ("a\x0bb\x85c\u2028d\x1fe<img\x0bsrc='/f'\x0c>", 'a\nb\nc\nd e<img src="https://news.example/f">'),
        ("10\x9612 &#150; &#11;", "10–12 –"),
        ("<a title='<noscript>'>a</a><noscript>b</noscript>", '<a title="&lt;noscript&gt;">a</a>b'),
        ("<!-- <noscript> --><script>'<iframe>'</script>a<noscript>b</noscript>", "ab"),
    ],
)
def test_elements_that_a_feed_cannot_carry_become_others_or_go(markup: str, expected: str) -> None:
    assert sanitize(markup, BASE) == expected


@settings(deadline=None)
@given(st.lists(st.sampled_from([*PIECES, *MEDIA_PIECES]), max_size=10).map("".join))
@example("<style>p{}</style>\ufeff&lt;script&gt;")  # the mark becomes the first character, which parsers drop
def test_a_sanitized_body_may_be_submitted_again(markup: str) -> None:
    """Its text stays. Links within links, which are wrong, may part again."""
    once = sanitize(markup, BASE)
    assert re.sub(r"<[^>]*>|\s", "", sanitize(once, BASE)) == re.sub(r"<[^>]*>|\s", "", once)


def test_the_documentation_has_the_rule_for_each_element() -> None:
    body = Path("docs/feeding.md").read_text("utf-8").partition("### The body")[2].partition("## The API")[0]
    of_elements, _, of_attributes = body.partition("These attributes stay")
    rows = dict(re.findall(r"^\| (`.+?) \| (.+) \|$", of_elements, re.MULTILINE))
    listed = {text: set(re.findall("`([^`]+)`", names)) for names, text in rows.items()}
    assert listed.pop("stay") == elements.KEPT - {"img", "ruby"}
    assert listed.pop("become `div`, so that words stay apart") == {
        n for n, to in elements.RENAMED.items() if to == "div"
    }
    others = {name: to for name, to in elements.RENAMED.items() if to != "div"} | {"xmp": "pre", "plaintext": "pre"}
    for to in set(others.values()):
        [names] = [names for text, names in listed.items() if text in (f"become `{to}`", f"becomes `{to}`")]
        assert names == {name for name, becomes in others.items() if becomes == to}
    assert listed.pop("are removed with their content") == elements.DROPPED
    assert listed.pop("are removed with their content inside a form") == elements.DROPPED_IN_FORMS
    media = {name for text, names in listed.items() if text.startswith(("become a", "become text")) for name in names}
    assert media == elements.MEDIA - {"source"}
    kept: dict[str, set[str]] = {}
    for attributes, names in re.findall(r"^\| (`.+) \| (`.+) \|$", of_attributes, re.MULTILINE):
        for name in re.findall("`([^`]+)`", names):
            kept[name] = set(re.findall("`([^`]+)`", attributes))
    assert kept == {name: names for name, names in elements.ATTRIBUTES.items() if name != "*"}
