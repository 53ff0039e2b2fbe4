"""The body of a request: what it may take, in time and in threads."""

import io
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from service.core.errors import BadRequest, BodyTooSlow, TooBusy
from service.core.settings.serving import Limits
from service.web.http import request_body
from service.web.http.request_body import RequestBodies, RequestBody, Sender

THREADS = 12


class Pipe:
    """A body whose bytes come when a test sends them; `read` blocks as the server's does."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        self._file = os.fdopen(self._read, "rb", buffering=0)

    def read(self, size: int, /) -> bytes:
        found = b""
        while len(found) < size and (data := self._file.read(size - len(found))):
            found += data
        return found

    def send(self, data: bytes) -> None:
        os.write(self._write, data)

    def end(self) -> None:
        os.close(self._write)

    def close(self) -> None:
        self._file.close()


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    with closing(Pipe()) as pipe:
        yield pipe


@pytest.fixture
def bodies(monkeypatch: pytest.MonkeyPatch) -> RequestBodies:
    """Rules with short times."""
    monkeypatch.setattr(request_body, "GRACE_SECONDS", 1.0)
    monkeypatch.setattr(request_body, "CHECK_SECONDS", 0.05)
    return RequestBodies(Limits(body_rate=10_000, body_seconds=2, batch_seconds=2), THREADS)


def body_of(data: bytes, bodies: RequestBodies, *, length: int | None = None, client: str = "192.0.2.1") -> RequestBody:
    return RequestBody(io.BytesIO(data), length, client, bodies, lambda: None)


@pytest.mark.parametrize("length", [None, 10_000])
@pytest.mark.parametrize("size", [-1, 10_000, 20_000])
def test_a_body_that_is_there_is_read_whole(bodies: RequestBodies, length: int | None, size: int) -> None:
    data = os.urandom(10_000)
    body = body_of(data, bodies, length=length)
    assert body.read(size) == data
    assert body.read(size) == b""


def test_a_body_is_read_in_pieces(bodies: RequestBodies) -> None:
    body = body_of(b"abcdef", bodies, length=6)
    assert [body.read(4), body.read(0), body.read(4), body.read(4)] == [b"abcd", b"", b"ef", b""]


def test_nothing_is_read_beyond_the_length(bodies: RequestBodies) -> None:
    assert body_of(b"satuGET / HTTP/1.1", bodies, length=4).read() == b"satu"


def test_a_body_that_ends_too_early_is_an_error_after_what_came(bodies: RequestBodies) -> None:
    body = body_of(b"satu", bodies, length=10)
    assert body.read1() == b"satu"
    with pytest.raises(BadRequest, match="6 bytes before the end"):
        body.read1()
    with pytest.raises(BadRequest):
        body_of(b"satu", bodies, length=10).read()


@pytest.mark.parametrize("kind", Sender)
def test_a_body_that_stops_coming_is_disconnected(bodies: RequestBodies, pipe: Pipe, kind: Sender) -> None:
    """What came before is given; then the error says how slow it was."""
    body = RequestBody(pipe, 100, "192.0.2.1", bodies, pipe.end)
    body.set_sender(kind)
    pipe.send(b"satu")
    assert body.read1() == b"satu"
    with pytest.raises(BodyTooSlow, match="4 bytes of the body arrived"):
        body.read1()


def test_a_body_that_drips_is_ended_even_if_each_byte_comes_in_time(bodies: RequestBodies, pipe: Pipe) -> None:
    body = RequestBody(pipe, None, "192.0.2.1", bodies, pipe.end)
    body.set_sender(Sender.KNOWN)

    def drip() -> None:
        with pytest.raises(OSError, match="descriptor"):
            while True:
                pipe.send(b"a")
                time.sleep(0.02)

    thread = threading.Thread(target=drip)
    thread.start()
    with pytest.raises(BodyTooSlow):
        body.read()
    thread.join()


def test_a_failure_to_disconnect_is_tried_again(
    bodies: RequestBodies, pipe: Pipe, caplog: pytest.LogCaptureFixture
) -> None:
    """For example where the process has no file descriptor left."""
    failures = [OSError("Too many open files")]

    def disconnect() -> None:
        if failures:
            raise failures.pop()
        pipe.end()

    body = RequestBody(pipe, 100, "192.0.2.1", bodies, disconnect)
    with pytest.raises(BodyTooSlow):
        body.read()
    assert "could not be ended" in caplog.text


def test_only_waiting_counts(bodies: RequestBodies) -> None:
    """The time in which a batch is stored is ours."""
    body = body_of(b"a" * 9_000, bodies)
    body.set_sender(Sender.BATCH)
    assert body.read(4_000)
    time.sleep(2.2)
    assert len(body.read()) == 5_000


def test_a_client_holds_one_of_the_places_of_strangers_and_all_of_them_two(bodies: RequestBodies) -> None:
    def begun(client: str) -> RequestBody:
        body = body_of(b"ab", bodies, client=client)
        assert body.read(1) == b"a"
        return body

    first = begun("192.0.2.1")
    with pytest.raises(TooBusy):
        begun("192.0.2.1")
    begun("192.0.2.2")
    with pytest.raises(TooBusy):
        begun("192.0.2.3")
    first.read()  # its end gives the place back
    begun("192.0.2.3")


def test_a_batch_holds_its_place_until_the_request_ends(bodies: RequestBodies) -> None:
    batches = [body_of(b"", bodies) for _ in range(THREADS // 4)]
    for batch in batches:
        batch.set_sender(Sender.BATCH)
        assert batch.read() == b""
    with pytest.raises(TooBusy):
        body_of(b"", bodies).set_sender(Sender.BATCH)
    batches[0].finish()
    body_of(b"", bodies).set_sender(Sender.BATCH)


def test_of_slow_bodies_with_a_token_only_some_go_on(bodies: RequestBodies) -> None:
    """Those that came last are ended, before their own time is over."""
    ended: list[int] = []
    pipes = [Pipe() for _ in range(THREADS)]

    def disconnect(n: int) -> Callable[[], None]:
        def end() -> None:
            if n not in ended:
                ended.append(n)
                pipes[n].end()

        return end

    def read(n: int) -> None:
        body = RequestBody(pipes[n], 100, "192.0.2.1", bodies, disconnect(n))
        body.set_sender(Sender.KNOWN)
        with pytest.raises(BodyTooSlow):
            body.read()

    threads = [threading.Thread(target=read, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
        time.sleep(0.005)
    for thread in threads:
        thread.join()
    assert sorted(ended) == list(range(THREADS))
    assert set(ended[: THREADS - THREADS // 3]) == set(range(THREADS // 3, THREADS))
    for pipe in pipes:
        pipe.close()
