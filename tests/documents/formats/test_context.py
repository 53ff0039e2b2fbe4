"""What stands in a feed, in all three formats, and that they say the same."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import pytest

from service.articles.article import Article
from service.core.settings.model import Settings
from service.documents.formats import DEFAULT_FORMAT, FORMATS
from service.documents.formats.context import MAX_TEASER, EntryValues
from tests.support import reading
from tests.support.newsroom import BARE, CAPTIONED, RICH, SETTINGS, article, context, numbered, rendered
from tests.support.reading import NAMESPACES, READERS, Read, every, needed, one, xml

ENTRIES = [article(fields) for fields in (RICH, BARE, CAPTIONED)]


def read(extension: str, entries: Sequence[Article] = ENTRIES) -> list[Read]:
    return READERS[extension](rendered(extension, entries))


def channel(entries: Sequence[Article] = ENTRIES, **options: Any) -> Any:
    [element] = xml(rendered("rss", entries, **options)).findall("channel")
    return element


def head(entries: Sequence[Article] = ENTRIES, **options: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(rendered("json", entries, **options))
    return document


def settings(**site: str) -> Settings:
    return SETTINGS.model_copy(update={"site": SETTINGS.site.model_copy(update=site)})


# --- all formats -------------------------------------------------------------------------------------------------


def test_the_formats_are_three() -> None:
    assert {name: format_.content_type for name, format_ in FORMATS.items()} == {
        "rss": "application/rss+xml; charset=utf-8",
        "atom": "application/atom+xml; charset=utf-8",
        "json": "application/feed+json; charset=utf-8",
    }
    assert FORMATS["rss"] is DEFAULT_FORMAT


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize("count", [0, 1, 100])
def test_a_feed_of_any_length_is_whole_and_in_order(extension: str, count: int) -> None:
    entries = numbered(count)
    document = rendered(extension, entries)
    assert [entry.title for entry in READERS[extension](document)] == [f"Judul {n}" for n in range(count)]
    parsed = feedparser.parse(document)
    if extension != "json":
        assert not parsed.bozo
        assert (len(parsed.entries), parsed.feed.title) == (count, "Warta Uji – Terbaru")


def test_the_three_formats_say_the_same() -> None:
    rss, atom, json_ = (read(extension) for extension in ("rss", "atom", "json"))
    assert rss == atom == json_


def test_an_entry_says_everything_about_its_article() -> None:
    rich, bare, captioned = read("atom")
    assert rich == Read(
        id="tag:news.example,2026:2026/123%20a",
        link="https://news.example/dinamika/123",
        title="Sekjen Kemnaker: “Dialog” & kerja sama <3",
        summary="Ringkasan dengan & dan 3 < 4.",
        content="<p><strong>Correction:</strong> Nama &amp; jabatan diperbaiki.</p>"
        '<p>Isi <b>tebal</b> &amp; <a href="https://news.example/lain">lain</a> ]]&gt;</p>',
        published=datetime.fromisoformat("2026-02-12T09:33:00+07:00"),
        updated=datetime.fromisoformat("2026-02-12T11:00:05+07:00"),
        authors=("Sarah Meiliana Gunawan", "Budi Santoso"),
        labels=("Dinamika", "Hukum & HAM", "Kemnaker"),
        language="su",
        rights="https://creativecommons.org/licenses/by/4.0/",
        files=frozenset(
            (
                ("https://news.example/foto.png?a=1&b=2", "image/png", 2048),
                ("https://news.example/a.mp3", "audio/mpeg", 9),
            )
        ),
        photo=("Sekjen Anwar Sanusi", "Sarah/Ist"),
    )
    moment = datetime(2026, 2, 11, tzinfo=UTC)
    assert bare == Read(
        id="tag:news.example,2026:7",
        link="https://feeds.example/articles/7",
        title="Judul saja",
        summary="Judul saja",
        content=None,
        published=moment,
        updated=moment,
        authors=("Redaksi Warta",),
        labels=(),
        language="id",
        rights="© Warta Uji",
        files=frozenset(),
        photo=(None, None),
    )
    assert (captioned.summary, captioned.photo) == ("Paragraf pertama. Paragraf kedua.", (None, None))
    assert captioned.files == {("https://news.example/dokumen", "application/octet-stream", None)}


@pytest.mark.parametrize("extension", FORMATS)
def test_times_have_the_site_s_offset(extension: str) -> None:
    for entry in read(extension):
        assert {entry.published.utcoffset(), entry.updated.utcoffset()} == {timedelta(hours=7)}


@pytest.mark.parametrize("extension", FORMATS)
@pytest.mark.parametrize("when", ["1900-01-01T00:00:00Z", "1931-06-01T12:00:01+07:00", "2200-12-31T16:59:59Z"])
def test_times_before_standard_time_are_right_too(extension: str, when: str) -> None:
    """Jakarta's offset was +07:07:12 once, which no format can write."""
    [entry] = read(extension, [article({"id": "1", "title": "Lama", "published_at": when})])
    assert entry.published == entry.updated == datetime.fromisoformat(when)


