"""SignedGrants: permission to see the statistics until a time. A signed link or a browser's cookie contains a pass.

A pass is signed with the stored hash of its token. So to revoke a token revokes its links and cookies, too, and there
is no other secret to keep.
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

_UNKNOWN = secrets.token_hex(32)  # stands in for the signature of an unknown name, so that the check takes as long


class AccessResult(StrEnum):
    """The result of the check of a request for the statistics."""

    GRANTED = "good"
    NEEDED = "needed"  # the request has neither pass nor token
    INVALID = "invalid"  # forged, revoked, or never valid
    EXPIRED = "expired"
    OTHER_SCOPE = "other_scope"


@dataclass(frozen=True)
class SignedGrant:
    """A pass in the name of a token. `until` is in seconds since the epoch; `key` is the signature."""

    name: str
    until: str
    key: str

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> Self:
        """Read a pass from the fields of a query or cookie. A missing field is empty, and makes the pass invalid."""
        return cls(*(fields.get(name, "") for name in ("name", "until", "key")))

    @classmethod
    def decode(cls, text: str) -> Self:
        return cls.read(dict(parse_qsl(text[:2000])))

    def encode(self) -> str:
        """Return the pass as a query string, which a cookie can contain, too."""
        return urlencode(asdict(self))


class SignedGrants:
    """Issues passes and checks them. Every method may raise StoreUnavailable."""

    def __init__(self, tokens: TokenStore) -> None:
        self._tokens = tokens

    def sign(self, name: str, until: datetime) -> SignedGrant:
        """Issue a pass in the name of a token. Raises NotFound if no valid token with stats:read has the name."""
        end = str(int(until.timestamp()))
        key = self._tokens.signature(name, Scope.STATS_READ, _signed(name, end))
        if key is None:
            raise NotFound(f"there is no token {name!r} of the scope {Scope.STATS_READ}; see: warta token list")
        return SignedGrant(name, end, key)

    def check(self, shown: SignedGrant, now: datetime) -> AccessResult:
        """Check whether a pass is valid now. Only a pass with a right signature is EXPIRED; others are INVALID."""
        right = None
        if shown.name.isprintable():  # tokens have such names only; a store may fail to search for others
            right = self._tokens.signature(shown.name, Scope.STATS_READ, _signed(shown.name, shown.until))
        if not hmac.compare_digest((right or _UNKNOWN).encode(), shown.key.encode()):
            return AccessResult.INVALID
        return AccessResult.GRANTED if int(shown.until) > now.timestamp() else AccessResult.EXPIRED


def _signed(name: str, until: str) -> str:
    return f"{Scope.STATS_READ}\n{until}\n{name}"
