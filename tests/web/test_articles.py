"""The API that a CMS feeds: what it takes, what it refuses and how it says so."""

import json
from codecs import BOM_UTF8
from collections.abc import Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.articles.article import Submission
from service.articles.validation import ValidationContext
from service.bootstrap import Services
from service.storage import Scope
from tests.support.answers import lines, payload, refusal
from tests.support.articles import NOW

WHOLE: dict[str, Any] = {
    "url": "https://warta.example/berita/1",
    "title": "Kerja sama ASEAN diperkuat",
    "summary": "Ringkasan.",
    "content_html": "<p>Isi.</p>",
    "section": "Berita",
    "categories": ["Dinamika", "Ekonomi"],
    "tags": ["ASEAN"],
    "authors": [{"name": "Siti Aminah", "url": "https://warta.example/siti"}],
    "published_at": "2026-02-22T02:00:00Z",
    "updated_at": "2026-02-22T02:10:00Z",
    "expires_at": "2199-01-01T00:00:00Z",
    "language": "id",
    "image": {
        "url": "https://warta.example/1.jpg",
        "type": "image/jpeg",
        "length": 7,
        "caption": "Rapat",
        "credit": "Ist",
    },
    "enclosures": [{"url": "https://warta.example/1.mp3", "type": "audio/mpeg", "length": 9}],
    "correction": "Nama diperbaiki.",
    "license": "CC BY 4.0",
    "status": "published",
}


class Cms:
    """A client with a token."""

    def __init__(self, client: FlaskClient, token: Mapping[str, str]) -> None:
        self._client = client
        self._token = dict(token)

    def send(self, method: str, path: str, body: object = None, **headers: str) -> TestResponse:
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.open(path, method=method, data=data, headers={**self._token, **named})

    def put(self, article_id: str, fields: object) -> TestResponse:
        return self.send("PUT", f"/api/articles/{article_id}", fields)

    def patch(self, article_id: str, fields: object) -> TestResponse:
        return self.send("PATCH", f"/api/articles/{article_id}", fields)

    def get(self, article_id: str) -> TestResponse:
        return self.send("GET", f"/api/articles/{article_id}")

    def batch(self, *parts: object) -> list[dict[str, Any]]:
        body = b"\n".join(part if isinstance(part, bytes) else json.dumps(part).encode() for part in parts)
        return lines(self.send("POST", "/api/articles", body))

    def changes(self, since: str = "0") -> Any:
        return payload(self.send("GET", f"/api/changes?since={since}"))


@pytest.fixture
def cms(client: FlaskClient, token: Mapping[str, str]) -> Cms:
    return Cms(client, token)


# --- one article ---------------------------------------------------------------------------------------------


def test_an_article_is_created_replaced_and_left_alone(cms: Cms) -> None:
    created = cms.put("1", WHOLE)
    assert (created.status_code, created.headers["Warta-Outcome"]) == (201, "added")
    assert payload(created) == {"id": "1", **WHOLE}
    again = cms.put("1", WHOLE)
    assert (again.status_code, again.headers["Warta-Outcome"]) == (200, "unchanged")
    assert payload(again) == payload(created)
    replaced = cms.put("1", {"title": "Judul baru", "id": 1})
    assert (replaced.status_code, replaced.headers["Warta-Outcome"]) == (200, "changed")
    assert payload(replaced).keys() == {"id", "title", "published_at", "updated_at", "status"}
    assert payload(cms.get("1")) == payload(replaced)
    assert created.headers["Cache-Control"] == "no-store"


def test_what_the_api_shows_it_takes_back(cms: Cms) -> None:
    shown = payload(cms.put("1", WHOLE))
    assert cms.put("1", shown).headers["Warta-Outcome"] == "unchanged"


def test_a_withdrawn_article_leaves_the_feeds_and_can_come_back(cms: Cms, client: FlaskClient) -> None:
    cms.put("1", WHOLE)
    assert b"Kerja sama" in client.get("/latest.rss").data
    for _ in range(2):  # again is no error
        answer = cms.send("DELETE", "/api/articles/1")
        assert (answer.status_code, answer.data) == (204, b"")
        assert "Content-Type" not in answer.headers
    assert b"Kerja sama" not in client.get("/latest.rss").data
    assert client.get("/articles/1").status_code == 410
    assert payload(cms.get("1"))["status"] == "withdrawn"
    assert client.post("/articles/1/views").status_code == 404
    assert cms.put("1", WHOLE).status_code == 200
    assert b"Kerja sama" in client.get("/latest.rss").data
    assert [change["kind"] for change in cms.changes()["changes"]] == ["published", "withdrawn", "published"]


