"""What a response says to the edge: its tags, and how long it may be kept there."""

import hashlib
from collections.abc import Iterable
from urllib.parse import quote

from service.core.settings.model import Edge
from service.push.edge.kinds import KINDS

EVERYTHING = "warta"  # a tag of every tagged response: to purge it leaves a site's other pages alone
UNSETTLED = 0  # seconds that the edge may keep a document that is known to be old: a newer one is about to come
_LONGEST = 255  # characters of a tag; Fastly and Cloudflare take 1,024


def edge_headers(edge: Edge, tags: Iterable[str], max_age: int | None = None) -> dict[str, str]:
    """The headers of a response that the edge may keep `max_age` seconds; empty when no edge is configured.

    `tags` are shelves; a change of any of them purges the response. Without `max_age` it lives until then, at most
    `edge.max_age` seconds: for responses that change in no other way.
    """
    kind = KINDS.get(edge.kind)
    if kind is None:
        return {}
    life = edge.max_age if max_age is None else min(max_age, edge.max_age)
    return {
        kind.tags_header: kind.separator.join([*map(tag, tags), EVERYTHING]),
        kind.life_header: f"max-age={life}",
    }


def tag(shelf: str) -> str:
    """The shelf's name as it stands in headers: printable ASCII, without separators, not too long."""
    quoted = quote(shelf)
    if len(quoted) <= _LONGEST:
        return quoted
    return f"{shelf.partition('/')[0]}/{hashlib.sha256(shelf.encode()).hexdigest()[:32]}"
