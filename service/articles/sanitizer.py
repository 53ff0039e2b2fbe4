"""HTML that is safe in a feed. It is made once, when an article comes in; nothing cleans it again.

`raw_text` and `rewriting` turn what a feed cannot carry into what it can. Ammonia (nh3) has the last word on safety.
"""

import re
from typing import Any

import nh3

from service.articles.characters import legible, xml_safe
from service.articles.elements import ATTRIBUTES, KEPT, SCHEMES
from service.articles.markup import excess
from service.articles.raw_text import parsed
from service.articles.rewriting import is_needed, rewritten

ALLOWED: dict[str, Any] = {
    "tags": set(KEPT),
    "attributes": {name: set(attributes) for name, attributes in ATTRIBUTES.items()},
    "url_schemes": set(SCHEMES),
    "link_rel": None,
}
PRE = re.compile(r"(<pre(?: [^<>]*)?>)\n")  # HTML parsers drop the first line break of `pre`; two leave one
_SUMMARY = re.compile(r"</summary>(?=\S)")  # feedparser drops the tag, and would join the words
_LEADING_MARKS = re.compile(r"\A[\s\ufeff]+")
# To make a sanitizer takes longer than to sanitize most bodies. So a sanitizer with the article's own base URL is made
# only for bodies with relative URLs, or with text that looks like one.
_SANITIZER = nh3.Cleaner(**ALLOWED)
MAX_TWICE = 20_000  # characters: a longer body is sanitized once, with its base URL; a shorter one perhaps twice


def sanitize(markup: str, base: str) -> str:
    """`markup` as an HTML fragment without scripts, frames, styles, forms or events. URLs are absolute, against `base`.

    Media become links, and each picture has its best file. Raises ValueError for markup that takes too long to parse.
    The result is checked, too, since it may be submitted again.
    """
    markup = legible(markup)
    if "<" not in markup and "&" not in markup:
        return _trimmed(markup)
    checked(markup)
    markup = parsed(markup)
    if is_needed(markup):
        markup = checked(rewritten(checked(markup)))
    clean = _trimmed(xml_safe(legible(_cleaned(markup, base))))
    clean = clean.replace("<p></p>", "")  # the parser makes them where a block is in a paragraph
    clean = PRE.sub(r"\1\n\n", clean) if "<pre" in clean else clean
    clean = _SUMMARY.sub("</summary> ", clean) if "</summary>" in clean else clean
    if reason := excess(clean):
        raise ValueError(f"{reason}, with missing end tags")
    return clean


def _trimmed(markup: str) -> str:
    """The markup without blanks at its ends, and without byte order marks at its start, which parsers drop."""
    return _LEADING_MARKS.sub("", markup).strip()


def checked(markup: str) -> str:
    if reason := excess(markup):
        raise ValueError(reason)
    return markup


def _cleaned(markup: str, base: str) -> str:
    if len(markup) <= MAX_TWICE:
        clean = _SANITIZER.clean(markup)
        if not _may_have_relative_urls(clean):
            return clean
    return nh3.Cleaner(**ALLOWED, url_relative=("rewrite_with_base", base)).clean(markup)


def _may_have_relative_urls(clean: str) -> bool:
    # Counting is many times as fast as a search by pattern. Text that looks like an attribute only costs time: the body
    # is sanitized again.
    attributes = [f'{name}="' for name in ("href", "src", "cite")]
    absolute = (f"{attribute}{scheme}:" for attribute in attributes for scheme in SCHEMES)
    return sum(map(clean.count, attributes)) != sum(map(clean.count, absolute))
