"""Long polls: parked without a thread, woken by a change, and answered in any case."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Response
from flask.testing import FlaskClient
from prometheus_client import Gauge

from service.web.http.waiting import Wait
from service.web.server.http_server import THREADS_PER_PROCESS
from service.web.server.parking import ParkingLot
from tests.support.answers import payload, refusal
from tests.support.command import run
from tests.support.server import Answer, Server, eventually


class Connection:
    """A connection, and the status of its answer."""

    def __init__(self) -> None:
        self.answered = threading.Event()
        self.status = 0
        self.body = b""

    def response_bytes(self, status: int, _headers: list[tuple[str, str]], body: bytes) -> None:
        assert not self.answered.is_set()
        self.status, self.body = status, body
        self.answered.set()


def wait(seconds: float, changed: threading.Event, *, broken: bool = False, waiting: Gauge | None = None) -> Wait:
    def look() -> Response | None:
        if broken:
            raise RuntimeError("broken")
        return Response("changed") if changed.is_set() else None

    waiting = waiting or Gauge("waiting", "Requests.", registry=None)
    return Wait(time.monotonic() + seconds, changed.is_set, look, lambda: look() or Response("nothing"), waiting.inc)


def value(gauge: Gauge) -> float:
    [metric] = gauge.collect()
    return metric.samples[0].value


def test_a_parked_request_is_answered_after_a_change_or_at_its_end() -> None:
    lot, change = ParkingLot(), threading.Event()
    woken, over = Connection(), Connection()
    assert lot.park(woken, wait(60, change))
    assert lot.park(over, wait(0.1, threading.Event()))
    assert over.answered.wait(10)
    assert (over.status, over.body) == (200, b"nothing")
    assert not woken.answered.is_set()
    change.set()
    assert woken.answered.wait(10)
    assert (woken.status, woken.body) == (200, b"changed")


def test_places_are_limited_and_come_free_again() -> None:
    lot, change, waiting = ParkingLot(places=2), threading.Event(), Gauge("waiting", "Requests.", registry=None)
    connections = [Connection() for _ in range(3)]
    assert [lot.park(each, wait(60, change, waiting=waiting)) for each in connections] == [True, True, False]
    assert value(waiting) == 2
    change.set()
    assert all(each.answered.wait(10) for each in connections[:2])
    assert eventually(lambda: lot.park(connections[2], wait(60, change)))
    assert value(waiting) == 0


def test_an_error_of_one_request_is_its_own() -> None:
    lot, change = ParkingLot(), threading.Event()
    broken, fine = Connection(), Connection()
    lot.park(broken, wait(60, change, broken=True))
    lot.park(fine, wait(60, change))
    change.set()
    assert broken.answered.wait(10)
    assert fine.answered.wait(10)
    assert (broken.status, fine.status) == (500, 200)


def test_when_the_process_ends_all_are_answered_and_none_is_parked() -> None:
    lot, connection = ParkingLot(), Connection()
    lot.park(connection, wait(60, threading.Event()))
    lot.close()
    assert (connection.status, connection.body) == (200, b"nothing")
    assert not lot.park(Connection(), wait(60, threading.Event()))


@pytest.mark.parametrize("seconds", ["31", "-1", "1.5", "a", "", "9" * 400, "１"])
def test_a_wrong_wait_is_refused(client: FlaskClient, token: dict[str, str], seconds: str) -> None:
    answer = client.get("/api/changes", query_string={"wait": seconds}, headers=token)
    assert answer.status_code == 400
    assert refusal(answer) == "wait: must be a number of seconds from 0 to 30"


def test_without_a_place_the_answer_is_empty_and_says_when_to_come_again(
    client: FlaskClient, token: dict[str, str]
) -> None:
    """As in another WSGI server, which parks nothing."""
    answer = client.get("/api/changes?wait=30", headers=token)
    assert payload(answer) == {"changes": [], "cursor": "0", "more": False}
    assert answer.headers["Retry-After"] == "5"
    assert "Retry-After" not in client.get("/api/changes?wait=0", headers=token).headers


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("parking") / "data") as server:
        yield server


@pytest.fixture(scope="module")
def headers(server: Server) -> dict[str, str]:
    secret = run(Path(server.data_dir), "token", "create", "cms", "--scope", "articles:write").output.strip()
    return {"Authorization": f"Bearer {secret}"}


def test_many_wait_and_none_holds_a_thread(server: Server, headers: dict[str, str]) -> None:
    def ask(path: str) -> Answer:
        return server.request("GET", path, headers=headers)

    number = 4 * THREADS_PER_PROCESS
    with ThreadPoolExecutor(number) as clients:
        waiting = [clients.submit(ask, "/api/changes?wait=30") for _ in range(number)]
        eventually(lambda: sum("/api/changes" in line.get("path", "") for line in server.log) >= number)
        assert not any(each.done() for each in waiting)
        assert server.get("/latest.rss").status == 200
        assert server.request("PUT", "/api/articles/satu", b'{"title": "Judul"}', headers).status == 201
        answers = [each.result(10) for each in waiting]
    assert {answer.status for answer in answers} == {200}
    assert {answer.json["changes"][0]["id"] for answer in answers} == {"satu"}
    assert answers[0].headers["X-Content-Type-Options"] == "nosniff"
    assert answers[0].headers["Cache-Control"] == "no-store"
    cursor = answers[0].json["cursor"]
    started = time.monotonic()
    assert ask(f"/api/changes?since={cursor}&wait=1").json == {"changes": [], "cursor": cursor, "more": False}
    assert time.monotonic() - started >= 1
    assert server.request("HEAD", f"/api/changes?since={cursor}&wait=30", headers=headers).status == 200


def test_a_stop_answers_those_that_wait(server: Server, headers: dict[str, str]) -> None:
    """The last test of this file: it stops the server."""
    [change] = server.request("GET", "/api/changes", headers=headers).json["changes"]
    with ThreadPoolExecutor(1) as clients:
        path = f"/api/changes?since={change['cursor']}&wait=30"
        before = len(server.log)
        waiting = clients.submit(server.request, "GET", path, headers=headers)
        eventually(lambda: len(server.log) > before)
        assert server.stop() == 0
        assert waiting.result(10).json["changes"] == []
    assert not any("refused to gracefully stop" in line.get("message", "") for line in server.log)
