"""Signed grants: permission to see the statistics until a time. A signed link or a browser's cookie contains a grant.

A grant is signed with the stored hash of its token. So to revoke a token revokes its links and cookies, too, and there
is no other secret to keep.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self
from urllib.parse import parse_qsl, urlencode

from itsdangerous import Signer
from itsdangerous.encoding import base64_encode

from service.core.errors import NotFound
from service.storage import Scope, TokenStore

MAX_COOKIE_CHARACTERS = 2_000
_UNKNOWN_KEY = secrets.token_hex(32)  # stands in for the key of an unknown name, so that the check takes as long


class AccessResult(StrEnum):
    """The result of the check of a request for the statistics."""

    GRANTED = "good"
    NEEDED = "needed"  # the request has neither grant nor token
    INVALID = "invalid"  # forged, revoked, or never valid
    EXPIRED = "expired"
    OTHER_SCOPE = "other_scope"


@dataclass(frozen=True)
class SignedGrant:
    """A grant in the name of a token. `until` is in seconds since the epoch; `key` is the signature."""

    name: str
    until: str
    key: str

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> Self:
        """Read a grant from the fields of a query or cookie. A missing field is empty, and makes the grant invalid."""
        return cls(*(fields.get(name, "") for name in ("name", "until", "key")))

    @classmethod
    def decode(cls, text: str) -> Self:
        """Read a grant from the form of `encode`."""
        return cls.read(dict(parse_qsl(text[:MAX_COOKIE_CHARACTERS])))

    def encode(self) -> str:
        """Return the grant as a query string, which a cookie can contain, too."""
        return urlencode(asdict(self))


class SignedGrants:
    """Signs grants and checks them. Every method may raise StoreUnavailable."""

    def __init__(self, tokens: TokenStore) -> None:
        self._tokens = tokens

    def sign(self, name: str, until: datetime) -> SignedGrant:
        """Sign a grant in the name of a token. Raises NotFound if no valid token with stats:read has the name."""
        end = str(int(until.timestamp()))
        key = self._tokens.signing_key(name, Scope.STATS_READ)
        if key is None:
            raise NotFound(f"there is no token {name!r} of the scope {Scope.STATS_READ}; see: warta token list")
        return SignedGrant(name, end, _signer(key).get_signature(_signed_text(name, end)).decode())

    def check(self, shown: SignedGrant, now: datetime) -> AccessResult:
        """Check whether a grant is valid now. Only a grant with a right signature is EXPIRED; others are INVALID."""
        key = None
        if shown.name.isprintable():  # tokens have such names only; a store may fail to search for others
            key = self._tokens.signing_key(shown.name, Scope.STATS_READ)
        text = _signed_text(shown.name, shown.until)
        if not _signer(key or _UNKNOWN_KEY).verify_signature(text, _in_base64(shown.key)) or key is None:
            return AccessResult.INVALID
        return AccessResult.GRANTED if int(shown.until) > now.timestamp() else AccessResult.EXPIRED


def _signer(key: str) -> Signer:
    return Signer(key, key_derivation="none", digest_method=hashlib.sha256)


def _signed_text(name: str, until: str) -> bytes:
    return f"{Scope.STATS_READ}\n{until}\n{name}".encode(errors="surrogatepass")


def _in_base64(signature: str) -> bytes:
    """Return the signature as itsdangerous writes it. Links of the first release have it in hexadecimal digits."""
    if re.fullmatch("[0-9a-f]{64}", signature):
        return base64_encode(bytes.fromhex(signature))
    return signature.encode(errors="surrogatepass")
