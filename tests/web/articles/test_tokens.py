"""Every URL of the article API needs a token with the scope."""

from collections.abc import Mapping

from flask.testing import FlaskClient

from service.bootstrap import Services
from service.storage import Scope
from tests.support.answers import refusal
from tests.support.articles import NOW


def test_every_address_of_the_api_wants_a_token_that_is_valid(
    client: FlaskClient, services: Services, token: Mapping[str, str]
) -> None:
    revoked = {"Authorization": f"Bearer {services.tokens.create('dicabut', Scope.ARTICLES_WRITE, NOW)}"}
    services.tokens.revoke("dicabut", NOW)
    secret = token["Authorization"].removeprefix("Bearer ")
    wrong: list[dict[str, str]] = [
        {},
        revoked,
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": secret},
        {"Authorization": f"Basic {secret}"},
        {"Authorization": f"Bearer {secret}x"},
        {"Authorization": f"Bearer {secret[:-1]}"},
        {"Authorization": f"Bearer {secret} {secret}"},
        {"Authorization": "Bearer é"},
        {"Authorization": "Bearer ' OR 1=1 --"},
    ]
    requests = [
        *(("GET", "/api/articles/1"), ("PUT", "/api/articles/1"), ("PATCH", "/api/articles/1")),
        *(("DELETE", "/api/articles/1"), ("POST", "/api/articles"), ("GET", "/api/changes")),
    ]
    for method, path in requests:
        for headers in wrong:
            answer = client.open(path, method=method, headers=headers, data=b'{"title": "x"}')
            assert answer.status_code == 401, (method, path, headers)
            assert "warta token create" in refusal(answer)
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="warta"'
    for headers in ({"Authorization": f"bearer {secret}"}, {"Authorization": f"BEARER  {secret}"}):
        assert client.get("/api/changes", headers=headers).status_code == 200
    assert client.get("/api/openapi.json").status_code == 200


def test_a_token_of_another_scope_is_403(client: FlaskClient, services: Services) -> None:
    """As a later version may create them."""

    class Other(str):
        value = "feeds:read"

    secret = services.tokens.create("pembaca", Other("feeds:read"), NOW)  # type: ignore[arg-type]
    answer = client.get("/api/changes", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 403
    assert refusal(answer) == "the token's scope is feeds:read; this needs articles:write"


def test_no_secret_is_in_the_store(services: Services, token: Mapping[str, str]) -> None:
    secret = token["Authorization"].removeprefix("Bearer ").encode()
    services.database.close()
    for path in services.settings.data_dir.glob("warta.sqlite*"):
        assert secret not in path.read_bytes()
