"""`warta check`: which articles of a feed its partners would refuse, and why."""

import json
from pathlib import Path

import pytest

from service.documents.formats import PROFILES
from tests.support.articles import ACCEPTED
from tests.support.command import run


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    articles = [
        {**ACCEPTED, "id": "baik", "categories": ["Dinamika"]},
        {**ACCEPTED, "id": "buruk", "title": "Pendek", "content_html": "", "categories": ["Dinamika", "Ekonomi"]},
    ]
    done = run(folder, "import", "-", stdin="".join(f"{json.dumps(article)}\n" for article in articles))
    assert done.code == 0
    return folder


def test_check_lists_a_line_per_reason(data_dir: Path) -> None:
    done = run(data_dir, "check", "latest", "--profile", "msn")
    assert (done.code, done.errors) == (1, "")
    assert done.output.splitlines() == [
        "msn: buruk: title: has 6 characters; the partner wants at least 20",
        "msn: buruk: content_html: is empty; the partner wants the whole body",
    ]


def test_check_asks_every_partner_unless_one_is_named(data_dir: Path) -> None:
    done = run(data_dir, "check", "category/dinamika")
    assert done.code == 1
    assert {line.split(":")[0] for line in done.output.splitlines()} == set(PROFILES) - {"feedly", "podcast"}
    assert "flipboard: 0 articles are left; the partner wants at least 20" in done.output


def test_check_is_content_with_a_feed_that_a_partner_takes_whole(data_dir: Path) -> None:
    for path in ("latest", "/latest"):
        done = run(data_dir, "check", path, "--profile", "feedly")
        assert (done.code, done.output, done.errors) == (0, "feedly accepts all 2 articles of latest\n", "")


def test_check_of_a_popular_feed(data_dir: Path) -> None:
    done = run(data_dir, "check", "popular/24h", "--profile", "msn")
    assert (done.code, done.output) == (0, "msn accepts all 0 articles of popular/24h\n")


def test_the_check_of_another_document_is_one_line(data_dir: Path) -> None:
    assert run(data_dir, "check", "tiada") == (1, "", "warta: there is no feed 'tiada'\n")
    assert run(data_dir, "check", "category/tiada") == (1, "", "warta: there is no feed 'category/tiada'\n")
    assert run(data_dir, "check", "latest", "--profile", "tiada").code == 2
