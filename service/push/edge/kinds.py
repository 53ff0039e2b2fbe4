"""The kinds of caches that Warta supports at the edge: the headers that control each kind, and its purge requests.

KINDS is the only list of these kinds.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from service.core.settings.model import Edge


@dataclass(frozen=True)
class Call:
    """One purge request. The path is relative to the URL of the cache, or of its API. The headers may hold a secret."""

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = b""


@dataclass(frozen=True)
class Kind:
    """One kind of cache.

    Responses carry their tags in `tags_header`, separated by `separator`, and their lifetime in `life_header`. `purge`
    returns the request that purges at most `most` tags. The request goes to `api`, unless the settings name another
    URL. `confirms` returns whether the body of a 2xx response confirms the purge. `again` has the delays after which a
    purge is repeated, each in seconds after the purge before it. A repeat removes responses that the cache requested
    before the purge and received after it.
    """

    tags_header: str
    separator: str
    life_header: str
    purge: Callable[[Edge, Sequence[str]], Call]
    most: int
    api: str
    again: tuple[float, ...]
    confirms: Callable[[bytes], bool]


def _varnish(edge: Edge, tags: Sequence[str]) -> Call:
    token = edge.token.get_secret_value()
    key = {"Authorization": f"Bearer {token}"} if token else {}
    return Call("PURGE", "/", {"Surrogate-Key": " ".join(tags), **key})


def _fastly(edge: Edge, tags: Sequence[str]) -> Call:
    # A soft purge: Fastly may still serve the purged response while Warta is unavailable.
    headers = {"Fastly-Key": edge.token.get_secret_value(), "Fastly-Soft-Purge": "1", "Accept": "application/json"}
    return Call("POST", f"/service/{edge.zone}/purge", {**headers, "Surrogate-Key": " ".join(tags)})


def _cloudflare(edge: Edge, tags: Sequence[str]) -> Call:
    headers = {"Authorization": f"Bearer {edge.token.get_secret_value()}", "Content-Type": "application/json"}
    return Call("POST", f"/zones/{edge.zone}/purge_cache", headers, json.dumps({"tags": list(tags)}).encode())


def _always(_body: bytes) -> bool:
    return True


def _says_success(body: bytes) -> bool:
    try:
        answer = json.loads(body)
    except ValueError:
        return False
    return isinstance(answer, dict) and answer.get("success") is True


KINDS: Mapping[str, Kind] = {
    "varnish": Kind(
        tags_header="Surrogate-Key",
        separator=" ",
        life_header="Surrogate-Control",
        purge=_varnish,
        most=256,
        api="",
        # First for responses that were on their way; then after every host has noticed the change (memory_cache.HOLD).
        again=(0.5, 1.0),
        confirms=_always,
    ),
    "fastly": Kind(
        tags_header="Surrogate-Key",
        separator=" ",
        life_header="Surrogate-Control",
        purge=_fastly,
        most=256,
        api="https://api.fastly.com",
        again=(2.0,),
        confirms=_always,
    ),
    "cloudflare": Kind(
        tags_header="Cache-Tag",
        separator=",",
        life_header="CDN-Cache-Control",  # RFC 9213
        purge=_cloudflare,
        most=30,
        api="https://api.cloudflare.com/client/v4",
        again=(2.0,),
        confirms=_says_success,
    ),
}
