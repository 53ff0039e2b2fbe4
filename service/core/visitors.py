"""Who looks at a page: not a person, but one of today's visitors, whom nobody can tell from any other tomorrow.

An address is hashed with a salt that is made each day and forgotten the next, as soon as nobody's view of yesterday can
be repeated any more, and is itself never kept.
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

AGENT = 256  # characters of an agent's name that are looked at: some patterns take seconds for long ones
AGENTS = 4_000  # names that a process remembers; 2 MB at most
AGREED = 15.0  # seconds between two looks whether the salt is still that of the others
_DAY = 24 * 3600
_PREFIX = "warta:{views}:"
_PREFETCH = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")  # the last three are of older browsers


def _pattern(alternatives: Iterable[str]) -> re.Pattern[str]:
    """The patterns of crawlerdetect as one for text in lower case: a fifth of the time that they take as they are.

    One of them begins with "any number of letters". That changes no answer, and takes quadratic time.
    """
    lowered = (re.sub(r"\\.|[A-Z]", lambda found: found[0] if found[0][0] == "\\" else found[0].lower(), each)
               for each in alternatives)  # fmt: skip
    return re.compile("|".join(each.removeprefix(r"[a-z0-9\-_]*") for each in lowered))


_CRAWLERS, _EXCLUSIONS = _pattern(crawlers), _pattern(exclusions)


class Ignored(Enum):
    """Why a page view does not count."""

    BOT = "bot"
    NO_AGENT = "no agent"
    PREFETCH = "prefetch"


@dataclass(frozen=True)
class Visitor:
    """`visitor` stands for a reader's address and agent, `source` for the address alone; today only, in eight bytes.

    `yesterday` is the visitor that the same reader was then; empty once that does not matter any more. `networks` stand
    for the IPv6 networks around the source, from narrow to wide; there are none around an IPv4 address.
    """

    visitor: bytes
    source: bytes
    yesterday: bytes = b""
    networks: tuple[bytes, ...] = ()


def ignored(environ: Mapping[str, Any]) -> Ignored | None:
    """Why a request is not a person's look at a page; None if it may be one."""
    agent = environ.get("HTTP_USER_AGENT", "").strip()
    if not agent:
        return Ignored.NO_AGENT
    if any("prefetch" in environ.get(name, "") or "preview" in environ.get(name, "") for name in _PREFETCH):
        return Ignored.PREFETCH
    return Ignored.BOT if is_bot(agent[:AGENT]) else None


@lru_cache(AGENTS)
def is_bot(agent: str) -> bool:
    """Whether a crawler, a monitor or a program calls itself so."""
    rest = _EXCLUSIONS.sub("", agent.strip().lower())
    return bool(rest and _CRAWLERS.search(rest))


def address(environ: Mapping[str, Any], trusted: Sequence[Network]) -> str:
    """The address that the request comes from: the last one that no trusted proxy speaks for.

    What strangers write into X-Forwarded-For is not believed; what is no address ends the search.
    """
    found = _known(environ.get("REMOTE_ADDR", ""))
    hops = environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if trusted else []
    while found and hops and any(found in network for network in trusted):
        if (before := _known(hops.pop().strip())) is None:
            break
        found = before
    return _household(found) if found else ""