def test_what_is_not_there_cannot_be_read_changed_or_withdrawn(cms: Cms) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        answer = cms.send(method, "/api/articles/tiada", {"title": "x"} if method == "PATCH" else None)
        assert answer.status_code == 404
        assert refusal(answer) == "there is no article 'tiada'"


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ({"title": "Judul baru"}, {**WHOLE, "title": "Judul baru"}),
        ({"summary": None}, {name: value for name, value in WHOLE.items() if name != "summary"}),
        ({"tags": None}, {name: value for name, value in WHOLE.items() if name != "tags"}),
        ({"tags": ["Satu", "Dua"]}, {**WHOLE, "tags": ["Satu", "Dua"]}),
        ({"image": {"caption": "Baru"}}, {**WHOLE, "image": {**WHOLE["image"], "caption": "Baru"}}),
        ({"image": {"credit": None}}, {**WHOLE, "image": {k: v for k, v in WHOLE["image"].items() if k != "credit"}}),
        ({"image": None}, {name: value for name, value in WHOLE.items() if name != "image"}),
        (  # what was known of the file before is not true of this one
            {"image": {"url": "https://news.example/lain.webp"}},
            {
                **WHOLE,
                "image": {
                    **{name: WHOLE["image"][name] for name in ("caption", "credit")},
                    "url": "https://news.example/lain.webp",
                    "type": "image/webp",
                },
            },
        ),
        ({"expires_at": None}, {name: value for name, value in WHOLE.items() if name != "expires_at"}),
        ({"updated_at": "2026-02-22T09:30:00+07:00"}, {**WHOLE, "updated_at": "2026-02-22T02:30:00Z"}),
        ({}, WHOLE),
    ],
)
def test_a_patch_changes_what_it_names_and_nothing_else(cms: Cms, patch: dict[str, Any], expected: object) -> None:
    """RFC 7396: null takes a field away, objects are merged, lists replaced."""
    cms.put("1", WHOLE)
    answer = cms.patch("1", patch)
    assert answer.status_code == 200, answer.data
    shown, wanted = payload(answer), {"id": "1", **expected}  # type: ignore[dict-item]
    if patch and "updated_at" not in patch:  # an edit moves it
        assert shown.pop("updated_at") > wanted.pop("updated_at")
    image = shown.get("image", {})
    image = {name: value for name, value in image.items() if value not in ("", 0)}
    assert {**shown, **({"image": image} if image else {})} == wanted


def test_an_id_that_is_null_is_not_given(cms: Cms) -> None:
    assert cms.put("1", {**WHOLE, "id": None}).status_code == 201
    assert cms.patch("1", {"id": None}).headers["Warta-Outcome"] == "unchanged"


def test_a_patch_is_refused_whole(cms: Cms) -> None:
    cms.put("1", WHOLE)
    for patch, named in [
        ({"title": None}, "title"),
        ({"summary": "Baik", "url": "javascript:alert(1)"}, "url"),
        ({"summary": "Baik", "expires_at": "2020-01-01"}, "expires_at"),
        ({"id": "2"}, "id"),
    ]:
        answer = cms.patch("1", patch)
        assert answer.status_code == 422
        assert refusal(answer).startswith(f"{named}: ")
    assert payload(cms.get("1")) == {"id": "1", **WHOLE}


@pytest.mark.parametrize(
    ("patch", "expected", "named"),
    [
        ({"summary": "x" * 5_001, "section": "Baru"}, {"section": "Baru"}, ["summary"]),
        ({"judul": "Baik"}, {}, ["judul"]),
        ({"image": {"url": "//x", "caption": "Baru"}}, {"image": {**WHOLE["image"], "caption": "Baru"}}, ["image.url"]),
        ({"image": "bukan alamat"}, {}, ["image.url"]),
        ({"tags": ["Satu", True]}, {"tags": ["Satu"]}, ["tags.1"]),
        ({"tags": [True]}, {}, ["tags.0"]),
        ({"enclosures": [{"url": "x"}]}, {}, ["enclosures.0.url"]),
    ],
)
def test_a_patch_leaves_a_field_as_it_is_if_its_value_cannot_be_used(
    cms: Cms, patch: dict[str, Any], expected: dict[str, Any], named: list[str]
) -> None:
    cms.put("1", WHOLE)
    answer = cms.patch("1", {**patch, "updated_at": WHOLE["updated_at"]})
    assert answer.status_code == 200
    assert [warning["field"] for warning in payload(answer)["warnings"]] == named
    assert payload(cms.get("1")) == {"id": "1", **WHOLE, **expected}


