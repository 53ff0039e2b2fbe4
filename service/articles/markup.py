"""Limits of the work that markup may cause. `excess` returns the limit that markup breaks, before a parser reads it.

The time of the sanitizer's parser (html5ever) grows with the square of some counts, and the parser cannot be
interrupted. So these counts are limited here. The time of all checks grows with the length of the markup only. The
checks are right in every state of the parser: text that looks like a tag may be part of a comment or an attribute, and
text that looks like a comment or an attribute may hold a tag.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

MAX_TAGS = 5_000  # end tags included: for a tag inside 5,000 open elements the parser looks at all of them
MAX_AMPERSANDS = 50_000  # ampersands: each takes microseconds, and a bare one becomes five characters (`&amp;`)
MAX_ATTRIBUTES = 250  # of one tag: the parser compares each attribute with those before it
MAX_NAME = 1_000  # bytes of the name of a tag or an attribute
MAX_REOPENED = 40_000  # formatting elements that the parser opens again; each takes a microsecond and 150 bytes
MAX_RESCANNED = 2 * 10**9  # bytes that the parser reads again to escape text; a thousand million take 30 milliseconds
_MAX_UNCHECKED_TAGS = 50  # tags: up to so many, only the size of each tag is checked
# With at most so many bytes and tags, the work of the parser is too small for the other checks.
_MAX_UNCHECKED_BYTES = 10_000
# Times the length of the markup that all tags may have together. Tags in attributes of others count again.
_MAX_TAG_EXPANSION = 4

_SPACE = r"\t\n\f\r "
# The text between a `<` that may begin a tag and the end of that tag, as HTML's tokenizer reads it (HTML standard,
# §13.2.5.6 to 42). Declarations match, too. The match stops before the end of a tag with too long names or too many
# attributes.
_AS_READ = rf"""
    (?P<tag> ![^>]*+ | (?P<end>/?) (?P<name>[a-zA-Z] [^{_SPACE}/>]{{0,{MAX_NAME - 1}}}+)
    (?: (?= [{_SPACE}/>] | \Z )
        (?: [{_SPACE}/]*+ [^{_SPACE}/>] [^{_SPACE}/>=]{{0,{MAX_NAME - 1}}}+ (?= [{_SPACE}/>=] | \Z )
            (?: [{_SPACE}]*+ = [{_SPACE}]*+ (?: "[^"]*+"?+ | '[^']*+'?+ | [^"'{_SPACE}>] [^{_SPACE}>]*+ )?+ )?+
        ){{0,{MAX_ATTRIBUTES}}}+
        [{_SPACE}/]*+
    )?+ )
"""
_TAG = re.compile(f"<(?= {_AS_READ} (?P<rest>[^>]?) )".encode(), re.VERBOSE)
_LARGE_TAG = re.compile(f"<(?= {_AS_READ} [^>] )".encode(), re.VERBOSE)
# A tag that can be read in one way only: it has no `<` and no `>` inside, and each quote is closed.
_PLAIN_TAG = re.compile(
    rf"""(/?)([a-zA-Z][a-zA-Z0-9]*+)((?:[{_SPACE}]++[^{_SPACE}"'<>/=]++(?:="[^"<>]*+"|='[^'<>]*+'|=[^{_SPACE}"'<>=`]++)?+)*+)"""
    rf"""[{_SPACE}]*+/?>""".encode()
)
_FORMATTING = b"b|big|code|em|font|i|s|small|strike|strong|tt|u"
_FORMATTING_START = re.compile(rb"(?:%b)(?=[%b/>])" % (_FORMATTING, _SPACE.encode()), re.IGNORECASE)
_FORMATTING_STARTS = re.compile(rb"<" + _FORMATTING_START.pattern, re.IGNORECASE)
_FORMATTING_NAMES = frozenset(_FORMATTING.split(b"|"))
_VOID = frozenset((b"br", b"hr", b"img", b"wbr"))
# Elements that the parser makes at every start tag, except inside a `select`: the text before the tag and the text
# after it are two texts.
_PARTING = frozenset(
    b"p div ul ol li h1 h2 h3 h4 h5 h6 blockquote section article figure figcaption dl dt dd pre a span".split()
)
_NESTED = _PARTING | _FORMATTING_NAMES | frozenset(b"abbr bdi cite del ins kbd mark q samp sub sup time var".split())
_SELECT = re.compile(rb"<select", re.IGNORECASE)
_LARGE = f"must not hold a tag with more than {MAX_ATTRIBUTES} attributes or a name of more than {MAX_NAME:,} bytes"


def excess(markup: str, tags: int = MAX_TAGS) -> str:
    """The reason to refuse `markup`, since it would take too long to parse; "" if it takes little time.

    `markup` is XML-safe. `tags` is the largest number of tags that it may hold.
    """
    count = markup.count("<")
    if count > tags:
        return f"must not hold more than {tags:,} tags"
    if markup.count("&") > MAX_AMPERSANDS:
        return f"must not hold more than {MAX_AMPERSANDS:,} ampersands"
    data = markup.encode()
    if count <= _MAX_UNCHECKED_TAGS and len(data) <= _MAX_UNCHECKED_BYTES:  # nearly all markup
        return _LARGE if _LARGE_TAG.search(data) else ""
    return _tags(data) or _formatting(data, count) or _escapes(data)


def _tags(data: bytes) -> str:
    """The reason to refuse the tags: one is too large, or too many are within attributes of others; "" otherwise."""
    read = 0
    for tag in _TAG.finditer(data):
        if tag["rest"]:
            return _LARGE
        read += tag.end("tag") - tag.start()
        if read > _MAX_TAG_EXPANSION * len(data):
            return "must not hold so many tags within the attributes of others"
    return ""


def _formatting(data: bytes, tags: int) -> str:
    """The reason to refuse formatting elements without an end tag; "" otherwise.

    The parser opens such elements again in every paragraph that follows.
    """
    starts = len(_FORMATTING_STARTS.findall(data))
    if starts * tags > MAX_REOPENED and sum(_left_open(data)) > MAX_REOPENED:
        return "must not leave so many tags such as <b> or <font> without their end tag"
    return ""


def _left_open(data: bytes) -> Iterator[int]:
    """For each tag, the largest number of formatting elements that the parser can hold open (HTML standard, §13.2.4.3).

    An end tag counts only if there is nothing but text and correctly nested tags between it and its start tag: then
    nothing can hide it from the parser. Of equal elements the parser keeps three.
    """
    nested: list[tuple[bytes, object]] = []  # the open elements
    known: Counter[object] = Counter()
    count = 0
    for piece in data.split(b"<")[1:]:
        tag = _PLAIN_TAG.match(piece)
        name = tag[2].lower() if tag else b""
        formats = bool(_FORMATTING_START.match(piece))
        element: object = (name, tag[3]) if tag else len(known)
        if formats:
            count += known[element] < 3
            known[element] += 1
        if tag is None or name not in _NESTED:
            nested = nested if name in _VOID else []
        elif not tag[1]:
            nested.append((name, element))
        elif nested and nested[-1][0] == name:
            _, element = nested.pop()
            if name in _FORMATTING_NAMES:
                known[element] -= 1
                count -= known[element] < 3
        else:
            nested = []
        yield count


def _escapes(data: bytes) -> str:
    """The reason to refuse characters that may need an escape; "" otherwise.

    When html5ever writes a text, it searches from each such character to the next angle bracket of the text.
    """
    if _escaped(data) * len(data) > MAX_RESCANNED and sum(_rescanned(data)) > MAX_RESCANNED:
        return "must not hold so many ampersands, non-breaking spaces and the like in one text without tags"
    return ""


def _rescanned(data: bytes) -> Iterator[int]:
    """For each part of the markup that can be one text, the largest number of bytes that the parser reads again."""
    for begin, end in pairwise([0, *_parts(data), len(data)]):
        part = data[begin:end]
        yield _escaped(part) * len(part)


def _parts(data: bytes) -> Iterator[int]:
    """The positions at which a text ends for certain: tags that make an element and are not inside another tag."""
    if _SELECT.search(data):
        return
    within = 0
    for tag in _TAG.finditer(data):
        if tag.start() >= within and not tag["end"] and (tag["name"] or b"").lower() in _PARTING:
            yield tag.start()
        within = max(within, tag.end("tag"))


def _escaped(data: bytes) -> int:
    return data.count(b"&") + data.count(b"\xc2")  # 0xC2 begins a non-breaking space, and 63 other characters
