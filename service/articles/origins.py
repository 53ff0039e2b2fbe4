"""The origin of an imported article: the kind of its source, and the names by which other sources know it."""

import re
from enum import IntEnum
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit

MAX_URL_CHARACTERS = 2000  # characters of a URL that is parsed: urllib takes quadratic time for long hosts
MAX_NAME_CHARACTERS = 500  # characters of a name in the store; a longer one is replaced by its hash
_FOR_STATISTICS = re.compile(r"utm_\w+|fbclid|gclid", re.IGNORECASE)  # parameters that lead to no other document
_WEB = ("http://", "https://")


class SourceKind(IntEnum):
    """Kinds of sources, listed from poor to rich. The store has their numbers, which do not tell the order."""

    FEED = 1
    PAGE = 2
    INTERFACE = 5  # tells posts as a site shows them, with the time of their last change
    EXPORT = 3
    ARTICLES = 4  # articles in the API's form: each replaces the stored article as a whole

    @property
    def richness(self) -> int:
        """The place of the kind in the list."""
        return _FROM_POOR_TO_RICH.index(self)


_FROM_POOR_TO_RICH = tuple(SourceKind)


def name_key(name: str) -> str:
    """The form in which names of an article are compared: an id, or a URL without its insignificant parts.

    The scheme, `www.`, a final slash, the fragment, and parameters for statistics do not count.
    """
    is_url = len(name) <= MAX_URL_CHARACTERS and name.lower().startswith(_WEB)
    key = _url_key(name) if is_url else name
    return key if len(key) <= MAX_NAME_CHARACTERS else f"sha256-{sha256(key.encode('utf-8', 'replace')).hexdigest()}"


def _url_key(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2].lower().removeprefix("www.")
        query = [pair for pair in parse_qsl(parts.query, True) if not _FOR_STATISTICS.fullmatch(pair[0])]
    except ValueError:
        return url
    return f"//{host}{parts.path.rstrip('/')}{'?' + urlencode(query) if query else ''}"


def is_name(name: str) -> bool:
    """True if a text can name one article. The front page of a site, which some feeds link to, cannot."""
    if not name.lower().startswith(_WEB):
        return bool(name)
    key = name_key(name)
    return "/" in key.removeprefix("//") or "?" in key


def url_spellings(url: str) -> list[str]:
    """The usual spellings of a URL that lead to the same page: with http or https, with or without a final slash."""
    scheme, separator, rest = url.partition("://")
    if not separator or f"{scheme}://" not in _WEB:
        return []
    rests = {rest.rstrip("/"), f"{rest.rstrip('/')}/"} if "?" not in rest else {rest}
    return [f"{scheme}{spelling}" for scheme in _WEB for spelling in sorted(rests)]
