"""Items of exports that are no well-formed XML are mended where the meaning is clear."""

import pytest

from service.importers.wordpress.wxr_reader.item_bytes import Piece
from service.importers.wordpress.wxr_reader.markup import elements, root_tag

HEAD = b'<rss xmlns:wp="http://wordpress.org/export/1.0/" xmlns:khusus="https://khusus.example/">'


def titles(markup: bytes, head: bytes = HEAD) -> list[object]:
    """The titles of the items in the markup, or the mapping of an item that cannot be read."""
    found = elements(Piece(markup, 7), root_tag(head))
    return [each if isinstance(each, dict) else each.findtext("title") for each in found]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"Padi & Jagung", "Padi & Jagung"),
        (b"Padi&nbsp;&ndash; &#233; &amp; &lt;", "Padi\xa0– é & <"),
        (b"Padi &tidakada; Jagung", "Padi &tidakada; Jagung"),
        (b"a ]]> b &", "a ]]> b &"),
        (b"<![CDATA[a < b & c]]>", "a < b & c"),
        (b"<![CDATA[a ]]]]><![CDATA[> b]]>", "a ]]> b"),
        (b"<![CDATA[a ]]> b]]>", "a ]]> b"),
    ],
)
def test_faults_are_mended(written: bytes, read: str) -> None:
    assert titles(b"<item><title>" + written + b"</title><x>&</x></item>") == [read]


def test_prefixes_are_declared_by_the_head_or_by_the_format() -> None:
    item = b"<item><title>A</title><wp:post_id>1</wp:post_id><khusus:a/><dc:creator>siti</dc:creator></item>"
    [element] = elements(Piece(item, 1), root_tag(HEAD))
    assert element.findtext("{http://wordpress.org/export/1.0/}post_id") == "1"
    assert element.findtext("{http://purl.org/dc/elements/1.1/}creator") == "siti"


def test_comments_of_a_long_item_are_not_parsed() -> None:
    comment = b"<wp:comment><wp:comment_content>" + b"x " * 200_000 + b"</wp:comment_content></wp:comment>"
    [element] = elements(Piece(b"<item><title>A</title>" + comment + b"</item>", 1), root_tag(HEAD))
    assert [child.tag for child in element] == ["title"]


def test_a_section_without_an_end_costs_one_item() -> None:
    assert titles(b"<item><title>A</title><x><![CDATA[tanpa akhir</x></item><item><title>B</title></item>") == [
        "A",
        "B",
    ]


def test_an_unreadable_item_is_a_fault() -> None:
    [fault] = titles(b"<item><x>&</item>")
    assert isinstance(fault, dict)
    assert fault["line"] == 7
    assert fault["failed"].startswith("not well-formed: ")
