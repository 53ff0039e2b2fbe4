"""The headers of a response for the edge: its tags, and how long the edge may keep it."""

import hashlib
from collections.abc import Iterable
from urllib.parse import quote

from service.core.settings.serving import Edge
from service.push.edge.kinds import EDGE_KINDS

COMMON_TAG = "warta"  # on every tagged response: a purge of it leaves the other pages of the site in the cache
OUTDATED_MAX_AGE = 0  # seconds that the edge may keep a document that is known to be outdated: a newer one follows soon
MAX_TAG_CHARACTERS = 255  # in one tag; Fastly and Cloudflare accept 1,024


def edge_headers(edge: Edge, tags: Iterable[str], max_age: int | None = None) -> dict[str, str]:
    """The headers of a response that the edge may keep `max_age` seconds; empty if no edge is configured.

    `tags` are names of lists. A change of any of these lists purges the response. `edge.max_age` (seconds) is the
    upper limit. Without `max_age`, that limit applies alone: for responses that change only with their lists.
    """
    kind = EDGE_KINDS.get(edge.kind)
    if kind is None:
        return {}
    lifetime = edge.max_age if max_age is None else min(max_age, edge.max_age)
    return {
        kind.tags_header: kind.separator.join([*map(edge_tag, tags), COMMON_TAG]),
        kind.lifetime_header: f"max-age={lifetime}",
    }


def edge_tag(list_name: str) -> str:
    """The tag of a list: its name in printable ASCII, without separators.

    In a name that is too long, a hash replaces the part after the first slash.
    """
    quoted = quote(list_name)
    if len(quoted) <= MAX_TAG_CHARACTERS:
        return quoted
    return f"{list_name.partition('/')[0]}/{hashlib.sha256(list_name.encode()).hexdigest()[:32]}"
