"""Cleaning of text for feeds: XML-safe text, plain text without markup, HTML without active content.

These functions run once, when an article comes in. Renderers and pages rely on the result and clean nothing again.
"""

import html
import re
from typing import Any

import nh3

from service.articles.markup import TAGS, excess

# The characters that XML 1.0 §2.2 forbids (lone surrogates, too), the C1 controls and noncharacters that it
# discourages, and the replacement character, which a program writes in place of bytes that it could not decode.
_FORBIDDEN = (
    "[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffc"
    + "".join(f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 17))
    + "]"
)
_NOT_XML = re.compile(f"{_FORBIDDEN}{_FORBIDDEN}*+")  # the separate first character makes the search many times as fast
# These elements separate words, inline elements do not: `<p>satu</p><p>dua</p>` is two words.
_BLOCK = re.compile(
    r"(?=</?(?:p|div|br|hr|pre|[ou]l|li|d[ltd]|h[1-6]|tr|td|th|table|caption|section|article|blockquote|fig(?:ure|caption))\b)",
    re.IGNORECASE,
)
_LEVELS = 10  # of escapes within escapes; no real text has more, and each level costs a pass
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
# The tags of fallback elements: their content is for clients that cannot run scripts or show frames, such as a feed
# reader. Their tags go, and their content stays as markup. The sanitizer, like a browser with scripts, takes that
# content for text, and would show its tags as text.
_FALLBACK = re.compile(r"</?(?:noscript|noembed|noframes)\b[^<>]*>", re.IGNORECASE)
# A frame with its fallback content. The match ends before the next frame, since many frames are never closed.
_FRAME = re.compile(r"<iframe\b[^<>]*>(?:[^<]*+(?:<(?!/?iframe\b)[^<]*+)*+</iframe\s*>)?", re.IGNORECASE)
_NO_SOURCE = re.compile(r'<img(?: (?!src=)[a-z]+="[^"]*")*>')  # an image without `src`, which only a script would load
_PRE = re.compile(r"(<pre(?: [^<>]*)?>)\n")  # HTML parsers drop the first line break of `pre`; two leave one
# To make a sanitizer takes longer than to sanitize most bodies. So a sanitizer with the article's own base URL is made
# only for bodies with relative URLs, or with text that looks like one.
_SANITIZER = nh3.Cleaner(**_ALLOWED)
_WITHOUT_TAGS = nh3.Cleaner(tags=set())
_LONG = 20_000  # characters: a longer body is sanitized once, with its base URL; a shorter one perhaps twice


def xml_safe(text: str) -> str:
    """`text` without the characters that XML forbids or discourages, which some feed readers cannot read."""
    # Nearly all texts pass this check, which takes a tenth of the time of the search. No control, surrogate, private or
    # unassigned character is printable.
    if text.replace("\n", "").isprintable() and "\ufffd" not in text:
        return text
    return _NOT_XML.sub("", text)


def plain(text: str, tags: int = TAGS) -> str:
    """`text` as plain text on one line: markup removed, entities resolved, white space collapsed.

    Double escapes are resolved, too. Many readers treat a title as HTML, and no text may become a tag when a reader
    unescapes it. If there are more than `tags` tags, or other markup that takes long to resolve, only `<`, `>` and `&`
    are removed.
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
    """`markup` as an HTML fragment without scripts, frames, styles, forms or events. URLs are absolute, against `base`.

    Raises ValueError for markup that takes too long to parse. The result is checked, too, since it may be submitted
    again.
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
    # Counting is many times as fast as a search by pattern. Text that looks like an attribute only costs time: the body
    # is sanitized again.
    addresses = [f'{name}="' for name in ("href", "src", "cite")]
    absolute = (f"{address}{scheme}:" for address in addresses for scheme in _ALLOWED["url_schemes"])
    return sum(map(clean.count, addresses)) != sum(map(clean.count, absolute))


def spoken(language: str) -> str:
    """The language of Warta's own words in a feed or page in `language`: `id` for Indonesian, `en` for all others."""
    return "id" if language.split("-")[0] == "id" else "en"
