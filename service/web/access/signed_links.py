"""Passes: leave to look at the statistics until a day, as a signed link or a browser's cookie carries it.

A pass is signed with what the store keeps of its token, so that a token that is revoked takes its links and cookies
with it, and there is no other secret to keep.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self
from urllib.parse import parse_qsl, urlencode

from service.core.errors import NotFound
from service.storage import Scope, TokenStore

_UNKNOWN = secrets.token_hex(32)  # what a name that is no token's is compared with, so that it takes as long


class Verdict(StrEnum):
    """What becomes of a request for the statistics."""

    GOOD = "good"
    NEEDED = "needed"  # it shows neither pass nor token
    INVALID = "invalid"  # forged, revoked, or never right
    EXPIRED = "expired"
    OTHER_SCOPE = "other_scope"


@dataclass(frozen=True)
class Pass:
    """In the name of a token, until a time in seconds since the epoch; `key` is the signature."""

    name: str
    until: str
    key: str

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> Self:
        """Of a query or cookie. What is missing is empty, and will not be admitted."""
        return cls(*(fields.get(name, "") for name in ("name", "until", "key")))

    @classmethod
    def decode(cls, text: str) -> Self:
        return cls.read(dict(parse_qsl(text[:2000])))

    def encode(self) -> str:
        """As a query string, which a cookie can hold, too."""
        return urlencode(asdict(self))


class Passes:
    """Issues passes and looks at them. Every method may raise StoreUnavailable."""

    def __init__(self, tokens: TokenStore) -> None:
        self._tokens = tokens

    def issue(self, name: str, until: datetime) -> Pass:
        """A pass in the name of a token. Raises NotFound for a name that no valid token of the scope stats:read has."""
        end = str(int(until.timestamp()))
        key = self._tokens.signature(name, Scope.STATS_READ, _signed(name, end))
        if key is None:
            raise NotFound(f"there is no token {name!r} of the scope {Scope.STATS_READ}; see: warta token list")
        return Pass(name, end, key)

    def check(self, shown: Pass, now: datetime) -> Verdict:
        """Whether it opens now. That it is out of date is told only to who has a signature that is right."""
        right = None
        if shown.name.isprintable():  # the only names that there are, and that every store can look for
            right = self._tokens.signature(shown.name, Scope.STATS_READ, _signed(shown.name, shown.until))
        if not hmac.compare_digest((right or _UNKNOWN).encode(), shown.key.encode()):
            return Verdict.INVALID
        return Verdict.GOOD if int(shown.until) > now.timestamp() else Verdict.EXPIRED


def _signed(name: str, until: str) -> str:
    return f"{Scope.STATS_READ}\n{until}\n{name}"
