"""The statistics as CSV: every table, for those who may see the page, and no cell that a spreadsheet would run."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
from flask.testing import FlaskClient

from service.bootstrap import Services
from service.storage import Scope
from service.web.stats.dashboard import movement_of
from service.web.stats.export import FORMULA_STARTS, TABLES, ExportedTable, csv_file
from tests.support.articles import submission
from tests.support.stats_newsroom import app_with_readers, fill, report

NOW = datetime.now(UTC)
FORMULAS = [
    *('=HYPERLINK("https://x.example","klik")', "+1+1", "-1+1|cmd", "@SUM(A1)", "\t=1", "\r=1", " =1", "\uff1d1"),
]


def rows(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.fixture
def client(services: Services) -> FlaskClient:
    services.publisher.put([submission("a", title="=1+1"), submission("b", title='Judul, "dikutip"')])
    fill(services, NOW, ["a", "b"])
    return app_with_readers(services, report(14, NOW.date(), services.settings.base_url)).test_client()


@pytest.fixture
def token(services: Services) -> dict[str, str]:
    return {"Authorization": f"Bearer {services.tokens.create('redaksi', Scope.STATS_READ, NOW)}"}


def test_every_table_is_a_file_with_the_figures_of_the_api(client: FlaskClient, token: dict[str, str]) -> None:
    overview = client.get("/api/stats?window=7d", headers=token).get_json()
    for table in TABLES:
        answer = client.get(f"/stats/{table}.csv?window=7d", headers=token)
        assert (answer.status_code, answer.mimetype) == (200, "text/csv"), table
        assert answer.headers["Cache-Control"] == "no-store"
        assert f'filename="{table}-7d-' in answer.headers["Content-Disposition"]
        head, *body = rows(answer.data)
        assert body or table in ("moving", "topics", "hosts", "subscribers", "webhooks")
        assert all(len(row) == len(head) for row in body), table
    _, *stories = rows(client.get("/stats/popular.csv?window=7d", headers=token).data)
    assert [int(story[6]) for story in stories] == [story["views"] for story in overview["popular"]]
    assert {story[2] for story in stories} == {"'=1+1", 'Judul, "dikutip"'}
    _, *steps = rows(client.get("/stats/views.csv?window=7d", headers=token).data)
    assert len(steps) == len(overview["timeline"]["moments"])


def test_the_tables_are_for_the_newsroom_alone(client: FlaskClient, token: dict[str, str]) -> None:
    assert client.get("/stats/popular.csv").status_code == 401
    assert client.get("/stats/tiada.csv", headers=token).status_code == 404
    assert client.get("/stats/popular.csv?window=2h", headers=token).status_code == 400
    assert client.get("/stats/popular.csv?x=1", headers=token).status_code == 400


@pytest.mark.parametrize("text", FORMULAS, ids=range(len(FORMULAS)))
def test_no_cell_is_a_formula(text: str) -> None:
    _, (cell, number) = rows(csv_file(ExportedTable(("a", "b"), [(text, -5)])))
    assert cell == f"'{text}"
    assert not cell.startswith(FORMULA_STARTS)
    assert number == "-5"  # a number stays one


@pytest.mark.parametrize(
    ("hour", "before", "age_hours", "expected"),
    [
        *((9, 0, 1, "new"), (9, 0, 300, "rising"), (9, 4, 1, "new"), (9, 8, 300, "steady")),
        *((4, 0, 1, "steady"), (5, 9, 300, "falling"), (0, 9, 300, "falling"), (12, 9, 300, "rising")),
    ],
)
def test_only_a_new_story_is_called_new(hour: int, before: int, age_hours: int, expected: str) -> None:
    published_at = datetime.fromtimestamp(NOW.timestamp() - age_hours * 3600, UTC)
    assert movement_of(hour, before, published_at, NOW) == expected
