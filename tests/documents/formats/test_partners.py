"""Partner feeds: each follows its partner's rules; what breaks one is left out, and never breaks the feed."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from lxml import etree

from service.articles.article import Article, Submission
from service.core.errors import ArticleInvalid
from service.core.settings.model import Settings
from service.documents.formats import ALL_FORMATS, FORMATS, PARTNERS, POLLED_FORMATS, PROFILES, RenderContext
from service.documents.formats.sizes import MAX_DOCUMENT_BYTES
from service.feeds.names import Tombstone
from tests.documents.formats.test_properties import READING, fields
from tests.support.newsroom import BARE, MODIFIED, NOW, RICH, SETTINGS, article, context
from tests.support.reading import xml

MEDIA = "{http://search.yahoo.com/mrss/}"
SNF = "{http://www.smartnews.be/snf}"
WEBFEEDS = "{http://webfeeds.org/rss/1.0}"
DCTERMS = "{http://purl.org/dc/terms/}"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"

GOOD: dict[str, Any] = {
    **RICH,
    "title": "Sekretaris jenderal bertemu pengusaha",
    "content_html": f"<p>Paragraf <b>pertama</b> &amp; seterusnya.</p><p>{'Kata demi kata. ' * 40}</p>",
    "language": "id",
}
EVERY = pytest.mark.parametrize("profile", PROFILES)


def shown(entries: Iterable[Article], profile: str, settings: Settings = SETTINGS) -> RenderContext:
    """An context as the publisher makes it for a partner."""
    made = context(entries, settings=settings)
    return replace(made, url=f"{settings.base_url}/latest.{PROFILES[profile].extension}")


def document(profile: str, *entries: Article, settings: Settings = SETTINGS, **more: Any) -> Any:
    """The root of the partner's document."""
    partner = PROFILES[profile]
    admitted, _ = partner.accept(replace(shown(entries, profile, settings), **more))
    return xml(bytes(partner.document(admitted)))


def good(**changes: Any) -> Article:
    return article({**GOOD, **changes})


def reasons(profile: str, entry: Article, now: datetime = MODIFIED) -> list[str]:
    """The fields that the partner has something against."""
    _, refusals = PROFILES[profile].review(shown([entry], profile), now)
    return [reason.field for refusal in refusals for reason in refusal.reasons]


# --- the profiles --------------------------------------------------------------------------------------------


def test_a_partner_s_format_has_its_profile_in_its_extension_and_is_none_of_the_ordinary() -> None:
    assert list(PROFILES) == ["smartnews", "flipboard", "msn", "linetoday", "feedly", "podcast"]
    assert list(PARTNERS) == ["smartnews.rss", "flipboard.rss", "msn.rss", "linetoday.xml", "feedly.rss", "podcast.rss"]
    assert not set(PARTNERS) & set(FORMATS)
    assert set(POLLED_FORMATS) == {*FORMATS, *PARTNERS} < set(ALL_FORMATS)


@EVERY
def test_a_good_article_is_taken_by_every_partner(profile: str) -> None:
    assert reasons(profile, good()) == []
    assert len(document(profile, good()).findall(".//item") or document(profile, good()).findall("article")) == 1


@EVERY
def test_only_namespaces_that_are_used_are_declared(profile: str) -> None:
    root = document(profile, good())
    used = {etree.QName(element).namespace for element in root.iter(etree.Element)} - {None}
    assert set(root.nsmap.values()) == used


@EVERY
def test_the_same_articles_give_the_same_bytes(profile: str) -> None:
    partner = PROFILES[profile]
    first, second = (bytes(partner.document(partner.accept(shown([good()], profile))[0])) for _ in range(2))
    assert first == second


@EVERY
def test_a_partner_s_feed_is_complete_in_itself(profile: str) -> None:
    """No archive to walk, no body shortened: when it gets too long, the last entries stay away."""
    entries = [good(id=str(n), content_html=f"<p>{'panjang ' * 2_500}</p>") for n in range(100)]
    partner = PROFILES[profile]
    made = replace(shown(entries, profile), older="https://feeds.example/x", current="https://feeds.example/y")
    admitted, refused = partner.accept(made)
    written = bytes(partner.document(admitted))
    assert not refused
    assert len(written) <= MAX_DOCUMENT_BYTES
    assert b"archive" not in written
    bodies = xml(written).findall(f".//{ENCODED}") or xml(written).findall(".//content")
    assert 20 < len(bodies) < 100
    assert {len(body.text) > 20_000 for body in bodies} == {True}


