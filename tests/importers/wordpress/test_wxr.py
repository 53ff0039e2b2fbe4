"""WordPress export files: what posts become, and what is left out."""

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
    SkippedItem,
    SourceUnreadable,
)
from tests.support.found import shown

OPTIONS = ReadOptions(ZoneInfo("Asia/Jakarta"))
EXPORT = (Path(__file__).parents[1] / "data" / "ekspor.wxr").read_bytes()
HEAD = b'<rss xmlns:wp="http://wordpress.org/export/1.0/"><channel>'
POST = b"<item><title>A</title><guid>g</guid><wp:post_type>post</wp:post_type>"


def imported(document: bytes) -> list[ImportItem]:
    return shown(importers.read(OpenSource.of_bytes("ekspor", document), None, OPTIONS))


def test_posts_become_articles_those_that_waited_for_their_photo_last() -> None:
    page, draft, future, protected, trashed, post = imported(EXPORT)
    assert page == SkippedItem("item 3", "the post type is page; --post-type page imports it")
    assert post == FoundArticle(
        "item 1",
        {
            "id": "https://hijau.example/?p=17",
            "url": "https://hijau.example/2026/03/panen-raya/",
            "title": "Panen Raya & Pesta",
            "summary": "Ringkasnya saja.",
            "content_html": "<p>Baris pertama<br>\nbaris kedua.</p>\n"
            '<figure><img src="/padi-kecil.jpg" /><figcaption>Padi</figcaption>\n</figure>\n'
            "<blockquote><p>Kutipan</p>\n</blockquote>",
            "authors": [{"name": "Siti Aminah"}],
            "categories": ["Ekonomi"],
            "tags": ["padi"],
            "published_at": "2026-03-06T01:15:00+00:00",
            "updated_at": "2026-03-06T03:00:00+00:00",
            "image": {"url": "https://hijau.example/isi/padi.jpg", "caption": "Petani menjemur padi"},
        },
    )
    assert draft == FoundArticle(
        "item 4",
        {
            "id": "https://hijau.example/?p=19",
            "url": "https://hijau.example/?p=19",
            "title": "Naskah",
            "content_html": "<p>Isi.</p>",
            "authors": [{"name": "tamu"}],
            "status": "draft",
        },
    )
    assert isinstance(future, FoundArticle)
    assert future.fields["published_at"] == "2126-03-06T08:15:00+07:00"
    assert "status" not in future.fields
    assert isinstance(protected, FoundArticle)
    assert protected.fields["status"] == "draft"
    assert isinstance(trashed, FoundArticle)
    assert trashed.fields["status"] == "withdrawn"


def test_an_ill_formed_export_gives_the_posts_above_the_error_and_its_line() -> None:
    cut = EXPORT[: EXPORT.index(b"<title>Besok")]
    *posts, last = imported(cut)
    assert isinstance(last, FoundArticle)  # waited for its photo
    assert (last.where, last.fields["title"]) == ("item 1", "Panen Raya & Pesta")
    assert posts[-1] == RefusedItem("line 76", "the file ends within an item or before its last tag")


def test_what_other_tools_would_stumble_over_is_read() -> None:
    control = EXPORT.replace(b"Ringkasnya", b"Ringkas\x0bnya\x00")
    utf_16 = EXPORT.decode().encode("utf-16")
    stray = EXPORT.replace(b"Panen Raya &", "Panen Raya –".encode("cp1252"))
    last = [imported(document)[-1] for document in (control, utf_16, stray, b"\n\n" + EXPORT)]
    titles = [item.fields["title"] for item in last if isinstance(item, FoundArticle)]
    assert titles == ["Panen Raya & Pesta", "Panen Raya & Pesta", "Panen Raya – Pesta", "Panen Raya & Pesta"]


def test_an_export_without_posts_is_no_error() -> None:
    assert imported(HEAD + b"<item><wp:post_type>page</wp:post_type></item></channel></rss>") == [
        SkippedItem("item 1", "the post type is page; --post-type page imports it")
    ]


def test_another_feed_is_no_export() -> None:
    feed = b"<rss version='2.0'><channel><item><title>A</title></item></channel></rss>"
    with pytest.raises(SourceUnreadable, match="not a WordPress export"):
        list(importers.read(OpenSource.of_bytes("feed", feed), "wxr", OPTIONS))


def test_posts_with_one_number_stay_different_articles() -> None:
    """Edited exports repeat the numbers and the guids of posts."""

    def post(name: str) -> bytes:
        number = b"<wp:post_id>156</wp:post_id><wp:post_type>post</wp:post_type><wp:status>publish</wp:status>"
        url = f"https://kabar.example/{name}/"
        return f"<item><title>{name}</title><link>{url}</link><guid>{url}</guid>".encode() + number + b"</item>"

    documents = HEAD + post("satu") + post("dua") + b"</channel></rss>"
    one, two = importers.read(OpenSource.of_bytes("ekspor", documents), None, OPTIONS)
    assert isinstance(one, FoundArticle)
    assert isinstance(two, FoundArticle)
    assert one.fields["id"] != two.fields["id"]
    assert not {*one.same_as} & {*two.same_as}