def test_a_value_that_cannot_be_used_is_left_out_and_named(cms: Cms) -> None:
    fields = {**WHOLE, "image": {"url": "//x"}, "tags": [True, *WHOLE["tags"]], "nama": "x"}
    answer = cms.put("1", fields)
    assert answer.status_code == 201
    shown = payload(answer)
    assert [warning["field"] for warning in shown.pop("warnings")] == ["tags.0", "image.url", "nama"]
    assert shown == payload(cms.get("1")) == {"id": "1", **{k: v for k, v in WHOLE.items() if k != "image"}}
    assert "warnings" not in payload(cms.put("1", WHOLE))


def test_a_byte_order_mark_before_an_article_is_taken_off(cms: Cms) -> None:
    marked = BOM_UTF8 + json.dumps({"id": "1", "title": "Satu"}).encode()
    assert cms.send("PUT", "/api/articles/1", marked).status_code == 201
    assert [answer["outcome"] for answer in cms.batch(marked)] == ["unchanged"]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({}, {"title"}),
        ({"title": "  "}, {"title"}),
        ({"title": "<b></b>"}, {"title"}),
        ({"title": "x", "id": "lain"}, {"id"}),
        ({"title": "x", "published_at": "kemarin"}, {"published_at"}),
        ({"title": "x", "published_at": 1_771_728_000}, {"published_at"}),
        ({"title": "x", "updated_at": "2026-02-30T00:00:00Z"}, {"updated_at"}),
        ({"title": "x", "url": "ftp://x.example/", "status": "final"}, {"url", "status"}),
        ({"title": "x", "published_at": "2026-02-02", "updated_at": "2026-02-01"}, {"updated_at"}),
        ({"title": "x", "updated_at": "2199-01-01"}, {"updated_at"}),
        ({"title": ["x"]}, {"title"}),
        ({"title": "x", "content_html": 7}, {"content_html"}),
    ],
)
def test_a_bad_article_names_each_bad_field_with_its_reason(cms: Cms, fields: object, named: set[str]) -> None:
    answer = cms.put("1", fields)
    assert answer.status_code == 422
    detail = refusal(answer)
    errors = payload(answer)["errors"]
    assert {error["field"] for error in errors} == named
    for error in errors:
        assert f"{error['field']}: {error['reason']}" in detail
    assert cms.get("1").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b" ", b"{", b"nul", b'"x"', b"[]", b"7", b"null", b'{"title": "x"} {}', b"title=x"),
        *(b"[" * 100_000, b'{"a":' * 100_000, b'{"title": NaN}', b'{"title": Infinity}', b'{"title": "\xff"}'),
        *(b'{"title": "\\ud800"}', b'{"title": "x",}', b"{'title': 'x'}", b'{"title": "x\n"}'),
    ],
    ids=lambda body: repr(body[:20]),
)
def test_what_is_no_json_object_is_400(cms: Cms, body: bytes) -> None:
    answer = cms.send("PUT", "/api/articles/1", body)
    assert answer.status_code == 400
    refusal(answer)
    [entry] = cms.batch(body) if body.strip() and b"\n" not in body else [{"status": 400}]
    assert entry["status"] == 400


def test_numbers_and_nesting_that_no_article_has_are_named_not_choked_on(cms: Cms) -> None:
    deep: object = "x"
    for _ in range(150):
        deep = [deep]
    huge = b'{"title": "x", "image": {"url": "https://x.example/a.png", "width": 1' + b"0" * 4000 + b"}}"
    assert cms.patch("1", {"title": deep}).status_code == 404
    assert cms.put("1", {"title": deep}).status_code == 422
    assert payload(cms.put("1", {"title": "x", "image": deep}))["warnings"][0]["field"] == "image"
    assert payload(cms.send("PUT", "/api/articles/1", huge))["warnings"][0]["field"] == "image.width"
    assert payload(cms.put("1", {"title": "x", "image": {"width": 1e300}}))["warnings"][0]["field"] == "image.width"


def test_an_article_longer_than_the_limit_is_413(cms: Cms, services: Services) -> None:
    limit = services.settings.limits.article_bytes
    frame = len(json.dumps({"title": "x", "content_html": ""}))
    longest = {"title": "x", "content_html": "x" * (limit - frame)}
    assert cms.put("1", longest).status_code == 201
    longest["content_html"] += "x"
    answer = cms.put("1", longest)
    assert answer.status_code == 413
    assert refusal(answer) == f"the article is longer than {limit} bytes (limits.article_bytes)"
    assert cms.patch("1", longest).status_code == 413


# --- who may -------------------------------------------------------------------------------------------------


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


# --- batches -------------------------------------------------------------------------------------------------


