"""IP addresses: every form in which proxies write them, and the one client behind them."""

import time
from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.ip_addresses import (
    MAX_ADDRESS_CHARACTERS,
    Client,
    ForwardingProblem,
    client_in_log,
    client_of,
    customer,
    parse,
    wider_networks,
)

TRUSTED = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]
UNTRUSTED, UNREADABLE = ForwardingProblem


@pytest.mark.parametrize(
    ("peer", "forwarded", "ip_address", "problem"),
    [
        ("203.0.113.9", None, "203.0.113.9", None),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9", UNTRUSTED),  # any client can write it
        ("10.0.0.1", "198.51.100.1", "198.51.100.1", None),
        ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1", None),  # Azure's Application Gateway
        ("10.0.0.1", "[2001:db8:1:2::5]:4711", "2001:db8:1:2::", None),
        ("10.0.0.1", "[2001:db8:1:2::5]", "2001:db8:1:2::", None),
        ("10.0.0.1", "192.0.2.66:1, 198.51.100.1:2,10.0.0.2:3", "198.51.100.1", None),
        ("10.0.0.1", "192.0.2.66, 198.51.100.1", "198.51.100.1", None),  # the client has invented the first
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3", None),
        ("10.0.0.1", "unknown", "10.0.0.1", UNREADABLE),
        ("10.0.0.1", "198.51.100.1, unknown", "10.0.0.1", UNREADABLE),
        ("10.0.0.1", "unknown, 198.51.100.1", "198.51.100.1", None),
        ("10.0.0.1", "198.51.100.1:x", "10.0.0.1", UNREADABLE),
        ("10.0.0.1", None, "10.0.0.1", None),
        ("10.0.0.1", "", "10.0.0.1", None),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1", None),
        ("fd00::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::", None),
        ("2001:db8:1:2:ffff::1", None, "2001:db8:1:2::", None),  # one household
        ("64:ff9b::198.51.100.1", None, "198.51.100.1", None),  # NAT64
        ("10.0.0.1", "64:ff9b::c633:6401", "198.51.100.1", None),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", None, "192.0.2.45", None),  # the example of RFC 4380 §4
        ("64:ff9b::10.0.0.1", "198.51.100.1", "10.0.0.1", UNTRUSTED),  # not the proxy, though it translates to it
        ("", "198.51.100.1", "", None),
    ],
)
def test_the_client_is_the_last_ip_address_that_is_no_trusted_proxy(
    peer: str, forwarded: str | None, ip_address: str, problem: ForwardingProblem | None
) -> None:
    assert client_of(peer, forwarded, TRUSTED) == Client(ip_address, problem)


@pytest.mark.parametrize("trusted", [[], TRUSTED])
def test_other_forwarding_headers_are_a_problem_alone(trusted: list[object]) -> None:
    def problem(peer: str, forwarded: str | None) -> ForwardingProblem | None:
        return client_of(peer, forwarded, trusted, other_headers=True).problem  # type: ignore[arg-type]

    assert problem("203.0.113.9", None) is UNTRUSTED
    assert problem("10.0.0.1", None) is (UNREADABLE if trusted else UNTRUSTED)
    assert problem("10.0.0.1", "198.51.100.1") is (None if trusted else UNTRUSTED)


def test_without_trusted_proxies_no_header_is_believed() -> None:
    assert client_of("10.0.0.1", "198.51.100.1", []) == Client("10.0.0.1", UNTRUSTED)


@pytest.mark.parametrize(
    ("field", "client"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("10.1.2.3", "10.1.2.3"),
        ("198.51.100.1, 10.0.0.1", "198.51.100.1"),
        ("198.51.100.1,192.168.0.1:80", "198.51.100.1"),
        ("192.0.2.66, 198.51.100.1, 203.0.113.7", "198.51.100.1"),
        ("192.0.2.66, 198.51.100.1", "198.51.100.1"),
    ],
)
def test_a_list_in_a_log_ends_with_the_proxies(field: str, client: str) -> None:
    assert client_in_log(field, [ip_network("203.0.113.0/24")]) == client


def test_around_an_ipv6_address_are_the_networks_of_a_household_and_a_company() -> None:
    one, neighbour, far = "2001:db8:1:200::", "2001:db8:1:2ff::", "2001:db8:1:f00::"
    assert wider_networks(one) == wider_networks(neighbour) == ("20010db8000102/56", "20010db80001/48")
    assert wider_networks(far)[0] != wider_networks(one)[0]
    assert wider_networks(far)[1] == wider_networks(one)[1] != wider_networks("2001:db8:2:200::")[1]
    mapped = client_of("::ffff:192.0.2.1", None, []).ip_address
    assert wider_networks(mapped) == wider_networks("192.0.2.1") == wider_networks("") == ()


@given(st.ip_addresses(), st.integers(0, 65535))
def test_an_ip_address_is_read_with_and_without_a_port(address: IPv4Address | IPv6Address, port: int) -> None:
    expected = (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
    with_port = f"[{address}]:{port}" if isinstance(address, IPv6Address) else f"{address}:{port}"
    for text in (str(address), f"[{address}]", with_port, f' "{with_port}" '):
        assert parse(text) == expected
    assert customer(expected)


@given(st.text(alphabet='0123456789abcdef.:[]% "-,', max_size=80))
def test_any_text_is_an_ip_address_or_none(text: str) -> None:
    found = parse(text)
    assert found is None or customer(found)


def test_a_long_list_is_read_from_its_end_only() -> None:
    started = time.process_time()
    for text in ("1." * 50_000, "[" * 100_000, ":" * 100_000, "1" * MAX_ADDRESS_CHARACTERS * 1000):
        assert parse(text) is None
        client_of("10.0.0.1", f"{text},198.51.100.1", TRUSTED)
    assert time.process_time() - started < 1
