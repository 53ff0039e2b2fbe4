"""config/nginx/warta.conf in a real nginx: in front of an origin that does what a test says, and of a real Warta."""

import gzip
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from service.core.access_logs.combined import parse
from tests.support.codings import CODINGS
from tests.support.forwarded import FORWARDED
from tests.support.nginx import Nginx, needs_nginx
from tests.support.raw import ask
from tests.support.scripted import Script, Scripted
from tests.support.server import Answer, Server, eventually, warta

pytestmark = needs_nginx

FRESH = 2.1  # seconds: nginx counts in whole ones
FEED = {"ETag": '"1"', "Cache-Control": "max-age=300", "Vary": "Accept-Encoding"}


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[Nginx, Scripted]]:
    with Scripted() as origin, Nginx(origin.port, patience="1s") as nginx:
        yield nginx, origin


@pytest.fixture
def origin(place: tuple[Nginx, Scripted]) -> Iterator[Scripted]:
    """The origin, with a document at every address."""
    origin = place[1]
    origin.script = Script(body=b"baik", headers=FEED)
    origin.asked.clear()
    yield origin
    origin.script = Script(body=b"baik", headers=FEED)


@pytest.fixture
def nginx(place: tuple[Nginx, Scripted]) -> Nginx:
    return place[0]


def seen(answer: Answer) -> tuple[int, bytes]:
    return answer.status, answer.body


# --- documents -------------------------------------------------------------------------------------------------------


def test_many_readers_are_one_request_and_what_changes_is_seen(nginx: Nginx, origin: Scripted) -> None:
    with ThreadPoolExecutor(20) as readers:
        answers = list(readers.map(lambda _: nginx.get("/ramai.rss", Accept_Encoding="gzip"), range(200)))
    assert {seen(answer) for answer in answers} == {(200, b"baik")}
    assert len(origin.asked) <= 2  # a second may have passed
    assert answers[0].headers["Cache-Control"] == "max-age=300"
    assert "Age" not in answers[0].headers
    origin.script = Script(body=b"baru", headers={**FEED, "ETag": '"2"'})
    time.sleep(FRESH)
    assert seen(nginx.get("/ramai.rss", Accept_Encoding="gzip")) == (200, b"baru")


def test_what_has_not_changed_is_not_sent_again_to_anybody(nginx: Nginx, origin: Scripted) -> None:
    nginx.get("/tetap.rss")
    assert seen(nginx.get("/tetap.rss", If_None_Match='"1"')) == (304, b"")
    assert seen(nginx.get("/tetap.rss", If_None_Match='"0"')) == (200, b"baik")
    origin.script = Script(304, b"", FEED)
    time.sleep(FRESH)
    assert seen(nginx.get("/tetap.rss")) == (200, b"baik")
    assert origin.asked[-1].headers["If-None-Match"] == '"1"'


@pytest.mark.parametrize(("said", "asked"), CODINGS)
def test_a_request_has_one_coding(nginx: Nginx, origin: Scripted, said: str, asked: str | None) -> None:
    path = f"/koding-{abs(hash(said))}.rss"
    nginx.get(path, Accept_Encoding=said)
    assert origin.asked[-1].headers.get("Accept-Encoding") == asked
    nginx.get(path, Accept_Encoding=said)
    assert len(origin.asked) == (2 if asked == said and "q=0" in said else 1)  # what is unusual is for Warta


def test_what_could_tell_readers_apart_does_not_reach_the_origin(nginx: Nginx, origin: Scripted) -> None:
    private = {"Cookie": "a=1", "Authorization": "Bearer x", "A-IM": "feed", "X-Forwarded-For": "192.0.2.1"}
    nginx.request("GET", "/umum.rss", {**private, "User-Agent": "Pembaca/1"})
    [asked] = origin.asked
    assert not set(private) & set(asked.headers)
    assert asked.headers["User-Agent"] == "nginx"


# --- everything else -------------------------------------------------------------------------------------------------


