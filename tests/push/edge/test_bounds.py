"""However a stranger spells requests, what the caches hold stays as much as Warta has to show."""

import random
import time
from collections.abc import Callable
from urllib.parse import quote

from tests.push.edge.conftest import TAG, Newsroom
from tests.support.nginx import needs_nginx
from tests.support.raw import ask
from tests.support.varnish import needs_varnish

pytestmark = [needs_varnish, needs_nginx]

EACH = 50  # requests of each kind
GROWTH = 50  # objects for all of them together: what is shown, and errors of the last second
ERRORS = 25  # objects of errors

Request = tuple[str, str, *tuple[str, ...]]  # method, target, headers
_random = random.Random(13)  # noqa: S311 - a sample


def either(*spellings: str) -> str:
    return _random.choice(spellings)


def shouted(text: str) -> str:
    return "".join(either(letter.lower(), letter.upper()) for letter in text)


def half_escaped(text: str) -> str:
    return "".join(either(chr(byte), f"%{byte:02X}") for byte in text.encode())


# Each says the same in another way each time, or asks for what there is no end of.
SPELLINGS: dict[str, Callable[[int], Request]] = {
    "http": lambda n: ("GET", f"http://h{n}/latest.rss"),
    "https": lambda n: ("GET", f"https://h{n}/latest.rss"),
    "no path": lambda n: ("GET", f"https://h{n}"),
    "ftp": lambda n: ("GET", f"ftp://h{n}/metrics"),
    "scheme": lambda n: ("GET", f"x{n}://h/latest.rss"),
    "no slash": lambda n: ("GET", f"latest{n}"),
    "two slashes": lambda n: ("GET", f"//h{n}/latest.rss"),
    "slashes": lambda n: ("GET", f"/articles{'/' * (n + 2)}a"),
    "dots": lambda n: ("GET", f"{'/x/..' * (n + 1)}/latest.rss"),
    "backslashes": lambda n: ("GET", "/" + "\\" * (n + 1) + "latest.rss"),
    "fragment": lambda n: ("GET", f"/latest.rss#{n}"),
    "case of escapes": lambda n: ("GET", f"/tag/{shouted(quote(TAG))}.rss"),
    "needless escapes": lambda n: ("GET", f"/{half_escaped('latest')}.rss"),
    "raw bytes": lambda n: ("GET", f"/tag/{half_escaped(TAG)}.rss"),
    "escaped slashes": lambda n: ("GET", f"/articles/x{either('/', '%2F')}y{either('/', '%2F')}z"),
    "escaped marks": lambda n: ("GET", f"/articles/tanda{either('!', '%21')}{either('(', '%28')}%27"),
    "escaped separator": lambda n: ("GET", f"/category{either('/', '%2F', '%2f')}dinamika.rss"),
    "unknown query": lambda n: ("GET", f"/latest.rss?x={n}"),
    "query of a page": lambda n: ("GET", f"/articles/a?utm_source={n}"),
    "searches": lambda n: ("GET", f"/search?q=kata{n}"),
    "search feeds": lambda n: ("GET", f"/search.rss?q=kata{n}&limit={n % 100 + 1}"),
    "query of the root": lambda n: ("GET", f"/?x={n}"),
    "query of a script": lambda n: ("GET", f"/embed.js?v={n}"),
    "query of robots": lambda n: ("GET", f"/robots.txt?v={n}"),
    "query of a directory": lambda n: ("GET", f"/feeds.opml?limit={n + 1}"),
    "spellings of a limit": lambda n: ("GET", f"/latest.rss?limit={'0' * n}5"),
    "two limits": lambda n: ("GET", f"/latest.rss?limit=5&limit={n}"),
    "question marks": lambda n: ("GET", f"/latest.rss{'?' * (n + 1)}"),
    "heads": lambda n: ("HEAD", f"/latest.rss?{n}"),
    "no such feed": lambda n: ("GET", f"/category/tiada-{n}.rss"),
    "no such page": lambda n: ("GET", f"/tiada-{n}"),
    "no such article": lambda n: ("GET", f"/articles/tiada-{n}"),
    "no such archive": lambda n: ("GET", f"/latest/archive/{n}.rss"),
    "no such sitemap": lambda n: ("GET", f"/sitemap-news/{n + 2}.xml"),
    "photos": lambda n: ("GET", f"/photos/demo-{n}.png"),
    "semicolons": lambda n: ("GET", f"/latest.rss;{n}"),
    "types": lambda n: ("GET", "/latest", f"Accept: application/x{n}"),
    "types of a page": lambda n: ("GET", "/category/dinamika", f"Accept: text/html, x/y{n};q=0.5"),
    "weights": lambda n: ("GET", "/latest", f"Accept: text/html;q=0.{n + 1}, application/atom+xml;q=0.5"),
    "types of an error": lambda n: ("GET", "/tiada.rss", f"Accept: text/html;q=0.{n + 1}, */*;q=0.1"),
    "weighed codings": lambda n: ("GET", "/latest.rss", f"Accept-Encoding: gzip;q=0.{n + 1}, br;q=0.5"),
    "unknown codings": lambda n: ("GET", "/latest.rss", f"Accept-Encoding: x{n}, *"),
    "second codings": lambda n: ("GET", "/latest.rss", "Accept-Encoding: gzip", f"Accept-Encoding: x{n}"),
    "languages": lambda n: ("GET", "/latest", f"Accept-Language: x{n}"),
    "hosts": lambda n: ("GET", "/latest", f"X-Forwarded-Host: h{n}", f"Forwarded: host=h{n}"),
    "cookies": lambda n: ("GET", "/latest.atom", f"Cookie: a={n}", f"Authorization: Bearer {n}"),
    "ranges": lambda n: ("GET", "/latest.atom", f"Range: bytes={n}-{n + 5}"),
    "conditions": lambda n: ("GET", "/latest.atom", f'If-None-Match: "{n}"', "A-IM: feed"),
    "underscores": lambda n: ("GET", "/latest.atom", f'If_None_Match: "{n}"', "A_IM: feed", f"If_Match: {n}"),
    "methods": lambda n: (f"GET{n}", "/latest.atom"),
}  # fmt: skip


def flood(port: int) -> None:
    for kind, request in SPELLINGS.items():
        for n in range(EACH):
            method, target, *headers = request(n)
            assert ask(port, method, target, *headers).status < 500, (kind, target)


def test_varnish_holds_no_more_after_thousands_of_odd_requests(newsroom: Newsroom) -> None:
    before = newsroom.varnish.objects()
    flood(newsroom.varnish.port)
    assert newsroom.varnish.objects() - before < GROWTH


def test_varnish_forgets_what_there_is_no_end_of(newsroom: Newsroom) -> None:
    """Also while it is asked for more of it, as quickly as can be."""
    before = newsroom.varnish.objects()
    until = time.monotonic() + 3
    asked = 0
    while time.monotonic() < until:
        assert ask(newsroom.varnish.port, "GET", f"/tiada/{asked}").status == 404
        asked += 1
        if asked % 50 == 0:
            assert newsroom.varnish.objects() - before < ERRORS
    assert asked > ERRORS


def test_nginx_holds_no_more_after_thousands_of_odd_requests(newsroom: Newsroom) -> None:
    before = newsroom.nginx.files()
    flood(newsroom.nginx.port)
    assert newsroom.nginx.files() - before < GROWTH
