"""The words of texts, queries, and what a query finds in a text."""

import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from service.core.errors import BadRequest
from service.search import Analyser, Query, Term, excerpt, marked, parse

INDONESIAN = Analyser("id-ID")


def words(text: str, language: str = "id") -> list[str]:
    return [word.word for word in Analyser(language).words(text)]


def shown(text: str, query: str) -> str:
    """The text with the found parts in brackets."""
    pieces = marked(text, parse(query, INDONESIAN), INDONESIAN)
    return "".join(f"[{piece.text}]" if piece.is_found else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Membaca bacaan, dibacakan: pembacaan!", "id", ["baca"] * 4),
        ("ekonomi perekonomian", "id", ["ekonom"] * 2),
        ("Reading readers read", "en", ["read", "reader", "read"]),
        ("membaca", "xx", ["membaca"]),
        ("Jum'at Jum’at JUMAT", "id", ["jumat"] * 3),
        ("Café CAFE\u0301 ｃａｆｅ", "id", ["cafe"] * 3),
        ("COVID-19 a_b 3,5", "id", ["covid", "19", "a", "b", "3", "5"]),
        ("東京都", "id", ["東京", "京都", "都"]),
        ("東", "id", ["東"]),
        ("ｶﾀ本", "id", ["カタ", "タ本", "本"]),
        ("हिन्दी", "id", ["हिन्दी"]),
        ("x" * 100, "xx", ["x" * 60]),
        ("— … “” 😀", "id", []),
    ],
    ids=range(13),
)
def test_words(text: str, language: str, expected: list[str]) -> None:
    assert words(text, language) == expected


def test_rules_have_a_name_by_language() -> None:
    assert Analyser("id").name == Analyser("id-ID").name != Analyser("en").name != Analyser("xx").name


def test_threads_share_an_analyser() -> None:
    text = " ".join(f"membaca{number} pembacaan{number}an" for number in range(500))
    expected = words(text)
    shared = Analyser("id")
    with ThreadPoolExecutor(8) as threads:
        for found in threads.map(lambda _: [word.word for word in shared.words(text)], range(16)):
            assert found == expected


@given(text=st.text())
def test_every_word_is_of_letters_and_digits_and_has_its_place(text: str) -> None:
    """The databases rely on it: no word has a blank, a quotation mark or another sign of their query languages."""
    end = 0
    for word in INDONESIAN.words(unicodedata.normalize("NFC", text)):
        assert word.word
        assert regex.fullmatch(r"[\p{L}\p{N}\p{M}]+", word.word)
        assert 0 <= word.start < word.end <= len(text) * 3
        assert word.end >= end
        end = word.end


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("harga beras", ["harga", "beras"], []),
        ('"harga beras" naik', ["harga beras", "naik"], []),
        ('naik -impor -"operasi pasar"', ["naik"], ["impor", "operasi pasar"]),
        ("covid-19", ["covid 19"], []),
        ("a - b --c", ["a", "b"], ["c"]),
        ('"belum selesai', ["belum selesai"], []),
        ("beras BERAS «beras»", ["beras"], []),
        ("東京都", ["東京 京都"], []),
        ("東京2020", ["東京 京 2020"], []),
        ('""  - "', [], []),
    ],
    ids=range(10),
)
def test_queries(text: str, wanted: list[str], unwanted: list[str]) -> None:
    query = parse(text, Analyser("xx"))
    assert [" ".join(term.words) for term in query.wanted] == wanted
    assert [" ".join(term.words) for term in query.unwanted] == unwanted


def test_one_character_is_a_prefix_only_without_blanks_between_words() -> None:
    assert parse("京 a", INDONESIAN) == Query((Term(("京",), is_prefix=True), Term(("a",))))


def test_a_query_has_a_largest_number_of_words() -> None:
    parse(" ".join(f"w{number}" for number in range(24)), INDONESIAN)
    with pytest.raises(BadRequest, match=r"^q: has more than 24 words$"):
        parse(" ".join(f"w{number}" for number in range(25)), INDONESIAN)


def test_found_words_are_marked() -> None:
    assert shown("Ia membaca buku bacaan.", "baca") == "Ia [membaca] buku [bacaan]."
    assert shown("harga beras, beras naik", '"beras naik"') == "harga beras, [beras naik]"
    assert shown("harga beras", "harga -beras") == "[harga] beras"
    assert shown("東京都と京都", "京都") == "東[京都]と[京都]"
    assert shown("東京都", "東京 京都") == "[東京][都]"
    assert shown("京と東京", "京") == "[京]と東[京]"
    assert shown("tiada", "beras") == "tiada"
    assert shown("", "beras") == ""


@given(text=st.text(), query=st.text(max_size=20))
def test_marking_changes_no_text(text: str, query: str) -> None:
    pieces = marked(text, parse(query, INDONESIAN), INDONESIAN)
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)


def test_an_excerpt_is_the_part_around_the_first_found_word() -> None:
    text = f"{'kata ' * 100}beras mahal {'lagi ' * 100}"
    part = excerpt(text, parse("beras", INDONESIAN), INDONESIAN)
    assert part.startswith("…kata kata")
    assert part.endswith("lagi…")
    assert "beras mahal" in part
    assert len(part) <= 282
    assert excerpt("beras mahal", parse("mahal", INDONESIAN), INDONESIAN) == "beras mahal"
    assert excerpt(text, parse("tiada", INDONESIAN), INDONESIAN) == ""
    assert "東" in excerpt("本" * 500 + "東" + "本" * 500, parse("東", INDONESIAN), INDONESIAN)
