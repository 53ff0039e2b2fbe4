"""The rules of the guard: which IP addresses are public, and how the parts of a URL are sent."""

import csv
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.errors import WartaError
from service.core.http_client import IpAddress, OutgoingRefused, fetch, is_public
from service.core.http_client.guard import Destination
from tests.core.http_client.conftest import FEED, LOOPBACK, Newsroom

DATA = Path(__file__).parent / "data"


@pytest.mark.parametrize(
    ("url", "host_header", "target"),
    [
        ("http://contoh.id", "contoh.id", "/"),
        ("https://contoh.id:443/a?b=c", "contoh.id", "/a?b=c"),
        ("http://contoh.id:443/a b", "contoh.id:443", "/a%20b"),
        ("https://BÜCHER.example/%e4?q=新#bagian", "xn--bcher-kva.example", "/%e4?q=%E6%96%B0"),
        ("http://[2001:DB8::1]/", "[2001:db8::1]", "/"),
        ("https://[fe80::1%eth0]:8443/", "[fe80::1]:8443", "/"),
        ("http://contoh.id/a\r\nX-Injected: 1", "contoh.id", "/aX-Injected:%201"),
    ],
)
def test_a_url_becomes_a_host_header_and_a_request_target(url: str, host_header: str, target: str) -> None:
    destination = Destination.parse(url)
    assert (destination.host_header, destination.target) == (host_header, target)


@pytest.mark.parametrize("host", ["contoh .id", "contoh.id X-Injected", "127.0.0.1\x00.contoh.id", "contoh.id\x0b"])
def test_a_host_that_would_change_the_request_is_refused(host: str) -> None:
    with pytest.raises(
        OutgoingRefused, match="not a valid URL: a host may have only letters, digits, dots and hyphens"
    ):
        Destination.parse(f"http://{host}:80/")


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.2/",
        "http://localhost.:1/",
        "http://[::1]/",
        "file:///etc/passwd",
        "http://10.0.0.1/",
        "http://[::1",
    ],
)
def test_a_redirect_is_judged_like_the_first_url(newsroom: str, target: str) -> None:
    with pytest.raises(OutgoingRefused):
        fetch(
            f"{newsroom}/away/{target}",
            allow=[] if "localhost" in target else [ip_network("127.0.0.1")],
            limit_bytes=1000,
        )


def test_the_name_is_looked_up_once_and_the_judged_address_is_used(
    newsroom: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up, looked_up = socket.getaddrinfo, []

    def rebinding(host: str, port: int, *args: Any, **more: Any) -> Any:
        if host != "berita.test":
            return look_up(host, port, *args, **more)
        looked_up.append(host)
        return look_up("127.0.0.1" if len(looked_up) == 1 else "127.0.0.2", port, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    port = newsroom.rpartition(":")[2]
    assert fetch(f"http://berita.test:{port}/feed", allow=LOOPBACK, limit_bytes=1000).body == FEED
    assert looked_up == ["berita.test"]
    assert Newsroom.seen == [("/feed", f"berita.test:{port}")]
    with pytest.raises(OutgoingRefused, match=r"berita\.test leads to 127\.0\.0\.2, which is not a public IP address"):
        fetch(f"http://berita.test:{port}/feed", allow=[ip_network("127.0.0.1")], limit_bytes=1000)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://contoh.id/", "only http and https"),
        ("berita.xml", "only http and https"),
        ("http:///berita", "no host"),
        ("http://redaksi:rahasia@contoh.id/", "user name or password"),
        ("https://:rahasia@contoh.id/", "user name or password"),
        ("https://@contoh.id/", "user name or password"),
        ("https://:@contoh.id/", "user name or password"),
        ("http://redaksi:pass/rahasia@contoh.id/", "not a valid URL"),
        ("http://redaksi:pass#rahasia@contoh.id/", "not a valid URL"),
        ("http://redaksi:@rahasia[@contoh.id/", "not a valid URL"),
        ("ftp://redaksi:rahasia@contoh.id/", "only http and https"),
        ("http://contoh.id:99999/", "not a valid URL: Port out of range"),
        ("http://[::1/", "not a valid URL"),
        (f"http://{'a' * 70}.id/", "not a valid URL"),
        ("http://127.0.0.1/", "leads to 127.0.0.1, which is not a public IP address (loopback, RFC 1122)"),
        ("http://169.254.169.254/latest/meta-data", "not a public IP address (link-local"),
        ("http://168.63.129.16/machine", "not a public IP address (Azure's WireServer"),
        ("http://[2d00::1]:99999/", "not a valid URL"),
    ],
)
def test_a_url_that_may_not_be_fetched_says_why(url: str, reason: str) -> None:
    with pytest.raises(OutgoingRefused) as refusal:
        fetch(url, limit_bytes=1000)
    assert reason in str(refusal.value)
    assert "rahasia" not in str(refusal.value)
    assert "pass" not in str(refusal.value).removesuffix("a URL may not contain a user name or password")


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "0x7f.1", "0x7f000001", "0177.0.0.1", "017700000001", "2130706433", "0", "localhost"),
        *("127.0.0.1.", "localhost.", "127.0.0.1..", "127%2e0.0.1", "127.0.0.1%lo", "127.0.0.1%00.contoh.id"),
        *("１２７.０.０.１", "127。0。0。1", "①②⑦.⓪.⓪.①", "ｌｏｃａｌｈｏｓｔ", "１２７.１"),
        *("[::1]", "[::]", "[::1%1]", "[::1%25lo]", "[0:0:0:0:0:0:0:1]", "[fe80::1%lo]", "[fe80::1%251]"),
        *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:127.0.0.1%1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]"),
        *("[2002:7f00:1::]", "[2606:4700::5efe:127.0.0.1]", "[::ffff:0:127.0.0.1]"),
    ],
)
def test_no_spelling_of_this_machine_reaches_it(newsroom: str, host: str) -> None:
    """The real resolver says what the host is, and that is judged. Some of these are no host for it at all."""
    port = newsroom.rpartition(":")[2]
    with pytest.raises(WartaError) as refusal:
        fetch(f"http://{host}:{port}/feed", limit_bytes=1000)
    assert isinstance(refusal.value, OutgoingRefused) or "there is no host of this name" in str(refusal.value)
    assert Newsroom.seen == []


