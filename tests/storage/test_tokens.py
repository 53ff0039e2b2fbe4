"""Bearer tokens, on SQLite and on PostgreSQL."""

import hashlib
from datetime import UTC, timedelta

import pytest
from sqlalchemy import select

from service.core.errors import NotFound, WartaError
from service.storage import Database, Scope, Token, TokenStore
from service.storage.tables import tokens as table
from tests.support.articles import NOW


@pytest.fixture
def tokens(database: Database) -> TokenStore:
    return TokenStore(database)


def test_a_secret_opens_what_its_scope_says_until_it_is_revoked(tokens: TokenStore) -> None:
    secret = tokens.create("cms", Scope.ARTICLES_WRITE, NOW)
    other = tokens.create("impor", Scope.ARTICLES_WRITE, NOW)
    assert tokens.find(secret) == Token("cms", "articles:write", NOW, None)
    assert tokens.find(other) == Token("impor", "articles:write", NOW, None)
    tokens.revoke("cms", NOW + timedelta(hours=1))
    assert tokens.find(secret) is None
    assert tokens.find(other)


@pytest.mark.parametrize("secret", ["", "cms", "warta_", "a\x00b", "é" * 10_000, "' OR 1=1 --"])
def test_nothing_else_opens_anything(tokens: TokenStore, secret: str) -> None:
    right = tokens.create("cms", Scope.ARTICLES_WRITE, NOW)
    assert tokens.find(secret) is None
    assert tokens.find(right.swapcase()) is None
    assert tokens.find(hashlib.sha256(right.encode()).hexdigest()) is None


def test_only_a_digest_is_kept(tokens: TokenStore, database: Database) -> None:
    secret = tokens.create("cms", Scope.ARTICLES_WRITE, NOW)
    assert secret.startswith("warta_")
    assert len(secret) > 40
    with database.reading() as connection:
        [row] = connection.execute(select(table)).all()
    assert secret not in repr(row)
    assert secret.removeprefix("warta_") not in repr(row)


def test_tokens_are_listed_by_age_and_revoked_ones_stay(tokens: TokenStore) -> None:
    later = NOW + timedelta(hours=1)
    tokens.create("b", Scope.ARTICLES_WRITE, later)
    tokens.create("a", Scope.ARTICLES_WRITE, later)
    tokens.create("c", Scope.ARTICLES_WRITE, NOW)
    tokens.revoke("a", later)
    assert tokens.tokens() == [
        Token("c", "articles:write", NOW, None),
        Token("a", "articles:write", later, later),
        Token("b", "articles:write", later, None),
    ]
    assert tokens.tokens()[0].created_at.tzinfo is UTC


def test_a_name_is_taken_once_even_after_it_was_revoked(tokens: TokenStore) -> None:
    secret = tokens.create("cms", Scope.ARTICLES_WRITE, NOW)
    with pytest.raises(WartaError, match="there is a token 'cms' already; choose another name"):
        tokens.create("cms", Scope.ARTICLES_WRITE, NOW)
    assert tokens.find(secret)
    tokens.revoke("cms", NOW)
    with pytest.raises(WartaError, match="there is a token 'cms' already"):
        tokens.create("cms", Scope.ARTICLES_WRITE, NOW)
    assert len(tokens.tokens()) == 1


def test_what_is_not_there_or_revoked_already_cannot_be_revoked(tokens: TokenStore) -> None:
    tokens.create("cms", Scope.ARTICLES_WRITE, NOW)
    tokens.revoke("cms", NOW)
    for name in ("cms", "tiada"):
        with pytest.raises(NotFound, match=f"there is no token '{name}' that could be revoked"):
            tokens.revoke(name, NOW + timedelta(hours=1))
    assert tokens.tokens()[0].revoked_at == NOW


def test_a_token_has_a_signing_key_of_its_own_until_it_is_revoked(tokens: TokenStore) -> None:
    for name, scope in (("a", Scope.STATS_READ), ("b", Scope.STATS_READ), ("c", Scope.ARTICLES_WRITE)):
        tokens.create(name, scope, NOW)
    key = tokens.signing_key("a", Scope.STATS_READ)
    assert key
    assert tokens.signing_key("b", Scope.STATS_READ) not in (None, key)
    assert tokens.signing_key("a", Scope.ARTICLES_WRITE) is None
    assert tokens.signing_key("c", Scope.STATS_READ) is None
    assert tokens.signing_key("tiada", Scope.STATS_READ) is None
    tokens.revoke("a", NOW)
    assert tokens.signing_key("a", Scope.STATS_READ) is None
