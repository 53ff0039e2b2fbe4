"""Teasers: whole words where a script has them, whole characters always."""

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from service.articles.teaser import teaser

FAMILY, FLAG = "👩‍👩‍👧", "🇲🇾"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pendek", "pendek"),
        ("kata, " * 10, "kata, kata, kata…"),
        ("anak-anak sekolah berjalan-jalan", "anak-anak sekolah…"),
        ("satu https://news.example/panjang/sekali", "satu https://…"),
        ("AI 技術の進歩により、新しいサービスが登場", "AI 技術の進歩により、新しいサービス…"),
        ("今日下午市府宣布「新橋開通」並邀請民眾參觀", "今日下午市府宣布「新橋開通」並邀請民眾…"),
        ("x" + FAMILY * 9, "x" + FAMILY * 3 + "…"),
        ("x" + FLAG * 20, "x" + FLAG * 9 + "…"),
        ("xe\u0301" * 20, "xe\u0301" * 6 + "x…"),
        ("kata\u202eterbalik dan panjang sekali", "kata\u202eterbalik dan\u202c…"),
    ],
)
def test_a_text_is_cut_where_its_script_allows_it(text: str, expected: str) -> None:
    assert teaser(text, 20) == expected


def test_thai_is_not_cut_between_a_consonant_and_its_vowel() -> None:
    text = "เปิดสะพานใหม่เพื่อประชาชนที่กรุงเทพ" * 3
    for longest in range(10, 60):
        cut = teaser(text, longest).removesuffix("…")
        assert text.startswith(cut)
        assert text[len(cut)] not in "ะาำๅ\u0e31\u0e34\u0e48"
        assert cut[-1] not in "เแโใไ"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("นายกฯ เปิดสะพานใหม่ เพื่อประชาชนที่กรุงเทพมหานครวันนี้", "นายกฯ เปิดสะพานใหม่…"),  # a clause before
        ("រដ្ឋមន្ត្រី\u200bបើក\u200bស្ពាន\u200bថ្មី\u200bសម្រាប់\u200bប្រជាជន\u200bទាំងអស់", "រដ្ឋមន្ត្រី\u200bបើក\u200bស្ពាន\u200bថ្មី…"),
        ("Harga beras กรุงเทพมหานครวันนี้สูงขึ้นอีกครั้ง", "Harga beras…"),
    ],
)
def test_a_script_without_word_boundaries_is_cut_between_clauses(text: str, expected: str) -> None:
    assert teaser(text, 30) == expected


@given(st.text(st.sampled_from("aé 日々、。กา🇮👨\u200d👍🏽\u0301-.")), st.integers(10, 40))
def test_no_character_is_cut_in_two(text: str, longest: int) -> None:
    made = teaser(text, longest)
    if len(text) <= longest:
        assert made == text
        return
    cut = made.removesuffix("…")
    assert made != cut
    assert text.startswith(cut)
    assert len(made) <= longest
    characters = regex.findall(r"\X", text)
    if max(map(len, characters)) < longest:
        assert cut == "" or len(cut) in [len("".join(characters[:n])) for n in range(len(characters))]
