"""Names are resolved with a time limit, and the last good answer replaces one that does not come."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from service.core.name_resolution import NameResolver
from tests.support.server import eventually


class Resolver:
    """The resolver of the system for one name: it hangs, fails, or gives an answer."""

    def __init__(self) -> None:
        self.hangs = threading.Event()
        self.hangs.set()
        self.error: Exception | None = None
        self.look_ups = 0
        self._look_up = socket.getaddrinfo

    def __call__(self, host: Any, *rest: Any, **named: Any) -> Any:
        if host != "warta.uji":
            return self._look_up(host, *rest, **named)
        self.look_ups += 1
        self.hangs.wait()
        if self.error:
            raise self.error
        return self._look_up("192.0.2.1", *rest, **named)


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    system = Resolver()
    monkeypatch.setattr(socket, "getaddrinfo", system)
    return system


def test_the_last_good_answer_is_used_while_the_resolver_hangs_or_cannot_answer(system: Resolver) -> None:
    resolver = NameResolver()
    assert resolver.ip_addresses("warta.uji", 5) == ["192.0.2.1"]
    system.hangs.clear()
    assert resolver.ip_addresses("warta.uji", 0.01) == ["192.0.2.1"]
    system.error = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
    system.hangs.set()
    assert eventually(lambda: resolver.ip_addresses("warta.uji", 5) == ["192.0.2.1"])
    system.error = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    assert eventually(lambda: _fails(resolver))


def _fails(resolver: NameResolver) -> bool:
    try:
        resolver.ip_addresses("warta.uji", 5)
    except socket.gaierror:
        return True
    return False


def test_without_an_answer_the_error_names_the_host_and_one_thread_waits_for_all(system: Resolver) -> None:
    resolver = NameResolver()
    system.hangs.clear()

    def ask(_: int) -> str:
        with pytest.raises(TimeoutError) as raised:
            resolver.ip_addresses("warta.uji", 0.01)
        return str(raised.value)

    with ThreadPoolExecutor(8) as threads:
        assert {*threads.map(ask, range(40))} == {"the name warta.uji could not be resolved within 0.01 seconds"}
    assert system.look_ups == 1
    system.hangs.set()
    assert eventually(lambda: resolver.ip_addresses("warta.uji", 5) == ["192.0.2.1"])


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "fe80::1%lo"])
def test_an_ip_address_needs_no_resolver(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", None)
    assert NameResolver().ip_addresses(address, 0) == [address]
