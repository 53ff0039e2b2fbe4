"""Text as it may stand in a feed: XML-safe, plain where plain is promised, HTML without anything active.

Everything here runs once, when an article comes in. Renderers and pages rely on it and clean nothing again.
"""

import html
import re
import unicodedata
from functools import lru_cache
from typing import Any

import nh3

from service.articles.markup import TAGS, excess

# What XML 1.0 §2.2 forbids (lone surrogates too), with the C1 controls and noncharacters that it discourages, and
# the replacement character, which stands for what some program could not read.
_FORBIDDEN = (
    "[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffc"
    + "".join(f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 17))
    + "]"
)
_NOT_XML = re.compile(f"{_FORBIDDEN}{_FORBIDDEN}*+")  # with the first apart, the search is many times as fast
# Inline elements touch their neighbours, all others part words: `<p>satu</p><p>dua</p>` is two words.
_BLOCK = re.compile(
    r"(?=</?(?:p|div|br|hr|pre|[ou]l|li|d[ltd]|h[1-6]|tr|td|th|table|caption|section|article|blockquote|fig(?:ure|caption))\b)",
    re.IGNORECASE,
)
_LEVELS = 10  # of escapes within escapes; nobody means more, and each costs a pass
_TAGS = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "div", "section", "blockquote", "pre"),
    *("ul", "ol", "li", "dl", "dt", "dd", "figure", "figcaption", "img", "time"),
    *("a", "abbr", "b", "bdi", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q"),
    *("s", "samp", "small", "span", "strong", "sub", "sup", "u", "var", "wbr"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
}
_ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href", "title", "hreflang"},
    "abbr": {"title"},
    "blockquote": {"cite"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start", "reversed"},
    "q": {"cite"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_ALLOWED: dict[str, Any] = {
    "tags": _TAGS,
    "attributes": _ATTRIBUTES,
    "url_schemes": {"http", "https", "mailto", "tel"},
    "link_rel": None,
}
# Elements whose text is for whoever cannot show what they stand for, as a feed cannot. To the sanitizer, as to a
# browser with scripts, what is in them is no markup, and would be shown as it is written.
_FALLBACK = re.compile(r"</?(?:noscript|noembed|noframes)\b[^<>]*>", re.IGNORECASE)
# A frame with what says that there is none, up to the next one: many are never closed.
_FRAME = re.compile(r"<iframe\b[^<>]*>(?:[^<]*+(?:<(?!/?iframe\b)[^<]*+)*+</iframe\s*>)?", re.IGNORECASE)
_NO_SOURCE = re.compile(r'<img(?: (?!src=)[a-z]+="[^"]*")*>')  # an image that a script would have loaded
_PRE = re.compile(r"(<pre(?: [^<>]*)?>)\n")  # who reads it drops a line break: there must be two for one
# Making a sanitizer takes longer than using it on most bodies, so that one with the article's own base is made only
# for those with relative addresses (or what looks like one in their text).
_SANITIZER = nh3.Cleaner(**_ALLOWED)
_WITHOUT_TAGS = nh3.Cleaner(tags=set())
_LONG = 20_000  # characters of a body that is sanitized once, with its base, rather than perhaps twice
_SLUGGED = 2_000  # characters of a name that are looked at: normalizing may take time that grows with their square


def xml_safe(text: str) -> str:
    """`text` without the characters that no XML document may hold, and some that readers choke on."""
    # Nearly all texts pass this look, which takes a tenth of the time. A printable character is no control, surrogate,
    # private or unassigned one.
    if text.replace("\n", "").isprintable() and "\ufffd" not in text:
        return text
    return _NOT_XML.sub("", text)


def plain(text: str, tags: int = TAGS) -> str:
    """`text` as plain text on one line: markup removed, entities resolved, white space collapsed.

    Double escapes are resolved too, since many readers take a title for HTML: what a reader would
    unescape into a tag must not be one. Where there are more than `tags` tags, or anything else that would take long
    to resolve, they only lose their brackets.
    """
    text = _one_line(text)
    for _ in range(_LEVELS):
        if "<" not in text and "&" not in text:
            return text
        if excess(text, tags):
            break
        resolved = _one_line(html.unescape(_WITHOUT_TAGS.clean(_BLOCK.sub(" ", text))))
        if resolved == text:
            return text
        text = resolved
    return _one_line(re.sub("[<>&]", " ", text))


def _one_line(text: str) -> str:
    return " ".join(xml_safe(text).split())


def sanitize(markup: str, base: str) -> str:
    """`markup` as an HTML fragment without scripts, frames, styles, forms or events; URLs absolute against `base`.

    Raises ValueError for markup that would take too long, or would do so when it comes back as it is returned.
    """
    if "<" not in markup and "&" not in markup:
        return xml_safe(markup).strip()
    safe = _FALLBACK.sub("", _FRAME.sub("", xml_safe(markup)))
    if reason := excess(safe):
        raise ValueError(reason)
    clean = xml_safe(_NO_SOURCE.sub("", _cleaned(safe, base))).strip()
    clean = _PRE.sub(r"\1\n\n", clean) if "<pre" in clean else clean
    if reason := excess(clean):
        raise ValueError(f"{reason}, those that are missing included")
    return clean


def _cleaned(safe: str, base: str) -> str:
    if len(safe) <= _LONG:
        clean = _SANITIZER.clean(safe)
        if not _may_hold_relative_addresses(clean):
            return clean
    return nh3.Cleaner(**_ALLOWED, url_relative=("rewrite_with_base", base)).clean(safe)


def _may_hold_relative_addresses(clean: str) -> bool:
    # Counting is many times as fast as a search by pattern. Text that looks like an attribute only costs time.
    addresses = [f'{name}="' for name in ("href", "src", "cite")]
    absolute = (f"{address}{scheme}:" for address in addresses for scheme in _ALLOWED["url_schemes"])
    return sum(map(clean.count, addresses)) != sum(map(clean.count, absolute))


SLUG = 200  # characters of a slug
_SLUGS = 2_000  # that a process remembers: an article asks for the same few names some thirty times


def slug(name: str) -> str:
    """`name` as it stands in a URL: lower case, letters and digits of any script, hyphens. May be empty."""
    # Strangers may ask for any name, so that only short ones are remembered: 4 MB at most.
    return _remembered_slug(name) if len(name) <= SLUG else _slug(name)


def _slug(name: str) -> str:
    # Compatibility forms such as ™ hold capitals, and only show them when decomposed.
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name[:_SLUGGED]).casefold())
    folded = re.sub("['’‘ʼ`]", "", folded)
    unaccented = unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", folded))
    # Vowel signs of Indic and other scripts are marks, and as good as letters.
    words = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in unaccented)
    return "-".join(words.split())[:SLUG].strip("-")


_remembered_slug = lru_cache(maxsize=_SLUGS)(_slug)


def spoken(language: str) -> str:
    """The language of our own words in a text in `language`: Indonesian, or English for all others."""
    return "id" if language.split("-")[0] == "id" else "en"
