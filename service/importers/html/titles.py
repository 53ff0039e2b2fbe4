"""The headline of a page: without the name of the site that templates add to it."""

import re
from collections.abc import Sequence

_BETWEEN = re.compile(r"\s+[|\-–—·•»«:]+\s+|\s*[|»]\s*")
_WORD = re.compile(r"[^\W_]+")
_MIN_WORDS = 2  # words of a headline in an `h1`; a shorter one is often the name of the site or of a section

_MIN_SHARED = 0.5  # share of the words of the only `h1` that makes it the headline, though it is worded otherwise


def headline(stated: Sequence[str], h1: Sequence[str], window_title: str, sites: Sequence[str]) -> str:
    """The headline of a page, "" without one.

    `stated` are the titles in JSON-LD and meta elements, the best first. `sites` are names of the site. An `h1` that a
    stated title repeats is what people see, and has the right characters.
    """
    titles = [title for text in [*stated, window_title] if (title := without_site(text, sites))]
    seen = [text for text in h1 if key(text) not in {key(site) for site in sites}]
    compared = [without_site(text, sites) for text in stated[:1]] or titles
    same = [text for text in seen if any(_is_same(text, title) for title in compared)]
    if same:
        return max(same, key=lambda text: (any(key(title).startswith(key(text)) for title in titles), len(text)))
    if len(seen) == 1 and any(_MIN_SHARED <= _shared(seen[0], title) < 1 for title in titles):
        return seen[0]
    if stated and titles:
        return titles[0]
    longest = max(seen, key=len, default="")
    return longest if len(_WORD.findall(longest)) >= _MIN_WORDS or not titles else titles[0]


def without_site(title: str, sites: Sequence[str]) -> str:
    """The title without a part, at its beginning or end, that is a name of the site."""
    title = " ".join(title.split())
    names = {key(site) for site in sites} - {""}
    for _ in range(3):
        parts = list(_BETWEEN.finditer(title))
        if parts and key(title[parts[-1].end() :]) in names:
            title = title[: parts[-1].start()]
        elif parts and key(title[: parts[0].start()]) in names:
            title = title[parts[0].end() :]
        else:
            break
    return title


def _is_same(heading: str, title: str) -> bool:
    """Whether the texts have the same words, or the title has the heading's words and few more around them."""
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
