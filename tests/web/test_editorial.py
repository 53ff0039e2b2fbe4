"""The API for editors: decisions in, an audit out, and everything that is wrong refused by name."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.bootstrap import Services
from service.storage import Scope
from tests.support.answers import payload, refusal
from tests.support.articles import submission

PIN = {"kind": "pin"}


class Editor:
    """A client with a token, or without."""

    def __init__(self, client: FlaskClient, token: Mapping[str, str]) -> None:
        self._client = client
        self._token = dict(token)

    def put(self, article_id: str, body: object, query: str = "") -> TestResponse:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        path = f"/api/curation/articles/{quote(article_id)}{query}"
        return self._client.put(path, data=data, headers=self._token)

    def delete(self, article_id: str, **query: str) -> TestResponse:
        path = f"/api/curation/articles/{quote(article_id)}"
        return self._client.delete(path, query_string=query, headers=self._token)

    def get(self, path: str = "") -> TestResponse:
        return self._client.get(f"/api/curation{path}", headers=self._token)

    def popular(self, path: str = "popular") -> list[str]:
        items = payload(self._client.get(f"/{path}.json"))["items"]
        return [item["title"].removeprefix("Judul ") for item in items]


@pytest.fixture
def editor(client: FlaskClient, token: Mapping[str, str], services: Services) -> Editor:
    services.publisher.put([submission(id_) for id_ in ("satu", "dua", "2026/02/audit")])
    for id_, views in {"satu": 3, "dua": 2, "2026/02/audit": 1}.items():
        services.counter.add(id_, views=views)
    return Editor(client, token)


def test_a_decision_is_made_changed_and_released(editor: Editor) -> None:
    made = editor.put(
        "dua", {"kind": "boost", "factor": 2.5, "category": "Dinamika", "until": "2199-01-01T07:00:00+07:00"}
    )
    assert made.status_code == 201
    shown = payload(made)
    assert datetime.now(UTC).timestamp() - datetime.fromisoformat(shown.pop("at")).timestamp() < 60
    assert shown == {
        "id": "dua",
        "kind": "boost",
        "factor": 2.5,
        "category": "dinamika",
        "until": "2199-01-01T00:00:00+00:00",
        "by": "cms",  # the token's name
    }
    assert editor.popular("category/dinamika/popular") == ["dua", "satu", "2026/02/audit"]
    assert editor.popular() == ["satu", "dua", "2026/02/audit"]
    changed = editor.put("dua", {"kind": "exclude", "category": "dinamika", "note": "Ralat"})
    assert changed.status_code == 200
    assert payload(editor.get()) == {"decisions": [payload(changed)]}
    assert editor.popular("category/dinamika/popular") == ["satu", "2026/02/audit"]
    released = editor.delete("dua", category="DINAMIKA", note="<b>Selesai</b>")
    assert (released.status_code, released.data) == (204, b"")
    assert payload(editor.get()) == {"decisions": []}
    assert editor.popular("category/dinamika/popular") == ["satu", "dua", "2026/02/audit"]


def test_an_id_may_be_anything_that_stands_in_an_address(editor: Editor) -> None:
    assert editor.put("2026/02/audit", PIN).status_code == 201
    assert editor.popular() == ["2026/02/audit", "satu", "dua"]
    assert editor.delete("2026/02/audit").status_code == 204


def test_the_audit_is_read_by_cursor_to_its_end(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert payload(editor.get("/audit")) == {"audit": [], "cursor": "0", "more": False}
    editor.put("satu", {**PIN, "note": "Pemilu"})
    editor.put("satu", {"kind": "exclude"})
    editor.delete("satu", note="Sudah lewat")
    monkeypatch.setattr("service.web.editorial.MAX_AUDIT_LINES", 2)
    first = payload(editor.get("/audit"))
    assert first["more"]
    rest = payload(editor.get(f"/audit?since={first['cursor']}"))
    assert not rest["more"]
    told = [*first["audit"], *rest["audit"]]
    assert [(line["action"], line["kind"], line["id"], line["by"], line.get("note")) for line in told] == [
        ("decided", "pin", "satu", "cms", "Pemilu"),
        ("changed", "exclude", "satu", "cms", None),
        ("released", "exclude", "satu", "cms", "Sudah lewat"),
    ]
    assert payload(editor.get(f"/audit?since={rest['cursor']}")) == {
        "audit": [],
        "cursor": rest["cursor"],
        "more": False,
    }


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({}, 422, "kind: is required"),
        ({"kind": "hapus"}, 422, "kind: must be"),
        ({"kind": "boost"}, 422, "factor: is required for a boost"),
        ({"kind": "boost", "factor": 1000}, 422, "factor: must be at most 10"),
        ({"kind": "pin", "faktor": 1}, 422, "faktor: there is no such field"),
        ({"kind": "pin", "category": "Tiada"}, 422, "category: there is no category 'tiada'"),
        ({"kind": "pin", "until": "kapan-kapan"}, 422, 'until: "kapan-kapan" is not a date'),
        ({"kind": "pin", "until": "10 September 2021 11:43 WIB"}, 400, "until: 2021-09-10T04:43:00+00:00 is past"),
        ({"kind": "pin", "note": "x" * 501}, 422, "note: must not have more than 500 characters"),
        ([1], 400, "the decision must be a JSON object"),
        (b"{", 400, "not valid JSON"),
        (b'{"kind": "boost", "factor": NaN}', 400, "not valid JSON"),
        (b" " * 10_001, 413, "the decision is longer than 10000 bytes"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_wrong_is_named_and_changes_nothing(editor: Editor, body: Any, status: int, detail: str) -> None:
    answer = editor.put("satu", body)
    assert answer.status_code == status
    assert refusal(answer).startswith(detail)
    if status == 422:
        assert payload(answer)["errors"][0]["field"] == detail.partition(":")[0]
    assert payload(editor.get())["decisions"] == payload(editor.get("/audit"))["audit"] == []


def test_what_is_not_there_is_named(editor: Editor) -> None:
    for answer, detail in [
        (editor.put("tiada", PIN), "there is no article 'tiada'"),
        (editor.delete("satu"), "there is no decision about 'satu' in all lists"),
        (editor.delete("satu", category="Tiada"), "there is no decision about 'satu' in the category 'tiada'"),
    ]:
        assert (answer.status_code, refusal(answer)) == (404, detail)


def test_parameters_that_there_are_not_are_refused(editor: Editor) -> None:
    for answer, detail in [
        (editor.get("?category=dinamika"), "category: there is no such parameter"),
        (editor.get("/audit?limit=1"), "limit: there is no such parameter, only since"),
        (editor.get("/audit?since=x"), "since: must be a cursor from an earlier answer, or 0"),
        (editor.put("satu", PIN, "?category=dinamika"), "category: there is no such parameter"),
        (editor.delete("satu", kategori="dinamika"), "kategori: there is no such parameter, only category, note"),
        (editor.delete("satu", category=""), "category: must not be empty"),
        (editor.delete("satu", note="x" * 501), "note: must not be longer than 500 characters"),
    ]:
        assert (answer.status_code, refusal(answer)) == (400, detail)


def test_only_so_many_decisions_hold(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.storage.editorial.MAX_OVERRIDES", 1)
    editor.put("satu", PIN)
    answer = editor.put("dua", PIN)
    assert (answer.status_code, refusal(answer)) == (409, "1 decisions hold in all lists already; release one first")


def test_nobody_without_the_right_token_sees_or_decides_anything(
    client: FlaskClient, editor: Editor, services: Services
) -> None:
    secret = services.tokens.create("statistik", Scope.STATS_READ, datetime.now(UTC))
    for token, status in [({}, 401), ({"Authorization": f"Bearer {secret}"}, 403)]:
        stranger = Editor(client, token)
        for answer in (stranger.get(), stranger.get("/audit"), stranger.put("satu", PIN), stranger.delete("satu")):
            assert answer.status_code == status
            assert refusal(answer)
    assert payload(editor.get("/audit"))["audit"] == []
