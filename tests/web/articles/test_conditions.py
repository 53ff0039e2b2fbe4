"""Conditions of writes (RFC 9110 §13): a CMS replaces the version that it has seen, and no other."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.bootstrap import Services
from service.core.settings.model import Settings
from tests.support.answers import payload, refusal
from tests.support.cms import WHOLE, Cms

AT = "Sun, 22 Feb 2026 02:10:00 GMT"  # the updated_at of WHOLE
BEFORE = "Sun, 22 Feb 2026 02:09:59 GMT"


def test_an_article_has_an_etag_that_changes_with_it(cms: Cms) -> None:
    put = cms.put("1", WHOLE)
    got = cms.get("1")
    etag = put.headers["ETag"]
    assert got.headers["ETag"] == cms.put("1", WHOLE).headers["ETag"] == etag
    assert got.headers["Last-Modified"] == AT
    assert got.headers["Cache-Control"] == "private, no-cache"
    current = cms.send("GET", "/api/articles/1", If_None_Match=f'"x", W/{etag}')
    assert (current.status_code, current.data, current.headers["ETag"]) == (304, b"", etag)
    assert "Content-Type" not in current.headers
    patched = cms.patch("1", {"title": "Lain"}).headers["ETag"]
    assert patched == cms.get("1").headers["ETag"] != etag
    assert cms.send("GET", "/api/articles/1", If_None_Match=etag).status_code == 200
    assert cms.send("GET", "/api/articles/1", If_Match=etag).status_code == 412


def test_an_embargo_dates_no_answer_in_the_future(cms: Cms) -> None:
    cms.put("1", {"title": "Besok", "published_at": "2199-01-01"})
    assert "Last-Modified" not in cms.get("1").headers


def test_a_new_article_has_a_location_and_its_pages(cms: Cms) -> None:
    created = cms.put("berita/1%20%C3%A9", WHOLE)
    assert created.status_code == 201
    assert created.headers["Location"] == "https://feeds.example/api/articles/berita%2F1%20%C3%A9"
    pages = (WHOLE["url"], "https://feeds.example/articles/berita%2F1%20%C3%A9")
    assert created.headers["Link"] == ", ".join(f'<{page}>; rel="alternate"; type="text/html"' for page in pages)
    assert cms.send("GET", created.headers["Location"]).status_code == 200
    assert "Location" not in cms.put("berita/1%20%C3%A9", WHOLE).headers


def test_a_cms_learns_that_a_proxy_has_made_its_etag_weak(cms: Cms) -> None:
    tag = cms.put("1", WHOLE).headers["ETag"]
    assert "switch its compression off for /api/" in refusal(
        cms.send("PUT", "/api/articles/1", WHOLE, If_Match=f"W/{tag}")
    )
    assert "read it again" in refusal(cms.send("PUT", "/api/articles/1", WHOLE, If_Match='W/"lain"'))


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"If_Match": "CURRENT"}, True),
        ({"If_Match": '"lain", CURRENT'}, True),
        ({"If_Match": "*"}, True),
        ({"If_Match": '"lain"'}, False),
        ({"If_Match": "W/CURRENT"}, False),  # the comparison is strong
        ({"If_Match": "W/CURRENT, CURRENT"}, True),
        ({"If_Match": ""}, False),
        ({"If_None_Match": "*"}, False),
        ({"If_None_Match": "W/CURRENT"}, False),
        ({"If_None_Match": '"lain"'}, True),
        ({"If_Unmodified_Since": AT}, True),
        ({"If_Unmodified_Since": BEFORE}, False),
        ({"If_Unmodified_Since": "kemarin"}, True),  # no date: RFC 9110 §13.1.4
        ({"If_Match": "CURRENT", "If_Unmodified_Since": BEFORE}, True),
        ({"If_Match": "CURRENT", "If_None_Match": "*"}, False),
    ],
)
def test_a_write_holds_its_conditions(cms: Cms, method: str, condition: Mapping[str, str], holds: bool) -> None:
    current = cms.put("1", WHOLE).headers["ETag"]
    headers = {name: value.replace("CURRENT", current) for name, value in condition.items()}
    body = None if method == "DELETE" else {"title": "Judul baru"}
    answer = cms.send(method, "/api/articles/1", body, **headers)
    if holds:
        assert answer.status_code < 300
        return
    assert answer.status_code == 412
    assert refusal(answer).startswith(f"{next(reversed(headers)).replace('_', '-')}: ")
    assert payload(cms.get("1")) == {"id": "1", **WHOLE}


def test_conditions_on_an_article_that_does_not_exist(cms: Cms) -> None:
    for headers in ({"If_Match": "*"}, {"If_Match": '"x"'}):
        assert cms.send("PUT", "/api/articles/1", {"title": "x"}, **headers).status_code == 412
        for method in ("GET", "PATCH", "DELETE"):
            body = {"title": "x"} if method == "PATCH" else None
            assert cms.send(method, "/api/articles/1", body, **headers).status_code == 404
    assert cms.send("PUT", "/api/articles/1", {"title": "x"}, If_Unmodified_Since=BEFORE).status_code == 201
    assert cms.send("PUT", "/api/articles/2", {"title": "x"}, If_None_Match="*").status_code == 201


def test_of_two_writers_with_one_etag_one_wins(
    client: FlaskClient, settings: Settings, services: Services, token: Mapping[str, str]
) -> None:
    """Also of writers in other processes, which share only the database."""
    etag = Cms(client, token).put("1", WHOLE).headers["ETag"]
    others = [Services.build(settings) for _ in range(3)]
    start = threading.Barrier(len(others))

    def write(own: Services) -> int:
        cms = Cms(create_app(settings, own).test_client(), token)
        start.wait()
        return cms.send("PUT", "/api/articles/1", {"title": f"Judul {id(own)}"}, If_Match=etag).status_code

    with ThreadPoolExecutor(len(others)) as threads:
        assert sorted(threads.map(write, others)) == [200, 412, 412]
    for own in others:
        own.close()