def test_pages_views_and_the_api_pass_as_they_are(nginx: Nginx, origin: Scripted) -> None:
    sent = {"Cookie": "a=1", "Authorization": "Bearer x", "User-Agent": "Peramban/1", "Accept-Encoding": "deflate"}
    for method, path in [
        ("GET", "/latest"),
        ("POST", "/articles/a.rss/views"),
        ("GET", "/api/openapi.json"),
        ("GET", "/stats"),
        ("GET", "/api/articles"),
        ("POST", "/api/articles"),
    ]:
        for _ in range(2):
            nginx.request(method, path, {**sent, "X-Forwarded-For": "192.0.2.1"}, b"{}" if method == "POST" else None)
    assert len(origin.asked) == 12
    for asked in origin.asked:
        assert {name: asked.headers.get(name) for name in sent} == sent
        assert asked.headers["X-Forwarded-For"] == "192.0.2.1, 127.0.0.1"


@pytest.mark.parametrize(
    ("path", "media_type", "compressed"),
    [
        ("/latest", "text/html; charset=utf-8", True),
        ("/api/changes", "application/json", True),
        ("/api/changes", "application/problem+json", True),
        ("/api/articles/1", "application/json", False),  # its ETag would become weak
        ("/latest.json", "application/feed+json", False),  # Warta has done it, or was not asked to
        ("/articles/1/views.gif", "image/gif", False),
    ],
)
def test_pages_and_the_api_are_compressed(
    nginx: Nginx, origin: Scripted, path: str, media_type: str, compressed: bool
) -> None:
    origin.script = Script(body=b"baik " * 1000, headers={"Content-Type": media_type, "ETag": '"1"'})
    answer = nginx.get(path, Accept_Encoding="gzip")
    assert answer.headers.get("Content-Encoding") == ("gzip" if compressed else None)
    assert answer.headers["ETag"] == ('W/"1"' if compressed else '"1"')
    assert (gzip.decompress(answer.body) if compressed else answer.body) == b"baik " * 1000
    assert nginx.get(path).body == b"baik " * 1000


def test_a_long_poll_may_wait(nginx: Nginx, origin: Scripted) -> None:
    """Longer than a feed, for which nginx waits a second here."""
    origin.script = Script(body=b"{}", delay=1.5)
    assert seen(nginx.get("/api/changes?wait=30")) == (200, b"{}")


def test_what_warta_would_not_be_handed_is_written_in_ascii(nginx: Nginx, origin: Scripted) -> None:
    for forwarded, passed in FORWARDED:
        nginx.request("POST", "/articles/a/views", {"User-Agent": "Peramban/1 (caf\xe9)", "X-Forwarded-For": forwarded})
        asked = origin.asked[-1].headers
        assert asked["User-Agent"] == "Peramban/1 (caf"
        assert asked["X-Forwarded-For"].removeprefix(", ") == passed


@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/readyz", "/metrics?x=1", "/%6Detrics"])
def test_what_is_for_operators_is_not_shown(nginx: Nginx, origin: Scripted, path: str) -> None:
    assert nginx.get(path).status == 404
    assert origin.asked == []


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/latest.rss", True),
        ("/latest.rss?limit=20", True),
        ("/embed.js?v=1", False),
        ("/latest.rss?", False),
        ("/latest.rss?limit=020", False),
        ("/%6Catest.rss", False),
        ("//latest.rss", None),
        ("/x//latest.rss", False),
        ("/./latest.rss", False),
        ("/category%2Flatest.rss", False),
        ("/tag/%E6%96%B0.rss", True),
        ("/tag/%e6%96%b0.rss", False),
        ("/tag/\xe6\x96\xb0.rss", False),
    ],
)
def test_one_spelling_of_a_url_is_kept(nginx: Nginx, origin: Scripted, target: str, path: bool | None) -> None:
    """None: it is refused."""
    statuses = [ask(nginx.port, "GET", target).status for _ in range(2)]
    assert statuses == ([400] * 2 if path is None else [200] * 2)
    assert len(origin.asked) == (0 if path is None else 1 if path else 2) or target == "/latest.rss"


