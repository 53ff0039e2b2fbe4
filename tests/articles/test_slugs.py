"""Slugs: readable, distinct for names that symbols tell apart, and the same for a slug."""

import re
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.articles.slugs import MAX_SLUG_CHARACTERS, is_slug, name_key, plain_slug, slug

WORDS = [
    ("Dinamika", "dinamika"),
    ("  Hukum & HAM  ", "hukum-ham"),
    ("Jum'at", "jumat"),
    ("Café “Ü”", "cafe-u"),
    ("Cafe\u0301", "cafe"),
    ("STRASSE straße", "strasse-strasse"),
    ("Ekonomi/Bisnis", "ekonomi-bisnis"),
    ("Merek™", "merektm"),
    ("हिन्दी", "हिन्दी"),
    ("日本 語", "日本-語"),
    ("Budi, M.Si.", "budi-m-si"),
    ("snake_case", "snake-case"),
]
SYMBOLS = [
    ("F++", "f~plus~plus"),
    ("F＋＋", "f~plus~plus"),
    ("F#", "f~hash"),
    ("B-", "b~minus"),
    ("-2", "~minus-2"),
    (".NET", "~dot-net"),
    ("50%", "50~percent"),
    ("🌊", "~water-wave"),
    ("☕\ufe0f", "~hot-beverage"),
    ("!?", "~exclamation~question"),
    ("''", "~apostrophe~apostrophe"),
    ("x≠y", "x~not-equal-to-y"),
    ("\ue000", "~ue000"),
]


@pytest.mark.parametrize(("name", "expected"), WORDS + SYMBOLS)
def test_a_slug_has_the_words_of_a_name_and_the_names_of_its_symbols(name: str, expected: str) -> None:
    assert slug(name) == expected
    assert slug(expected) == expected
    assert is_slug(expected)


@pytest.mark.parametrize(("name", "expected"), WORDS)
def test_a_name_without_symbols_has_a_plain_slug(name: str, expected: str) -> None:
    assert plain_slug(name) == expected


@pytest.mark.parametrize(
    "names",
    [
        ("R", "R+", "R++", "R#", "R-", "R*", "R!", "R?", "R@", "R%", "#R", "+R", "-R", ".R", "R€", "R🌊", "🌊R"),
        ("???", "!!!", "…", "🌊", "🌊🌊", "☀", "☁", "👍", "👍🏽", "🇮🇩", "🇲🇾", "$", "€", "'", '"', "-", "~", "_"),
        ("ﷺ" * 100, "ﷺ" * 101, "🌊" * 100, "🌊" * 101),  # longer than a slug, once they are spelled
    ],
)
def test_symbols_tell_names_apart(names: tuple[str, ...]) -> None:
    slugs = [slug(name) for name in names]
    assert len(set(slugs)) == len(names)
    assert all(map(is_slug, slugs))


@pytest.mark.parametrize("text", ["", "~", "a~", "~~a", "-a", "a-", "A", "a b", "a~-b", "a" * 201, "c++", "あか\u3099"])
def test_another_form_is_no_slug(text: str) -> None:
    assert not is_slug(text)


def test_a_slug_of_a_slug_is_itself() -> None:
    """Otherwise no request could reach its feed, because a URL must have the slug as it is."""
    everything = map(chr, range(sys.maxunicode + 1))
    folded = [c for c in everything if unicodedata.normalize("NFKD", c.casefold()) != c]
    assert len(folded) > 10_000
    assert not [c for c in folded if slug(slug(c)) != slug(c)]


names = st.lists(st.text(max_size=20) | st.sampled_from("+#-.~!?&' 🌊é"), max_size=8).map("".join)


@given(names)
@example("~0")
def test_names_that_look_alike_have_one_slug(name: str) -> None:
    once = slug(name)
    assert slug(once) == once == slug(f" {name} ")
    assert name_key(name) == name_key(f"  {name.swapcase()}".swapcase())
    assert len(once) <= MAX_SLUG_CHARACTERS
    assert not re.search(r"[/?#%&<>\s]|^-|-$|--", once)
    assert is_slug(once) or not name.strip()


@pytest.mark.parametrize(
    ("name", "other", "same"),
    [
        ("Banjir Rob", "BANJIR  ROB", True),
        ("ＡＢＣ", "abc", True),
        ("Straße", "STRASSE", True),
        ("❤", "❤\ufe0f", True),
        ("Café", "Cafe", False),
        ("F", "F#", False),
    ],
)
def test_the_key_of_a_name_knows_neither_case_nor_width(name: str, other: str, same: bool) -> None:
    assert (name_key(name) == name_key(other)) is same
