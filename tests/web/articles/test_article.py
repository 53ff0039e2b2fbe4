"""The API for a single article: what it takes, what it refuses and how it says so."""

import json
from codecs import BOM_UTF8
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.articles.article import Submission
from service.articles.validation import ValidationContext
from service.bootstrap import Services
from tests.support.answers import payload, refusal
from tests.support.articles import NOW
from tests.support.cms import WHOLE, Cms


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
        *(b"", b" ", b"{", b"nul", b'"x"', b"7", b"null", b'{"title": "x"} {}'),
        *(b'{"a":' * 100_000, b'{"title": NaN}', b'{"title": Infinity}', b'{"title": "\xff"}'),
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


def test_the_api_and_the_command_line_read_articles_the_same_way(cms: Cms, services: Services) -> None:
    submitted = Submission.read({"id": "1", **WHOLE}, ValidationContext.of(services.settings))
    assert payload(cms.put("1", WHOLE)) == submitted.article(None, NOW).fields()


def test_a_draft_is_dated_by_its_publication(cms: Cms) -> None:
    assert "published_at" not in payload(cms.put("1", {"title": "Draf", "status": "draft"}))
    assert "published_at" not in payload(cms.patch("1", {"title": "Lain"}))
    before = datetime.now(UTC).replace(microsecond=0)
    assert datetime.fromisoformat(payload(cms.patch("1", {"status": "published"}))["published_at"]) >= before
    cms.put("2", {**WHOLE, "status": "draft"})
    assert payload(cms.patch("2", {"status": "published"}))["published_at"] == WHOLE["published_at"]
