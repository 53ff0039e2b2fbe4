"""What is accepted as an article, what is refused and with which words, and how its times are settled."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from service.articles.article import Article, Submission
from service.articles.dates import utc_now
from service.articles.unusable import NEEDED
from service.articles.validation import ValidationContext
from service.core.errors import ArticleInvalid

CONTEXT = ValidationContext(ZoneInfo("Asia/Jakarta"), "https://feeds.example", article_pages=True)
NOW = datetime(2026, 2, 22, 2, 40, tzinfo=UTC)
PUBLISHED = datetime(2026, 2, 12, 2, 33, tzinfo=UTC)

FULL: dict[str, Any] = {
    "id": "cms/123",
    "url": "https://news.example/dinamika/123",
    "title": "Sekjen Kemnaker: <b>Dialog</b> &amp; kerja sama",
    "summary": "Ringkasan.",
    "content_html": "<p>Isi <a href='/lain'>lain</a>.</p>",
    "section": "Berita",
    "categories": ["Dinamika", "Hukum & HAM"],
    "tags": ["Kemnaker"],
    "authors": [{"name": "Sarah Meiliana Gunawan", "url": "https://news.example/penulis/sarah"}, {"name": "Budi"}],
    "published_at": "2026-02-12T09:33:00+07:00",
    "updated_at": "2026-02-12T10:00:00+07:00",
    "expires_at": "2027-02-12T09:33:00+07:00",
    "language": "id",
    "image": {
        "url": "https://news.example/foto.png",
        "length": 1024,
        "width": 1200,
        "height": 800,
        "caption": "Anwar Sanusi",
        "credit": "Ist",
    },
    "enclosures": [{"url": "https://news.example/a.mp3", "type": "audio/mpeg", "length": 9}],
    "correction": "Nama diperbaiki.",
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "status": "published",
}


def read(**fields: object) -> Submission:
    return Submission.read({"id": "1", "title": "Judul", **fields}, CONTEXT)


def refusals(fields: Mapping[str, object], context: ValidationContext = CONTEXT) -> dict[str, str]:
    with pytest.raises(ArticleInvalid) as refusal:
        Submission.read(fields, context)
    assert str(refusal.value) == "; ".join(map(str, refusal.value.errors))
    assert "\n" not in str(refusal.value)
    return {error.field: error.reason for error in refusal.value.errors}


def refused(**fields: object) -> dict[str, str]:
    return refusals({"id": "1", "title": "Judul", **fields})


def left_out(**fields: object) -> tuple[Submission, dict[str, str]]:
    """The article, and the reasons of the values that are left out."""
    submission, warnings = Submission.read_with_warnings({"id": "1", "title": "Judul", **fields}, CONTEXT)
    return submission, {warning.field: warning.reason for warning in warnings}


# --- what is refused ---------------------------------------------------------------------------------------------

ADDRESS = "must be an absolute http or https URL of at most 2000 characters, without a password"


@pytest.mark.parametrize(
    ("field", "value", "where", "reason"),
    [
        ("id", "x" * 201, "id", "must have 1 to 200 characters"),
        ("id", True, "id", "must be text"),
        ("id", 1.5, "id", "must be text"),
        ("id", "a\x00b", "id", "must not have control characters, nor begin or end with white space"),
        ("id", "a\nb", "id", "must not have control characters"),
        ("id", "a\u200bb", "id", "must not have control characters"),
        ("id", "a\ud800", "id", "must not have control characters"),
        ("id", " a", "id", "nor begin or end with white space"),
        ("id", "..", "id", "must not have . or .. between slashes: it is a part of URLs"),
        ("id", "a/../b", "id", "must not have . or .. between slashes"),
        ("id", "./a", "id", "must not have . or .. between slashes"),
        ("title", "  ", "title", "is required"),
        ("title", "<p></p>", "title", "must not be empty"),
        ("categories", ["Dinamika", True], "categories.1", "must be text"),
        ("categories", [["Dinamika"]], "categories.0", "must be text"),
        ("tags", ["\u200b"], "tags.0", "must not be empty"),
        ("authors", ["Sarah", 7], "authors.1", "must be an object"),
        ("image", ["https://news.example/a.png"], "image", "must be an object"),
        ("title", "x" * 501, "title", "must not be longer than 500 characters"),
        ("title", "<p>" * 3_334, "title", "must not be longer than 500 characters, or 10,000 with its markup"),
        ("title", "<p>" * 26, "title", "must not hold more than 25 tags"),
        ("categories", ["x"] * 51, "categories", "must not have more than 50 items"),
        ("authors", ["Sarah"] * 51, "authors", "must not have more than 50 items"),
        ("image", {f"f{n}": n for n in range(201)}, "image", "must not have more than 200 fields"),
        ("title", 7, "title", "must be text"),
        ("summary", "x" * 5001, "summary", "must not be longer than 5000 characters"),
        ("content_html", ["<p>"], "content_html", "must be text"),
        ("section", "x" * 201, "section", "must not be longer than 200 characters"),
        ("tags", [f"t{n}" for n in range(51)], "tags", "more than 50 items"),
        ("authors", [{"url": "https://news.example"}], "authors.0.name", "is required"),
        ("authors", [{"name": "S", "email": "s@news.example"}], "authors.0.email", "there is no such field"),
        ("published_at", "kemarin", "published_at", "is not a date that can be read"),
        ("published_at", "31 September 2021 11:43", "published_at", '"31 September 2021 11:43" is not a date'),
        ("published_at", "September 2021", "published_at", "is not a complete date: it has no day"),
        ("updated_at", 1_770_000_000, "updated_at", "must be a date and time as text"),
        ("updated_at", datetime(2026, 1, 1), "updated_at", "has no time zone"),  # noqa: DTZ001 - the point
        ("expires_at", datetime.max.replace(tzinfo=ZoneInfo("America/New_York")), "expires_at", "is out of range"),
        ("language", "bahasa Indonesia", "language", "must be a language tag"),
        ("image", {"url": "foto.png"}, "image.url", ADDRESS),
        ("image", {"caption": "c", "width": -1}, "image.width", "must be at least 0"),
        ("image", {"caption": "c", "size": 1}, "image.size", "there is no such field"),
        ("enclosures", [{"type": "audio/mpeg"}], "enclosures.0.url", "is required"),
        ("enclosures", [{"url": "https://n.example/a", "type": "suara"}], "enclosures.0.type", "must be a media type"),
        (
            "enclosures",
            [{"url": "https://n.example/a", "type": f"a/{'x' * 99}"}],
            "enclosures.0.type",
            "than 100 characters",
        ),
        ("correction", "x" * 2001, "correction", "must not be longer than 2000 characters"),
        ("license", "x" * 2001, "license", "must not be longer than 2000 characters"),
        ("status", "terbit", "status", "must be 'published', 'draft' or 'withdrawn'"),
        ("headline", "Judul", "headline", "there is no such field"),
    ],
)
def test_a_bad_field_is_named_with_its_reason(field: str, value: object, where: str, reason: str) -> None:
    """It refuses the article where that is not whole without it, or else only itself."""
    reasons = refused(**{field: value}) if field in NEEDED else left_out(**{field: value})[1]
    [(named, why)] = reasons.items()
    assert named == where
    assert reason in why


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("title", "\u200b\u200d", "must not be empty"),  # nothing that could be seen
        ("title", "&" * 501, "must not have more than 500 ampersands"),
        ("content_html", "<p>" + "&" * 60_000, "must not hold more than 50,000 ampersands"),
        ("content_html", "<p>" + "<" * 5_000, "must not hold more than 5,000 tags"),
        (
            "content_html",
            "<ul>" + "<li>x" * 3_000,
            "must not hold more than 5,000 tags, with missing end tags",
        ),
    ],
)
def test_what_could_not_be_taken_again_is_not_taken(field: str, value: str, reason: str) -> None:
    """Or an export could not be imported, nor an article be patched."""
    assert refused(**{field: value}) == {field: reason}


@pytest.mark.parametrize("value", [True, False, 1.5, "banyak"])
def test_a_size_is_a_whole_number(value: object) -> None:
    submission, reasons = left_out(image={"url": "https://n.example/a.png", "width": value, "height": 80})
    assert "whole number" in reasons["image.width"]
    assert submission.image
    assert (submission.image.width, submission.image.height) == (None, 80)


def test_of_many_mistakes_the_first_are_named() -> None:
    found = left_out(**{"": 1, **{f"f{n}": n for n in range(99)}})[1]
    assert len(found) == 21
    assert found['""'] == "there is no such field"
    assert found["…"] == "80 more errors"


def test_every_reason_of_a_refusal_is_named_at_once() -> None:
    assert set(refusals({"judul": "x", "url": "x", "published_at": "x"})) == {"id", "title", "url", "published_at"}


def test_the_rest_of_a_list_or_an_object_stays() -> None:
    submission, reasons = left_out(
        tags=["Banjir", "x" * 201, "Rob", "y" * 201],
        authors=["Sarah", {"name": "x" * 201, "url": "x", "email": "x"}, {"name": "Budi", "url": "x"}],
        enclosures=[{"url": "ftp:/a"}, {"url": "https://n.example/b.mp3", "type": "mp3", "length": "besar"}],
        image={"url": "foto", "caption": "Warga", "size": 1},
    )
    assert submission == read(
        tags=["Banjir", "Rob"],
        authors=["Sarah", "Budi"],
        enclosures=[{"url": "https://n.example/b.mp3", "type": "audio/mpeg", "length": 0}],
        image={"caption": "Warga"},
    )
    assert set(reasons) == {
        *("tags.1", "tags.3", "authors.1.name", "authors.1.url", "authors.1.email", "authors.2.url"),
        *("enclosures.0.url", "enclosures.1.type", "enclosures.1.length", "image.url", "image.size"),
    }


def test_of_a_list_that_is_too_long_the_first_items_stay() -> None:
    tags = [f"Uji {n}" for n in range(59)]
    submission, reasons = left_out(tags=[*tags[:9], "x" * 201, *tags[9:]], authors=["Sarah"] * 51)
    assert submission.tags == tuple(tags[:49])
    assert [author.name for author in submission.authors] == ["Sarah"]
    assert list(reasons) == ["tags", "authors", "tags.9"]


@pytest.mark.parametrize(
    "url",
    [
        *("/dinamika/1", "//news.example/1", "news.example", "x" * 10, "mailto:a@news.example"),
        *("javascript:alert(1)", "JaVaScRiPt://news.example/%0aalert(1)", "data:text/html,x", "ftp://news.example/"),
        *("https://'", "https://(news)/", "https://news.example;x/"),
        *("https:///1", "https://", "http:news.example", "https://news example/", "https://[::1", "https://./"),
        *("https://user:secret@news.example/", "https://user@news.example/", "https://news.example\\@evil.example/"),
        *(
            "https://:secret@news.example/",
            "https://:@news.example/",
            "https://@news.example/",
            "https://é:x@news.example",
        ),
        *(
            "https:@news.example/",
            "https:///@news.example/",
            f"https://{'日本' * 30}.example/",
            f"https://{'a.' * 127}id/",
        ),
        *("https://news.example:0/", "https://news.example:99999/", "https://news.example:x/"),
        *("https://1.2.3.400/", "https://999999999999/", "https://%00/", "https://xn--a/", "https://a..b/"),
        f"https://news.example/{'x' * 2000}",
        f"https://news.example/{'é' * 400}",  # 2400 characters, once it is one
        f"https://news.example/{chr(0) * 2000}",
    ],
)
def test_what_is_no_public_address_is_refused(url: str) -> None:
    assert refused(url=url) == {"url": ADDRESS}
    assert left_out(image={"url": url}) == (read(), {"image.url": ADDRESS})
    assert left_out(authors=[{"name": "S", "url": url}]) == (read(authors=["S"]), {"authors.0.url": ADDRESS})
    assert left_out(enclosures=[{"url": url}]) == (read(), {"enclosures.0.url": ADDRESS})


def test_without_article_pages_an_article_needs_its_url() -> None:
    context = replace(CONTEXT, article_pages=False)
    assert refusals({"id": "1", "title": "Judul"}, context) == {
        "url": "is required, because article pages are off (article_pages)"
    }
    given = {"id": "1", "title": "Judul", "url": "https://news.example/1"}
    assert Submission.read(given, context).url == "https://news.example/1"
    assert read().url is None


# --- what is accepted --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "id_", ["1", "x" * 200, "2026/02/berita-1", "a b", "a..b", "%2e%2e", "é/日本", "?q=1#x", '"<&']
)
def test_an_id_is_the_cms_s_own(id_: str) -> None:
    assert read(id=id_).id == id_


def test_a_numeric_id_is_taken_as_it_is_written() -> None:
    assert read(id=123).id == "123"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.example/a?b=c&d=e#f", "https://news.example/a?b=c&d=e#f"),
        ("  https://news.example/a  ", "https://news.example/a"),
        ("HTTPS://News.Example/A", "https://news.example/A"),
        ("https://news.example:8443/a", "https://news.example:8443/a"),
        ("https://bücher.example/ü b?q=é", "https://xn--bcher-kva.example/%C3%BC%20b?q=%C3%A9"),
        ("https://Straße.example:8443/@redaksi", "https://xn--strae-oqa.example:8443/@redaksi"),  # as browsers read it
        ("https://news.example/%C3%BC", "https://news.example/%C3%BC"),
        ("http://127.0.0.1:8000/photos/1.png", "http://127.0.0.1:8000/photos/1.png"),
        ("http://[::1]:8000/a", "http://[::1]:8000/a"),
    ],
)
def test_an_address_becomes_one_that_may_stand_in_any_document(url: str, expected: str) -> None:
    assert read(url=url).url == expected


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-02-12T09:33:00+07:00", "2026-02-12T02:33:00Z"),
        ("2026-02-12T09:33:00.999Z", "2026-02-12T09:33:00Z"),
        ("2026-02-12 09:33", "2026-02-12T02:33:00Z"),
        ("JUMAT, 10 SEPTEMBER 2021 | 11:43 WIB", "2021-09-10T04:43:00Z"),
        ("Jum'at, 10 Sept 2021 pukul 11.43 WITA", "2021-09-10T03:43:00Z"),
        ("Fri, 10 Sep 2021 11:43:00 +0000", "2021-09-10T11:43:00Z"),
        (datetime(2026, 2, 12, 9, 33, 0, 5, tzinfo=UTC), "2026-02-12T09:33:00Z"),
    ],
)
def test_a_date_is_read_in_the_site_s_zone_and_kept_in_utc(written: object, utc: str) -> None:
    assert read(published_at=written).published_at == datetime.fromisoformat(utc)


def test_names_that_differ_by_case_or_width_are_one() -> None:
    names = ["Hukum & HAM", "Café", "HUKUM &  HAM", "Hukum HAM", "cafe", "ＰＯＬＩＴＩＫ", "Politik", "C", "C#", "🌊"]
    submission = read(categories=names, tags=names, authors=names)
    kept = ("Hukum & HAM", "Café", "Hukum HAM", "cafe", "ＰＯＬＩＴＩＫ", "C", "C#", "🌊")
    assert submission.categories == submission.tags == kept
    assert tuple(author.name for author in submission.authors) == kept


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ({"tags": "Kemnaker"}, {"tags": ["Kemnaker"]}),
        ({"tags": "Kemnaker, Dialog &amp; Kerja,"}, {"tags": ["Kemnaker", "Dialog & Kerja"]}),
        ({"tags": [None, "", " ", "Kemnaker", 2026, {"name": "Dialog"}]}, {"tags": ["Kemnaker", "2026", "Dialog"]}),
        ({"authors": "Budi, S.Sos."}, {"authors": [{"name": "Budi, S.Sos."}]}),
        ({"authors": {"name": "Budi"}}, {"authors": [{"name": "Budi"}]}),
        ({"authors": [None, "", {}, {"name": ""}, "Sarah"]}, {"authors": [{"name": "Sarah"}]}),
        ({"image": {"url": "", "width": 5}}, {}),
        ({"image": "https://news.example/a.png"}, {"image": {"url": "https://news.example/a.png"}}),
        ({"enclosures": "https://n.example/a.mp3"}, {"enclosures": [{"url": "https://n.example/a.mp3"}]}),
        ({"summary": "", "language": " ", "expires_at": "", "url": "", "section": "\ufeff"}, {}),
        ({"summary": "\ufeffSatu"}, {"summary": "Satu"}),
        ({"summary": " <![CDATA[Satu ]]>\n<![CDATA[dua]]> "}, {"summary": "Satu dua"}),
        ({"content_html": "<![CDATA[<p>a]]]]><![CDATA[>b</p>]]>"}, {"content_html": "<p>a]]&gt;b</p>"}),
        ({"tags": ["<![CDATA[Kemnaker]]>"]}, {"tags": ["Kemnaker"]}),
        ({"language": "id_ID.UTF-8"}, {"language": "id-ID"}),
        ({"language": "zh_Hant_TW"}, {"language": "zh-Hant-TW"}),
    ],
)
def test_a_small_slip_of_a_cms_is_taken_as_it_was_meant(slip: dict[str, object], meant: dict[str, object]) -> None:
    assert left_out(**slip) == (read(**meant), {})


def test_null_is_not_given() -> None:
    nulls = {name: None for name in FULL if name not in ("id", "title")}
    assert read(**nulls) == read()
    assert read(image={"caption": "c", "url": None, "width": None}, authors=[{"name": "S", "url": None}]) == read(
        image={"caption": "c"}, authors=["S"]
    )
    assert refused(title=None) == {"title": "is required"}


def test_an_image_may_be_known_by_its_caption_only() -> None:
    image = read(image={"caption": "Anwar <i>Sanusi</i>", "credit": "Ist"}).image
    assert image
    assert (image.url, image.caption, image.credit) == (None, "Anwar Sanusi", "Ist")


@pytest.mark.parametrize(
    ("address", "photo", "file"),
    [
        ("https://news.example/a.png", "image/png", "image/png"),
        ("https://news.example/a.webp?w=1200#x", "image/webp", "image/webp"),
        ("https://news.example/a.mp3", "image/jpeg", "audio/mpeg"),
        ("https://news.example/a", "image/jpeg", "application/octet-stream"),
        ("https://news.example/photo.php?f=a.gif", "image/jpeg", "application/octet-stream"),
    ],
)
def test_a_media_type_that_is_not_given_is_told_from_the_address(address: str, photo: str, file: str) -> None:
    submission = read(image={"url": address}, enclosures=[{"url": address}, {"url": address, "type": "Audio/MPEG"}])
    assert submission.image
    assert submission.image.type == photo
    assert [enclosure.type for enclosure in submission.enclosures] == [file, "audio/mpeg"]


def test_a_media_type_is_the_registered_one_without_parameters() -> None:
    photo = read(image={"url": "https://n.example/foto?id=4", "type": "image/JPG; charset=binary"}).image
    assert photo
    assert photo.type == "image/jpeg"


def test_text_is_plain_and_the_body_sanitized() -> None:
    submission = read(
        url="https://news.example/dinamika/1",
        title="<b>Judul</b> &lt;script&gt;",
        summary="a\x00b\n<br>c",
        content_html="<p onclick='x'>a<script>alert(1)</script><a href='2'>b</a></p>",
        correction="<i>Ralat</i>",
        image={"caption": "<p>satu<p>dua", "credit": "\ud800Ist"},
    )
    assert submission.image
    assert (submission.title, submission.summary, submission.correction) == (*("Judul ‹script›", "ab c", "Ralat"),)
    assert (submission.image.caption, submission.image.credit) == ("satu dua", "Ist")
    assert submission.content_html == '<p>a<a href="https://news.example/dinamika/2">b</a></p>'


def test_without_a_url_relative_links_start_from_the_article_s_page() -> None:
    submission = read(id="2026/a b", content_html="<a href='x.html'>x</a><a href='/y'>y</a>")
    assert submission.content_html == (
        '<a href="https://feeds.example/articles/x.html">x</a><a href="https://feeds.example/y">y</a>'
    )


def test_an_article_is_immutable() -> None:
    with pytest.raises(ValidationError):
        read().title = "Lain"  # type: ignore[misc]  # the point


# --- stored ------------------------------------------------------------------------------------------------------


def stored(known: Article | None = None, now: datetime = NOW, **fields: object) -> Article:
    return read(**fields).article(known, now)


def test_times_that_are_not_given_are_settled_when_the_article_is_stored() -> None:
    article = stored()
    assert (article.published_at, article.updated_at) == (NOW, NOW)
    later = NOW + timedelta(hours=1)
    assert stored(article, later) == article
    changed = stored(article, later, title="Judul baru")
    assert (changed.published_at, changed.updated_at) == (NOW, later)
    assert stored(changed, later + timedelta(hours=1), title="Judul baru") == changed


def test_times_that_are_given_are_kept() -> None:
    article = stored(published_at=PUBLISHED)
    assert article.updated_at == PUBLISHED
    moment = PUBLISHED + timedelta(minutes=5)
    corrected = stored(article, title="Judul baru", updated_at=moment)
    assert (corrected.published_at, corrected.updated_at) == (PUBLISHED, moment)


def test_times_that_contradict_each_other_are_refused() -> None:
    early = PUBLISHED - timedelta(seconds=1)
    assert refused(published_at=PUBLISHED, updated_at=early, expires_at=early) == {
        "updated_at": "is before published_at",
        "expires_at": "is before published_at",
    }
    assert read(published_at=PUBLISHED, updated_at=PUBLISHED, expires_at=PUBLISHED).updated_at == PUBLISHED


def test_a_change_in_the_future_is_refused_unless_a_clock_runs_ahead() -> None:
    now = utc_now()
    late = now + timedelta(minutes=6)
    assert "is in the future" in refused(updated_at=late)["updated_at"]
    assert "is in the future" in refused(updated_at=late, published_at=now)["updated_at"]
    assert stored(now=now, published_at=now, updated_at=now + timedelta(minutes=4)).updated_at == now.replace(
        microsecond=0
    )
    assert stored(now=now, published_at=late, updated_at=late).updated_at == late.replace(microsecond=0)


def test_nothing_is_updated_before_it_is_published() -> None:
    early = PUBLISHED - timedelta(days=1)
    assert stored(stored(published_at=PUBLISHED), updated_at=early).updated_at == PUBLISHED
    embargoed = stored(published_at=NOW + timedelta(days=1))
    edited = stored(embargoed, title="Judul baru")
    assert edited.updated_at == edited.published_at == NOW + timedelta(days=1)


def test_an_article_is_visible_from_its_time_until_it_expires() -> None:
    end = PUBLISHED + timedelta(days=1)
    article = stored(published_at=PUBLISHED, expires_at=end)
    second = timedelta(seconds=1)
    seen = [article.visible(at) for at in (PUBLISHED - second, PUBLISHED, end - second, end)]
    assert seen == [False, True, True, False]
    assert not stored(published_at=PUBLISHED, status="draft").visible(NOW)
    assert not stored(published_at=PUBLISHED, status="withdrawn").visible(NOW)


def test_the_json_form_leaves_out_empty_fields() -> None:
    assert stored(published_at=PUBLISHED).fields() == {
        "id": "1",
        "title": "Judul",
        "published_at": "2026-02-12T02:33:00Z",
        "updated_at": "2026-02-12T02:33:00Z",
        "status": "published",
    }
    full = Submission.read(FULL, CONTEXT).article(None, NOW)
    assert set(full.fields()) == set(FULL)


names = st.text(max_size=20)
articles = st.fixed_dictionaries(
    {"id": st.text(max_size=20), "title": st.text(max_size=40)},
    optional={
        "url": st.sampled_from(["https://news.example/é", "http://h/a b?c=<"]),
        "summary": st.text(max_size=60),
        "content_html": st.lists(
            st.text(max_size=20)
            | st.sampled_from(["<p>", "</p>", "<a href='/x'>", "<td>", "&amp;", "<b>", "<img src=y>"]),
            max_size=8,
        ).map("".join),
        "categories": st.lists(names, max_size=3),
        "authors": st.lists(names, max_size=3),
        "published_at": st.datetimes(datetime(1900, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds have none
        "image": st.fixed_dictionaries({"caption": names}, optional={"url": st.just("https://h/x.png")}),
        "status": st.sampled_from(["published", "draft", "withdrawn"]),
    },
)


@settings(deadline=None)
@given(articles)
def test_what_an_article_says_of_itself_can_be_handed_in_again(fields: dict[str, object]) -> None:
    try:
        article = Submission.read(fields, CONTEXT).article(None, NOW)
    except ArticleInvalid:
        return
    assert Submission.read(article.fields(), CONTEXT).article(None, NOW) == article


def test_a_full_article_survives_being_written_and_read_again() -> None:
    article = Submission.read(FULL, CONTEXT).article(None, NOW)
    assert Submission.read(article.fields(), CONTEXT).article(None, NOW) == article
    assert Submission.read(article.fields(), CONTEXT).article(article, NOW + timedelta(days=1)) == article
