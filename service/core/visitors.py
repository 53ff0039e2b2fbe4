"""Visitors of a page: the IP address of a request, the check for bots, and anonymous visitors that last one day.

A visitor is a hash of the IP address and the user agent, with a salt of the day. The IP address itself is never stored.
The salt is deleted on the next day, as soon as no view of the day before can be repeated. Then nobody can relate the
hash to an IP address any more.
"""

import hashlib
import re
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import Enum
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import AF_INET, AF_INET6, inet_ntoa, inet_ntop, inet_pton
from typing import Any

from crawlerdetect.providers.crawlers import data as crawlers
from crawlerdetect.providers.exclusions import data as exclusions

from service.core.errors import RedisUnavailable
from service.core.redis import RedisLink
from service.core.settings.types import Network

MAX_AGENT_CHARACTERS = 256  # characters of a user agent that are read: some patterns take seconds for long ones
MAX_REMEMBERED_AGENTS = 4_000  # user agents that a process remembers; 2 MB at most
SALT_CHECK_SECONDS = 15.0  # seconds after which a process compares its salts with those in Redis again
_DAY_SECONDS = 24 * 3600
_PREFIX = "warta:{views}:"
_PREFETCH = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")  # older browsers send the last three


def _pattern(alternatives: Iterable[str]) -> re.Pattern[str]:
    """The patterns of crawlerdetect as one pattern, for text in lower case. It takes a fifth of their time.

    One of them begins with "any number of letters". That part changes no result and takes quadratic time, so it is
    removed.
    """
    lowered = (re.sub(r"\\.|[A-Z]", lambda found: found[0] if found[0][0] == "\\" else found[0].lower(), each)
               for each in alternatives)  # fmt: skip
    return re.compile("|".join(each.removeprefix(r"[a-z0-9\-_]*") for each in lowered))


_CRAWLERS, _EXCLUSIONS = _pattern(crawlers), _pattern(exclusions)


class IgnoredView(Enum):
    """Why a page view does not count."""

    BOT = "bot"
    NO_AGENT = "no agent"
    PREFETCH = "prefetch"


@dataclass(frozen=True)
class Visitor:
    """Hashes of a request's IP address and user agent. Each has eight bytes and changes every day.

    `visitor` is the hash of the IP address and the user agent, `source` that of the IP address alone. `yesterday` is
    the `visitor` of the day before; empty when no view of that day can be repeated any more. `networks` are the
    hashes of the IPv6 networks around the source, from narrow to wide; empty for an IPv4 address.
    """

    visitor: bytes
    source: bytes
    yesterday: bytes = b""
    networks: tuple[bytes, ...] = ()


def ignored_reason(environ: Mapping[str, Any]) -> IgnoredView | None:
    """The reason why a request is no page view by a person; None if it may be one."""
    agent = environ.get("HTTP_USER_AGENT", "").strip()
    if not agent:
        return IgnoredView.NO_AGENT
    if any("prefetch" in environ.get(name, "") or "preview" in environ.get(name, "") for name in _PREFETCH):
        return IgnoredView.PREFETCH
    return IgnoredView.BOT if is_bot(agent[:MAX_AGENT_CHARACTERS]) else None


@lru_cache(MAX_REMEMBERED_AGENTS)
def is_bot(agent: str) -> bool:
    """Whether the user agent is that of a crawler, a monitor or a program."""
    rest = _EXCLUSIONS.sub("", agent.strip().lower())
    return bool(rest and _CRAWLERS.search(rest))


def ip_address_of(environ: Mapping[str, Any], trusted: Sequence[Network]) -> str:
    """The IP address of the client, as text. For IPv6 it is the /64 network; empty if it is unknown.

    It is the IP address of the connection, or, behind `trusted` proxies, the last one in X-Forwarded-For that is not
    a trusted proxy. Earlier ones are not used, since any client can write them. A part that is not an IP address ends
    the search.
    """
    found = _parse(environ.get("REMOTE_ADDR", ""))
    hops = environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if trusted else []
    while found and hops and any(found in network for network in trusted):
        if (before := _parse(hops.pop().strip())) is None:
            break
        found = before
    return _network_text(found) if found else ""


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return IPv4Address(inet_pton(AF_INET, text))  # accepts the same text as the constructor, ten times as fast
    except (OSError, ValueError):
        return _parse_other_forms(text)


