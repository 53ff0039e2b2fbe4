"""Subscribers that fail in every way: each gets its share of attempts, and the others get their documents at once."""

import asyncio
import socket
import time
from typing import Any

import pytest

from service.core.settings.hub import Hub
from service.push.hub import delivery
from tests.push.hub.conftest import HubUser
from tests.support.server import eventually
from tests.support.subscriber import Call, Script, answer, confirm, deliveries


def taking(script: Script) -> Script:
    """Confirm each verification, and answer deliveries by the script."""

    async def both(call: Call, writer: asyncio.StreamWriter) -> bytes:
        return await (script if call.method == "POST" else confirm)(call, writer)

    return both


async def hang(_call: Call, _writer: asyncio.StreamWriter) -> bytes:
    await asyncio.sleep(60)
    return b""


async def drip(_call: Call, writer: asyncio.StreamWriter) -> bytes:
    for byte in b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 600:
        writer.write(bytes([byte]))
        await asyncio.sleep(0.1)
    return b""


async def hang_up(_call: Call, writer: asyncio.StreamWriter) -> bytes:
    writer.close()
    return b""


async def garbage(_call: Call, _writer: asyncio.StreamWriter) -> bytes:
    return b"\0\xff no HTTP at all\r\n\r\n"


async def endless(_call: Call, writer: asyncio.StreamWriter) -> bytes:
    """A confirmation with an answer that never ends."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"x" * 65_536)
        await writer.drain()
    raise ConnectionError


FAILING: dict[str, tuple[Script, str]] = {
    "/500": (deliveries(500), "the subscriber answered 500"),
    "/404": (deliveries(404), "the subscriber answered 404"),
    "/redirect": (deliveries(302, Location="/willing"), "the subscriber answered 302; redirects are not followed"),
    "/hang": (taking(hang), "no whole answer within 2 seconds"),
    "/drip": (taking(drip), "no whole answer within 2 seconds"),
    "/hang-up": (taking(hang_up), "the server closed the connection without an answer"),
    "/garbage": (taking(garbage), "the answer is broken"),
}


@pytest.mark.parametrize("limits", [Hub(delivery_seconds=2, retry_seconds=0)], ids=["no retries"])
def test_the_others_get_their_documents_and_each_failure_is_told(hub: HubUser) -> None:
    hub.subscriber.scripts |= {path: script for path, (script, _) in FAILING.items()}
    hub.subscriber.scripts["/endless"] = taking(endless)
    hub.subscriber.scripts["/gone"] = deliveries(410)
    paths = [*FAILING, "/endless", "/gone", "/willing"]
    for path in paths:
        assert hub.ask(path).status_code == 202
    eventually(lambda: hub.totals().subscriptions == len(paths))
    published = time.monotonic()
    hub.publish("baru")
    hub.delivered(1, "/willing")
    assert hub.subscriber.deliveries("/willing")[0].at - published < 2  # before any of the others is given up
    eventually(lambda: hub.totals().given_up == len(FAILING))
    report = hub.services.hub_reports.report()
    told = {"/" + each.callback.rsplit("/", 1)[1]: each.error for each in report.worst}
    for path, (_, reason) in FAILING.items():
        assert told[path].startswith(reason), path
    assert hub.totals().subscriptions == len(paths) - 1  # 410 has ended one, and nothing else ends any
    assert (hub.totals().due, hub.totals().failing) == (0, 0)  # the endless answer has confirmed
    metrics = hub.services.metrics.text().decode()
    assert f'warta_hub_deliveries_total{{outcome="given up"}} {len(FAILING)}.0' in metrics
    hub.subscriber.scripts.clear()
    hub.publish("lagi")
    for path in FAILING:
        hub.delivered(2, path)
        assert b"Judul lagi" in hub.subscriber.deliveries(path)[-1].body
    eventually(lambda: hub.totals().given_up == 0)


def test_a_failing_delivery_is_repeated_with_the_newest_document(hub: HubUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FIRST_PAUSE_SECONDS", 0.3)
    hub.subscriber.scripts["/callback"] = deliveries(500)
    hub.subscribe()
    hub.publish("baru")
    hub.delivered(2)
    hub.publish("lagi")
    hub.subscriber.scripts.clear()
    eventually(lambda: hub.totals().failing == 0)
    assert b"Judul lagi" in hub.subscriber.deliveries()[-1].body


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_heeded(hub: HubUser, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    monkeypatch.setattr(delivery, "FIRST_PAUSE_SECONDS", 0.1)
    hub.subscriber.scripts["/callback"] = deliveries(status, Retry_After="2")
    hub.subscribe()
    hub.publish("baru")
    hub.delivered(1)
    hub.subscriber.scripts.clear()
    hub.publish("lagi")
    hub.delivered(2)
    first, second = hub.subscriber.deliveries()
    assert second.at - first.at > 1.9


def test_a_name_that_leads_elsewhere_the_second_time_is_refused(hub: HubUser, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the verification goes to a permitted IP address, the delivery would go to the cloud's metadata."""
    addresses = ["127.0.0.1", "169.254.169.254"]
    real = socket.getaddrinfo

    def resolve(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        if host == "rebinding.example":
            return real(addresses.pop(0) if len(addresses) > 1 else addresses[0], port, *more, **named)
        return real(host, port, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    callback = hub.subscriber.url("/rebinding").replace("127.0.0.1", "rebinding.example")
    assert hub.ask(callback=callback).status_code == 202
    eventually(lambda: hub.totals().subscriptions == 1)
    time.sleep(1.2)  # the connection of the verification ends
    hub.publish("baru")
    eventually(lambda: hub.totals().failing == 1)
    [failing] = hub.services.hub_reports.report().worst
    assert "rebinding.example leads to 169.254.169.254, which is not a public IP address" in failing.error
    assert hub.subscriber.deliveries() == []


@pytest.mark.parametrize("limits", [Hub(failed_verifications=3)], ids=["three"])
def test_nobody_can_make_the_hub_flood_a_host(hub: HubUser) -> None:
    async def refuse(call: Call, writer: asyncio.StreamWriter) -> bytes:
        return answer(404)

    paths = [f"/victim/{number}" for number in range(40)]
    hub.subscriber.scripts |= dict.fromkeys(paths, refuse)
    for path in paths:
        assert hub.ask(path).status_code == 202
    eventually(lambda: len(hub.subscriber.verifications()) >= 3)
    time.sleep(1.5)
    assert len(hub.subscriber.verifications()) <= 3 + 16  # those that had begun before the third failed
    assert hub.totals().waiting >= 40 - 19


@pytest.mark.parametrize("limits", [Hub(delivery_seconds=5, requests_per_host=50)], ids=["per host"])
def test_a_hundred_slow_subscribers_delay_nobody(hub: HubUser) -> None:
    """They are the first to be served, and on the host of all the others."""
    slow = [f"/slow/{number}" for number in range(100)]
    quick = [f"/quick/{number}" for number in range(200)]
    hub.subscriber.scripts |= dict.fromkeys(slow, taking(hang))
    for path in [*slow, *quick]:
        assert hub.ask(path).status_code == 202
    eventually(lambda: hub.totals().subscriptions == 300)
    published = time.monotonic()
    hub.publish("baru")
    eventually(lambda: sum(call.callback.startswith("/quick/") for call in hub.subscriber.deliveries()) == 200)
    assert time.monotonic() - published < 5  # before the first slow one is given up
