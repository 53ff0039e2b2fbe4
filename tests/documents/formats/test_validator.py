"""Every format, on the sample newsroom and on nasty input, has nothing that a validator warns about."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from service.articles.article import Article, Submission
from service.articles.slugs import slug
from service.articles.validation import ValidationContext
from service.core.errors import ArticleInvalid
from service.core.settings.catalogue import Catalogue
from service.documents.formats import FORMATS, RenderContext
from service.documents.formats.podcast import PODCAST
from service.feeds.names import Ranking, Tombstone
from service.sample import newsroom
from tests.documents.formats.test_properties import READING, fields
from tests.support.newsroom import NOW, RICH, SETTINGS, article, context, numbered
from tests.support.validator import Finding, validate

EVERY = pytest.mark.parametrize("extension", FORMATS)


def findings(extension: str, shown: RenderContext, now: datetime = NOW) -> list[Finding]:
    format_ = FORMATS[extension]
    shown = replace(shown, url=f"{SETTINGS.base_url}/latest.{extension}")
    return validate(extension, bytes(format_.document(shown)), now)


@pytest.fixture(scope="module")
def sample() -> list[Article]:
    """The sample newsroom's newest articles."""
    reading = ValidationContext.of(SETTINGS)
    samples = newsroom.articles(now=NOW, base_url=SETTINGS.base_url, count=60)
    return [Submission.read(each.fields, reading).article(None, NOW) for each in samples][::-1]


@EVERY
def test_the_sample_newsroom_s_feeds_are_perfect(extension: str, sample: Sequence[Article]) -> None:
    category = sample[0].categories[0]
    ranking = Ranking({each.id: 9 for each in sample}, NOW - timedelta(hours=1))
    archive = "https://feeds.example/latest/archive/"
    for shown in (
        context(sample),
        context(sample, f"category/{slug(category)}"),
        context([]),
        replace(context(sample, "popular/7d"), ranking=ranking),
        replace(context(sample), older=f"{archive}0.rss"),
        replace(context(sample), older=f"{archive}0.rss", newer=f"{archive}2.rss", current="https://feeds.example/x"),
        replace(context(sample), tombstones=(Tombstone("x", NOW - timedelta(days=1)),)),
        context([each.model_copy(update={"content_html": f"<p>{'panjang ' * 4_000}</p>"}) for each in sample]),
    ):
        assert findings(extension, shown) == []


NASTY: dict[str, dict[str, Any]] = {
    "tags in every text": dict.fromkeys(("summary", "correction"), "<script>alert(1)</script><b>x</b>"),
    "entities": {
        "title": "Q&amp;A &copy; &unknown; AT&T",
        "summary": "R&D; 3 < 4 &unknown; &amp;unknown; <",
        "tags": ["R&D", "a &lt; b"],
    },
    "scripts in the body": {
        "content_html": "<script>x</script><iframe src=//x></iframe><object></object><svg onload=x><p onclick=x>y</p>"
        "<a href='/a'>a</a><a href='javascript:x'>j</a><a href='//x.example/b'>b</a><img src='c.png' style=x>"
        "<bdi dir=rtl>z</bdi><p>R&D; 3 < 4 &unknown; &copy"
    },
    "comments and broken markup": {"content_html": "<!-- x --><p><b>y</p></b><![CDATA[z]]><?php ?>]]>&nosuch;&nbsp;"},
    "forbidden characters": {
        "title": "a\x00\x0b\ufffe\ufffd\ud800\x85b",
        "content_html": "<p>\x00\x80\ufffd\ufffe</p>",
    },
    "a short numeric id": {"id": "7"},
    "an id of odd characters": {"id": "é/%7e ~[x]#?\U0001f600"},
    "addresses of odd characters": {
        "url": "HTTPS://News.Example/a[1]/é?b=c d&e='f'#g",
        "image": {"url": "http://x.example/ü(1).jpg?a[]=b", "type": "IMAGE/JPEG"},
        "authors": [{"name": "Ö & <i>Ü</i>", "url": "http://münchen.example/~x"}],
    },
    "many files": {"enclosures": [{"url": f"https://x.example/{n}"} for n in range(20)]},
    "no byline": {"authors": []},
    "another offset": {"published_at": "2021-09-10T11:43:00+05:45"},
}


@EVERY
@pytest.mark.parametrize("case", NASTY)
def test_nasty_input_is_perfect_too(extension: str, case: str) -> None:
    shown = context([article({**RICH, **NASTY[case]})])
    assert findings(extension, shown) == []


@EVERY
def test_an_offset_that_validators_doubt_is_written_in_utc(extension: str) -> None:
    site = SETTINGS.site.model_copy(update={"timezone": "Asia/Kathmandu"})
    there = SETTINGS.model_copy(update={"site": site})
    assert findings(extension, context([article(RICH, there)], settings=there)) == []


CLAIMS = ("ImplausibleDate", "ContainsHTML", "UnsupportedItunesFormat")