def test_nginx_hands_on_no_header_that_warta_would_read_as_another(nginx: Nginx, origin: Scripted) -> None:
    twins = ["X_Forwarded_For: 192.0.2.9", "X-Forwarded_For: 192.0.2.9", "Accept_Encoding: br", "A_IM: feed"]
    ask(nginx.port, "POST", "/articles/a/views", "Content-Length: 0", *twins)
    ask(nginx.port, "GET", "/kembar.rss", *twins)
    for asked in origin.asked:
        assert "_" not in "".join(asked.headers)
        assert "example.com" not in str(asked.headers)


# --- its log ---------------------------------------------------------------------------------------------------------

SECRET = "rahasia"  # what no log shall hold


@pytest.mark.parametrize(
    "target",
    [
        f"/stats?name=cms&until=1789&key={SECRET}",
        f"/stats?key={SECRET}&name=cms",
        f"/stats?key={SECRET}&key={SECRET}",
        f"/stats?KEY={SECRET}",
        f"/stats?k%65y={SECRET}",
        f"/latest.rss?token={SECRET}",
        f"/latest?x=1;access_token={SECRET}",
        f"/latest?api_key={SECRET}&password={SECRET}&secret={SECRET}",
        f"/stats#key={SECRET}",
        f"https://x/stats?key={SECRET}",
        f"ftp://x/stats?key={SECRET}",
        f"/stats?x=&token={SECRET} {SECRET}",
        f"stats?key={SECRET}",
    ],
)
def test_the_log_holds_no_secret_of_a_url(nginx: Nginx, origin: Scripted, target: str) -> None:
    before = len(nginx.log)
    ask(nginx.port, "GET", target, f"Referer: http://x{target[target.index('?') if '?' in target else 6 :]}")
    [line] = eventually(lambda: nginx.log[before:])
    assert SECRET not in line
    assert "=***" in line
    assert SECRET not in (nginx.folder / "errors").read_text()
    parse(line)


def test_warta_can_read_the_log(nginx: Nginx, origin: Scripted) -> None:
    """Secrets apart, it is as nginx writes it by itself."""
    before = len(nginx.log)
    agent = 'Pembaca/1 "kutip"'
    nginx.request("GET", "/latest.rss?limit=20", {"User-Agent": agent, "Referer": "http://berita.example/?a=1"})
    ask(nginx.port, "GET", f"/stats?window=7d&key={SECRET}")
    [poll, page] = eventually(lambda: nginx.log[before:] if len(nginx.log) > before + 1 else [])
    hit = parse(poll)
    assert (hit.ip_address, hit.method, hit.target, hit.status, hit.size) == (
        "127.0.0.1",
        "GET",
        "/latest.rss?limit=20",
        200,
        4,
    )
    assert hit.agent == agent.replace('"', "\\x22")
    assert '"http://berita.example/?a=1"' in poll
    assert parse(page).target == "/stats?window=7d&key=***"


def test_nothing_of_a_signed_link_is_in_the_error_log(nginx: Nginx, origin: Scripted) -> None:
    origin.script = Script(refuses=True)
    assert ask(nginx.port, "GET", f"/stats?key={SECRET}").status == 502
    assert ask(nginx.port, "GET", "/latest").status == 502
    errors = eventually(lambda: (nginx.folder / "errors").read_text())
    assert "/latest" in errors
    assert SECRET not in errors


# --- an origin that is unwell ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [Script(503), Script(500), Script(refuses=True)], ids=["503", "500", "closed"])
def test_while_the_origin_is_away_its_last_answer_goes_on(nginx: Nginx, origin: Scripted, bad: Script) -> None:
    path = f"/{bad.status}{bad.refuses}.rss"
    nginx.get(path)
    origin.script = bad
    time.sleep(FRESH)
    for _ in range(3):
        assert seen(nginx.get(path)) == (200, b"baik")
    origin.script = Script(body=b"baru", headers={**FEED, "ETag": '"2"'})
    eventually(lambda: nginx.get(path).body == b"baru")


