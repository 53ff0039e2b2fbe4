"""`warta popular`: the lists as they are, and what editors decide about them."""

import getpass
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.command import run
from tests.support.server import Done


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    articles = [
        {"id": id_, "title": f"Judul {id_}", "categories": ["Dinamika"]} for id_ in ("satu", "2026/dua", "tiga")
    ]
    done = run(folder, "import", "-", stdin="".join(f"{json.dumps(article)}\n" for article in articles))
    assert done.code == 0
    log, date = tmp_path / "access.log", datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
    log.write_text(
        "".join(
            f'203.0.113.{n} - - [{date}] "POST /articles/{id_}/views HTTP/1.1" 204 0 "-" "{AGENT}"\n'
            for id_, views in {"satu": 3, "2026/dua": 2}.items()
            for n in range(views)
        )
    )
    assert run(folder, "views", "import", str(log)).code == 0
    return folder


AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def test_logs_are_read_as_they_were_written_and_on_from_where_they_ended(data_dir: Path, tmp_path: Path) -> None:
    def visit(days: int, seconds: int) -> str:
        at = (datetime.now(UTC) - timedelta(days=days, seconds=seconds)).strftime("%d/%b/%Y:%H:%M:%S +0000")
        return f'198.51.100.7 - - [{at}] "POST http://x.id/articles/tiga/views HTTP/1.1" 204 0 "-" "{AGENT}"\n'

    newer, older = tmp_path / "new.log", tmp_path / "new.log.1"
    newer.write_text(visit(1, 0) + visit(0, 60))
    older.write_text(visit(2, 0) + visit(1, 60))
    done = run(data_dir, "views", "import", str(newer), str(older))
    assert done.output.splitlines() == [
        f"{older}: 2 lines; 2 counted",
        f"{newer}: 2 lines; 1 counted, 1 repeated",
    ]
    newer.write_text(newer.read_text() + "rusak\n" + visit(0, 0))
    assert run(data_dir, "views", "import", str(newer)).errors == (
        f"{newer}: line 1 of what is new is not a line of the combined format\n"
    )


def popular(data_dir: Path, *arguments: str) -> Done:
    return run(data_dir, "popular", *arguments)


def said(done: Done) -> list[list[str]]:
    assert (done.code, done.errors) == (0, "")
    return [line.split("\t") for line in done.output.splitlines()]


def test_the_list_shows_views_and_what_was_decided(data_dir: Path) -> None:
    assert said(popular(data_dir)) == [
        ["1", "3", "satu", "Judul satu", ""],
        ["2", "2", "2026/dua", "Judul 2026/dua", ""],
    ]
    assert said(popular(data_dir, "pin", "tiga", "--until", "2199-01-01T00:00Z")) == [
        ["tiga: pinned until 2199-01-01T00:00:00+00:00"]
    ]
    assert said(popular(data_dir, "boost", "2026/dua", "--factor", "2")) == [["2026/dua: boosted x2"]]
    assert said(popular(data_dir, "exclude", "satu", "--category", "Dinamika")) == [["satu: excluded in dinamika"]]
    assert said(popular(data_dir, "--limit", "2")) == [
        ["1", "0", "tiga", "Judul tiga", "pinned until 2199-01-01T00:00:00+00:00"],
        ["2", "2", "2026/dua", "Judul 2026/dua", "boosted x2"],
    ]
    assert said(popular(data_dir, "--category", "Dinamika", "--window", "trending")) == [
        ["1", "0", "tiga", "Judul tiga", "pinned until 2199-01-01T00:00:00+00:00"],
        ["2", "2", "2026/dua", "Judul 2026/dua", "boosted x2"],
        ["-", "-", "satu", "not in the list", "excluded in dinamika"],
    ]


