"""What readers and senders get while the store or Redis is away: freshness suffers, feeds that were served do not."""

import io
import json
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import create_engine, event, text
from typing_extensions import Buffer

from service.app import create_app
from service.bootstrap import Services
from service.core.redis import PrivateRedis
from service.core.settings.model import Settings
from service.core.settings.site import Site
from service.storage import Scope
from service.web.server.http_server import THREADS_PER_PROCESS
from service.worker import process_worker
from tests.support.answers import lines, payload
from tests.support.articles import NOW, submission
from tests.support.background import background_round
from tests.support.build import opened
from tests.support.people import reader
from tests.support.postgres import PostgresServer
from tests.support.server import Answer, Server, eventually, warta

SITE = Site(title="Warta Uji", tag_authority="uji.example,2026")
FEEDS = ("/latest.rss", "/category/dinamika.json", "/popular.atom")


@pytest.fixture
def newsroom(database_url: str, own_redis: PrivateRedis, tmp_path: Path) -> Iterator[Services]:
    """A newsroom of one article that was read, on each kind of store."""
    settings = Settings(
        base_url="https://feeds.example",
        data_dir=tmp_path,
        database_url=database_url,
        redis_url=own_redis.url,
        site=SITE,
    )
    with opened(settings) as services:
        services.publisher.put([submission("satu")])
        services.counter.add("satu")
        yield services


@pytest.fixture
def client(newsroom: Services) -> FlaskClient:
    return create_app(newsroom.settings, newsroom).test_client()