def test_an_origin_that_hangs_costs_one_reader_time(nginx: Nginx, origin: Scripted) -> None:
    nginx.get("/lambat.rss")
    origin.script = Script(body=b"terlambat", headers=FEED, delay=3)
    time.sleep(FRESH)

    def asked(_: int) -> tuple[tuple[int, bytes], float]:
        started = time.monotonic()
        return seen(nginx.get("/lambat.rss")), time.monotonic() - started

    with ThreadPoolExecutor(10) as readers:
        answers = list(readers.map(asked, range(10)))
    assert {answer for answer, _ in answers} == {(200, b"baik")}
    assert sum(took > 0.8 for _, took in answers) <= 1


def test_an_error_does_not_stay(nginx: Nginx, origin: Scripted) -> None:
    origin.script = Script(404, b"tidak ada", {"Cache-Control": "no-store"})
    assert seen(nginx.get("/nanti.rss")) == (404, b"tidak ada")
    origin.script = Script(body=b"ada", headers=FEED)
    assert seen(nginx.get("/nanti.rss")) == (200, b"ada")


# --- in front of Warta -----------------------------------------------------------------------------------------------


def test_a_cms_behind_nginx_can_write_with_the_etag_that_it_has_read(tmp_path: Path) -> None:
    """Although this nginx compresses all that it may."""
    with Server(tmp_path / "data") as server, Nginx(server.port) as nginx:
        token = warta(server.data_dir, "token", "create", "cms", "--scope", "articles:write").output.strip()
        cms = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}
        article = json.dumps({"title": "Berita", "content_html": "<p>Isi.</p>" * 100}).encode()
        assert nginx.request("PUT", "/api/articles/1", cms, article).status == 201
        tag = nginx.request("GET", "/api/articles/1", cms).headers["ETag"]
        assert nginx.request("PUT", "/api/articles/1", {**cms, "If-Match": tag}, article).status == 200
        for path in ("/latest.rss", "/latest.json"):
            for coding in ("gzip", "identity"):
                assert nginx.get(path, Accept_Encoding=coding).headers["ETag"].startswith('"')


def test_news_is_seen_and_stays_when_warta_goes(tmp_path: Path) -> None:
    with Server(tmp_path / "data", WARTA_TRUSTED_PROXIES="127.0.0.1/32") as server, Nginx(server.port) as nginx:
        token = warta(server.data_dir, "token", "create", "cms", "--scope", "articles:write").output.strip()

        def publish(number: int) -> None:
            article = {"id": f"berita-{number}", "title": f"Berita {number}", "content_html": "<p>Isi.</p>"}
            sent = nginx.request(
                "POST", "/api/articles", {"Authorization": f"Bearer {token}"}, json.dumps(article).encode()
            )
            assert sent.status == 200
            assert b"added" in sent.body

        def titles() -> list[str]:
            return [item["title"] for item in nginx.get("/latest.json", Accept_Encoding="identity").json["items"]]

        publish(1)
        eventually(lambda: titles() == ["Berita 1"])
        publish(2)
        published = time.monotonic()
        eventually(lambda: len(titles()) == 2)
        assert time.monotonic() - published < 3

        delta = nginx.get("/latest.json", A_IM="feed", If_None_Match='"lain"')
        assert delta.status == 200
        gzipped = nginx.get("/latest.rss", Accept_Encoding="gzip")
        assert gzipped.headers["Content-Encoding"] == "gzip"
        assert nginx.get("/latest.rss", Accept_Encoding="gzip", If_None_Match=gzipped.headers["ETag"]).status == 304
        beacon = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"}
        assert nginx.request("POST", "/articles/berita-1/views", beacon).headers["Warta-View"] == "taken"

        server.process.terminate()
        server.process.wait(20)
        time.sleep(FRESH)
        assert titles() == ["Berita 2", "Berita 1"]
