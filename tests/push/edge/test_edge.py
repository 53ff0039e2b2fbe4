"""Warta behind a real Varnish: a change is there at once, and what was there stays while Warta is away."""

import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from redis import Redis

from tests.support.command import run
from tests.support.people import reader
from tests.support.server import Server, children, eventually, free_port, warta
from tests.support.varnish import KEY, Varnish, needs_varnish

pytestmark = needs_varnish


@dataclass
class Newsroom:
    """`warta serve`, the edge in front of it, and who may write."""

    server: Server
    edge: Varnish
    token: Mapping[str, str]

    def put(self, article_id: str, title: str, category: str = "Dinamika") -> None:
        body = f'{{"title": "{title}", "content_html": "<p>Isi.</p>", "categories": ["{category}"]}}'
        answer = self.server.request("PUT", f"/api/articles/{article_id}", body.encode(), self.token)
        assert answer.status in (200, 201), answer.body

    def settle(self) -> None:
        """Wait until nothing waits to be purged, again either."""
        with Redis(unix_socket_path=str(self.server.data_dir / "redis.sock")) as redis:
            eventually(lambda: redis.zcard(f"warta:{{edge}}:{self.edge.address}") == 0)

    def fetched(self) -> float:
        """How many feeds were asked for at the origin."""
        time.sleep(0.6)  # what the warm path answers is counted every half second
        return self.metric("warta_requests_total{", 'endpoint="Feeds_document"')

    def metric(self, *parts: str) -> float:
        lines = self.server.get("/metrics").body.decode().splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if all(part in line for part in parts))


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    data_dir = tmp_path_factory.mktemp("edge") / "data"
    port = free_port()
    settings = {
        "WARTA_EDGE__KIND": "varnish",
        "WARTA_EDGE__ADDRESSES": f"http://127.0.0.1:{port}",
        "WARTA_EDGE__TOKEN": KEY,
        "WARTA_EDGE__POPULAR_MAX_AGE": "1",
    }
    with Server(data_dir, workers=2, **settings) as server, Varnish(server.port, port=port) as edge:
        created = warta(data_dir, "token", "create", "cms", "--scope", "articles:write")
        found = Newsroom(server, edge, {"Authorization": f"Bearer {created.output.strip()}"})
        found.put("pertama", "Berita pertama")
        found.put("tenang", "Berita tenang", "Tenang")
        found.settle()
        yield found


def test_a_change_is_at_the_edge_within_a_second(newsroom: Newsroom) -> None:
    """While many read, each in another coding: none of their fetches brings an old document to stay."""
    done = threading.Event()

    def read(coding: str) -> None:
        while not done.is_set():
            assert newsroom.edge.get("/latest.rss", Accept_Encoding=coding).status == 200

    def until(shown: bool, title: str) -> float:
        started = time.monotonic()
        for path in ("/latest.rss", "/category/dinamika.json"):
            eventually(lambda path=path: (title.encode() in newsroom.edge.get(path).body) == shown)  # type: ignore[misc]
        return time.monotonic() - started

    with ThreadPoolExecutor(2) as readers:
        reading = [readers.submit(read, coding) for coding in ("gzip", "identity")]
        taken = []
        for n in range(8):
            newsroom.put(f"kabar-{n}", f"Kabar nomor {n}")
            taken.append(until(True, f"Kabar nomor {n}"))
            newsroom.server.request("DELETE", f"/api/articles/kabar-{n}", headers=newsroom.token)
            taken.append(until(False, f"Kabar nomor {n}"))
        done.set()
        for each in reading:
            each.result()
    assert max(taken) < 1.0, taken


def test_what_does_not_change_is_fetched_once_and_conditions_are_met_at_the_edge(newsroom: Newsroom) -> None:
    newsroom.settle()
    before = newsroom.fetched()
    path = "/category/tenang.rss?limit=7"
    bodies = {}
    for asked, sent in {
        "gzip, deflate": "gzip",
        "gzip, deflate, br, zstd": "br",
        "gzip;q=0, zstd": "zstd",
        "": None,
        "identity": None,
        "gzip;q=0": None,
    }.items():
        answers = [newsroom.edge.get(path, Accept_Encoding=asked) for _ in range(20)]
        assert {(a.status, a.headers["Content-Encoding"]) for a in answers} == {(200, sent)}, asked
        assert len({a.body for a in answers}) == 1
        bodies[sent] = answers[0].body
        headers = answers[-1].headers
        assert "max-age=60" in headers["Cache-Control"]
        assert {"Age", "Surrogate-Key", "Surrogate-Control", "xkey"}.isdisjoint(headers)
        again = newsroom.edge.get(path, Accept_Encoding=asked, If_None_Match=headers["ETag"])
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", headers["ETag"])
        head = newsroom.edge.request("HEAD", path, {"Accept-Encoding": asked})
        assert (head.status, head.headers["Content-Length"]) == (200, str(len(answers[0].body)))
    assert b"Berita tenang" in bodies[None]
    assert len(set(bodies.values())) == 4
    assert newsroom.fetched() - before == 4