@pytest.mark.parametrize("extension", FORMATS)
def test_the_same_content_is_the_same_bytes(extension: str) -> None:
    """In another process, another time zone, and with other hash seeds."""
    first = rendered(extension, ENTRIES)
    assert rendered(extension, [article(fields) for fields in (RICH, BARE, CAPTIONED)]) == first
    program = (
        "import sys; from tests.support.newsroom import *; "
        f"sys.stdout.buffer.write(rendered({extension!r}, map(article, (RICH, BARE, CAPTIONED))))"
    )
    environment = {**os.environ, "TZ": "America/Caracas", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
    assert done.stdout == first


def test_a_correction_is_announced_in_the_article_s_language() -> None:
    contents = {}
    for language in (None, "id-ID", "en"):
        [entry] = read("json", [article({**BARE, "correction": "Nama & jabatan", "language": language})])
        contents[language] = entry.content
    indonesian = "<p><strong>Ralat:</strong> Nama &amp; jabatan</p><p>Judul saja</p>"
    assert contents == {None: indonesian, "id-ID": indonesian, "en": indonesian.replace("Ralat", "Correction")}


@pytest.mark.parametrize(
    ("markup", "summary"),
    [
        ("<p>satu</p><p>dua &amp; tiga</p>", "satu dua & tiga"),
        ("<img alt='a > b'><p>isi</p>", "isi"),
        ("<p>&lt;script&gt;alert(1)&lt;/script&gt;aman</p>", "‹script›alert(1)‹/script›aman"),
        (f"<p><a href='https://h/{'x' * 20 * MAX_TEASER}'>jauh</a></p>", "jauh"),
        ("<p><br></p><img src='/a.jpg'>", "Judul saja"),
        ("<p>" + "kata, " * 100 + "</p>", "kata, " * 45 + "kata…"),
        ("<p>" + "日" * 500 + "</p>", "日" * (MAX_TEASER - 1) + "…"),
    ],
)
def test_without_a_summary_the_body_s_beginning_is_one(markup: str, summary: str) -> None:
    assert EntryValues(article({**BARE, "content_html": markup}), SETTINGS).summary == summary


def test_a_guid_depends_on_the_id_alone_and_is_a_tag_uri() -> None:
    ids = ["1", "a b", "a%20b", "é", "a/b?c", "a#b", '"<&>']
    guids = [EntryValues(article({**BARE, "id": id_}), SETTINGS).guid for id_ in ids]
    assert guids[:3] == ["tag:news.example,2026:1", "tag:news.example,2026:a%20b", "tag:news.example,2026:a%2520b"]
    assert len(set(guids)) == len(ids)
    assert EntryValues(article({**BARE, "id": "e\u0301"}), SETTINGS).guid == guids[3]  # Unicode's forms are one id
    assert all(guid.isascii() and not set(guid) & set(' "<>#') for guid in guids)
    moved = SETTINGS.model_copy(update={"base_url": "https://other.example"})
    assert (
        EntryValues(article({**RICH, "id": "1", "title": "Lain", "url": "https://x.example"}), moved).guid == guids[0]
    )


# --- RSS ---------------------------------------------------------------------------------------------------------


def test_an_rss_channel_says_who_publishes_and_where() -> None:
    element = channel()
    assert {tag: needed(element, tag) for tag in ("title", "link", "description", "language", "copyright", "ttl")} == {
        "title": "Warta Uji – Terbaru",
        "link": "https://news.example/",
        "description": "Berita & kabar",
        "language": "id",
        "copyright": "© Warta Uji",
        "ttl": "7",
    }
    assert [needed(element, f"image/{tag}") for tag in ("url", "title", "link")] == [
        "https://news.example/logo.png",
        "Warta Uji – Terbaru",  # title and link are those of the channel, as the specification asks
        "https://news.example/",
    ]
    links = [dict(link.attrib) for link in element.findall("a:link", NAMESPACES)]
    assert {"rel": "self", "href": "https://feeds.example/latest.rss", "type": "application/rss+xml"} in links
    assert {"rel": "hub", "href": "https://hub.example/"} in links
    assert needed(element, "lastBuildDate") == "Thu, 12 Feb 2026 11:00:05 +0700"


def test_what_is_not_set_is_left_out_of_the_channel() -> None:
    element = channel(settings=settings(rights="", logo=""))
    assert one(element, "copyright") is None
    assert needed(element, "image/url") == "https://feeds.example/icons/144.png"  # the widest that RSS 2.0 allows
    assert every(element, "item/dc:rights") == ("https://creativecommons.org/licenses/by/4.0/",)


def test_an_rss_item_names_every_byline_and_one_that_has_none_the_publisher() -> None:
    rich, bare, _ = channel().findall("item")
    assert every(rich, "dc:creator") == ("Sarah Meiliana Gunawan", "Budi Santoso")
    assert every(bare, "dc:creator") == ("Redaksi Warta",)
    assert every(rich, "author") == ()  # it must be an e-mail address


def test_an_rss_description_is_html_since_readers_take_it_for_that() -> None:
    item = channel().find("item")
    assert needed(item, "description") == "Ringkasan dengan &amp; dan 3 &lt; 4."
    assert needed(item, "title") == "Sekjen Kemnaker: “Dialog” & kerja sama <3"


def test_an_rss_item_has_the_photo_with_caption_and_credit() -> None:
    [media] = channel().find("item").findall("media:content", NAMESPACES)
    assert dict(media.attrib) == {
        "url": "https://news.example/foto.png?a=1&b=2",
        "type": "image/png",
        "medium": "image",
        "fileSize": "2048",
        "width": "1200",
        "height": "800",
    }
    captioned = channel().findall("item")[2]
    assert captioned.find("enclosure").get("length") == "0"  # it must be there, also where it is not known
    assert captioned.find("media:content", NAMESPACES) is None


@pytest.mark.parametrize(
    ("image", "files", "enclosure", "others"),
    [
        (None, [], None, []),
        ("p.jpg", [], "p.jpg", ["p.jpg"]),
        (None, ["a.pdf", "b.zip"], "a.pdf", ["b.zip"]),
        ("p.jpg", ["a.pdf", "q.png"], "p.jpg", ["p.jpg", "a.pdf", "q.png"]),
        ("p.jpg", ["a.pdf", "e.mp3", "f.mp4"], "e.mp3", ["p.jpg", "a.pdf", "f.mp4"]),
        (None, ["f.mp4", "e.mp3", "f.mp4"], "f.mp4", ["e.mp3"]),
        ("p.jpg", ["p.jpg", "e.mp3"], "e.mp3", ["p.jpg"]),
    ],
)
def test_an_rss_item_has_one_enclosure_audio_or_video_first_and_each_other_file(
    image: str | None, files: list[str], enclosure: str | None, others: list[str]
) -> None:
    site = "https://news.example/"
    fields = {**BARE, "enclosures": [{"url": site + file, "length": 7} for file in files]}
    item = channel([article({**fields, "image": {"url": site + image}} if image else fields)]).find("item")
    assert [each.get("url") for each in item.findall("enclosure")] == ([site + enclosure] if enclosure else [])
    media = item.findall("media:content", NAMESPACES)
    assert [each.get("url") for each in media] == [site + other for other in others]
    mediums = {"jpg": "image", "png": "image", "pdf": "document", "zip": None, "mp3": "audio", "mp4": "video"}
    assert [each.get("medium") for each in media] == [mediums[other[-3:]] for other in others]


@pytest.mark.parametrize("extension", ["rss", "atom"])
def test_bodies_stand_in_cdata_and_are_read_as_they_are(extension: str) -> None:
    body = '<p title="&quot; ]]&gt; &lt;item&gt;">a ]]&gt; &lt;entry &amp;amp; b</p>'
    document = rendered(extension, [article({**BARE, "content_html": body}), article({**CAPTIONED})])
    assert document.count(b"<![CDATA[<p") == 2
    assert document.count(b"&lt;p") == 0
    contents = [entry.content for entry in READERS[extension](document)]
    assert contents == [entry.content for entry in read("json", [article({**BARE, "content_html": body}), ENTRIES[2]])]


def test_line_ends_are_those_of_xml_in_every_format() -> None:
    entries = [article({**BARE, "content_html": "<pre>a&#13;b\r\nc</pre>"})]
    assert {entry.content for extension in FORMATS for entry in read(extension, entries)} == {"<pre>a\nb\nc</pre>"}


@pytest.mark.parametrize("extension", FORMATS)
def test_text_from_right_to_left_says_so(extension: str) -> None:
    arabic = {**BARE, "language": "ar", "content_html": "<p>افتتح الجسر.</p>"}
    [entry, other] = read(extension, [article(arabic), article({**arabic, "id": "8", "language": "id"})])
    assert entry.content == '<div dir="rtl"><p>افتتح الجسر.</p></div>'
    assert other.content == "<p>افتتح الجسر.</p>"
    [bare] = read(extension, [article({**arabic, "content_html": ""})])
    assert bare.content is None


def test_only_namespaces_that_are_used_are_declared() -> None:
    def declared(extension: str, entries: Sequence[Article]) -> set[str]:
        root = xml(rendered(extension, entries))
        everywhere = {uri for element in root.iter() for uri in element.nsmap.values()}
        assert everywhere == set(root.nsmap.values())  # once, at the top
        return {prefix for prefix, uri in NAMESPACES.items() if uri in everywhere}

    assert declared("rss", []) == {"a"}
    assert declared("atom", []) == {"a"}
    bare = [article({**BARE, "content_html": "<p>Isi.</p>"})]
    assert declared("rss", bare) == {"a", "content", "dc", "dcterms"}
    assert declared("rss", ENTRIES[2:]) == {"a", "content", "dc", "dcterms"}
    assert declared("rss", ENTRIES) == {"a", "content", "dc", "dcterms", "itunes", "media"}
    assert declared("atom", ENTRIES) == {"a", "media"}


# --- Atom --------------------------------------------------------------------------------------------------------


def test_an_atom_feed_has_what_rfc_4287_requires() -> None:
    root = xml(rendered("atom", ENTRIES))
    assert root.tag == f"{{{NAMESPACES['a']}}}feed"
    wanted = ("id", "title", "updated", "subtitle", "rights", "logo", "author/a:name", "author/a:uri")
    assert [needed(root, f"a:{tag}") for tag in wanted] == [
        "https://feeds.example/latest",
        "Warta Uji – Terbaru",
        "2026-02-12T11:00:05+07:00",
        "Berita & kabar",
        "© Warta Uji",
        "https://news.example/logo.png",
        "Redaksi Warta",
        "https://news.example/",
    ]
    links = {(link.get("rel"), link.get("type"), link.get("href")) for link in root.findall("a:link", NAMESPACES)}
    assert links == {
        ("self", "application/atom+xml", "https://feeds.example/latest.atom"),
        ("alternate", "text/html", "https://news.example/"),
        ("hub", None, "https://feeds.example/hub"),
        ("hub", None, "https://hub.example/"),
    }
    uris = ("https://news.example/penulis/sarah", "https://news.example/", "https://news.example/")
    assert every(root, "a:entry/a:author/a:uri") == uris
    assert every(root, "a:entry[1]/a:category/@scheme") == (
        *("https://feeds.example/category/",) * 2,
        "https://feeds.example/tag/",
    )


def test_an_empty_feed_was_updated_when_its_list_was() -> None:
    assert needed(xml(rendered("atom", [])), "a:updated") == "2026-02-22T09:41:00+07:00"
    assert needed(channel([]), "lastBuildDate") == "Sun, 22 Feb 2026 09:41:00 +0700"


def test_a_feed_of_a_name_in_any_script_has_addresses_in_ascii() -> None:
    for extension in FORMATS:
        document = rendered(extension, [], path="tag/日本").decode()
        assert "https://feeds.example/tag/%E6%97%A5%E6%9C%AC" in document


@pytest.mark.parametrize("extension", ["rss", "atom"])
@pytest.mark.parametrize("is_complete", [True, False])
def test_a_page_of_the_archive_says_what_is_around_it_and_a_complete_one_is_marked(
    extension: str, is_complete: bool
) -> None:
    """RFC 5005 §4."""
    around = {
        "prev-archive": f"https://feeds.example/latest/archive/6.{extension}",
        "next-archive": f"https://feeds.example/latest/archive/8.{extension}",
        "current": f"https://feeds.example/latest.{extension}",
    }
    older, newer, current = around.values()
    page = replace(context(ENTRIES, format_=FORMATS[extension]), older=older, newer=newer, current=current)
    root = xml(bytes(FORMATS[extension].render(replace(page, is_complete=is_complete))))
    links = {link.get("rel"): link.get("href") for link in root.iter(f"{{{NAMESPACES['a']}}}link")}
    assert around.items() <= links.items()
    assert len(list(root.iter("{http://purl.org/syndication/history/1.0}archive"))) == is_complete


# --- JSON Feed ---------------------------------------------------------------------------------------------------


def test_a_json_feed_has_what_version_1_1_requires() -> None:
    document = head()
    items = document.pop("items")
    assert document == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Warta Uji – Terbaru",
        "home_page_url": "https://news.example/",
        "feed_url": "https://feeds.example/latest.json",
        "description": "Berita & kabar",
        "language": "id",
        "icon": "https://feeds.example/icons/512.png",
        "favicon": "https://feeds.example/icons/96.png",
        "authors": [{"name": "Redaksi Warta", "url": "https://news.example/"}],
        "hubs": [
            {"type": "WebSub", "url": "https://feeds.example/hub"},
            {"type": "WebSub", "url": "https://hub.example/"},
        ],
        "_warta": {"rights": "© Warta Uji"},
    }
    for item in items:
        assert isinstance(item["id"], str)
        assert ("content_html" in item) != ("content_text" in item)
        assert all(item.values())  # empty fields are left out
    assert items[0]["image"] == "https://news.example/foto.png?a=1&b=2"
    assert items[0]["authors"][0] == {"name": "Sarah Meiliana Gunawan", "url": "https://news.example/penulis/sarah"}
    assert items[1]["content_text"] == "Judul saja"
    assert items[0]["_warta"] == {
        "section": "Berita",
        "categories": ["Dinamika", "Hukum & HAM"],
        "tags": ["Kemnaker", "Dinamika"],
        "rights": "https://creativecommons.org/licenses/by/4.0/",
        "correction": "Nama & jabatan diperbaiki.",
        "image": {"caption": "Sekjen Anwar Sanusi", "credit": "Sarah/Ist"},
    }


def test_an_empty_json_feed_still_has_items() -> None:
    assert head([])["items"] == []
    assert reading.json_feed(rendered("json", [])) == []