def test_a_batch_answers_every_line_and_never_loses_a_good_one(cms: Cms, services: Services) -> None:
    answers = cms.batch(
        {"id": "1", "title": "Satu"},
        b"",
        b"   \t",
        {"id": "2", "title": ""},
        b"bukan json",
        b'{"id": "3", "title": "\xff"}',
        {"title": "tanpa id"},
        ["4"],
        {"id": "1", "title": "Satu lagi"},
        b'{"id": "5", "title": "' + b"x" * 1_000_000 + b'"}',
        {"id": "1", "title": "Satu lagi"},
        b'{"id": "6", "title": "Enam"}\r',
        {"id": 7, "title": "Tujuh", "language": "?"},
    )
    assert [(a["line"], a.get("id"), a["status"], a.get("outcome")) for a in answers] == [
        (1, "1", 201, "added"),
        (4, None, 422, None),
        (5, None, 400, None),
        (6, None, 400, None),
        (7, None, 422, None),
        (8, None, 400, None),
        (9, "1", 200, "changed"),
        (10, None, 413, None),
        (11, "1", 200, "unchanged"),
        (12, "6", 201, "added"),
        (13, "7", 201, "added"),
    ]
    for answer in answers:
        if answer["status"] >= 400:
            assert {"type", "title", "status", "detail"} <= answer.keys()
            assert answer["detail"]
    assert answers[1]["errors"][0]["field"] == "title"
    assert [[warning["field"] for warning in answer.get("warnings", [])] for answer in answers[-2:]] == [
        [],
        ["language"],
    ]
    assert sorted(article.id for article in services.store.everything()) == ["1", "6", "7"]
    assert payload(cms.get("1"))["title"] == "Satu lagi"


def test_a_batch_of_nothing_is_answered_with_nothing(cms: Cms) -> None:
    assert cms.batch() == cms.batch(b"\n\n\n") == []


def test_a_batch_is_as_long_as_it_likes(cms: Cms) -> None:
    """Over several transactions, the last line without an end."""
    answers = cms.batch(*({"id": f"x{n}", "title": "Judul"} for n in range(1234)))
    assert [answer["id"] for answer in answers] == [f"x{n}" for n in range(1234)]
    assert {answer["status"] for answer in answers} == {201}


def test_the_longest_line_is_as_long_as_the_longest_article(cms: Cms, services: Services) -> None:
    limit = services.settings.limits.article_bytes
    frame = len(b'{"id": "1", "title": "x", "content_html": ""}')
    fits = b'{"id": "1", "title": "x", "content_html": "' + b"x" * (limit - frame) + b'"}'
    too_long = fits.replace(b"xx", b"xxx", 1)
    assert [answer["status"] for answer in cms.batch(fits, too_long, fits)] == [201, 413, 200]
    assert [answer["status"] for answer in cms.batch(b"x" * (3 * limit + 1), too_long)] == [413, 413]


# --- the change log ------------------------------------------------------------------------------------------


def test_the_change_log_is_followed_by_cursor(cms: Cms) -> None:
    assert cms.changes() == {"changes": [], "cursor": "0", "more": False}
    cms.batch(*({"id": f"x{n}", "title": "Judul"} for n in range(1001)))
    first = cms.changes()
    assert (len(first["changes"]), first["more"]) == (1000, True)
    rest = cms.changes(first["cursor"])
    assert ([change["id"] for change in rest["changes"]], rest["more"]) == (["x1000"], False)
    cms.put("x0", {"title": "Judul baru"})
    cms.send("DELETE", "/api/articles/x1")
    cms.put("x2", {"title": "Judul"})  # unchanged: no change
    cms.put("draf", {"title": "Judul", "status": "draft"})  # not for readers: no change
    news = cms.changes(rest["cursor"])
    assert [(change["id"], change["kind"]) for change in news["changes"]] == [("x0", "updated"), ("x1", "withdrawn")]
    assert news["changes"][-1]["cursor"] == news["cursor"]
    assert cms.changes(news["cursor"]) == {"changes": [], "cursor": news["cursor"], "more": False}


@pytest.mark.parametrize(
    "query", ["since=x", "since=-1", "since=", "since=1.0", "since=٣", f"since={'9' * 30}", "from=1"]
)
def test_a_cursor_is_a_number_from_an_earlier_answer(cms: Cms, query: str) -> None:
    answer = cms.send("GET", f"/api/changes?{query}")
    assert answer.status_code == 400
    assert refusal(answer).startswith(f"{query.partition('=')[0]}: ")
    assert cms.changes("9" * 18)["changes"] == []


# --- what is accepted can be shown ---------------------------------------------------------------------------


def test_the_api_and_the_command_line_read_articles_the_same_way(cms: Cms, services: Services) -> None:
    submitted = Submission.read({"id": "1", **WHOLE}, ValidationContext.of(services.settings))
    assert payload(cms.put("1", WHOLE)) == submitted.article(None, NOW).fields()