@EVERY
@hypothesis_settings(max_examples=40, deadline=None)
@given(candidate=fields)
def test_no_article_breaks_a_partner_s_feed(profile: str, candidate: dict[str, Any]) -> None:
    try:
        accepted = Submission.read(candidate, READING).article(None, NOW)
    except ArticleInvalid:
        return
    partner = PROFILES[profile]
    admitted, refused = partner.accept(shown([accepted, good()], profile))
    assert len(admitted.entries) + len(refused) == 2
    assert all(refusal.reasons for refusal in refused)
    xml(bytes(partner.document(admitted)))


@EVERY
def test_an_empty_feed_is_a_valid_document(profile: str) -> None:
    root = document(profile)
    assert not root.findall(".//item")
    assert not root.findall("article")


# --- what each refuses ---------------------------------------------------------------------------------------

REFUSED: list[tuple[str, dict[str, Any], list[str]]] = [
    ("smartnews", {"content_html": ""}, ["content_html"]),
    ("smartnews", {"content_html": "<p><br></p>"}, ["content_html"]),
    ("flipboard", {"content_html": "<p>Pendek.</p>"}, ["summary"]),
    ("flipboard", {"image": None}, ["image"]),
    ("flipboard", {"image": {"caption": "tanpa alamat"}}, ["image"]),
    ("flipboard", {"image": {**RICH["image"], "height": 499}}, ["image.height"]),
    ("flipboard", {"image": {**RICH["image"], "type": "text/html"}}, ["image.type"]),
    ("msn", {"title": "Sembilan belas huruf"[:19]}, ["title"]),
    ("msn", {"title": "x" * 151}, ["title"]),
    ("msn", {"content_html": ""}, ["content_html"]),
    ("msn", {"language": "en"}, ["language"]),
    ("msn", {"published_at": MODIFIED - timedelta(days=365)}, ["published_at"]),
    ("msn", {"published_at": MODIFIED + timedelta(minutes=1), "updated_at": None}, ["published_at"]),
    ("linetoday", {"content_html": ""}, ["content_html"]),
    ("linetoday", {"categories": []}, ["categories"]),
]


@pytest.mark.parametrize(("profile", "changes", "expected"), REFUSED)
def test_what_breaks_a_rule_is_left_out_with_the_field_that_does(
    profile: str, changes: dict[str, Any], expected: list[str]
) -> None:
    assert reasons(profile, good(**changes)) == expected


TAKEN: list[tuple[str, dict[str, Any]]] = [
    ("smartnews", {"image": None, "title": "J"}),
    ("flipboard", {"summary": "x" * 300, "content_html": ""}),
    ("flipboard", {"image": {"url": "https://news.example/tanpa-ukuran.jpg"}}),
    ("msn", {"title": "x" * 20}),
    ("msn", {"title": "x" * 150, "language": "ID-id"}),
    ("msn", {"published_at": MODIFIED - timedelta(days=365) + timedelta(seconds=1)}),
    ("feedly", BARE),
]


@pytest.mark.parametrize(("profile", "changes"), TAKEN)
def test_what_breaks_no_rule_is_taken(profile: str, changes: dict[str, Any]) -> None:
    assert reasons(profile, good(**changes)) == []


def test_in_a_document_age_counts_up_to_the_feed_s_last_change() -> None:
    """There is no clock in a document; a check asks as of now."""
    old = good(published_at="2026-01-01")
    assert len(document("msn", old).findall("channel/item")) == 1
    assert reasons("msn", old, datetime(2027, 1, 2, tzinfo=UTC)) == ["published_at"]


# --- what each writes ----------------------------------------------------------------------------------------


def test_smartnews() -> None:
    [channel] = document("smartnews", good())
    for name in ("title", "link", "description", "pubDate", "language", "copyright", "ttl", f"{SNF}logo/url"):
        assert channel.findtext(name), name
    [item] = channel.findall("item")
    for name in ("title", "link", "guid", "pubDate", "category", CREATOR, ENCODED):
        assert item.findtext(name), name
    assert item.find(f"{MEDIA}thumbnail").get("url") == RICH["image"]["url"]
    assert item.find(f"{MEDIA}status").get("state") == "active"


def test_smartnews_gets_no_thumbnail_that_is_too_small() -> None:
    [channel] = document("smartnews", good(image={**RICH["image"], "width": 199}))
    assert channel.find(f"item/{MEDIA}thumbnail") is None


