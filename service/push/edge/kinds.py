"""The kinds of caches that Warta supports at the edge: the headers that control each kind, and its purge requests.

EDGE_KINDS is the only list of these kinds.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from service.core.settings.serving import Edge


@dataclass(frozen=True)
class PurgeRequest:
    """One purge request. The path is relative to the URL of the cache, or of its API. The headers may hold a secret."""

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = b""


@dataclass(frozen=True)
class EdgeKind:
    """One kind of cache.

    Responses carry their tags in `tags_header`, separated by `separator`, and their lifetime in `lifetime_header`.
    `purge_request` returns the request that purges at most `max_purge_tags` tags. The request goes to `api_url`, unless
    the settings name another URL. `confirms` returns whether the body of a 2xx response confirms the purge.
    `repeat_delays` has the delays after which a purge is repeated, each in seconds after the purge before it. A repeat
    removes responses that the cache requested before the purge and received after it. After failures in a row, the next
    attempt waits `max_pause` seconds at most.
    """

    tags_header: str
    separator: str
    lifetime_header: str
    purge_request: Callable[[Edge, Sequence[str]], PurgeRequest]
    max_purge_tags: int
    api_url: str
    repeat_delays: tuple[float, ...]
    max_pause: float
    confirms: Callable[[bytes], bool]


def _varnish(edge: Edge, tags: Sequence[str]) -> PurgeRequest:
    token = edge.token.get_secret_value()
    authorization = {"Authorization": f"Bearer {token}"} if token else {}
    return PurgeRequest("PURGE", "/", {"Surrogate-Key": " ".join(tags), **authorization})


def _fastly(edge: Edge, tags: Sequence[str]) -> PurgeRequest:
    # A soft purge: Fastly may still serve the purged response while Warta is unavailable.
    headers = {"Fastly-Key": edge.token.get_secret_value(), "Fastly-Soft-Purge": "1", "Accept": "application/json"}
    return PurgeRequest("POST", f"/service/{edge.zone}/purge", {**headers, "Surrogate-Key": " ".join(tags)})


def _cloudflare(edge: Edge, tags: Sequence[str]) -> PurgeRequest:
    headers = {"Authorization": f"Bearer {edge.token.get_secret_value()}", "Content-Type": "application/json"}
    return PurgeRequest("POST", f"/zones/{edge.zone}/purge_cache", headers, json.dumps({"tags": list(tags)}).encode())


def _any_body(_body: bytes) -> bool:
    return True


def _has_success(body: bytes) -> bool:
    try:
        document = json.loads(body)
    except ValueError:
        return False
    return isinstance(document, dict) and document.get("success") is True


EDGE_KINDS: Mapping[str, EdgeKind] = {
    "varnish": EdgeKind(
        tags_header="Surrogate-Key",
        separator=" ",
        lifetime_header="Surrogate-Control",
        purge_request=_varnish,
        max_purge_tags=256,
        api_url="",
        # First for responses that were on their way; then after every host has noticed the change (memory_cache.HOLD).
        repeat_delays=(0.5, 1.0),
        max_pause=0.5,  # a Varnish that starts serves at once, and must not wait long for its first purge
        confirms=_any_body,
    ),
    "fastly": EdgeKind(
        tags_header="Surrogate-Key",
        separator=" ",
        lifetime_header="Surrogate-Control",
        purge_request=_fastly,
        max_purge_tags=256,
        api_url="https://api.fastly.com",
        repeat_delays=(2.0,),
        max_pause=10.0,  # the provider limits the number of requests
        confirms=_any_body,
    ),
    "cloudflare": EdgeKind(
        tags_header="Cache-Tag",
        separator=",",
        lifetime_header="CDN-Cache-Control",  # RFC 9213
        purge_request=_cloudflare,
        max_purge_tags=30,
        api_url="https://api.cloudflare.com/client/v4",
        repeat_delays=(2.0,),
        max_pause=10.0,  # the provider limits the number of requests
        confirms=_has_success,
    ),
}
