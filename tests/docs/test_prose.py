"""The prose linter finds what CONTRIBUTING.md forbids, and nothing in code, URLs and quotations."""

import pytest

from tests.support.prose import MAX_WORDS, Fault, faults


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Send it to the address.", "address"),
        ("The feed grows. Of a body stays the text.", "Of a"),
        ("It is stored. So does a value that cannot be.", "So does a"),
        ("Whoever asks first gets it.", "Whoever"),
        ("What is to be kept is kept.", "What is to be"),
        ("He simply waits.", "simply"),
        ("The the list.", "The the"),  # a check of proselint
        ("It has one part; it has a second; it has a third.", "; it has a second;"),
        ("The table says what becomes of it.", "what becomes"),
        ("Whether it is on.", "Whether"),
        ("It is refused at once.", "at once"),
        ("It is refused, since it is long.", ", since "),
    ],
    ids=lambda each: each.split()[0],
)
def test_a_forbidden_form_is_found_with_its_line(text: str, found: str) -> None:
    assert (3, found) in [(fault.line, fault.text.lstrip(". ")) for fault in faults(f"# Title\n\n{text}\n")]


@pytest.mark.parametrize(
    "text",
    [
        "The IP\naddress, the listen address and the IPv6 addresses.",
        "```sh\necho the address\n```",
        "The setting `edge.addresses`.",
        "<!-- the address -->",
        'Not "what is to be kept".',
        "[Link](https://example.com/address)",
        "| the first | the list |",
        "# The list\n\nThe list is short.",
        "Two items follow; they are short:\n\n- one;\n- two;\n- three.",
        'A text in quotes over two lines: "one\ntwo".',  # proselint's check of straight quotes is off
        "",
    ],
)
def test_allowed_forms_are_not_found(text: str) -> None:
    assert list(faults(text)) == []


def test_a_long_sentence_is_found() -> None:
    words = " ".join(f"word{number}" for number in range(MAX_WORDS))
    assert list(faults(f"{words}.\n\n{words}.")) == []
    [fault] = faults(f"A short one. And {words}.")
    assert fault == Fault(1, "And word0 word1 word2 word3 word4 …", f"write sentences of at most {MAX_WORDS} words")
