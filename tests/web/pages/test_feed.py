"""The numbers of a feed's archive pages."""

import pytest
from flask.testing import FlaskClient

from service.bootstrap import Services
from service.feeds.names import LATEST, FeedName
from service.web.pages.feed import numbered
from tests.support.articles import submission


@pytest.mark.parametrize(
    ("count", "page", "shown"),
    [
        (0, None, []),
        (1, None, ["1"]),
        (3, None, ["3", "2", "1"]),
        (9, None, ["9", "8", "7", "…", "1"]),
        (9, "4", ["9", "…", "7", "6", "[5]", "4", "3", "…", "1"]),
        (9, "0", ["9", "…", "3", "2", "[1]"]),
        (9, "before-1-2", ["9", "8", "7", "…", "1"]),
        (2, "late-0", ["2", "1"]),
    ],
)
def test_numbers_near_the_page_and_at_both_ends(count: int, page: str | None, shown: list[str]) -> None:
    found = [*numbered(count, FeedName(LATEST, page=page), str)]
    assert [("…" if not n else str(n) if url else f"[{n}]") for n, url in found] == shown
    assert all(url is None or url == f"latest/archive/{number - 1}" for number, url in found)


def test_a_reader_walks_through_the_archive_and_back(client: FlaskClient, services: Services) -> None:
    services.publisher.put(
        [submission(f"n{n}", published_at=f"2026-01-{1 + n // 24:02}T{n % 24:02}:00:00Z") for n in range(260)]
    )
    seen: set[str] = set()
    path, pages = "/latest", 0
    while path:
        html = client.get(path, headers={"Accept": "text/html"}).get_data(as_text=True)
        listed = html.partition('<ol class="stories')[2].partition("</ol>")[0]
        stories = {line.partition('"')[0] for line in listed.split('<h2><a href="')[1:]}
        assert not stories & seen
        seen |= stories
        pages += 1
        assert ('rel="prev"' in html) == (pages > 1)
        path = (
            html.partition('class="button" rel="next" href="')[2]
            .partition('"')[0]
            .removeprefix("https://feeds.example")
        )
    assert len(seen) == 260
    assert pages > 4
