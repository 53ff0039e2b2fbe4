"""Bodies that are no article, ids in several forms, and articles that come late."""

import gzip
import json
import unicodedata

import pytest
from flask.testing import FlaskClient

from tests.support.answers import payload, refusal
from tests.support.cms import WHOLE, Cms

ARTICLE = json.dumps({"id": "1", "title": "Satu"}).encode()


@pytest.mark.parametrize("path", ["/api/articles/1", "/api/articles"])
@pytest.mark.parametrize(
    ("body", "headers", "status", "words"),
    [
        (b"[%s]" % ARTICLE, {}, 400, "JSON array"),
        (b"[" * 100_000, {}, 400, ""),
        (gzip.compress(ARTICLE), {}, 415, "compressed (gzip)"),
        (gzip.compress(ARTICLE), {"Content_Encoding": "gzip"}, 415, "compressed (Content-Encoding: gzip)"),
        (ARTICLE, {"Content_Encoding": "br"}, 415, "compressed (Content-Encoding: br)"),
        (b"title=Satu&url=x", {}, 415, "form"),
        (b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nSatu\r\n--x--', {}, 415, "form"),
    ],
)
def test_a_body_of_another_form_is_named(
    cms: Cms, path: str, body: bytes, headers: dict[str, str], status: int, words: str
) -> None:
    answer = cms.send("PUT" if path.endswith("/1") else "POST", path, body, **headers)
    assert answer.status_code == status
    assert words in refusal(answer)
    assert (answer.headers.get("Accept-Encoding") == "identity") == (status == 415)


def test_an_object_on_several_lines_is_no_batch(cms: Cms) -> None:
    answer = cms.send("POST", "/api/articles", json.dumps({"id": "1", "title": "x"}, indent=1).encode())
    assert answer.status_code == 400
    assert refusal(answer) == "the body is a JSON object on several lines; send JSON Lines: one article a line"


def test_the_content_type_of_curl_is_no_reason_to_refuse(cms: Cms) -> None:
    for method, path in (("PUT", "/api/articles/1"), ("POST", "/api/articles")):
        answer = cms.send(method, path, ARTICLE, Content_Type="application/x-www-form-urlencoded")
        assert answer.status_code < 300


def test_an_id_is_one_in_every_normalization_form(cms: Cms, client: FlaskClient) -> None:
    composed, decomposed = (unicodedata.normalize(form, "é-Straße-가") for form in ("NFC", "NFD"))
    assert composed != decomposed
    assert cms.put(decomposed, {**WHOLE, "id": decomposed}).status_code == 201
    assert cms.put(composed, {**WHOLE, "id": decomposed}).headers["Warta-Outcome"] == "unchanged"
    assert [answer["outcome"] for answer in cms.batch({**WHOLE, "id": decomposed})] == ["unchanged"]
    for id_ in (composed, decomposed):
        assert payload(cms.get(id_))["id"] == composed
        assert client.get(f"/articles/{id_}").status_code == 200
        assert client.post(f"/articles/{id_}/views").status_code == 204


# --- articles that come late -----------------------------------------------------------------------------------


def at(minute: int, **fields: object) -> dict[str, object]:
    return {**WHOLE, "title": f"Judul {minute}", "updated_at": f"2026-02-22T02:{minute}:00Z", **fields}


def test_an_article_that_comes_late_replaces_a_newer_one_only_if_it_may(cms: Cms) -> None:
    cms.put("1", at(20))
    for method in ("PUT", "PATCH"):
        late = cms.send(method, "/api/articles/1", at(15, stale="refuse"))
        assert late.status_code == 409
        assert refusal(late) == "updated_at: the stored article is newer or withdrawn, and stays as it is"
    assert cms.put("1", at(20, stale="refuse", title="Lain")).status_code == 200
    assert cms.put("1", at(25, stale="refuse")).status_code == 200
    assert payload(cms.get("1")) == {"id": "1", **at(25)}
    assert cms.put("1", at(15, stale="replace")).status_code == 200
    assert cms.put("1", at(14)).status_code == 200


def test_a_withdrawn_article_does_not_come_back_late(cms: Cms) -> None:
    cms.put("1", at(20))
    cms.send("DELETE", "/api/articles/1")
    assert cms.put("1", at(20, stale="refuse")).status_code == 409
    assert cms.put("1", at(20, stale="refuse", status="withdrawn")).status_code == 200
    assert cms.put("1", at(21, stale="refuse")).status_code == 200


def test_a_late_line_of_a_batch_does_not_stop_the_others(cms: Cms) -> None:
    cms.put("1", at(20))
    answers = cms.batch(
        at(15, id="1", stale="refuse"),
        at(15, id="2", stale="refuse"),
        at(14, id="2", stale="refuse"),
        at(14, id="3"),
        {"id": "4", "title": "x", "stale": "refuse"},
        {"id": "5", "title": "x", "stale": "mungkin"},
    )
    assert [(answer["id"], answer["status"]) for answer in answers] == [
        *(("1", 409), ("2", 201), ("2", 409), ("3", 201), ("4", 422), ("5", 422))
    ]
    assert [answer["errors"][0]["field"] for answer in answers[-2:]] == ["updated_at", "stale"]
    assert payload(cms.get("1"))["title"] == "Judul 20"
    assert payload(cms.get("2"))["title"] == "Judul 15"
