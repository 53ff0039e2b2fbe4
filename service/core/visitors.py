"""Visitors of a page: the check that a person sent the view, and anonymous visitors that last one day.

A visitor is a hash of the IP address and the user agent, with a salt of the day. The IP address itself is never stored.
The salt is deleted on the next day, as soon as no view of the day before can be repeated. Then nobody can relate the
hash to an IP address any more.
"""

import hashlib
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import Enum
from typing import Any

from service.core.bots import MAX_AGENT_CHARACTERS, is_bot
from service.core.errors import RedisUnavailable
from service.core.ip_addresses import wider_networks
from service.core.redis import RedisLink

SALT_CHECK_SECONDS = 15.0  # seconds after which a process compares its salts with those in Redis again
_DAY_SECONDS = 24 * 3600
_PREFIX = "warta:{views}:"
_OPT_OUT_HEADERS = {"gpc": "HTTP_SEC_GPC", "dnt": "HTTP_DNT"}  # by the names in the settings; the value 1 opts out
_PREFETCH = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")  # older browsers send the last three


class IgnoredView(Enum):
    """The reason why a page view does not count."""

    BOT = "bot"
    NO_AGENT = "no agent"
    PREFETCH = "prefetch"
    OPTED_OUT = "opted out"


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


def ignored_reason(environ: Mapping[str, Any], respected: Sequence[str] = ()) -> IgnoredView | None:
    """The reason why a request is no page view by a person who lets it count; None if it may be one.

    `respected` are the opt-out signals that prevent counting: `gpc` (Global Privacy Control), `dnt` (Do Not Track).
    """
    agent = environ.get("HTTP_USER_AGENT", "").strip()
    if not agent:
        return IgnoredView.NO_AGENT
    if any("prefetch" in environ.get(name, "") or "preview" in environ.get(name, "") for name in _PREFETCH):
        return IgnoredView.PREFETCH
    if any(environ.get(_OPT_OUT_HEADERS[signal], "").strip() == "1" for signal in respected):
        return IgnoredView.OPTED_OUT
    return IgnoredView.BOT if is_bot(agent[:MAX_AGENT_CHARACTERS]) else None


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
