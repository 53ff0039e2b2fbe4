"""Characters: the ones that XML and feed readers accept, white space, legacy bytes, and bidirectional controls."""

import re

# The characters that XML 1.0 §2.2 forbids (lone surrogates, too), the C1 controls and noncharacters that it
# discourages, and the replacement character, which a program writes in place of bytes that it could not decode.
_FORBIDDEN = (
    "[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffc"
    + "".join(f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 17))
    + "]"
)
_NOT_XML = re.compile(f"{_FORBIDDEN}{_FORBIDDEN}*+")  # the separate first character makes the search many times as fast
# White space that HTML's tokenizer or XML does not know as such.
_LINE_ENDS = "\v\f\x85\u2028\u2029"
_SEPARATORS = "\x1c\x1d\x1e\x1f"
# A C1 control is a byte of Windows-1252 that was read as Latin-1. HTML (§13.2.5.80) maps its references in this way.
_LEGACY = {
    byte: bytes([byte]).decode("cp1252")
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x85, 0x8D, 0x8F, 0x90, 0x9D)
}
_LEGIBLE = _LEGACY | str.maketrans(_LINE_ENDS + _SEPARATORS, "\n" * len(_LINE_ENDS) + " " * len(_SEPARATORS))
_EMBEDDINGS = "\u202a\u202b\u202d\u202e"  # each ends at a POP DIRECTIONAL FORMATTING
_ISOLATES = "\u2066\u2067\u2068"  # each ends at a POP DIRECTIONAL ISOLATE
_END = {**dict.fromkeys(_EMBEDDINGS, "\u202c"), **dict.fromkeys(_ISOLATES, "\u2069")}
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
MAX_OPEN_CONTROLS = 125  # bidirectional controls within each other (UAX #9, BD2); those beyond are removed


def xml_safe(text: str) -> str:
    """`text` without the characters that XML forbids or discourages, which some feed readers cannot read."""
    # Nearly all texts pass this check, which takes a tenth of the time of the search. No control, surrogate, private or
    # unassigned character is printable.
    if text.replace("\n", "").isprintable() and "\ufffd" not in text:
        return text
    return _NOT_XML.sub("", text)


def legible(text: str) -> str:
    """`text`, XML-safe, with all white space as XML knows it, and legacy bytes as browsers read them."""
    if text.replace("\n", "").isprintable() and "\ufffd" not in text:
        return text
    return _NOT_XML.sub("", text.translate(_LEGIBLE))


def one_line(text: str) -> str:
    """`text`, legible, on one line, with single blanks."""
    return " ".join(legible(text).split())


def balanced(text: str) -> str:
    """`text` in which each bidirectional control has its end, so that it changes the direction of this text only."""
    if not _BIDI.search(text):
        return text
    ends: list[str] = []  # of the open controls

    def checked(control: re.Match[str]) -> str:
        if end := _END.get(control[0]):
            if len(ends) >= MAX_OPEN_CONTROLS:
                return ""
            ends.append(end)
            return control[0]
        if ends and ends[-1] == control[0]:
            return ends.pop()
        if control[0] not in ends:
            return ""
        closed = ends[ends.index(control[0]) :]
        del ends[ends.index(control[0]) :]
        return "".join(reversed(closed))

    return _BIDI.sub(checked, text) + "".join(reversed(ends))
