"""Words that strangers choose: a process remembers a bounded part of them."""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping

import pytest

from tests.support.server import DEADLINE, Server, eventually, resident_memory, warta

MEGABYTE = 2**20
ALLOWED = 20 * MEGABYTE
CLIENTS = 4
TOGETHER = 25  # requests that a client sends before it reads the answers


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One process with the sample newsroom. It has all its threads, connections and usual documents already."""
    data_dir = tmp_path_factory.mktemp("words") / "data"
    warta(data_dir, "demo")
    with Server(data_dir, workers=1, WARTA_TRUSTED_PROXIES="127.0.0.0/8") as server:
        usual = ["/latest", "/popular", "/latest.rss", "/tag/tiada.rss", "/stats", "/articles/tiada"]
        usual += [f"/latest.{extension}?limit=100" for extension in ("rss", "atom", "json")]
        for _ in range(3):
            send(server, 16 * len(usual), lambda n: get(usual[n % len(usual)]), clients=16, together=1)
        yield server


def get(target: str, method: str = "GET", **headers: str) -> bytes:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: x", *lines, "", ""]).encode()


def word(n: int) -> str:
    """A word of 190 characters that no other number has."""
    return f"{n:06}{'kata' * 46}"


def send(
    server: Server, count: int, request: Callable[[int], bytes], *, clients: int = CLIENTS, together: int = TOGETHER
) -> set[int]:
    """Send the requests with these numbers over a few connections; the statuses of the answers."""
    statuses: set[int] = set()

    def client(numbers: range) -> None:
        for start in range(0, len(numbers), together * 20):
            with (
                socket.create_connection(("127.0.0.1", server.port), timeout=DEADLINE * 3) as connection,
                connection.makefile("rb") as answers,
            ):
                for portion in chunks(numbers[start : start + together * 20], together):
                    connection.sendall(b"".join(map(request, portion)))
                    statuses.update(answer(answers.readline, answers.read) for _ in portion)

    threads = [threading.Thread(target=client, args=(range(first, count, clients),)) for first in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def chunks(numbers: range, size: int) -> Iterator[range]:
    for start in range(0, len(numbers), size):
        yield numbers[start : start + size]


def answer(line: Callable[[], bytes], read: Callable[[int], bytes]) -> int:
    """The status of the next answer, which is read to its end."""
    status = int(line().split()[1])
    length = 0
    while field := line().strip().lower():
        if field.startswith(b"content-length:"):
            length = int(field[15:])
    read(0 if status in (204, 304) else length)
    return status


def article_ids(server: Server) -> list[str]:
    return [item["url"].rpartition("/")[2] for item in json.loads(server.get("/latest.json").body)["items"]]


@pytest.mark.timeout(400)
def test_no_word_that_a_stranger_chooses_makes_a_process_grow(server: Server) -> None:
    """Fifty thousand agents, encodings, languages, ETags and IP addresses; thousands of names, and every number."""
    [process] = server.workers()
    known = article_ids(server)
    before = resident_memory(process)

    def with_headers(n: int) -> bytes:
        chosen: Mapping[str, str] = {
            "User_Agent": f"Pembaca/{n} {word(n)}",
            "Accept_Encoding": f"gzip, {word(n)}",
            "Accept_Language": word(n),
            "Accept": f"application/{word(n)}, */*",
            "Cookie": f"warta_stats={word(n)}",
            "If_None_Match": f'"{word(n)}"',
            "X_Forwarded_For": f"{word(n)}, 2001:db8::{n:x}",
            "A_IM": "feed",
        }
        return get("/latest.rss", **chosen)

    formats = ("rss", "atom", "json")
    attacks: dict[str, tuple[int, Callable[[int], bytes], set[int]]] = {
        "headers": (50_000, with_headers, {200}),
        "names": (3_000, lambda n: get(f"/{('tag', 'author', 'category')[n % 3]}/{word(n)}.rss"), {404}),
        "long names": (1_000, lambda n: get(f"/tag/{n}{'kata' * 400}.rss"), {404}),
        "longer names": (1_000, lambda n: get(f"/tag/{n}{'kata' * 4_000}.rss"), {414}),
        "limits": (600, lambda n: get(f"/latest.{formats[n % 3]}?limit={n // 6 + 1}"), {200}),
        "ranked limits": (600, lambda n: get(f"/popular/7d.{formats[n % 3]}?limit={n // 6 + 1}"), {200}),
        "queries": (1_000, lambda n: get(f"/latest.rss?{word(n)}={word(n)}"), {400}),
        "ids": (2_000, lambda n: get(f"/articles/{word(n)}/views", "POST", User_Agent="Mozilla/5.0"), {404}),
        "visitors": (
            5_000,
            lambda n: get(f"/articles/{known[n % len(known)]}/views", "POST", User_Agent=f"Mozilla/5.0 {word(n)}"),
            {204},
        ),
        "pages": (300, lambda n: get("/latest", Accept="text/html", Accept_Language=word(n)), {200}),
        "photos": (60, lambda n: get(f"/photos/demo-{n}.png"), {200, 404}),
    }
    for name, (count, request, expected) in attacks.items():
        assert send(server, count, request) <= expected, name
        grown = resident_memory(process) - before
        assert grown < 2 * ALLOWED, f"{name}: {grown / MEGABYTE:.1f} MB"
    # What waits to be counted goes away by itself.
    assert eventually(lambda: resident_memory(process) - before < ALLOWED)
    assert server.workers() == [process]
