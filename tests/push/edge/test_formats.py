"""URLs of feeds without extension: through Varnish they have the format that Warta itself would choose; errors, too."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.push.edge.conftest import Newsroom
from tests.support.nginx import needs_nginx
from tests.support.raw import ask
from tests.support.server import eventually
from tests.support.varnish import needs_varnish

pytestmark = [needs_varnish, needs_nginx]

USUAL = [
    None,
    "",
    "*/*",
    "text/html",
    "TEXT/HTML",
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/json",
    "application/xml",
    "text/xml",
    "image/png",
    "application/rss+xml, text/html",
    "application/rss+xml;q=1.0, application/atom+xml;q=0.9, */*;q=0.1",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "application/atom+xml,application/rdf+xml,application/rss+xml,application/x-netcdf,application/xml;q=0.9,"
    "text/xml;q=0.2,*/*;q=0.1",
    "application/feed+json, application/json;q=0.9, */*;q=0.5",
]
UNUSUAL = [
    "text/*",
    "application/*;q=0.5, text/html;q=0.4",
    "text/html;q=0.5, application/rss+xml;q=0.4",
    "text/html;q=0.1, */*;q=0.5",
    "application/rss+xml;q=0, */*",
    "application/problem+json, text/html",
    "text/html;level=1, application/atom+xml",
    "text/html;q=1;level=1, application/atom+xml",
    'text/html;a=", application/rss+xml',
    "application/rss+xml;, text/html",
    "application/atom+xml ; q = 1, text/html;q=0.5",
    "text/html;q=2, application/atom+xml",
    "text/html;q=, application/atom+xml",
    "*",
    "*/html",
    ",,text/html,,",
    "\xe9",
    "text/html" + ", a/b" * 200,
]

NAMED = ["text/html", "application/rss+xml", "application/atom+xml", "application/feed+json", "application/json"]
NAMED += ["application/xml", "text/xml", "application/problem+json", "image/png", "application/xhtml+xml"]
types = st.sampled_from([*NAMED, "*/*", "text/*", "application/*", "*", "x"])
parameters = st.sampled_from(
    ["", ";q=1", "; q=1.000", ";q=0.5", ";Q=0.5", ";q=0", ";q=0.50", ";v=1", ";", ";q", " ;q=.9"]
)
wishes = st.lists(st.builds("{}{}".format, types, parameters), min_size=1, max_size=5).map(", ".join)


def told(port: int, target: str, accept: str | None) -> tuple[int, str | None]:
    """The status of the answer and its media type."""
    answer = ask(port, "GET", target, *([] if accept is None else [f"Accept: {accept}"]))
    assert answer.status not in (200, 404) or "Accept" in (answer.header("Vary") or "").split(", ")
    return answer.status, answer.header("Content-Type")


def assert_alike(newsroom: Newsroom, accept: str | None) -> None:
    for target in ("/latest", "/category/tiada", "/category/dinamika/popular?limit=5"):
        direct = told(newsroom.server.port, target, accept)
        assert told(newsroom.varnish.port, target, accept) == direct
        assert told(newsroom.varnish.port, target, accept) == direct  # from the cache, if it is there


@pytest.mark.parametrize("accept", [*USUAL, *UNUSUAL])
def test_the_format_is_as_without_varnish(newsroom: Newsroom, accept: str | None) -> None:
    assert_alike(newsroom, accept)


@settings(max_examples=60)
@given(accept=wishes)
def test_the_format_is_as_without_varnish_whatever_is_accepted(newsroom: Newsroom, accept: str) -> None:
    assert_alike(newsroom, accept)


@pytest.mark.parametrize("accept", USUAL)
def test_what_is_usual_comes_from_the_cache(newsroom: Newsroom, accept: str | None) -> None:
    headers = [] if accept is None else [f"Accept: {accept}"]

    def cached() -> bool:  # two numbers: of this request, and of the one that brought the object
        return " " in (ask(newsroom.varnish.port, "GET", "/latest", *headers).header("X-Varnish") or "")

    eventually(cached)
