"""Feeds of others: what their entries become, and what hostile documents get."""

import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from service import importers
from service.importers import (
    FoundArticle,
    ImportItem,
    OpenSource,
    ReadOptions,
    RefusedItem,
    SourceUnreadable,
    feeds,
    sandbox,
)
from tests.support.found import shown

OPTIONS = ReadOptions(ZoneInfo("Asia/Jakarta"))
DATA = Path(__file__).parent / "data"
ADDRESS = "https://hijau.example/feed"


def imported(document: str | bytes, url: str = ADDRESS) -> list[ImportItem]:
    data = document if isinstance(document, bytes) else document.encode()
    return shown(importers.read(OpenSource.of_bytes("feed", data, url=url), None, OPTIONS))


def rss(items: str, head: str = "") -> str:
    return f'{head}<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'


def titles(items: list[ImportItem]) -> list[object]:
    return [item.fields["title"] for item in items if isinstance(item, FoundArticle)]


def test_an_rss_item_becomes_an_article_with_all_that_it_tells() -> None:
    item, *_ = imported((DATA / "media.rss").read_bytes())
    assert item == FoundArticle(
        "entry 1",
        {
            "id": "tag:hijau.example,2026:panen",
            "url": "https://hijau.example/panen?a=1&b=2",
            "title": "Panen &amp; Pesta",
            "summary": "Ringkasnya saja.",
            "content_html": '<p>Isi <a href="https://hijau.example/lain">lain</a></p><script>x</script>',
            "authors": [{"name": "Budi Santoso"}, {"name": "Siti Aminah"}],
            "categories": ["Ekonomi", "Pertanian"],
            "published_at": "2026-03-06T14:05:00+07:00",
            "language": "id",
            "image": {
                "url": "https://hijau.example/padi.jpg",
                "type": "image/jpeg",
                "length": 12345,
                "width": 800,
                "height": 600,
                "caption": "Petani menjemur padi",
                "credit": "Dok. Warga",
            },
            "enclosures": [{"url": "https://hijau.example/panen.mp3", "type": "audio/mpeg", "length": 999}],
        },
    )


def test_an_rss_item_may_tell_little_and_a_bad_one_does_not_stop_the_rest() -> None:
    _, untitled, misdated, empty, plain = imported((DATA / "media.rss").read_bytes())
    assert isinstance(untitled, FoundArticle)
    assert untitled.fields["id"] == untitled.fields["url"] == "https://hijau.example/2"
    assert str(untitled.fields["title"]).endswith("menjadi judul pada…")
    assert str(untitled.fields["content_html"]).startswith("<p>Tanpa judul")
    assert "published_at" not in untitled.fields
    assert isinstance(misdated, RefusedItem)
    assert misdated.reason.startswith('"31 Februari 2026" is not a date')
    assert empty == RefusedItem("entry 4", "has neither a title nor content")
    assert plain == FoundArticle(
        "entry 5",
        {
            "id": "https://hijau.example/5",
            "url": "https://hijau.example/5",
            "title": "Ringkasan polos",
            "summary": "Kurang dari seribu.",
            "language": "id",
            "image": {"url": "https://hijau.example/kecil.png"},
        },
    )


def test_atom_entries_inherit_authors_and_may_have_one_date_only() -> None:
    one, two = imported((DATA / "kabar.atom").read_bytes(), url="")
    assert one == FoundArticle(
        "entry 1",
        {
            "id": "urn:kabar:1",
            "url": "https://hijau.example/satu",
            "title": "Satu",
            "summary": "Ringkas",
            "content_html": "<p>Isi</p>",
            "authors": [{"name": "Budi"}, {"name": "Siti"}],
            "categories": ["Ekonomi"],
            "published_at": "2026-03-05T08:00:00+07:00",
            "updated_at": "2026-03-06T00:00:00+00:00",
            "language": "id",
        },
    )
    assert two == FoundArticle(
        "entry 2",
        {
            "id": "urn:kabar:2",
            "title": "Dua",
            "content_html": "<p>a &lt; b</p>",
            "authors": [{"name": "Redaksi", "url": "https://hijau.example/redaksi"}],
            "published_at": "2026-03-06T00:00:00+00:00",
            "language": "id",
        },
    )


