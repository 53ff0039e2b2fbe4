"""Names of categories, as pages state them and show them in their trail."""

import re
from collections.abc import Sequence

from service.importers.html import titles

MAX_CATEGORIES = 5
_MAX_CHARACTERS = 60
_MAX_CHARACTERS_IN_TRAIL = 40
_MIN_WORDS_OF_TITLE = 5  # a shorter name may also be in a headline
# The front page, and what all articles of a site may be in.
_EVERYTHING = frozenset(
    re.split(
        r",\s*",
        "accueil, aktuell, aktueller artikel, all articles, alle artikel, article, articles, artikel, beranda, "
        "berita, berita utama, blog, breaking news, bulletin, depan, erweiterte suche, etusivu, featured, "
        "general, haber, headline, headline news, headlines, highlight, highlights, hjem, home, "
        "index, inicio, latest, latest news, magazin, magazine, nachrichten, news, noticias, "
        "nyheter, page, post, posts, schlagzeilen, search, semua artikel, start, startseite, "
        "suche, terbaru, terkini, top stories, top story, umum, uncategorized",
    )
)


def named(texts: Sequence[str], titles_of_page: Sequence[str]) -> list[str]:
    """The names of categories in the texts, which may list several, each once."""
    parts = (part.strip() for text in texts for part in text.split(","))
    known = [part for part in parts if _is_category(part) and not _is_of_title(part, titles_of_page)]
    return list(dict.fromkeys(known))[:MAX_CATEGORIES]


def last_of(trail: Sequence[str], titles_of_page: Sequence[str], sites: Sequence[str]) -> list[str]:
    """The last name of a breadcrumb that is neither the article nor the front page; [] without one."""
    own = {titles.key(name) for name in (*titles_of_page, *sites)}
    names = [name for name in trail if titles.key(name) not in own and len(name) <= _MAX_CHARACTERS_IN_TRAIL]
    return [name for name in names if _is_category(name) and not _is_of_title(name, titles_of_page)][-1:]


def _is_category(name: str) -> bool:
    """False for names of all articles, for long texts, and for keys such as `news_sport`."""
    return bool(name) and name.lower() not in _EVERYTHING and len(name) <= _MAX_CHARACTERS and "_" not in name


def _is_of_title(name: str, titles_of_page: Sequence[str]) -> bool:
    """True if a name is the headline, or a large part of it."""
    words, known = titles.key(name), [titles.key(title) for title in titles_of_page]
    return words in known or (len(words.split()) >= _MIN_WORDS_OF_TITLE and any(words in title for title in known))
