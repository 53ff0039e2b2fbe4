"""The change log: what readers could notice, by cursor."""

import pytest

from service.bootstrap import Services
from service.feeds.editorial import EditorialOverride
from tests.support.answers import refusal
from tests.support.cms import Cms


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


def test_a_cursor_that_this_store_never_gave_is_gone(cms: Cms, services: Services) -> None:
    cms.put("1", {"title": "Satu"})
    cms.put("2", {"title": "Dua"})
    cursor = cms.changes()["changes"][0]["cursor"]
    key, _, digest = cursor.partition("-")
    assert [change["id"] for change in cms.changes(key)["changes"]] == ["2"]  # as earlier versions wrote it
    other_life = f"{key}-{int(digest, 16) ^ 1:08x}"  # the store was restored from a backup, and gave the key again
    for unknown in ("3", "9" * 18, other_life):
        answer = cms.send("GET", f"/api/changes?since={unknown}")
        assert answer.status_code == 410
        assert refusal(answer).startswith(f"since: this store has never given the cursor {unknown}; ")
    for unknown in ("1", cursor):
        answer = cms.send("GET", f"/api/curation/audit?since={unknown}")
        assert answer.status_code == 410
        assert refusal(answer).startswith(f"since: the audit has never given the cursor {unknown}; ")
    services.overrides.put("1", EditorialOverride(kind="pin"), "redaksi")
    assert cms.send("GET", "/api/curation/audit?since=1").status_code == 200
