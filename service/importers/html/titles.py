"""The headline of a page: without the name of the site that templates add to it."""

import re
from collections.abc import Sequence

_BETWEEN = re.compile(r"\s+[|\-–—·•»«:]+\s+|\s*[|»ㅣ]\s*")
_BESIDE_SITE = re.compile(_BETWEEN.pattern + r"|\s*[:：_]\s*")  # beside the name of the site, which is known
_COLON = re.compile(r":\s+")
_WORD = re.compile(r"[^\W_]+")
_MIN_WORDS = 2  # words of a headline in an `h1`; a shorter one is often the name of the site or of a section
_MAX_CHARACTERS = 500  # of a headline whose parts are compared with the titles
_MIN_PART = 0.4  # share of the characters of a title that a part must have; a shorter one is often the site's name
_MIN_SHARED = 0.5  # share of the words of the only `h1` that makes it the headline, though it is worded otherwise


def headline(
    in_json_ld: str, in_meta: Sequence[str], h1: Sequence[Sequence[str]], window_title: str, sites: Sequence[str]
) -> str:
    """The headline of a page, "" without one.

    `in_meta` are the titles in meta elements, the best first. `h1` has the text of each `h1` element, then the texts of
    its parts. `sites` are names of the site. An `h1` is what people see, and has the right characters.
    """
    stated = list(dict.fromkeys(title for title in (in_json_ld, *in_meta) if title))
    own = {key(site) for site in sites}
    titles = [title for text in [*stated, window_title] if key(title := without_site(text, sites)) not in {*own, ""}]
    parts = {text: rest for text, *rest in h1 if key(text) not in own}
    first, *others = [key(without_site(text, sites)) for text in stated] or [""]
    is_agreed = bool(in_json_ld) and first == key(without_site(next(iter(in_meta), ""), sites))
    if first and is_agreed and first not in map(key, parts):
        return titles[0]  # JSON-LD and OpenGraph agree: the `h1` lacks a kicker, or is worded for the page
    compared = [without_site(text, sites) for text in stated[:1]] or titles
    seen = [text for text in parts if any(_is_same(text, title) for title in compared)]
    if not seen and len(parts) == 1:
        [only] = parts
        is_stated = key(only) in others  # JSON-LD may be written for search engines
        seen = [only] if is_stated or any(_MIN_SHARED <= _shared(only, title) < 1 for title in titles) else []
    if seen:
        best = max(seen, key=lambda text: (any(key(title).startswith(key(text)) for title in titles), len(text)))
        return _stated_part(_without_kicker(best, parts[best], titles), titles)
    if stated and titles:
        # The title of the window is often written for search engines.
        for_people = [title for title in titles[:2] if key(title) != key(without_site(window_title, sites))]
        return next(iter(for_people), titles[0]) if in_json_ld and not parts else titles[0]
    longest = max(parts, key=len, default="")
    return longest if len(_WORD.findall(longest)) >= _MIN_WORDS or not titles else titles[0]


def seen_part(title: str, lines: Sequence[str]) -> str:
    """The title, or the part of it between marks such as `|` that is a line of the page, if the title itself is none.

    The other parts name the site, a section or a topic.
    """
    enough = _MIN_PART * len(title)
    parts = [part for part in _BETWEEN.split(title) if len(key(part).split()) >= _MIN_WORDS and len(part) >= enough]
    if not parts or parts == [title]:
        return title
    words = {key(line) for line in lines if len(line) <= len(title)}
    seen = [part for part in parts if key(part) in words]
    return title if key(title) in words or not seen else max(seen, key=len)


def _without_kicker(heading: str, parts: Sequence[str], titles: Sequence[str]) -> str:
    """The heading without the words above the headline, where a title does not have them or has other ones."""
    known = [key(title) for title in titles]
    for part in sorted(parts, key=len, reverse=True):
        words = key(part)
        if not key(heading).endswith(f" {words}") or len(words.split()) <= _MIN_WORDS:
            continue
        if any(title == words or (title.endswith(f" {words}") and title != key(heading)) for title in known):
            return part
    return heading


def _stated_part(heading: str, titles: Sequence[str]) -> str:
    """The heading without a part at its beginning or end that names the site or a topic, if the rest is a title."""
    known = [key(title) for title in titles]
    if key(heading) in known or len(heading) > _MAX_CHARACTERS:
        return heading
    marks = [*_BETWEEN.finditer(heading), *_COLON.finditer(heading)]
    rests = [rest for mark in marks for rest in (heading[: mark.start()], heading[mark.end() :])]
    return next((rest for rest in rests if key(rest) in known), heading)


def without_site(title: str, sites: Sequence[str]) -> str:
    """The title without a part, at its beginning or end, that is a name of the site."""
    title = " ".join(title.split())
    names = {key(site) for site in sites} - {""}
    for _ in range(3):
        parts = list(_BESIDE_SITE.finditer(title))
        if parts and key(title[parts[-1].end() :]) in names:
            title = title[: parts[-1].start()]
        elif parts and key(title[: parts[0].start()]) in names:
            title = title[parts[0].end() :]
        else:
            break
    return title


def _is_same(heading: str, title: str) -> bool:
    """True if the texts have the same words, or the title has the heading's words and few more around them."""
    heading_key, title_key = key(heading), key(title)
    return bool(heading_key) and (
        heading_key in (title_key, key(_BETWEEN.split(title)[0]))
        or (
            len(heading_key.split()) >= _MIN_WORDS
            and f" {heading_key} " in f" {title_key} "
            and 2 * len(heading_key) > len(title_key)
        )
    )


def _shared(heading: str, title: str) -> float:
    """The share of the heading's words that are in the title."""
    words = key(heading).split()
    return len(set(words) & set(key(title).split())) / len(set(words)) if len(words) >= _MIN_WORDS else 0.0


def key(text: str) -> str:
    """The words of a text, by which titles are compared."""
    return " ".join(_WORD.findall(text)).casefold()