@pytest.fixture
def table_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python that takes every IP address for a global one."""
    for kind in (IPv4Address, IPv6Address):
        monkeypatch.setattr(kind, "is_global", True)


def registered(version: int) -> list[str]:
    """The blocks of IANA's special-purpose registry."""
    with (DATA / f"iana-ipv{version}-special-registry.csv").open(encoding="utf-8", newline="") as file:
        return [row["Address Block"] for row in csv.DictReader(file)]


def of_block(block: str) -> list[IpAddress]:
    """The first, a middle and the last IP address."""
    network = ip_network(block)
    return [network[0], network[network.num_addresses // 2], network[-1]]


def holding(inner: IPv4Address) -> list[IPv6Address]:
    """Every form of IPv6 address that has an IPv4 address inside."""
    n = int(inner)
    forms = [
        *("::ffff:0:0", "::", "::ffff:0:0:0"),  # mapped, compatible, translated
        *("64:ff9b::", "64:ff9b:1::", "64:ff9b:1:ffff::"),  # NAT64
        *("2606:4700::5efe:0:0", "2606:4700::200:5efe:0:0", "fe80::5efe:0:0", "2606:4700::300:5efe:0:0"),  # ISATAP
    ]
    embedded = [IPv6Address(int(IPv6Address(form)) | n) for form in forms]
    teredo = int(IPv6Address("2001::")) | n << 64 | n ^ 0xFFFFFFFF
    return [*embedded, IPv6Address(int(IPv6Address("2002::")) | n << 80), IPv6Address(teredo)]


@pytest.mark.usefixtures("table_alone")
@pytest.mark.parametrize("block", registered(4))
def test_nothing_in_the_registry_of_ipv4_is_public(block: str) -> None:
    """Not the anycast services that IANA marks as globally reachable either: the nearest one may be the operator's."""
    for address in of_block(block):
        assert isinstance(address, IPv4Address)
        assert not is_public(address)
        assert not any(map(is_public, holding(address)))


@pytest.mark.usefixtures("table_alone")
@pytest.mark.parametrize("block", registered(6))
def test_nothing_in_the_registry_of_ipv6_is_public_but_nat64(block: str) -> None:
    first, middle, last = map(is_public, of_block(block))
    assert not first
    assert not last
    assert middle == (block == "64:ff9b::/96")  # the middle is 128.0.0.0


@pytest.mark.parametrize(
    "block",
    [
        *("168.63.129.16", "169.254.169.254", "169.254.170.2", "100.100.100.200", "192.0.0.192", "192.80.8.124"),
        *("161.26.0.0/16", "166.8.0.0/14"),
    ],
)
def test_what_a_cloud_answers_its_own_machines_is_not_public(block: str) -> None:
    for address in of_block(block):
        assert isinstance(address, IPv4Address)
        assert not is_public(address)
        assert not any(map(is_public, holding(address)))


@pytest.mark.parametrize(
    "address",
    [
        *(
            "224.0.0.1",
            "233.252.0.1",
            "239.255.255.255",
            "ff02::1",
            "ff0e::1",
            "fec0::1",
            "3ffe::1",
            "4000::1",
            "200::1",
        ),
        *("fd00:ec2::254", "fd20:ce::254", "fe80::a9fe:a9fe", "fe80::1%eth0", "::ffff:1.1.1.1", "2001:5::1"),
    ],
)
def test_no_other_address_beside_the_internet_is_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("1.1.1.1", "103.28.12.1", "9.255.255.255", "192.0.1.0", "168.63.129.15", "168.63.129.17", "223.255.255.255"),
        *(
            "2606:4700::1111",
            "64:ff9b::101:101",
            "2001:200::1",
            "2001:db7:ffff::1",
            "2a00::5efe:1.1.1.1",
            "3fff:1000::1",
        ),
    ],
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@given(st.ip_addresses())
def test_the_table_decides_without_the_registry_of_python(address: IpAddress) -> None:
    """A block that only the running version of Python knows would be open with another one."""
    judged = is_public(address)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(IPv4Address, "is_global", True)
        patch.setattr(IPv6Address, "is_global", True)
        assert is_public(address) == judged
