"""Clients behind proxies, and the report when a proxy hides them."""

import logging
from ipaddress import ip_network

import pytest

from service.core.clients import LOG_SECONDS, Clients, last_reports
from service.core.ip_addresses import ForwardingProblem
from service.core.metrics import Metrics
from service.core.redis import RedisLink, connect
from tests.support.clock import Clock

TRUSTED = (ip_network("10.0.0.0/8"),)
BEHIND = {"REMOTE_ADDR": "172.18.0.5", "HTTP_X_FORWARDED_FOR": "198.51.100.1"}


def clients(link: RedisLink, metrics: Metrics, clock: Clock) -> Clients:
    return Clients(TRUSTED, metrics, link, clock.seconds)


def problems(metrics: Metrics) -> dict[str, float]:
    return {
        problem.value: metrics.forwarding_problems.labels(problem.value)._value.get() for problem in ForwardingProblem
    }


def test_a_proxy_that_is_not_trusted_is_logged_once_an_hour_counted_and_reported(
    link: RedisLink, metrics: Metrics, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    found = clients(link, metrics, clock)
    assert {found.ip_address(BEHIND) for _ in range(5)} == {"172.18.0.5"}
    [line] = caplog.messages
    assert line.startswith("172.18.0.5 sends forwarding headers")
    assert "trusted_proxies" in line
    assert problems(metrics) == {"untrusted": 5, "unreadable": 0}
    [report] = last_reports(link)
    assert (report.problem, report.peer, report.at) == (ForwardingProblem.UNTRUSTED, "172.18.0.5", clock.seconds())
    clock.forward(seconds=LOG_SECONDS)
    found.ip_address(BEHIND)
    assert len(caplog.messages) == 2


@pytest.mark.parametrize("header", ["HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_X_FORWARDED_FOR"])
def test_each_forwarding_header_counts(link: RedisLink, metrics: Metrics, clock: Clock, header: str) -> None:
    clients(link, metrics, clock).ip_address({"REMOTE_ADDR": "172.18.0.5", header: "for=198.51.100.1"})
    assert problems(metrics)["untrusted"] == 1


def test_a_trusted_proxy_that_sends_no_ip_address_is_reported(
    link: RedisLink, metrics: Metrics, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    found = clients(link, metrics, clock)
    assert found.ip_address({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "unknown"}) == "10.0.0.1"
    assert found.ip_address_behind("10.0.0.1", "198.51.100.1") == "198.51.100.1"
    assert problems(metrics) == {"untrusted": 0, "unreadable": 1}
    assert caplog.messages[0].startswith("10.0.0.1 is in trusted_proxies, and sends no IP address")


@pytest.mark.parametrize("peer", ["93.184.216.34", "::ffff:93.184.216.34", "2606:2800:220:1::1"])
def test_a_visitor_s_ip_address_is_neither_logged_nor_stored(
    link: RedisLink, metrics: Metrics, clock: Clock, caplog: pytest.LogCaptureFixture, peer: str
) -> None:
    clients(link, metrics, clock).ip_address({**BEHIND, "REMOTE_ADDR": peer})
    assert caplog.messages[0].startswith("a peer with a public IP address sends")
    assert last_reports(link)[0].peer == ""


def test_without_redis_the_log_and_the_metric_stay(
    metrics: Metrics, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    link = RedisLink(connect("unix:///nonexistent/redis.sock"), metrics)
    with caplog.at_level(logging.WARNING, "service.core.clients"):
        assert clients(link, metrics, clock).ip_address(BEHIND) == "172.18.0.5"
    link.close()
    assert problems(metrics)["untrusted"] == 1
    assert "172.18.0.5 sends forwarding headers" in caplog.text


def test_an_unknown_peer_is_no_problem(link: RedisLink, metrics: Metrics, clock: Clock) -> None:
    assert clients(link, metrics, clock).ip_address({"HTTP_X_FORWARDED_FOR": "198.51.100.1"}) == ""
    assert problems(metrics) == {"untrusted": 0, "unreadable": 0}