def test_json_feed_items_of_both_versions() -> None:
    one, two, three = imported((DATA / "kabar.json").read_bytes())
    assert one == FoundArticle(
        "entry 1",
        {
            "id": "17",
            "url": "https://hijau.example/17",
            "title": "Satu",
            "summary": "Ringkas",
            "content_html": "<p>Isi</p>",
            "authors": [{"name": "Redaksi", "url": "https://hijau.example/redaksi"}],
            "categories": ["Ekonomi", "Pertanian"],
            "published_at": "2026-03-05T08:00:00+07:00",
            "updated_at": "2026-03-06T00:00:00+00:00",
            "language": "id",
            "image": {"url": "https://hijau.example/padi.jpg"},
            "enclosures": [{"url": "https://hijau.example/panen.mp3", "type": "audio/mpeg", "length": 999}],
        },
    )
    assert isinstance(two, FoundArticle)
    assert two.fields["content_html"] == "<p>Satu &amp; dua.</p><p>Tiga.</p>"
    assert (two.fields["title"], two.fields["authors"]) == ("Satu & dua. Tiga.", [{"name": "Budi"}])
    assert three == RefusedItem("entry 3", "not a JSON object")


@pytest.mark.parametrize(
    ("summary", "kept"),
    [
        ("Warga membuka pasar. Hujan […]", False),
        ("Warga membuka pasar. Hujan turun.", True),
        ("Pasar baru dibuka […]", True),
        ("Warga membuka pasar...", True),
    ],
    ids=["cut from the text", "not cut", "other words", "dots of an editor"],
)
def test_an_excerpt_that_a_program_cut_from_the_text_is_no_summary(summary: str, kept: bool) -> None:
    text = "<p>Warga membuka pasar.</p><ul><li>Beras</ul><p>Hujan turun.</p>"
    content = f'<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/"><![CDATA[{text}]]>'
    item = f"<item><title>A</title><description>{summary}</description>{content}</content:encoded></item>"
    [found] = imported(rss(item))
    assert isinstance(found, FoundArticle)
    assert found.fields.get("summary", "") == (summary if kept else "")


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("redaksi@hijau.example (Budi Santoso)", ["Budi Santoso"]),
        ("Budi Santoso &lt;redaksi@hijau.example&gt;", ["Budi Santoso"]),
        ("redaksi@hijau.example", []),
        ("Budi Santoso (Pontianak)", ["Budi Santoso (Pontianak)"]),
    ],
)
def test_an_author_is_a_name_not_an_address(author: str, names: list[str]) -> None:
    [item] = imported(rss(f"<item><title>A</title><author>{author}</author></item>"))
    assert isinstance(item, FoundArticle)
    assert item.fields.get("authors", []) == [{"name": name} for name in names]


@pytest.mark.parametrize("guid", ["x" * 201, "https://hijau.example/../1", ""])
def test_an_id_that_the_api_cannot_take_is_replaced_by_one_that_stays(guid: str) -> None:
    document = rss(f"<item><title>A</title><guid isPermaLink='false'>{guid}</guid></item>")
    [first], [second] = imported(document), imported(document)
    assert isinstance(first, FoundArticle)
    assert first == second
    assert str(first.fields["id"]).startswith("sha256-")


