"""Bearer tokens for the API. The store has only their digests, so that a copy of the store reveals no token.

A digest is also the key that signs links to the statistics in the token's name. These links become invalid when the
token is revoked. With a copy of the store, an attacker could sign such a link; but the copy itself has most of the
numbers that the link would show.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from service.core.errors import NotFound, WartaError
from service.storage.database import Database
from service.storage.tables import tokens


class Scope(StrEnum):
    ARTICLES_WRITE = "articles:write"
    STATS_READ = "stats:read"
    WEBHOOKS_WRITE = "webhooks:write"


@dataclass(frozen=True)
class Token:
    """The data of a token, without its secret: that is shown only once, when the token is created."""

    name: str
    scope: str
    created_at: datetime
    revoked_at: datetime | None


class TokenStore:
    """Tokens by name. Every method may raise StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, name: str, scope: Scope, now: datetime) -> str:
        """Create a token and return its secret. Raises WartaError if the name is taken."""
        secret = f"warta_{secrets.token_urlsafe(32)}"
        row = {"name": name, "digest": _digest(secret), "scope": scope.value, "created_at": now}
        with self._database.writing() as connection:
            try:
                connection.execute(insert(tokens), row)
            except IntegrityError:
                raise WartaError(f"there is a token {name!r} already; choose another name") from None
        return secret

    def revoke(self, name: str, now: datetime) -> None:
        """Revoke the token: it is invalid from now on. Raises NotFound if there is no valid token of this name."""
        with self._database.writing() as connection:
            found = connection.execute(
                update(tokens).where(tokens.c.name == name, tokens.c.revoked_at.is_(None)).values(revoked_at=now)
            )
        if not found.rowcount:
            raise NotFound(f"there is no token {name!r} that could be revoked")

    def tokens(self) -> list[Token]:
        """All tokens, revoked ones too, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(tokens).order_by(tokens.c.created_at, tokens.c.name))
            return [_to_token(row) for row in rows]

    def find(self, secret: str) -> Token | None:
        """The valid token with this secret; None if there is none."""
        with self._database.reading(for_change=True) as connection:
            valid = (tokens.c.digest == _digest(secret)) & tokens.c.revoked_at.is_(None)
            row = connection.execute(select(tokens).where(valid)).first()
        return _to_token(row) if row else None

    def signing_key(self, name: str, scope: Scope) -> str | None:
        """The key for signatures in the name of a token of this scope; None if no such token is valid."""
        with self._database.reading() as connection:
            valid = (tokens.c.name == name) & (tokens.c.scope == scope.value) & tokens.c.revoked_at.is_(None)
            return connection.execute(select(tokens.c.digest).where(valid)).scalar()


def _to_token(row: Row[Any]) -> Token:
    return Token(row.name, row.scope, row.created_at, row.revoked_at)


def _digest(secret: str) -> str:
    # The secret has 256 random bits: nobody can find it by trying, and a slow hash would only slow down requests.
    return hashlib.sha256(secret.encode()).hexdigest()
