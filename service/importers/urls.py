"""URLs in documents of other sites: relative, broken, or so long that joining them would take minutes."""

import re
from urllib.parse import urljoin, urlsplit

MAX_URL_CHARACTERS = 2000  # characters of a URL, the API's limit
_UNSEEN = re.compile("[\t\r\n]")  # urllib removes these characters before it parses a URL
_LONG_HOST = re.compile("//[^/?#]{254}")  # urllib normalizes a host in time that grows with the square of its length


def too_long(address: str) -> bool:
    """True if the URL or its host is too long for an article."""
    return len(address) > MAX_URL_CHARACTERS or bool(_LONG_HOST.search(_UNSEEN.sub("", address)))


def joined(base: str, address: str) -> str:
    """Resolve the URL `address` against the URL `base` (RFC 3986 §5). Returns "" if either is broken or too long."""
    if too_long(base) or too_long(address):
        return ""
    try:
        url = urljoin(base, address)
        urlsplit(url)  # raises ValueError for a broken URL; without a base, urljoin has not parsed it
    except ValueError:
        return ""
    return url