@pytest.mark.parametrize(
    "document",
    [
        rss("<item><title>Kafé</title></item><item><title>Dua</title>").replace("</channel></rss>", ""),
        rss("<item><title>Ka&#xD800;f&#0;é</title></item><item><title>Dua</title></item>&tidakada; & <br>"),
        "\n\n" + rss("<item><title>Kafé</title></item><item><title>Dua</title></item>", '<?xml version="1.0"?>'),
        rss(
            "<item><title>Kafé</title></item><item><title>Dua</title></item>",
            '<?xml version="1.0" encoding="utf-16"?>',
        ).encode("utf-16"),
        rss(
            "<item><title>Kafé</title></item><item><title>Dua</title></item>",
            '<?xml version="1.0" encoding="iso-8859-1"?>',
        ).encode("latin-1"),
        rss("<item><title>Kafé</title></item><item><title>Dua</title></item>").encode("cp1252"),
        rss(
            "<item><title>Kafé</title></item><item><title>Dua</title></item>", '<?xml version="1.0" encoding="utf-16"?>'
        ),
        rss("<item><title>Kaf&eacute;</title><b>x</item><item><title>Dua</title><link>https://a.example/?a&b</link>"),
    ],
    ids=[
        "truncated",
        "impossible characters",
        "late declaration",
        "UTF-16",
        "Latin-1",
        "not UTF-8",
        "not UTF-16",
        "&nbsp;",
    ],
)
def test_an_ill_formed_feed_gives_the_entries_that_can_be_made_out(document: str | bytes) -> None:
    assert titles(imported(document)) == ["Kafé", "Dua"]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("<gpx><trk/></gpx>", "not an RSS or Atom feed"),
        (
            '{"version": "https://jsonfeed.org/version/1.1"}',
            "not a JSON Feed: it lacks its version or its list of items",
        ),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": [', "not valid JSON"),
        (b"<rss>" + b" " * feeds.MAX_DOCUMENT_BYTES, "larger than 20 MB, the limit for this format"),
    ],
)
def test_a_document_that_is_no_feed_is_one_clear_line(document: str | bytes, reason: str) -> None:
    with pytest.raises(SourceUnreadable, match=f"feed: {reason}") as refusal:
        imported(document)
    assert "\n" not in str(refusal.value)


def test_a_feed_without_entries_is_no_error() -> None:
    assert imported(rss("")) == []


def test_entities_neither_multiply_nor_fetch(tmp_path: Path) -> None:
    secret = tmp_path / "rahasia"
    secret.write_text("sandi")
    entities = "".join(f"<!ENTITY e{n + 1} '{f'&e{n};' * 10}'>" for n in range(9))
    head = f"<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY e0 'ha'>{entities}<!ENTITY f SYSTEM 'file://{secret}'>]>"
    items = imported(rss("<item><title>A &e9;</title></item><item><title>B &f;</title></item>", head))
    assert "sandi" not in str(items)
    assert len(str(items)) < 10_000


def test_a_document_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MAX_SILENT_SECONDS", 1.0)
    attributes = " ".join(f"a{n}='1'" for n in range(200_000))
    started = time.monotonic()
    with pytest.raises(SourceUnreadable, match="not read within 1 seconds"):
        imported(f"<rss version='2.0'><channel><item><title {attributes}>x</title></item>")
    assert time.monotonic() - started < 5


def test_an_id_that_an_address_could_not_hold_is_made_into_one_that_it_can() -> None:
    guids = ["/news/123", "berita\ufffd1", "tag:berita,2026:1"]
    items = "".join(f'<item><guid isPermaLink="false">{guid}</guid><title>A</title></item>' for guid in guids)
    first, second, third = (found.fields["id"] for found in imported(rss(items)) if isinstance(found, FoundArticle))
    assert str(first).startswith("sha256-")
    assert str(second).startswith("sha256-")
    assert third == guids[2]


def test_a_guid_is_an_address_only_if_it_is_a_whole_one() -> None:
    items = "<item><guid>g5</guid><title>A</title></item><item><guid>https://n.example/5</guid><title>B</title></item>"
    found = imported(rss(f"<link>https://n.example/</link>{items}"), url="")
    assert [item.fields.get("url") for item in found if isinstance(item, FoundArticle)] == [None, "https://n.example/5"]


def test_a_json_feed_without_a_list_of_items_is_none() -> None:
    for items in ("null", "{}"):
        with pytest.raises(SourceUnreadable, match="lacks its version or its list of items"):
            imported(f'{{"version": "https://jsonfeed.org/version/1.1", "items": {items}}}')
