"""Addresses as strangers write them: relative, broken, or so long that joining them would take minutes."""

import re
from urllib.parse import urljoin, urlsplit

LONGEST = 2000  # characters, the API's limit
_UNSEEN = re.compile("[\t\r\n]")  # urllib takes them out first
_LONG_HOST = re.compile("//[^/?#]{254}")  # urllib normalizes a host, in time that grows with the square of its length


def too_long(address: str) -> bool:
    """Whether no article may have the address, for its length or that of its host."""
    return len(address) > LONGEST or bool(_LONG_HOST.search(_UNSEEN.sub("", address)))


def joined(base: str, address: str) -> str:
    """`address` as seen from `base` (RFC 3986 §5), "" where one of them is broken or too long."""
    if too_long(base) or too_long(address):
        return ""
    try:
        url = urljoin(base, address)
        urlsplit(url)  # without a base nobody has looked at it
    except ValueError:
        return ""
    return url
