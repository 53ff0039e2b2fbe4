"""Characters that may stand in a feed."""

import sys

import pytest

from service.articles.characters import balanced, legible, one_line, xml_safe


def test_only_characters_that_xml_forbids_are_removed() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    kept = set(xml_safe(everything))
    assert {"\t", "\n", "\r", " ", "~", "\xa0", "\ud7ff", "\ue000", "\ufffc", "😀"} <= kept
    gone = [ord(character) for character in everything if character not in kept]
    assert [n for n in gone if n < 0xA0] == [*range(9), 11, 12, *range(14, 32), *range(127, 160)]
    assert [n for n in gone if 0xA0 <= n < 0x10000] == [
        *(*range(0xD800, 0xE000), *range(0xFDD0, 0xFDF0), 0xFFFD, 0xFFFE, 0xFFFF)
    ]
    assert [n for n in gone if n >= 0x10000] == [
        plane << 16 | low for plane in range(1, 17) for low in (0xFFFE, 0xFFFF)
    ]


@pytest.mark.parametrize(
    "space", ["\t", "\n", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\u2028", "\u2029"]
)
def test_all_white_space_parts_words(space: str) -> None:
    assert one_line(f" Banjir{space}surut ") == "Banjir surut"
    assert legible(f"a{space}b").split() == ["a", "b"]


def test_legacy_bytes_are_read_as_browsers_read_them() -> None:
    """As HTML maps the references `&#128;` to `&#159;`; U+0085 is white space."""
    for byte in set(range(0x80, 0xA0)) - {0x85}:
        assert legible(f"a{chr(byte)}b") == f"a{bytes([byte]).decode('cp1252', 'ignore')}b"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tanpa", "tanpa"),
        ("a\u202eb", "a\u202eb\u202c"),
        ("a\u202cb\u2069", "ab"),
        ("\u2067a\u202bb\u2069c", "\u2067a\u202bb\u202c\u2069c"),
        ("\u2066a\u2069 \u202ab\u202c", "\u2066a\u2069 \u202ab\u202c"),
        ("\u202a" * 200, "\u202a" * 125 + "\u202c" * 125),
    ],
)
def test_each_bidirectional_control_has_its_end(text: str, expected: str) -> None:
    assert balanced(text) == expected
    assert balanced(expected) == expected