def test_without_redis_the_stored_views_are_shown(data_dir: Path) -> None:
    done = run(data_dir, "popular", WARTA_REDIS_URL="unix:///tiada.sock")
    assert [line.split("\t")[1:3] for line in done.output.splitlines()] == [["3", "satu"], ["2", "2026/dua"]]
    assert done.errors.startswith("Redis has no views now; these are the stored views until 20")
    assert done.code == 0


def test_the_overrides_of_other_categories_are_not_shown(data_dir: Path) -> None:
    article = json.dumps({"id": "lain", "title": "Judul lain", "categories": ["Ekonomi"]})
    assert run(data_dir, "import", "-", stdin=article).code == 0
    popular(data_dir, "exclude", "satu")
    popular(data_dir, "exclude", "lain")
    unlisted = {tuple(row[2:]) for row in said(popular(data_dir, "--category", "dinamika")) if row[0] == "-"}
    assert unlisted == {("satu", "not in the list", "excluded")}


def test_a_release_takes_a_decision_back(data_dir: Path) -> None:
    popular(data_dir, "exclude", "satu")
    popular(data_dir, "pin", "2026/dua", "--category", "Dinamika", "--position", "1")
    assert said(popular(data_dir, "release", "satu")) == [["satu: released"]]
    assert said(popular(data_dir, "release", "2026/dua", "--category", "dinamika")) == [
        ["2026/dua: released in dinamika"]
    ]
    assert [row[2] for row in said(popular(data_dir, "--category", "dinamika"))] == ["satu", "2026/dua"]


def test_the_audit_has_editor_action_time_and_reason(data_dir: Path) -> None:
    popular(data_dir, "pin", "satu", "--by", "Siti", "--note", "Pemilu")
    popular(data_dir, "boost", "satu", "--factor", "0.5")
    popular(data_dir, "release", "satu", "--by", "Budi", "--note", "Basi")
    lines = said(popular(data_dir, "audit"))
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", line[0]) for line in lines)
    assert [line[1:] for line in lines] == [
        ["decided", "satu", "pinned", "Siti", "Pemilu"],
        ["changed", "satu", "boosted x0.5", getpass.getuser(), ""],
        ["released", "satu", "boosted x0.5", "Budi", "Basi"],
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("pin", "tiada"), "there is no article 'tiada'"),
        (("pin", "satu", "--category", "Tiada"), "category: there is no category 'tiada'"),
        (("pin", "satu", "--until", "besok"), 'until: "besok" is not a date'),
        (("pin", "satu", "--until", ""), 'until: "" is not a date'),
        (("pin", "satu", "--until", "2021-09-10"), "until: 2021-09-09T17:00:00+00:00 is past"),
        (("pin", "satu", "--note", "x" * 501), "note: must not have more than 500 characters"),
        (("release", "satu"), "there is no decision about 'satu' in all lists"),
        (("release", "satu", "--note", "x" * 501), "note: must not be longer than 500 characters"),
        (("--category", "Tiada"), "there is no feed 'category/tiada'"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else "",
)
def test_what_cannot_be_done_is_one_line(data_dir: Path, arguments: tuple[str, ...], message: str) -> None:
    done = popular(data_dir, *arguments)
    assert (done.code, done.output) == (1, "")
    assert done.errors.startswith(f"warta: {message}")
    assert done.errors.count("\n") == 1
    assert popular(data_dir, "audit").output == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("pin",),
        ("boost", "satu"),
        ("boost", "satu", "--factor", "11"),
        ("pin", "satu", "--factor", "2"),
        ("exclude", "satu", "--position", "1"),
        ("pin", "satu", "--position", "0"),
        ("pin", "satu", "--by", ""),
        ("pin", "satu", "--category", ""),
        ("--category", "Dinamika", "pin", "satu"),  # it would be for all lists
        ("--window", "2h"),
        ("tiada",),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_explained_and_changes_nothing(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = popular(tmp_path / "data", *arguments)
    assert (done.code, done.output) == (2, "")
    assert "\nError: " in done.errors
    assert not (tmp_path / "data").exists()
