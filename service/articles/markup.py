"""How much work markup may make: `excess` tells what there is too much of, before a parser sees it.

The sanitizer's parser (html5ever) takes time that grows with the square of some counts, and nobody can interrupt it. So
these counts are bounded here. All checks take time in proportion to the length of the markup, and hold in every
state of the parser: what looks like a tag may stand in a comment or in an attribute, and the other way round.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

TAGS = 5_000  # end tags too: a tag in 5,000 open elements looks at all of them
ESCAPES = 50_000  # ampersands: each takes microseconds, and a bare one grows to five characters
ATTRIBUTES = 250  # of one tag: each is compared with those before it
NAME = 1_000  # bytes
REOPENED = 40_000  # elements; each takes a microsecond and 150 bytes
RESCANNED = 2 * 10**9  # bytes; a thousand million take 30 milliseconds
_FEW = 50  # tags, which may be read more than once
_SHORT = 10_000  # bytes; in so few of both the parser has no work that is worth a closer look
_WITHIN = 4  # times that the markup may be read, if tags stand within the attributes of others

_SPACE = r"\t\n\f\r "
# What follows a `<` that may begin a tag, up to its end, as HTML's tokenizer reads it (HTML standard, §13.2.5.6 to 42);
# declarations, too. It stops before the end of a tag whose names are too long or too many.
_AS_READ = rf"""
    (?P<tag> ![^>]*+ | (?P<end>/?) (?P<name>[a-zA-Z] [^{_SPACE}/>]{{0,{NAME - 1}}}+)
    (?: (?= [{_SPACE}/>] | \Z )
        (?: [{_SPACE}/]*+ [^{_SPACE}/>] [^{_SPACE}/>=]{{0,{NAME - 1}}}+ (?= [{_SPACE}/>=] | \Z )
            (?: [{_SPACE}]*+ = [{_SPACE}]*+ (?: "[^"]*+"?+ | '[^']*+'?+ | [^"'{_SPACE}>] [^{_SPACE}>]*+ )?+ )?+
        ){{0,{ATTRIBUTES}}}+
        [{_SPACE}/]*+
    )?+ )
"""
_TAG = re.compile(f"<(?= {_AS_READ} (?P<rest>[^>]?) )".encode(), re.VERBOSE)
_LARGE_TAG = re.compile(f"<(?= {_AS_READ} [^>] )".encode(), re.VERBOSE)
# A tag that nobody can take for anything else: no `<` and no `>` in it, each quote has its counterpart.
_PLAIN_TAG = re.compile(
    rf"""(/?)([a-zA-Z][a-zA-Z0-9]*+)((?:[{_SPACE}]++[^{_SPACE}"'<>/=]++(?:="[^"<>]*+"|='[^'<>]*+'|=[^{_SPACE}"'<>=`]++)?+)*+)"""
    rf"""[{_SPACE}]*+/?>""".encode()
)
_FORMATTING = b"b|big|code|em|font|i|s|small|strike|strong|tt|u"
_FORMATTING_START = re.compile(rb"(?:%b)(?=[%b/>])" % (_FORMATTING, _SPACE.encode()), re.IGNORECASE)
_FORMATTING_STARTS = re.compile(rb"<" + _FORMATTING_START.pattern, re.IGNORECASE)
_FORMATTING_NAMES = frozenset(_FORMATTING.split(b"|"))
_VOID = frozenset((b"br", b"hr", b"img", b"wbr"))
# Elements that are made wherever their start tag stands, but in a `select`: no text before it joins the text behind it.
_PARTING = frozenset(
    b"p div ul ol li h1 h2 h3 h4 h5 h6 blockquote section article figure figcaption dl dt dd pre a span".split()
)
_NESTED = _PARTING | _FORMATTING_NAMES | frozenset(b"abbr bdi cite del ins kbd mark q samp sub sup time var".split())
_SELECT = re.compile(rb"<select", re.IGNORECASE)
_LARGE = f"must not hold a tag with more than {ATTRIBUTES} attributes or a name of more than {NAME:,} bytes"


def excess(markup: str, tags: int = TAGS) -> str:
    """What `markup` holds too much of, as the reason to refuse it; "" if parsing it takes little time.

    `markup` is XML-safe, and `tags` are the most that it may hold.
    """
    count = markup.count("<")
    if count > tags:
        return f"must not hold more than {tags:,} tags"
    if markup.count("&") > ESCAPES:
        return f"must not hold more than {ESCAPES:,} ampersands"
    data = markup.encode()
    if count <= _FEW and len(data) <= _SHORT:  # as most are
        return _LARGE if _LARGE_TAG.search(data) else ""
    return _tags(data) or _formatting(data, count) or _escapes(data)


def _tags(data: bytes) -> str:
    """Tags may have few attributes, and few tags stand within the attributes of others."""
    read = 0
    for tag in _TAG.finditer(data):
        if tag["rest"]:
            return _LARGE
        read += tag.end("tag") - tag.start()
        if read > _WITHIN * len(data):
            return "must not hold so many tags within the attributes of others"
    return ""


def _formatting(data: bytes, tags: int) -> str:
    """Formatting elements that are left open are opened again in every paragraph that follows."""
    starts = len(_FORMATTING_STARTS.findall(data))
    if starts * tags > REOPENED and sum(_left_open(data)) > REOPENED:
        return "must not leave so many tags such as <b> or <font> without their end tag"
    return ""


def _left_open(data: bytes) -> Iterator[int]:
    """At each tag: the most formatting elements that the parser may hold open (HTML standard, §13.2.4.3).

    An end tag is believed if what stands between it and its start tag is text and tags that are nested as they should
    be: then nothing can hide it from the parser. Of equal elements the parser keeps three.
    """
    nested: list[tuple[bytes, object]] = []  # the elements that are open
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
    """To write a text, html5ever looks from each character that may need an escape to the text's next angle bracket."""
    if _escaped(data) * len(data) > RESCANNED and sum(_rescanned(data)) > RESCANNED:
        return "must not hold so many ampersands, non-breaking spaces and the like in one text without tags"
    return ""


def _rescanned(data: bytes) -> Iterator[int]:
    """The bytes that are looked at, at most, in each stretch of text that can be one."""
    for begin, end in pairwise([0, *_parts(data), len(data)]):
        part = data[begin:end]
        yield _escaped(part) * len(part)


def _parts(data: bytes) -> Iterator[int]:
    """Where texts end for certain: at tags that make an element, and stand in no other tag."""
    if _SELECT.search(data):
        return
    within = 0
    for tag in _TAG.finditer(data):
        if tag.start() >= within and not tag["end"] and (tag["name"] or b"").lower() in _PARTING:
            yield tag.start()
        within = max(within, tag.end("tag"))


def _escaped(data: bytes) -> int:
    return data.count(b"&") + data.count(b"\xc2")  # 0xC2 begins a non-breaking space, and 63 other characters