def _parse_other_forms(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = _parse_ipv6(text) or ip_address(text.strip("[]"))
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _parse_ipv6(text: str) -> IPv6Address | None:
    """The IPv6 address, if it has no brackets and no zone. This takes a third of the time of `ip_address`."""
    try:
        return IPv6Address(inet_pton(AF_INET6, text))
    except (OSError, ValueError):
        return None


def _network_text(found: IPv4Address | IPv6Address) -> str:
    """The IPv4 address, or the /64 of an IPv6 address: a customer has 2^64, and may use another for each request."""
    if isinstance(found, IPv4Address):
        return inet_ntoa(found.packed)  # twice as quick as str()
    return inet_ntop(AF_INET6, found.packed[:8] + bytes(8))


def wider_networks(address: str) -> tuple[str, ...]:
    """The /56 and the /48 around an IPv6 address that `ip_address_of` returned; empty for an IPv4 address.

    Providers give a household a /56 and a company a /48 (RFC 6177): one customer has 256 or 65,536 times a /64.
    """
    if ":" not in address:
        return ()
    packed = inet_pton(AF_INET6, address)
    return f"{packed[:7].hex()}/56", f"{packed[:6].hex()}/48"


def _source(address: str, salt: bytes) -> bytes:
    return hashlib.blake2b(address.encode(), key=salt, digest_size=8).digest()


def _visitor(source: bytes, agent: str, salt: bytes) -> bytes:
    return hashlib.blake2b(agent[:MAX_AGENT_CHARACTERS].encode(), key=salt + source, digest_size=8).digest()


class Visitors:
    """Makes the visitors of the day, with salts that all hosts share through Redis. Threads may share it.

    Days begin at midnight in `zone`. In the first `once` seconds of a day, yesterday's salt is still used, too.
    """

    def __init__(
        self, link: RedisLink, zone: tzinfo = UTC, clock: Callable[[], float] = time.time, once: float = 0
    ) -> None:
        self._link = link
        self._zone = zone
        self._clock = clock
        self._repeat_seconds = once
        self._begins = self._ends = self._check_at = 0.0
        self._salts: dict[int, bytes] = {}  # by the number of the day; the salt of today is first
        self._own_salt = secrets.token_bytes(32)  # the salt while Redis is away and has not yet given one for today

    def visitor(self, address: str, agent: str) -> Visitor:
        """The visitor with this IP address and user agent."""
        salt, *earlier = self._current_salts()
        source = _source(address, salt)
        yesterday = [_visitor(_source(address, before), agent, before) for before in earlier]
        around = tuple([_source(network, salt) for network in wider_networks(address)])
        return Visitor(_visitor(source, agent, salt), source, b"".join(yesterday), around)

    def source(self, address: str) -> bytes:
        """The hash of the IP address alone."""
        return _source(address, self._current_salts()[0])

    def _current_salts(self) -> Sequence[bytes]:
        """The salt of today and, while it is still used, the salt of yesterday."""
        now = self._clock()
        is_todays = self._begins <= now < self._ends
        if not (is_todays and now < self._check_at):
            self._check_at = now + SALT_CHECK_SECONDS
            try:
                self._read_salts(now)
            except RedisUnavailable:
                if not is_todays:
                    return [self._own_salt]
        return [*self._salts.values()]

    def _read_salts(self, now: float) -> None:
        """Read the current salts from Redis. Where Redis has none, this process first stores its own there."""
        before = utc_offset(self._zone, now)
        day = int(now + before) // _DAY_SECONDS
        begins, ends = day * _DAY_SECONDS - before, (day + 1) * _DAY_SECONDS - before
        salts = {day: self._salts.get(day, secrets.token_bytes(32))}
        if now < begins + self._repeat_seconds:
            salts[day - 1] = self._salts.get(day - 1, b"")
        names = {each: f"salt:{self._zone}:{each}" for each in salts}
        with self._link.use() as redis:
            pipeline = redis.pipeline(transaction=False)
            for each, salt in salts.items():
                if salt:
                    # No time to live: a full Redis could evict the salt then. The view counter's agenda deletes it.
                    until = ends + (each - day) * _DAY_SECONDS + self._repeat_seconds
                    pipeline.zadd(f"{_PREFIX}agenda", {f"end:{names[each]}": until})
                    pipeline.set(f"{_PREFIX}{names[each]}", salt, nx=True)
            for name in names.values():
                pipeline.get(f"{_PREFIX}{name}")
            agreed = pipeline.execute()[-len(names) :]
        self._salts = {each: salt for each, salt in zip(salts, agreed, strict=True) if salt}
        self._begins, self._ends = begins, ends


def utc_offset(zone: tzinfo, now: float) -> int:
    """Seconds by which a day in `zone` begins before the day in UTC."""
    return int((datetime.fromtimestamp(now, zone).utcoffset() or timedelta()).total_seconds())