def test_smartnews_takes_down_what_is_withdrawn() -> None:
    """Under the same guid, with a later date, and without saying again what was withdrawn."""
    at = NOW - timedelta(hours=1)
    graves = (Tombstone("2026/123 a", at, "https://news.example/1"), Tombstone("8", at))
    [channel] = document("smartnews", good(id="9"), tombstones=graves)
    deleted = [item for item in channel.findall("item") if item.find(f"{MEDIA}status").get("state") == "deleted"]
    assert [(item.findtext("guid"), item.findtext("link")) for item in deleted] == [
        ("tag:news.example,2026:2026/123%20a", "https://news.example/1"),
        ("tag:news.example,2026:8", "https://feeds.example/articles/8"),
    ]
    assert {item.findtext("pubDate") for item in deleted} == {"Sun, 22 Feb 2026 08:40:00 +0700"}
    assert {item.findtext("title") for item in deleted} == {"Berita ini telah ditarik"}
    assert len(channel.findall("item")) == 3


def test_flipboard() -> None:
    [channel] = document("flipboard", good())
    [item] = channel.findall("item")
    for name in ("title", "link", "guid", "pubDate", "category", CREATOR, ENCODED):
        assert item.findtext(name), name
    assert 300 <= len(item.findtext("description")) <= 601
    [enclosure] = item.findall("enclosure")
    assert enclosure.get("url") == RICH["image"]["url"]
    assert PROFILES["flipboard"].min_articles == 20


def test_msn() -> None:
    entry = good(expires_at="2027-01-01T00:00:00Z", content_html="<section><p>Isi <mark>x</mark></p></section>")
    [channel] = document("msn", entry)
    [item] = channel.findall("item")
    assert item.findtext(ENCODED).endswith("</p><div><p>Isi x</p></div>")
    assert item.find("guid").get("isPermaLink") == "false"
    assert item.findtext(f"{DCTERMS}modified") == "2026-02-12T11:00:05+07:00"
    assert item.findtext(f"{DCTERMS}valid") == "end=2027-01-01T07:00:00+07:00; scheme=W3C-DTF"
    photo = item.find(f"{MEDIA}content")
    assert [photo.findtext(f"{MEDIA}{name}") for name in ("title", "text", "credit")] == [
        *("Sekjen Anwar Sanusi", "Sekjen Anwar Sanusi", "Sarah/Ist")
    ]


def test_line_today() -> None:
    root = document("linetoday", good(expires_at="2027-01-01T00:00:00Z"))
    [entry] = root.findall("article")
    assert root.findtext("time") == "1770868805000"
    assert len(root.findtext("UUID")) == 36
    assert {child.tag: child.text for child in entry if not len(child)} == {
        "ID": "2026/123 a",
        "nativeCountry": "ID",
        "language": "id",
        "startYmdtUnix": "1770863580000",
        "endYmdtUnix": "1798761600000",
        "title": GOOD["title"],
        "category": "Dinamika",
        "publishTimeUnix": "1770863580000",
        "updateTimeUnix": "1770868805000",
        "author": "Sarah Meiliana Gunawan, Budi Santoso",
        "sourceUrl": RICH["url"],
    }
    assert entry.findtext("contents/image/url") == RICH["image"]["url"]
    assert "<b>pertama</b> &amp; seterusnya" in entry.findtext("contents/text/content")


def test_line_today_s_uuid_changes_with_the_feed() -> None:
    first, second = (document("linetoday", good(updated_at=at)) for at in ("2026-02-13", "2026-02-14"))
    assert first.findtext("UUID") != second.findtext("UUID")


@pytest.mark.parametrize(
    ("language", "country"), [("id", "ID"), ("th-TH", "TH"), ("zh-Hant", "TW"), ("en-ID", "ID"), ("en", None)]
)
def test_line_today_is_told_the_country(language: str, country: str | None) -> None:
    settings = SETTINGS.model_copy(update={"site": SETTINGS.site.model_copy(update={"language": language})})
    root = document("linetoday", good(), settings=settings)
    assert root.findtext("article/nativeCountry") == country


def test_feedly() -> None:
    [channel] = document("feedly", good())
    assert channel.findtext(f"{WEBFEEDS}icon") == "https://news.example/logo.png"
    assert channel.find(f"{WEBFEEDS}related").get("layout") == "card"
    dressed = {
        "cover": "https://news.example/c.jpg",
        "accent_color": "a8321e",
        "logo": "https://news.example/l.SVG?v=2",
    }
    settings = SETTINGS.model_copy(update={"site": SETTINGS.site.model_copy(update=dressed)})
    [channel] = document("feedly", good(), settings=settings)
    assert channel.find(f"{WEBFEEDS}cover").get("image") == "https://news.example/c.jpg"
    assert channel.findtext(f"{WEBFEEDS}accentColor") == "a8321e"
    assert channel.findtext(f"{WEBFEEDS}logo") == "https://news.example/l.SVG?v=2"
    assert channel.find(f"item/{MEDIA}content") is not None