@settings(max_examples=60, deadline=None)
@given(candidate=fields)
def test_whatever_is_accepted_is_perfect(candidate: dict[str, Any]) -> None:
    """But for what an article itself claims: odd dates, "&" before letters and digits, files that Apple does not take,
    and values in a namespace that the validator does not know."""
    try:
        accepted = Submission.read(candidate, READING).article(None, NOW)
    except ArticleInvalid:
        return
    for extension in FORMATS:
        found = findings(extension, context([accepted]), datetime(2300, 1, 1, tzinfo=UTC))
        unexplained = [each for each in found if each.rule not in CLAIMS and each.about != PODCAST]
        assert unexplained == []


# --- what is warned about, and why it stays ------------------------------------------------------------------


@EVERY
def test_what_validators_doubt_and_an_editor_means(extension: str) -> None:
    """A headline may speak of a tag, and a direction may be ordered. The validator warns, and finds nothing else."""
    fields = {"title": "Memakai &lt;hr&gt; dan &amp;nbsp;", "content_html": "<p><bdo dir='rtl'>z</bdo></p>"}
    found = findings(extension, context([article({**RICH, **fields})]))
    assert {(finding.level, finding.rule) for finding in found} <= {
        ("warning", "ContainsHTML"),
        ("warning", "SecurityRisk"),
    }
    assert all("<bdo>" in finding.about for finding in found if finding.rule == "SecurityRisk")


def test_two_articles_of_one_second_share_their_updated_in_atom() -> None:
    """Said by the validator because a bulk edit often did it by mistake; here both were updated then."""
    twins = [article({**RICH, "id": name}) for name in ("satu", "dua")]
    assert [each.rule for each in findings("atom", context(twins))] == ["DuplicateUpdated"]


def test_tombstones_are_warned_about_where_they_are_asked_for() -> None:
    settings = SETTINGS.model_copy(update={"catalogue": Catalogue(tombstones=True)})
    shown = replace(context(numbered(1), settings=settings), tombstones=(Tombstone("x", NOW - timedelta(days=1)),))
    assert [each.rule for each in findings("atom", shown)] == ["UnknownNamespace"]


# --- the validator itself ------------------------------------------------------------------------------------

BROKEN: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "MissingAtomSelfLink": ("rss", lambda text: text.replace(b'rel="self"', b'rel="hub"')),
    "ProblematicalRFC822Date": ("rss", lambda text: text.replace(b"+0700", b"WIB")),
    "IncorrectDOW": ("rss", lambda text: text.replace(b"Thu, ", b"Fri, ")),
    "InvalidPermalink": ("rss", lambda text: text.replace(b'isPermaLink="false"', b"")),
    "NeedDescriptionBeforeContent": (
        "rss",
        lambda text: text.replace(b"<description><![CDATA[R", b"<dc:type><![CDATA[R").replace(
            b"4.]]></description", b"4.]]></dc:type"
        ),
    ),
    "InvalidIntegerAttribute": ("rss", lambda text: text.replace(b'length="9"', b"")),
    "SecurityRisk": ("rss", lambda text: text.replace(b"<b>", b"<iframe>")),
    "ContainsRelRef": ("atom", lambda text: text.replace(b"https://news.example/lain", b"/lain")),
    "ContainsHTML": ("atom", lambda text: text.replace(b"&lt;3", b"&lt;b>x&lt;/b>")),
    "UnknownNamespace": ("atom", lambda text: text.replace(b"xmlns=", b'xmlns:x="urn:x" xmlns=')),
    "UnusedNamespace": (
        "rss",
        lambda text: text.replace(b"xmlns:dc=", b'xmlns:thr="http://purl.org/syndication/thread/1.0" xmlns:dc='),
    ),
    "UnregisteredAtomLinkRel": ("atom", lambda text: text.replace(b'rel="hub"', b'rel="canonical"')),
    "NonCanonicalURI": ("atom", lambda text: text.replace(b"%20a</id>", b"%7e</id>")),
    "InvalidRFC3339Date": ("atom", lambda text: text.replace(b"+07:00", b"z")),
    "MissingItunesEmail": ("rss", lambda text: text.replace(b"itunes:email", b"itunes:name")),
    "InvalidTrueFalse": ("rss", lambda text: text.replace(b"explicit>false", b"explicit>no")),
    "UnsupportedItunesFormat": ("rss", lambda text: text.replace(b"a.mp3", b"a.mp3?b=c")),
    "BadCharacters": ("rss", lambda text: text.replace(b"Warta Uji", "Warta \ufffd".encode())),
    "content": ("json", lambda text: text.replace(b'"content_html"', b'"content_xml"')),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_the_validator_finds_what_is_broken(rule: str) -> None:
    extension, damage = BROKEN[rule]
    document = bytes(FORMATS[extension].document(context([article(RICH)], format_=FORMATS[extension])))
    assert validate(extension, document, NOW) == []
    assert rule in {each.rule for each in validate(extension, damage(document), NOW)}
