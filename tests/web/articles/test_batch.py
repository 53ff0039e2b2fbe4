"""Batches of articles: JSON Lines in, a line of JSON for each line out."""

from service.bootstrap import Services
from tests.support.answers import payload
from tests.support.cms import Cms


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
        (4, "2", 422, None),
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
