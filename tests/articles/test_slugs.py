"""Slugs: how names stand in URLs."""

import re
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.articles.slugs import slug
from tests.articles.test_sanitizer import PIECES


@pytest.mark.parametrize(
    ("name", "expected"),
    [
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
        ("!?", ""),
        ("a" * 300, "a" * 200),
    ],
)
def test_a_slug_is_how_a_name_stands_in_an_address(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_a_slug_of_a_slug_is_itself() -> None:
    """Or its feed could never be asked for: an address must hold the slug as it is."""
    everything = map(chr, range(sys.maxunicode + 1))
    folded = [c for c in everything if unicodedata.normalize("NFKD", c.casefold()) != c]
    assert len(folded) > 10_000
    assert not [c for c in folded if slug(slug(c)) != slug(c)]


@settings(deadline=None)
@given(st.lists(st.text(max_size=80) | st.sampled_from(PIECES), max_size=12).map("".join))
def test_names_that_look_alike_are_one_slug(name: str) -> None:
    once = slug(name)
    assert slug(once) == once == slug(unicodedata.normalize("NFD", name)) == slug(f" {name}-")
    assert len(once) <= 200
    assert not re.search(r"[/?#%&<>\s]|^-|-$|--", once)
