"""Feeds that people open in a browser: both proxies keep the redirect to the page and the document apart."""

import itertools
from typing import Protocol

import pytest

from tests.push.edge.conftest import Newsroom
from tests.support.navigations import BROWSERS, PROGRAMS
from tests.support.nginx import Nginx, needs_nginx
from tests.support.scripted import Script, Scripted
from tests.support.server import Answer, eventually
from tests.support.varnish import Varnish, needs_varnish

pytestmark = [needs_varnish, needs_nginx]

TAGGED = {
    "Surrogate-Key": "latest warta",
    "Surrogate-Control": "max-age=3600",
    "Vary": "Accept-Encoding, Sec-Fetch-Dest",
}
TO_PAGE = {"Location": "https://feeds.example/latest", "Cache-Control": "no-store", "Vary": TAGGED["Vary"]}


class Proxy(Protocol):
    def request(self, method: str, path: str, headers: dict[str, str]) -> Answer: ...


@pytest.mark.parametrize("proxy", ["varnish", "nginx"])
@pytest.mark.parametrize("first", ["person", "program"])
def test_a_proxy_never_mixes_people_and_programs(newsroom: Newsroom, proxy: str, first: str) -> None:
    """Whoever comes first, again and again, in each coding."""
    place: Proxy = getattr(newsroom, proxy)
    visits = [*itertools.chain(*zip(itertools.cycle(BROWSERS.values()), PROGRAMS.values(), strict=False))]
    path = f"/latest.{'rss' if first == 'person' else 'atom'}?limit={len(proxy)}"  # a URL that only this test asks for
    for headers in visits if first == "person" else reversed(visits):
        direct = newsroom.server.request("GET", path, headers={**headers, "A-IM": ""})
        answer = place.request("GET", path, headers)
        is_person = headers.get("Sec-Fetch-Dest") == "document"
        assert answer.status == direct.status == (303 if is_person else 200)
        assert answer.body == direct.body
        assert answer.headers.get("Location") == direct.headers.get("Location")
        assert answer.headers.get("ETag") == direct.headers.get("ETag")
        assert answer.headers["Cache-Control"] == direct.headers["Cache-Control"]
        assert answer.headers["Vary"] == "Accept-Encoding, Sec-Fetch-Dest"


@pytest.mark.parametrize("proxy", ["varnish", "nginx"])
def test_a_person_finds_the_page_and_the_text(newsroom: Newsroom, proxy: str) -> None:
    place: Proxy = getattr(newsroom, proxy)
    browser = BROWSERS["chromium"]
    led = place.request("GET", "/category/dinamika.rss", browser)
    page = led.headers["Location"].removeprefix(newsroom.server.base_url)
    assert page == "/category/dinamika"
    assert place.request("GET", page, browser).headers["Content-Type"] == "text/html; charset=utf-8"
    text = place.request("GET", f"{page}.rss.txt", browser)
    assert text.headers["Content-Type"] == "text/plain; charset=utf-8"
    document = place.request("GET", f"{page}.rss", {"Accept-Encoding": text.headers["Content-Encoding"]})
    assert text.body == document.body


def test_varnish_asks_seldom_for_people_and_never_for_other_destinations() -> None:
    with Scripted() as origin, Varnish(origin.port, patience="1s") as varnish:
        eventually(lambda: varnish.get("/sehat").status == 200)
        origin.script = Script(body=b"baik", headers=TAGGED)
        for destination in ("", "empty", "iframe", "image", "x" * 500, "document2", "Document"):
            assert varnish.request("GET", "/a.rss", {"Sec-Fetch-Dest": destination}).status == 200
        assert [asked.headers.get("Sec-Fetch-Dest") for asked in origin.asked if asked.path == "/a.rss"] == [None]
        origin.script = Script(303, b"", TO_PAGE)
        for _ in range(5):
            assert varnish.request("GET", "/a.rss", BROWSERS["safari"]).status == 303
            assert varnish.request("GET", "/a.rss", PROGRAMS["script"]).status == 200
        assert sum(asked.path == "/a.rss" for asked in origin.asked) <= 3  # a second may have passed


def test_while_warta_is_away_people_get_the_last_document_from_varnish() -> None:
    with Scripted() as origin, Varnish(origin.port, patience="1s") as varnish:
        eventually(lambda: varnish.get("/sehat").status == 200)
        origin.script = Script(body=b"baik", headers=TAGGED)
        assert varnish.request("GET", "/a.rss", {"Accept-Encoding": "br"}).body == b"baik"
        origin.script = Script(refuses=True)
        answer = varnish.request("GET", "/a.rss", BROWSERS["safari"])
        assert (answer.status, answer.body) == (200, b"baik")


def test_while_warta_is_away_nginx_goes_on_as_before() -> None:
    with Scripted() as origin, Nginx(origin.port, patience="1s") as nginx:
        origin.script = Script(303, b"", TO_PAGE)
        assert nginx.request("GET", "/a.rss", BROWSERS["safari"]).status == 303
        origin.script = Script(body=b"baik", headers={"ETag": '"1"', "Vary": TAGGED["Vary"]})
        assert nginx.request("GET", "/a.rss", PROGRAMS["curl"]).body == b"baik"
        origin.script = Script(refuses=True)
        for _ in range(2):
            assert nginx.request("GET", "/a.rss", BROWSERS["safari"]).status == 303
            assert nginx.request("GET", "/a.rss", PROGRAMS["curl"]).body == b"baik"
