"""Text for a terminal: nothing in it commands the terminal, nothing is lost, and language stays readable."""

import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.core.printable import json_text, visible
from tests.support.strangers import DANGEROUS, HARMLESS, raw

TEXT = st.text(st.characters() | st.sampled_from(DANGEROUS))


def test_every_dangerous_character_of_unicode_is_escaped() -> None:
    assert {"\x1b", "\x7f", "\x9b", "\u061c", "\u200b", "\u2028", "\u202e", "\u2069", "\ud800"} < set(DANGEROUS)
    for character in DANGEROUS:
        shown = visible(f"a{character}b")
        assert shown.isprintable()
        assert shown[1:-1].encode().decode("unicode_escape").encode("utf-16", "surrogatepass") == (
            character.encode("utf-16", "surrogatepass")
        )
        written = json_text({character: [character]})
        assert written.isprintable()
        assert json.loads(written) == {character: [character]}


def test_unassigned_characters_and_those_of_private_use_are_escaped() -> None:
    """A newer terminal may know an unassigned one as a format character."""
    assert visible("\u0378\ue000\U0010ffff") == r"\u0378\ue000\U0010ffff"


def test_what_languages_and_emoji_need_stays() -> None:
    assert visible(HARMLESS) == HARMLESS
    assert HARMLESS.replace("\\", "\\\\") in json_text([HARMLESS])


@given(TEXT)
def test_text_is_one_line(text: str) -> None:
    assert raw(visible(text), layout="") == set()
    assert len(visible(text).splitlines()) <= 1


@given(st.dictionaries(TEXT, TEXT | st.lists(TEXT)))
@example({"\x85": "\u2028\n"})
def test_json_reads_as_the_same_value(value: object) -> None:
    expected = json.loads(json.dumps(value))  # where two lone surrogates make a pair, they are one character
    for indent in (None, 2):
        written = json_text(value, indent=indent)
        assert raw(written) == set()
        assert json.loads(written) == expected
    assert len(json_text(value).splitlines()) == 1


@pytest.mark.parametrize("category", ["Cc", "Cf", "Zl", "Zp", "Cs"])
def test_the_list_of_the_tests_is_complete(category: str) -> None:
    assert category in {unicodedata.category(character) for character in DANGEROUS}