def _known(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return IPv4Address(inet_pton(AF_INET, text))  # reads what its constructor reads, in a tenth of the time
    except (OSError, ValueError):
        return _otherwise(text)


def _otherwise(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = _of_version_6(text) or ip_address(text.strip("[]"))
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _of_version_6(text: str) -> IPv6Address | None:
    """The address, if it is written plainly; in a third of the time that `ip_address` takes."""
    try:
        return IPv6Address(inet_pton(AF_INET6, text))
    except (OSError, ValueError):
        return None


def _household(found: IPv4Address | IPv6Address) -> str:
    """The address; that of an IPv6 customer, who has 2^64 and may use another for each request, without its end."""
    if isinstance(found, IPv4Address):
        return inet_ntoa(found.packed)  # twice as quick as str()
    return inet_ntop(AF_INET6, found.packed[:8] + bytes(8))


def networks(address: str) -> tuple[str, ...]:
    """The /56 and the /48 around an IPv6 address as `address` gives it; none around an IPv4 address.

    Providers give a household a /56, a company a /48 (RFC 6177), so that one customer has 256 or 65,536 times a /64.
    """
    if ":" not in address:
        return ()
    packed = inet_pton(AF_INET6, address)
    return f"{packed[:7].hex()}/56", f"{packed[:6].hex()}/48"


def _source(address: str, salt: bytes) -> bytes:
    return hashlib.blake2b(address.encode(), key=salt, digest_size=8).digest()


def _visitor(source: bytes, agent: str, salt: bytes) -> bytes:
    return hashlib.blake2b(agent[:AGENT].encode(), key=salt + source, digest_size=8).digest()


class Visitors:
    """Today's visitors, the same on every host; days are those of the `zone`. Safe to share between threads.

    For the first `once` seconds of a day yesterday's salt is still known.
    """

    def __init__(
        self, link: RedisLink, zone: tzinfo = UTC, clock: Callable[[], float] = time.time, once: float = 0
    ) -> None:
        self._link = link
        self._zone = zone
        self._clock = clock
        self._once = once
        self._begins = self._ends = self._due = 0.0
        self._salts: dict[int, bytes] = {}  # by the number of the day; today's first
        self._own = secrets.token_bytes(32)  # while Redis is away

    def of(self, address: str, agent: str) -> Visitor:
        """The visitor with this address and agent."""
        salt, *earlier = self._salts_of_now()
        source = _source(address, salt)
        yesterday = [_visitor(_source(address, before), agent, before) for before in earlier]
        around = tuple([_source(network, salt) for network in networks(address)])
        return Visitor(_visitor(source, agent, salt), source, b"".join(yesterday), around)

    def source(self, address: str) -> bytes:
        """What stands for the address alone."""
        return _source(address, self._salts_of_now()[0])

    def _salts_of_now(self) -> Sequence[bytes]:
        """Today's salt, and yesterday's if that still counts."""
        now = self._clock()
        is_todays = self._begins <= now < self._ends
        if not (is_todays and now < self._due):
            self._due = now + AGREED
            try:
                self._agree(now)
            except RedisUnavailable:
                if not is_todays:
                    return [self._own]
        return [*self._salts.values()]

    def _agree(self, now: float) -> None:
        """Take over the salts that count now. Those that this process has are given to a Redis that has none."""
        before = ahead(self._zone, now)
        day = int(now + before) // _DAY
        begins, ends = day * _DAY - before, (day + 1) * _DAY - before
        salts = {day: self._salts.get(day, secrets.token_bytes(32))}
        if now < begins + self._once:
            salts[day - 1] = self._salts.get(day - 1, b"")
        names = {each: f"salt:{self._zone}:{each}" for each in salts}
        with self._link.use() as redis:
            pipeline = redis.pipeline(transaction=False)
            for each, salt in salts.items():
                if salt:
                    # Without a time to live, which would let a full Redis evict it; the agenda of the counter ends it.
                    until = ends + (each - day) * _DAY + self._once
                    pipeline.zadd(f"{_PREFIX}agenda", {f"end:{names[each]}": until})
                    pipeline.set(f"{_PREFIX}{names[each]}", salt, nx=True)
            for name in names.values():
                pipeline.get(f"{_PREFIX}{name}")
            agreed = pipeline.execute()[-len(names) :]
        self._salts = {each: salt for each, salt in zip(salts, agreed, strict=True) if salt}
        self._begins, self._ends = begins, ends


def ahead(zone: tzinfo, now: float) -> int:
    """Seconds by which a day of the zone begins before that of UTC."""
    return int((datetime.fromtimestamp(now, zone).utcoffset() or timedelta()).total_seconds())