@contextmanager
def store_away(services: Services) -> Iterator[None]:
    """A store that cannot be used: a folder where the file was, or a database that takes no connections."""
    services.database.close()  # connections that are open would go on working
    if services.database.is_sqlite:
        path = Path(services.settings.database_url.get_secret_value().removeprefix("sqlite:///"))
        aside = path.rename(path.with_suffix(".aside"))
        path.mkdir()
        yield
        path.rmdir()
        aside.rename(path)
        return
    name = services.database.engine.url.database
    elsewhere = create_engine(services.database.engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with elsewhere.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        yield
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
    elsewhere.dispose()


def changed_elsewhere(services: Services, redis: PrivateRedis) -> None:
    """A change that makes every cached document old."""
    with Redis.from_url(redis.url) as client:
        client.delete(*client.keys("*:version"))
    services.memory.invalidate([])


def test_without_the_store_the_last_good_copy_is_served_and_says_so(
    newsroom: Services, client: FlaskClient, own_redis: PrivateRedis
) -> None:
    good = {feed: client.get(feed) for feed in FEEDS}
    with store_away(newsroom):
        for feed in FEEDS:
            fresh = client.get(feed)
            assert (fresh.status_code, "Cache-Status" in fresh.headers) == (200, False)
        changed_elsewhere(newsroom, own_redis)
        for feed in FEEDS:
            stale = client.get(feed)
            assert stale.status_code == 200
            assert stale.data == good[feed].data
            assert stale.headers["ETag"] == good[feed].headers["ETag"]
            assert "stale" not in stale.headers["Cache-Control"] or "stale-if-error" in stale.headers["Cache-Control"]
            assert stale.headers["Cache-Status"].startswith("warta; hit")
            again = client.get(feed, headers={"If-None-Match": good[feed].headers["ETag"]})
            assert again.status_code == 304
    newsroom.publisher.put([submission("dua")])
    answer = client.get("/latest.rss")
    assert "Cache-Status" not in answer.headers
    assert b"Judul dua" in answer.data


def test_without_the_store_requests_that_need_it_are_503_with_a_retry_after(
    newsroom: Services, client: FlaskClient, token: Mapping[str, str]
) -> None:
    """And no word about the database: it would help nobody but an attacker."""
    with store_away(newsroom), Redis.from_url(newsroom.settings.redis_url.get_secret_value()) as other:
        client.get("/tiada", headers={"Accept": "text/html"})  # the boxes of error pages leave keys, once for all pages
        before = other.keys()
        requests = [
            ("GET", "/tag/belum-pernah.rss", {}),  # a feed of which there is no copy
            ("GET", "/category/belum-pernah/popular.rss", {}),
            ("GET", "/", {"Accept": "text/html"}),
            ("GET", "/articles/satu", {}),
            ("PUT", "/api/articles/satu", {}),
            ("GET", "/api/changes", {}),
            ("DELETE", "/api/articles/satu", {}),
        ]
        for method, path, headers in requests:
            answer = client.open(path, method=method, json={"title": "x"}, headers={**token, **headers})
            assert answer.status_code == 503, path
            assert answer.headers["Retry-After"] == "5"
            sentence = "coba lagi" if answer.mimetype == "text/html" else "try again in a few seconds"
            assert sentence in answer.get_data(as_text=True)
            for secret in ("sqlite", "postgres", "psycopg", "Traceback", str(newsroom.settings.data_dir)):
                assert secret not in answer.get_data(as_text=True)
        assert other.keys() == before
        ready = client.get("/readyz")
        assert (ready.status_code, payload(ready)["status"]) == (200, "degraded")
        assert payload(ready)["parts"]["store"]["state"] == "unavailable"
        assert client.get("/healthz").status_code == 200
        assert client.post("/articles/satu/views", headers=reader()).headers["Warta-View"] == "taken"
    assert payload(client.get("/readyz"))["status"] == "ready"


@pytest.fixture
def token(newsroom: Services) -> dict[str, str]:
    return {"Authorization": f"Bearer {newsroom.tokens.create('cms', Scope.ARTICLES_WRITE, NOW)}"}


def test_a_store_that_goes_away_in_the_middle_of_a_batch_fails_its_lines_only(
    newsroom: Services, client: FlaskClient, token: Mapping[str, str]
) -> None:
    """Lines that were answered are stored; the others say 503 each, and may be sent again."""
    away = store_away(newsroom)
    sent = [json.dumps({"id": f"b{n}", "title": "Judul", "summary": "x" * 200}).encode() + b"\n" for n in range(1000)]
    body = Interrupted(b"".join([*sent, b"rusak\n"]), len(b"".join(sent[:900])), lambda: away.__enter__())
    answers = lines(client.post("/api/articles", input_stream=body, headers=dict(token)))
    away.__exit__(None, None, None)
    assert [entry["line"] for entry in answers] == list(range(1, 1002))
    statuses = [entry["status"] for entry in answers]
    stored = statuses.count(201)
    assert statuses == [201] * stored + [503] * (1000 - stored) + [400]
    assert 0 < stored < 1000
    assert newsroom.store.article(f"b{stored - 1}")
    assert client.get(f"/api/articles/b{stored}", headers=dict(token)).status_code == 404


class Interrupted(io.BytesIO):
    """A body; something happens when it has been read so far."""

    def __init__(self, body: bytes, at: int, happens: Callable[[], None]) -> None:
        super().__init__(body)
        self._at = at
        self._happens = happens

    def readinto(self, buffer: Buffer, /) -> int:
        before = self.tell()
        count = super().readinto(buffer)
        if before < self._at <= self.tell():
            self._happens()
        return count


def test_without_redis_feeds_are_built_from_the_store_and_all_is_made_good_afterwards(
    newsroom: Services, client: FlaskClient, own_redis: PrivateRedis
) -> None:
    for feed in FEEDS:
        assert client.get(feed).status_code == 200
    own_redis.stop()
    newsroom.publisher.put([submission("dua")])
    beacons = [client.post("/articles/dua/views", headers=reader(n)) for n in range(3)]
    assert [beacon.headers["Warta-View"] for beacon in beacons] == ["taken"] * 3
    for feed in FEEDS[:2]:
        assert b"dua" in client.get(feed).data  # fresh even so
    assert b"satu" in client.get("/popular.atom").data  # the ranking as it was last seen
    ready = client.get("/readyz")
    assert (ready.status_code, payload(ready)["status"]) == (200, "degraded")

    own_redis.start()  # with the documents from before the change
    counting = process_worker(newsroom, {})

    def caught_up() -> bool:  # in the worse order: views of what Redis has not been told of
        counting.round()
        background_round(newsroom)
        return newsroom.counter.pending == 0 and newsroom.announcements.is_complete()

    eventually(caught_up)
    newsroom.memory.invalidate([])
    for feed in FEEDS:
        assert b"dua" in client.get(feed).data
    assert newsroom.counter.rankings.views_of(["satu", "dua"]) == {"satu": 1, "dua": 3}
    assert payload(client.get("/readyz"))["status"] == "ready"


def test_after_an_outage_no_old_document_is_sent(
    newsroom: Services, client: FlaskClient, own_redis: PrivateRedis
) -> None:
    """Redis is back, and has not been told yet: a process that did not notice must not take its old document either."""
    feeds = FEEDS[:2]
    for feed in feeds:
        assert b"dua" not in client.get(feed).data
    own_redis.stop()
    newsroom.publisher.put([submission("dua")])
    changed = {feed: client.get(feed).data for feed in feeds}
    assert all(b"dua" in document for document in changed.values())
    own_redis.start()
    with closing(Services.build(newsroom.settings)) as unaware:
        other = create_app(newsroom.settings, unaware).test_client()
        for _ in range(3):
            unaware.memory.invalidate([])
            for feed in feeds:
                assert other.get(feed).data == client.get(feed).data == changed[feed]
        assert not unaware.redis.is_suspect  # it could have had the old ones

        def told() -> bool:
            background_round(newsroom)
            return newsroom.announcements.is_complete()

        eventually(told)
        assert {feed: other.get(feed).data for feed in feeds} == changed


def test_a_redis_that_takes_no_writes_is_still_read(
    newsroom: Services, client: FlaskClient, own_redis: PrivateRedis
) -> None:
    """A full disk, or a replica: even with the store away, the last good copy is at hand."""
    good = {feed: client.get(feed).data for feed in FEEDS}
    newsroom.store.put([submission("dua")], NOW)
    with Redis.from_url(own_redis.url) as other:
        for list_name in ("latest", "category/dinamika"):
            other.set(f"warta:{{{list_name}}}:version", "lain")
        other.config_set("min-replicas-to-write", 1)
        newsroom.memory.invalidate([])
        with store_away(newsroom):
            for feed in FEEDS:
                eventually(lambda: payload(client.get("/readyz"))["parts"]["redis"]["state"] == "ok")
                answer = client.get(feed)
                assert (answer.status_code, answer.data) == (200, good[feed]), feed
        other.config_set("min-replicas-to-write", 0)


def test_a_full_disk_refuses_changes_and_serves_feeds(
    newsroom: Services, client: FlaskClient, token: Mapping[str, str]
) -> None:
    """SQLite reports a file that may not grow as it reports a full disk."""
    if not newsroom.database.is_sqlite:
        pytest.skip("PostgreSQL has no limit of its files")
    good = client.get("/latest.rss").data
    newsroom.database.engine.dispose()

    def limit(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # no smaller than the file is

    event.listen(newsroom.database.engine, "connect", limit)
    large = {"title": "Judul besar", "content_html": f"<p>{'isi ' * 100_000}</p>"}
    answer = client.put("/api/articles/besar", json=large, headers=dict(token))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "try again in a few seconds" in answer.get_data(as_text=True)
    newsroom.memory.invalidate([])
    assert client.get("/latest.rss").data == good
    event.remove(newsroom.database.engine, "connect", limit)
    newsroom.database.engine.dispose()
    assert client.put("/api/articles/besar", json=large, headers=dict(token)).status_code == 201


def test_without_store_and_redis_the_service_is_alive_and_says_that_it_is_down(
    newsroom: Services, client: FlaskClient, own_redis: PrivateRedis
) -> None:
    good = client.get("/latest.rss").data
    own_redis.stop()
    newsroom.memory.invalidate([])
    with store_away(newsroom):
        held = client.get("/latest.rss")  # which the process has served before
        assert (held.status_code, held.data) == (200, good)
        assert held.headers["Cache-Status"].startswith("warta; hit")
        answer = client.get("/latest.atom")
        assert answer.status_code == 503
        assert answer.content_type == "application/problem+json"
        ready = client.get("/readyz")
        assert (ready.status_code, payload(ready)["status"]) == (503, "down")
        assert client.get("/healthz").status_code == 200
        assert client.get("/metrics").status_code == 200
    assert client.get("/latest.atom").status_code == 200


def test_a_postgresql_that_hangs_stops_nobody_who_does_not_need_it(postgres: PostgresServer, tmp_path: Path) -> None:
    """With more clients that need the store than the server has threads."""
    url = postgres.empty_database()
    data = tmp_path / "data"
    data.mkdir()
    warta(data, "migrate", WARTA_DATABASE_URL=url)
    with Server(data, WARTA_DATABASE_URL=url) as server, ThreadPoolExecutor(2 * THREADS_PER_PROCESS) as clients:
        secret = warta(
            data, "token", "create", "cms", "--scope", "articles:write", WARTA_DATABASE_URL=url
        ).output.strip()
        sender = {"Authorization": f"Bearer {secret}"}

        def put(id_: str) -> Answer:
            return server.request("PUT", f"/api/articles/{id_}", json.dumps({"title": f"Judul {id_}"}).encode(), sender)

        def timed(ask: Callable[[], Answer]) -> tuple[Answer, float]:
            started = time.monotonic()
            return ask(), time.monotonic() - started

        assert put("satu").status == 201
        good = {feed: server.get(feed).body for feed in ("/latest.rss", "/latest.atom")}
        with postgres.frozen():
            needing = [clients.submit(server.get, f"/tag/belum-{n}.rss") for n in range(2 * THREADS_PER_PROCESS)]
            needing += [clients.submit(server.get, "/") for _ in range(THREADS_PER_PROCESS)]
            for _ in range(50):
                for feed, body in good.items():
                    answer, seconds = timed(partial(server.get, feed))
                    assert (answer.status, answer.body) == (200, body)
                    assert seconds < 2
            assert {answer.result().status for answer in needing} == {503}
            refused, seconds = timed(lambda: put("dua"))
            assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
            assert seconds < 5
            ready, seconds = timed(lambda: server.get("/readyz"))
            assert (ready.status, ready.json["parts"]["store"]["state"]) == (200, "unavailable")
            assert seconds < 5
        eventually(lambda: put("tiga").status == 201)
        assert b"Judul tiga" in server.get("/latest.rss").body
    postgres.drop(url)


def test_a_bug_is_a_500_without_its_traceback_and_a_log_line_with_it(
    newsroom: Services, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """A row that nobody of ours would write, as after a mistake by hand."""
    newsroom.database.close()
    with newsroom.database.engine.begin() as connection:
        connection.execute(text("""UPDATE articles SET authors = '[{"nama": 7}]'"""))
    changed = client.get("/latest.rss?limit=7")
    assert changed.status_code == 500
    assert changed.content_type == "application/problem+json"
    assert payload(changed)["detail"] == "something went wrong here; the operators' log has the details"
    page = client.get("/articles/satu", headers={"Accept": "text/html"})
    assert page.status_code in (200, 500)
    for answer in (changed, page):
        assert "Traceback" not in answer.get_data(as_text=True)
        assert "AttributeError" not in answer.get_data(as_text=True)
    [record] = [record for record in caplog.records if "/latest.rss" in record.getMessage()]
    assert record.getMessage() == "unexpected error at GET /latest.rss"
    assert record.exc_info
    assert client.get("/healthz").status_code == 200
