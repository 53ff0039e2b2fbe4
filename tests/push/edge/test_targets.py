"""Targets that are no plain path: both proxies make one of them, or refuse them; no guard is passed by a spelling."""

from collections.abc import Iterator

import pytest

from tests.support.nginx import Nginx, needs_nginx
from tests.support.proxy import Proxy
from tests.support.raw import ask
from tests.support.scripted import Script, Scripted
from tests.support.varnish import Varnish, needs_varnish

Place = tuple[Proxy, Scripted]


@pytest.fixture(
    scope="module",
    params=[pytest.param(Varnish, marks=needs_varnish), pytest.param(Nginx, marks=needs_nginx)],
    ids=["varnish", "nginx"],
)
def running(request: pytest.FixtureRequest) -> Iterator[Place]:
    with Scripted() as origin, request.param(origin.port) as proxy:
        yield proxy, origin


@pytest.fixture
def place(running: Place) -> Place:
    running[1].script = Script(body=b"baik")
    running[1].asked.clear()
    return running


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("http://lain.example/satu.rss", "/satu.rss"),
        ("https://lain.example/dua.rss", "/dua.rss"),
        ("HTTPS://lain.example:8443/tiga", "/tiga"),
        ("hTTp://lain.example", "/"),
        ("https://lain.example", "/"),
    ],
)
def test_the_host_of_an_absolute_target_is_cut(place: Place, target: str, path: str) -> None:
    proxy, origin = place
    assert ask(proxy.port, "GET", target).status == 200
    assert [asked.path for asked in origin.asked] in ([path], [])  # nothing where "/" is kept already
    assert "lain.example" not in str([asked.headers for asked in origin.asked])


OTHERS = [
    "ftp://x/a",
    "x://x/a",
    "FILE:///a",
    "gopher://x",
    "x:80",
    "x",
    "*",
    "\\a",
    "?a",
    "http:a",
    "http:/a/b",
    "https://",
]
OTHERS += ["latest.rss", "metrics", "http//x/a", "://x/a", "http:\\\\x\\a", "urn:x:y", "@x/a", "%2Flatest.rss"]


@pytest.mark.parametrize("target", OTHERS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_no_path_and_no_http_is_refused(place: Place, method: str, target: str) -> None:
    proxy, origin = place
    assert ask(proxy.port, method, target, "Content-Length: 0").status == 400
    assert origin.asked == []


HIDDEN = [
    "{scheme}://x/{name}",
    "{scheme}://x//{name}",
    "{scheme}://x:1/{name}?x",
    "/{name}?",
    "/{name}#",
    "//{name}",
    "//x/{name}",
    "/./{name}",
    "/x/../{name}",
    "/../{name}",
    "/%2e/{name}",
    "/x/%2E%2e/{name}",
    "/%6Detrics",
]


@pytest.mark.parametrize("form", HIDDEN)
def test_no_spelling_shows_the_pages_of_operators(place: Place, form: str) -> None:
    """Warta reads every scheme as http, and some spellings as the plain one."""
    proxy, origin = place
    for scheme in ("http", "https", "HTTP", "ftp", "x"):
        for name in ("metrics", "healthz", "readyz"):
            for method in ("GET", "HEAD", "POST"):
                target = form.format(scheme=scheme, name=name)
                answer = ask(proxy.port, method, target, "Content-Length: 0")
                assert answer.status in (400, 404, 414), target
    assert {asked.path for asked in origin.asked} <= {f"//{name}" for name in ("metrics", "healthz", "readyz")}


def test_a_long_url_is_refused(place: Place) -> None:
    proxy, origin = place
    longest = "/articles/" + "%F0%9F%93%B0" * 200
    assert ask(proxy.port, "GET", longest).status == 200
    for target in ("/" + "a" * 2_500, "/latest?x=" + "a" * 2_500, "http://x/" + "a/" * 2_000, "/%41" * 900):
        assert ask(proxy.port, "GET", target).status == 414
        assert ask(proxy.port, "POST", target, "Content-Length: 0").status == 414
    assert len(origin.asked) == 1
