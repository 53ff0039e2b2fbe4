"""The VCL of config/varnish in a real varnishd, in front of an origin that does what a test says."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.codings import CODINGS
from tests.support.forwarded import FORWARDED
from tests.support.raw import ask
from tests.support.scripted import Script, Scripted
from tests.support.server import ROOT, Answer, eventually
from tests.support.varnish import PARAMETERS, Varnish, needs_varnish

pytestmark = needs_varnish

TAGGED = {"Surrogate-Key": "latest warta", "Surrogate-Control": "max-age=3600", "Cache-Control": "max-age=60"}


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[Varnish, Scripted]]:
    with Scripted() as origin, Varnish(origin.port, patience="1s") as edge:
        yield edge, origin


@pytest.fixture
def origin(place: tuple[Varnish, Scripted]) -> Iterator[Scripted]:
    """The origin, with a tagged document at every address."""
    origin = place[1]
    origin.script = Script(body=b"baik", headers=TAGGED)
    origin.asked.clear()
    yield origin
    origin.script = Script(body=b"baik", headers=TAGGED)


@pytest.fixture
def edge(place: tuple[Varnish, Scripted], origin: Scripted) -> Varnish:
    """Varnish with an empty cache that finds the origin well."""
    assert place[0].purge("warta").status == 200
    path = f"/sehat-{time.monotonic()}"
    eventually(lambda: place[0].get(path).status == 200)
    origin.asked.clear()
    return place[0]


def seen(answer: Answer) -> tuple[int, bytes]:
    return answer.status, answer.body


# --- an origin that is unwell --------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [Script(503), Script(500), Script(refuses=True)], ids=["503", "500", "closed"])
def test_an_error_never_takes_the_place_of_a_good_object(edge: Varnish, origin: Scripted, bad: Script) -> None:
    """Nor does it reach the reader, and the origin is not asked by each of many."""
    path = f"/{bad.status}{bad.refuses}.rss"
    assert seen(edge.get(path)) == (200, b"baik")
    origin.script = bad
    assert edge.purge("latest").status == 200
    origin.asked.clear()
    with ThreadPoolExecutor(20) as readers:
        answers = list(readers.map(lambda _: edge.get(path), range(100)))
    assert {seen(answer) for answer in answers} == {(200, b"baik")}
    assert len(origin.asked) < 10
    origin.script = Script(body=b"baru", headers=TAGGED)
    eventually(lambda: edge.get(path).body == b"baru")


def test_an_origin_that_hangs_costs_time_once(edge: Varnish, origin: Scripted) -> None:
    assert seen(edge.get("/lambat.rss")) == (200, b"baik")
    origin.script = Script(body=b"terlambat", headers=TAGGED, delay=3)
    edge.purge("latest")
    started = time.monotonic()
    with ThreadPoolExecutor(10) as readers:
        answers = list(readers.map(lambda _: edge.get("/lambat.rss"), range(10)))
    assert {seen(answer) for answer in answers} == {(200, b"baik")}
    assert time.monotonic() - started < 2


def test_what_was_never_seen_is_answered_as_the_origin_does(edge: Varnish, origin: Scripted) -> None:
    origin.script = Script(503, b'{"status": 503}', {"Content-Type": "application/problem+json", "Retry-After": "5"})
    answer = edge.get("/belum-pernah.rss")
    assert seen(answer) == (503, b'{"status": 503}')
    assert answer.headers["Retry-After"] == "5"
    origin.script = Script(body=b"baik", headers=TAGGED)
    eventually(lambda: seen(edge.get("/belum-pernah.rss")) == (200, b"baik"))


# --- what is kept how long -----------------------------------------------------------------------------------


def test_a_purge_is_for_what_has_the_tag(edge: Varnish, origin: Scripted) -> None:
    edge.get("/tag-latest.rss")
    origin.script = Script(body=b"lain", headers={**TAGGED, "Surrogate-Key": "tag/%E6%96%B0 warta"})
    edge.get("/tag-lain.rss")
    origin.script = Script(body=b"baru", headers=TAGGED)
    assert edge.purge("late tag/ directory").body == b"Purged 0.\n"
    assert edge.purge("directory tag/%E6%96%B0").body == b"Purged 1.\n"
    assert [edge.get(path).body for path in ("/tag-latest.rss", "/tag-lain.rss")] == [b"baik", b"baru"]


def test_an_object_lives_as_long_as_the_origin_says_to_the_edge(edge: Varnish, origin: Scripted) -> None:
    origin.script = Script(body=b"satu", headers={**TAGGED, "Surrogate-Control": "max-age=1"})
    edge.get("/sebentar.rss")
    origin.script = Script(body=b"dua", headers=TAGGED)
    assert edge.get("/sebentar.rss").body == b"satu"
    time.sleep(1.1)
    assert edge.get("/sebentar.rss").body == b"dua"


def test_an_old_answer_is_shared_by_waiting_requests_and_is_not_kept(edge: Varnish, origin: Scripted) -> None:
    origin.script = Script(body=b"lama", headers={**TAGGED, "Surrogate-Control": "max-age=0"}, delay=0.2)
    with ThreadPoolExecutor(20) as readers:
        assert {answer.body for answer in readers.map(lambda _: edge.get("/tua.rss"), range(20))} == {b"lama"}
    assert len(origin.asked) <= 2
    origin.script = Script(body=b"baru", headers=TAGGED)
    time.sleep(0.15)
    assert edge.get("/tua.rss").body == b"baru"


def test_what_was_long_on_its_way_does_not_stay(edge: Varnish, origin: Scripted) -> None:
    """A purge may have passed it."""
    origin.script = Script(body=b"lama", headers=TAGGED, delay=0.5)
    edge.get("/di-jalan.rss")
    origin.script = Script(body=b"baru", headers=TAGGED)
    time.sleep(1.1)
    assert edge.get("/di-jalan.rss").body == b"baru"


def test_other_answers_stay_for_a_second(edge: Varnish, origin: Scripted) -> None:
    statuses = (307, 404, 410)
    for status in statuses:
        origin.script = Script(status, headers={"Cache-Control": "no-store"})
        assert [edge.get(f"/{status}.rss").status for _ in range(3)] == [status] * 3
    assert len(origin.asked) == len(statuses)
    origin.script = Script(body=b"baik", headers=TAGGED)
    eventually(lambda: {edge.get(f"/{status}.rss").status for status in statuses} == {200})
    assert len(origin.asked) == 2 * len(statuses)


def test_an_untagged_page_ages_and_a_tagged_document_does_not(edge: Varnish, origin: Scripted) -> None:
    origin.script = Script(headers={"Cache-Control": "max-age=60", "Date": "Thu, 01 Jan 2026 00:00:00 GMT"})
    edge.get("/halaman")
    origin.script = Script(headers={**TAGGED, "Date": "Thu, 01 Jan 2026 00:00:00 GMT"})
    edge.get("/umpan.rss")
    time.sleep(1.1)
    page, feed = edge.get("/halaman"), edge.get("/umpan.rss")
    assert int(page.headers["Age"]) >= 1
    assert "Age" not in feed.headers
    assert "2026 00:00:00" not in feed.headers["Date"]
    assert len(origin.asked) == 2


def test_what_must_not_be_kept_is_asked_for_each_time(edge: Varnish, origin: Scripted) -> None:
    for cache_control in ("no-store", "private, max-age=60"):
        origin.script = Script(headers={"Cache-Control": cache_control})
        origin.asked.clear()
        for _ in range(3):
            edge.get(f"/{cache_control[:2]}")
        assert len(origin.asked) == 3


def test_a_long_poll_may_wait(edge: Varnish, origin: Scripted) -> None:
    """Longer than a feed, for which Varnish waits a second here."""
    origin.script = Script(body=b"{}", delay=1.5)
    assert seen(edge.get("/api/changes?wait=30")) == (200, b"{}")


# --- requests ------------------------------------------------------------------------------------------------


def test_what_could_tell_readers_apart_does_not_reach_the_origin(edge: Varnish, origin: Scripted) -> None:
    for n in range(3):
        edge.request("GET", "/sama.rss", {"Cookie": f"a={n}", "Authorization": "x", "A-IM": "feed", "Host": f"h{n}"})
    [asked] = origin.asked
    assert {"Cookie", "Authorization", "A-IM"}.isdisjoint(asked.headers)


@pytest.mark.parametrize(
    "script",
    [
        Script(206, b"ba", {"Content-Range": "bytes 0-1/4"}),
        Script(226, b"+", {"IM": "feed", "Delta-Base": '"1"', **TAGGED}),
        Script(304, b"", TAGGED),
        Script(400, b"{}", {"Cache-Control": "max-age=60"}),
        Script(406, b"{}"),
        Script(412, b"{}"),
        Script(200, b"baik", {"Content-Encoding": "br", **TAGGED}),
    ],
    ids=lambda script: f"{script.status} {script.headers.get('Content-Encoding', '')}",
)
def test_an_answer_without_a_request_of_varnish_is_not_kept(edge: Varnish, origin: Scripted, script: Script) -> None:
    """A stranger may have found a header that says more: WSGI takes `Accept_Encoding` for `Accept-Encoding`."""
    path = f"/lain-{script.status}-{len(script.headers)}.rss"
    origin.script = script
    edge.get(path)
    origin.script = Script(body=b"baik", headers=TAGGED)
    answer = edge.get(path)
    assert seen(answer) == (200, b"baik")
    assert "Content-Encoding" not in answer.headers


def test_nobody_writes_his_own_address_or_host(edge: Varnish, origin: Scripted) -> None:
    twins = [
        f"{name}: 192.0.2.9" for name in ("X_Forwarded_For", "X-Forwarded_For", "X_Forwarded-For", "x_forwarded_for")
    ]
    for method, target in (("POST", "/articles/a/views"), ("GET", "/articles/a/views.gif"), ("GET", "/latest.rss?x=1")):
        ask(edge.port, method, target, "Content-Length: 0", *twins)
        assert "192.0.2.9" not in str(origin.asked[-1].headers)
        assert "example.com" not in str(origin.asked[-1].headers)


@pytest.mark.parametrize("name", ["Accept", "Accept-Encoding", "X-Forwarded-For", "User-Agent", "Cookie"])
def test_a_header_of_any_length_is_no_error(edge: Varnish, origin: Scripted, name: str) -> None:
    """As it would be where a pattern needs more steps than Varnish allows."""
    for part in ("br ", ", ", "text/html ;q=1", "1,", "a/b;", "; "):
        for end in ("", "x", "\xe9"):
            assert (
                ask(edge.port, "GET", f"/{name.lower()}-panjang", f"{name}: a{part * (7_900 // len(part))}{end}").status
                == 200
            )


def test_two_headers_with_codings_are_read_as_one(edge: Varnish, origin: Scripted) -> None:
    ask(edge.port, "GET", "/dua-kali.rss", "Accept-Encoding: gzip", "Accept-Encoding: br")
    ask(edge.port, "GET", "/dua-kali", "Accept: text/html;q=0.5", "Accept: application/atom+xml", "Accept: text/html")
    assert [asked.headers.get("Accept-Encoding") for asked in origin.asked] == ["br", None]
    assert origin.asked[1].headers["Accept"] == "text/html;q=0.5, application/atom+xml, text/html"


def test_a_request_that_reads_brings_no_body(edge: Varnish, origin: Scripted) -> None:
    assert edge.request("GET", "/isi.rss", body=b"x").status == 400
    assert edge.request("GET", "/articles/a/views.gif", body=b"x").status == 400
    assert origin.asked == []
    assert ask(edge.port, "GET", "/isi.rss", "Content-Length: 0").status == 200


def test_docs_and_compose_file_start_varnish_alike() -> None:
    documented = (ROOT / "docs/edge.md").read_text()
    assert {parameter for parameter in PARAMETERS if f"-p {parameter}" not in documented} == set()
    assert "backend_idle_timeout=4" in PARAMETERS  # half of what Warta lets a connection idle


def test_the_api_and_page_views_pass_as_they_are(edge: Varnish, origin: Scripted) -> None:
    views = ("POST", "/articles/a/views"), ("GET", "/articles/a/views.gif?1")
    stats = ("GET", "/stats"), ("POST", "/stats"), ("GET", "/stats?window=7d")
    for method, path in (("GET", "/api/changes"), *views, *stats):
        for _ in range(2):
            origin.asked.clear()
            edge.request(method, path, {"Authorization": "Bearer x", "Cookie": "a=b", "X-Forwarded-For": "192.0.2.1"})
            [asked] = origin.asked
            assert (asked.method, asked.path, asked.headers["Authorization"]) == (method, path, "Bearer x")
            assert asked.headers["Cookie"] == "a=b"
            assert asked.headers["X-Forwarded-For"] == "192.0.2.1, 127.0.0.1"
    assert edge.request("TRACE", "/").status == 405


def test_what_warta_would_not_be_handed_is_written_in_ascii(edge: Varnish, origin: Scripted) -> None:
    for forwarded, passed in FORWARDED:
        for method, path in (("POST", "/articles/a/views"), ("GET", "/articles/a/views.gif")):
            edge.request(method, path, {"User-Agent": "Peramban/1 (caf\xe9)", "X-Forwarded-For": forwarded})
            asked = origin.asked[-1].headers
            assert asked["User-Agent"] == "Peramban/1 (caf?)"
            assert asked["X-Forwarded-For"].removeprefix(", ") == passed


@pytest.mark.parametrize(
    "path", ["/metrics", "/metrics?x", "/healthz", "/readyz", "/metrics#x", "/m%65trics", "/%72eadyz", "/health%7A"]
)
def test_what_is_for_operators_is_not_at_the_edge(edge: Varnish, origin: Scripted, path: str) -> None:
    assert edge.get(path).status in (400, 404)
    assert origin.asked == []


@pytest.mark.parametrize(("said", "asked"), CODINGS)
def test_a_request_has_one_coding(edge: Varnish, origin: Scripted, said: str, asked: str | None) -> None:
    edge.get(f"/koding-{abs(hash(said))}.rss", Accept_Encoding=said)
    assert origin.asked[-1].headers.get("Accept-Encoding") == asked


# --- who may purge -------------------------------------------------------------------------------------------


def test_a_stranger_cannot_purge(edge: Varnish, origin: Scripted) -> None:
    edge.get("/milik.rss")
    origin.asked.clear()
    for key in ("", "salah", "kunci-uji2"):
        assert edge.purge("latest", key).status == 403
    assert edge.request("PURGE", "/milik.rss", {"Surrogate-Key": "latest"}).status == 403
    assert edge.request("PURGE", "/", {"Authorization": "Bearer kunci-uji"}).status == 400
    edge.get("/milik.rss")
    assert origin.asked == []


def test_without_a_key_this_machine_may_purge_and_nobody_behind_a_proxy_on_it(origin: Scripted) -> None:
    with Varnish(origin.port, key="") as edge:
        assert edge.request("PURGE", "/", {"Surrogate-Key": "latest"}).status == 200
        through = {"Surrogate-Key": "latest", "X-Forwarded-For": "192.0.2.1"}
        assert edge.request("PURGE", "/", through).status == 403