def test_a_withdrawn_article_s_page_leaves_the_edge_with_it(newsroom: Newsroom) -> None:
    newsroom.put("keliru", "Berita keliru", "Ralat")
    newsroom.settle()
    for path in ("/articles/keliru", "/category/ralat"):
        assert newsroom.edge.get(path, Accept="text/html").status == 200
    page = newsroom.edge.get("/articles/keliru")
    assert (page.headers["X-Varnish"].count(" "), page.headers["Cache-Control"].split(",")[0]) == (1, "max-age=60")
    assert newsroom.server.request("DELETE", "/api/articles/keliru", b"", newsroom.token).status == 204
    withdrawn = time.monotonic()
    eventually(lambda: newsroom.edge.get("/articles/keliru").status == 410)
    eventually(lambda: b"Berita keliru" not in newsroom.edge.get("/category/ralat", Accept="text/html").body)
    assert time.monotonic() - withdrawn < 3


def test_simultaneous_requests_after_a_purge_are_one_request_to_the_origin(newsroom: Newsroom) -> None:
    newsroom.settle()
    newsroom.edge.get("/category/tenang.atom", Accept_Encoding="gzip")
    before = newsroom.fetched()
    assert newsroom.edge.purge("category/tenang").status == 200
    with ThreadPoolExecutor(40) as readers:
        answers = list(
            readers.map(lambda _: newsroom.edge.get("/category/tenang.atom", Accept_Encoding="gzip"), range(200))
        )
    assert {answer.status for answer in answers} == {200}
    assert newsroom.fetched() - before == 1


def test_page_views_pass_and_popular_feeds_follow(newsroom: Newsroom) -> None:
    newsroom.put("jembatan", "Jembatan dibuka", "Tenang")
    newsroom.settle()
    before = newsroom.metric("warta_views_total{", 'fate="counted"')
    assert b"Jembatan dibuka" not in newsroom.edge.get("/category/tenang/popular.rss").body
    for n in range(3):
        beacon = newsroom.edge.request("POST", "/articles/jembatan/views", headers=reader(n))
        pixel = newsroom.edge.request("GET", "/articles/jembatan/views.gif", headers=reader(10 + n))
        assert [answer.headers["Warta-View"] for answer in (beacon, pixel)] == ["taken"] * 2
    started = time.monotonic()
    eventually(lambda: b"Jembatan dibuka" in newsroom.edge.get("/category/tenang/popular.rss").body)
    assert time.monotonic() - started < 1.5
    assert newsroom.metric("warta_views_total{", 'fate="counted"') - before == 6


def test_an_edge_that_was_away_is_told_when_it_is_back_and_operators_hear_of_it(newsroom: Newsroom) -> None:
    newsroom.settle()
    failed = newsroom.metric("warta_edge_purges_total{", 'outcome="failed"')
    newsroom.edge.stop()
    newsroom.put("sementara", "Sementara itu")
    name = f"purging {newsroom.edge.address}"
    eventually(lambda: newsroom.metric("warta_edge_purges_total{", 'outcome="failed"') > failed)
    said = run(newsroom.server.data_dir, "doctor", **edge_settings(newsroom.edge))
    assert f"wrong edge: {newsroom.edge.address} does not answer: " in said.output
    newsroom.edge.start()
    newsroom.settle()
    messages = [line["message"] for line in newsroom.server.log if line["message"].startswith(name)]
    assert messages[-2].startswith(f"{name} fails and will be tried again: {newsroom.edge.address} does not answer: ")
    assert messages[-1] == f"{name} works again"
    said = run(newsroom.server.data_dir, "doctor", **edge_settings(newsroom.edge))
    assert f"ok    edge: {newsroom.edge.address} answers, and takes purges" in said.output
    said = run(newsroom.server.data_dir, "doctor", **{**edge_settings(newsroom.edge), "WARTA_EDGE__TOKEN": "salah"})
    assert f"wrong edge: {newsroom.edge.address} answers 403; is edge.token right?" in said.output
    assert "salah" not in said.output + said.errors + newsroom.server.stderr.read_text()


def edge_settings(edge: Varnish) -> dict[str, str]:
    return {"WARTA_EDGE__KIND": "varnish", "WARTA_EDGE__ADDRESSES": edge.address, "WARTA_EDGE__TOKEN": KEY}


def test_without_the_origin_feeds_keep_coming_also_after_a_purge(newsroom: Newsroom) -> None:
    """The last test of this file: it kills the origin, without a chance to say goodbye."""
    newsroom.settle()
    paths = ("/latest.rss", "/category/tenang.json", "/popular.atom", "/feeds.opml", "/sitemap-news.xml")
    good = {path: newsroom.edge.get(path).body for path in paths}
    for pid in (newsroom.server.process.pid, *children(newsroom.server.process.pid)):
        os.kill(pid, signal.SIGKILL)
    newsroom.server.process.wait()
    ended = time.monotonic() + 4  # long enough for the edge to know that the origin is sick
    while time.monotonic() < ended:
        assert newsroom.edge.purge("warta").status == 200
        for path in paths:
            started = time.monotonic()
            answer = newsroom.edge.get(path)
            assert (answer.status, answer.body) == (200, good[path])
            assert "Age" not in answer.headers
            assert time.monotonic() - started < 1.0
    answer = newsroom.edge.get("/category/belum-pernah.rss")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
