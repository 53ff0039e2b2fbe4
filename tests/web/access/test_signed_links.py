"""Signed grants: permission to see the statistics until a time."""

import hmac
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.bootstrap import Services
from service.core.errors import NotFound
from service.storage import Scope
from service.web.access.signed_links import AccessResult, SignedGrant, SignedGrants
from tests.support.articles import NOW

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def grants(services: Services) -> SignedGrants:
    services.tokens.create("redaksi", Scope.STATS_READ, NOW)
    services.tokens.create("cms", Scope.ARTICLES_WRITE, NOW)
    return SignedGrants(services.tokens)


def test_a_grant_is_valid_until_its_time(grants: SignedGrants) -> None:
    grant = grants.sign("redaksi", LATER)
    assert SignedGrant.decode(grant.encode()) == grant
    assert grants.check(grant, NOW) is AccessResult.GRANTED
    assert grants.check(grant, LATER) is AccessResult.EXPIRED


def test_a_revoked_token_ends_its_grants(grants: SignedGrants, services: Services) -> None:
    grant = grants.sign("redaksi", LATER)
    services.tokens.revoke("redaksi", NOW)
    assert grants.check(grant, NOW) is AccessResult.INVALID
    for name in ("redaksi", "cms", "tiada"):
        with pytest.raises(NotFound, match=f"there is no token '{name}' of the scope stats:read"):
            grants.sign(name, LATER)


def test_a_grant_of_the_first_release_has_its_signature_in_hexadecimal_digits(
    grants: SignedGrants, services: Services
) -> None:
    key = services.tokens.signing_key("redaksi", Scope.STATS_READ)
    assert key
    until = str(int(LATER.timestamp()))
    signature = hmac.new(key.encode(), f"stats:read\n{until}\nredaksi".encode(), "sha256").hexdigest()
    assert grants.check(SignedGrant("redaksi", until, signature), NOW) is AccessResult.GRANTED
    assert grants.check(SignedGrant("cms", until, signature), NOW) is AccessResult.INVALID


TEXTS = st.text() | st.sampled_from(["redaksi", "cms", "0" * 64, "=" * 43])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=TEXTS, until=TEXTS, key=TEXTS)
def test_whatever_a_client_sends_is_invalid_and_never_an_error(
    grants: SignedGrants, name: str, until: str, key: str
) -> None:
    assert grants.check(SignedGrant(name, until, key), NOW) is AccessResult.INVALID


def test_a_changed_grant_is_invalid(grants: SignedGrants) -> None:
    grant = grants.sign("redaksi", LATER)
    for changed in (
        replace(grant, name="cms"),
        replace(grant, until=str(int(grant.until) + 1)),
        replace(grant, key=grant.key[:-2]),
        replace(grant, key=""),
    ):
        assert grants.check(changed, NOW) is AccessResult.INVALID
