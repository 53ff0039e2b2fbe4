"""Errors over HTTP: one shape everywhere, a page for browsers, and nothing of our insides."""

from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient

from service.core import errors
from service.web.problems import STATUS_OF_ERROR
from tests.support.answers import payload, refusal


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/tiada", 404),
        ("GET", "/tiada.rss", 404),
        ("GET", "/articles/tiada", 404),
        ("GET", "/photos/x.png", 404),
        ("GET", "/api/tiada", 404),
        ("PATCH", "/api/articles", 405),
        ("POST", "/articles/tiada/views", 404),
        ("GET", "/latest.rss?limit=0", 400),
        ("GET", "/api/changes?since=x", 400),
        ("PUT", "/api/articles/1", 400),
        ("DELETE", "/api/articles/tiada", 404),
        ("POST", "/latest.rss", 405),
        ("DELETE", "/", 405),
        ("BREW", "/healthz", 405),
        ("GET", "/latest.rss?x=" + "y" * 1_000, 400),
        ("GET", "/a" * 500, 404),
        ("GET", "/latest.rss?x=" + "y" * 10_000, 414),
        ("GET", "/" + "a/" * 5_000, 414),
    ],
)
def test_every_error_has_the_one_shape(
    client: FlaskClient, token: Mapping[str, str], method: str, path: str, status: int
) -> None:
    for accept in (None, "*/*", "application/json", "application/problem+json", "image/png"):
        headers = {**token, **({"Accept": accept} if accept else {})}
        answer = client.open(path, method=method, headers=headers)
        assert answer.status_code == status
        assert refusal(answer)


def test_a_browser_gets_a_page_in_the_sites_language(client: FlaskClient) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    for path, status, title in [
        ("/tiada", 404, "Tidak ada di sini"),
        ("/latest?limit=0", 400, "URL ini tidak tepat"),
        ("/articles/<script>", 404, "Tidak ada di sini"),
    ]:
        answer = client.get(path, headers=browser)
        assert answer.status_code == status
        assert answer.content_type == "text/html; charset=utf-8"
        assert title in answer.get_data(as_text=True)
        assert "articles/<script" not in answer.get_data(as_text=True)
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["Cache-Control"] == "no-store"


def test_an_error_without_a_body_is_still_without_one(client: FlaskClient) -> None:
    answer = client.head("/tiada")
    assert (answer.status_code, answer.data) == (404, b"")


def test_every_kind_of_error_that_a_request_can_meet_has_its_status() -> None:
    """Those of the command line only are 500, should a request ever meet them."""
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, errors.WartaError):
            assert kind in STATUS_OF_ERROR or kind.__name__ in (
                "WartaError",
                "FieldsInvalid",
                "SettingsError",
                "ServerFailed",
                "NotYet",
                "FeedMoved",
                "OtherName",
                "HubUnavailable",
                "EdgeUnavailable",
                "LogUnreadable",
            ), kind


def test_the_details_of_a_problem_need_no_knowledge_of_the_code(client: FlaskClient, token: Mapping[str, str]) -> None:
    answer = client.put("/api/articles/1", json={"title": "x", "authors": 7, "image": []}, headers=dict(token))
    for word in ("pydantic", "tuple", "Mapping", "NoneType", "model_", "Traceback", "service."):
        assert word not in answer.get_data(as_text=True)
    assert {error["field"] for error in payload(answer)["warnings"]} == {"authors.0", "image"}


@pytest.mark.parametrize("accept", ["text/html", "*/*"])
def test_the_api_has_its_own_404_and_405(client: FlaskClient, accept: str) -> None:
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        for path in ("/api", "/api/", "/api/tiada", "/api/articles/"):
            answer = client.open(path, method=method, headers={"Accept": accept})
            assert answer.status_code == 404
            assert refusal(answer) == "the API has no such URL; GET /api/openapi.json describes it"
    for method, path, allowed in [
        ("PATCH", "/api/articles", "GET, POST"),
        ("POST", "/api/changes", "GET"),
        ("POST", "/api/articles/1", "GET, PUT, PATCH, DELETE"),
        ("DELETE", "/api/curation/audit", "GET"),
    ]:
        answer = client.open(path, method=method, headers={"Accept": accept})
        assert answer.status_code == 405
        assert answer.headers["Allow"] == allowed
        assert refusal(answer) == f"this URL of the API takes {allowed}"
