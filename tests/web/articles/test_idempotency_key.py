"""A request that is repeated with its Idempotency-Key changes nothing, and has the first answer."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from service.bootstrap import Services
from service.storage import Scope
from tests.support.answers import lines, payload, refusal
from tests.support.cms import WHOLE, Cms

KEY = '"8e03978e-40d5-43dd-bc93-6894a57f9324"'


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_repeated_request_has_the_first_answer_and_changes_nothing(cms: Cms, method: str) -> None:
    cms.put("1", WHOLE)
    body = None if method == "DELETE" else {"title": "Pertama", "enclosures": [{"url": "x"}]}
    first = cms.send(method, "/api/articles/1", body, Idempotency_Key=KEY)
    assert first.status_code < 300
    cms.put("1", {**WHOLE, "title": "Kemudian"})
    again = cms.send(method, "/api/articles/1", body, Idempotency_Key=KEY)
    assert (again.status_code, again.data) == (first.status_code, first.data)
    for name in ("ETag", "Warta-Outcome", "Location", "Link", "Content-Type"):
        assert again.headers.get(name) == first.headers.get(name)
    assert payload(cms.get("1"))["title"] == "Kemudian"
    assert payload(cms.get("1"))["status"] == "published"


def test_a_repetition_does_not_meet_its_own_conditions(cms: Cms) -> None:
    headers = {"If_None_Match": "*", "Idempotency_Key": KEY}
    for _ in range(2):
        assert cms.send("PUT", "/api/articles/1", WHOLE, **headers).status_code == 201


def test_a_key_is_for_one_request_of_one_token(cms: Cms, client: FlaskClient, services: Services) -> None:
    assert cms.send("PUT", "/api/articles/1", WHOLE, Idempotency_Key=KEY).status_code == 201
    others = [("PUT", "1", {"title": "Lain"}), ("PUT", "2", WHOLE), ("PATCH", "1", WHOLE), ("DELETE", "1", None)]
    for method, id_, body in others:
        answer = cms.send(method, f"/api/articles/{id_}", body, Idempotency_Key=KEY)
        assert answer.status_code == 422
        assert refusal(answer).startswith("Idempotency-Key: another request had this key")
    assert payload(cms.get("1")) == {"id": "1", **WHOLE}
    secret = services.tokens.create("lain", Scope.ARTICLES_WRITE, datetime.now(UTC))
    other = Cms(client, {"Authorization": f"Bearer {secret}"})
    assert other.send("PUT", "/api/articles/1", {"title": "Lain"}, Idempotency_Key=KEY).status_code == 200


def test_a_refused_request_may_be_repeated(cms: Cms) -> None:
    """Nothing was changed, so that nothing can be changed twice."""
    assert cms.send("PATCH", "/api/articles/1", {"title": "x"}, Idempotency_Key=KEY).status_code == 404
    cms.put("1", WHOLE)
    assert cms.send("PATCH", "/api/articles/1", {"title": "x"}, Idempotency_Key=KEY).status_code == 200


@pytest.mark.parametrize("key", ["", '""', '"a', "a b", '"é"', f'"{"x" * 256}"'])
def test_a_key_that_cannot_be_read_is_400(cms: Cms, key: str) -> None:
    for method, path in (("PUT", "/api/articles/1"), ("DELETE", "/api/articles/1"), ("POST", "/api/articles")):
        answer = cms.send(method, path, None if method == "DELETE" else WHOLE, Idempotency_Key=key)
        assert answer.status_code == 400
        assert refusal(answer).startswith("Idempotency-Key: ")


def test_quotes_may_be_missing(cms: Cms) -> None:
    assert cms.send("PUT", "/api/articles/1", WHOLE, Idempotency_Key=KEY).status_code == 201
    assert cms.send("PUT", "/api/articles/1", WHOLE, Idempotency_Key=KEY.strip('"')).status_code == 201


def test_answers_are_forgotten_after_a_day(cms: Cms, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    monkeypatch.setattr(services.publisher, "_clock", lambda: now)
    assert cms.send("PUT", "/api/articles/1", WHOLE, Idempotency_Key=KEY).status_code == 201
    now += timedelta(hours=25)
    assert cms.send("PUT", "/api/articles/1", WHOLE, Idempotency_Key=KEY).status_code == 200


class TestBatch:
    """A batch is stored in parts. The parts that were stored before the connection broke off are not stored again."""

    @pytest.fixture(autouse=True)
    def parts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("service.web.articles.batch.MAX_ARTICLES_PER_TRANSACTION", 2)

    def send(self, cms: Cms, *articles: Mapping[str, object]) -> list[dict[str, object]]:
        body = b"".join(json.dumps(article).encode() + b"\n" for article in articles)
        return lines(cms.send("POST", "/api/articles", body, Idempotency_Key=KEY))

    def test_a_repeated_batch_has_the_first_answers(self, cms: Cms) -> None:
        articles = [*({"id": str(n), "title": "Judul"} for n in range(5)), {"id": "x", "title": ""}]
        first = self.send(cms, *articles)
        cms.put("0", {"title": "Kemudian"})
        assert self.send(cms, *articles) == first
        assert payload(cms.get("0"))["title"] == "Kemudian"

    def test_a_batch_goes_on_where_it_broke_off(self, cms: Cms) -> None:
        articles = [{"id": str(n), "title": "Judul"} for n in range(5)]
        self.send(cms, *articles[:2])
        cms.put("0", {"title": "Kemudian"})
        assert [answer["outcome"] for answer in self.send(cms, *articles)] == ["added"] * 5
        assert payload(cms.get("0"))["title"] == "Kemudian"

    def test_another_batch_needs_another_key(self, cms: Cms) -> None:
        self.send(cms, {"id": "1", "title": "Satu"})
        [answer] = self.send(cms, {"id": "1", "title": "Dua"})
        assert (answer["id"], answer["status"]) == ("1", 422)
        assert str(answer["detail"]).startswith("Idempotency-Key: ")
