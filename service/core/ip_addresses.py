"""IP addresses of clients: read from connections, from X-Forwarded-For and from logs, and reduced to one customer."""

from collections.abc import Sequence
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from socket import AF_INET, AF_INET6, inet_ntoa, inet_ntop, inet_pton
from typing import NamedTuple

from service.core.settings.types import Network

MAX_ADDRESS_CHARACTERS = 64  # characters of the longest text that is read as an IP address: brackets, zone, port
_NAT64 = ip_network("64:ff9b::/96").network_address.packed[:12]  # the last four bytes are an IPv4 address
_TEREDO = ip_network("2001::/32").network_address.packed[:4]  # the last four bytes are an IPv4 address, inverted

_LOCAL = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "fc00::/7", "::1/128")))


class ForwardingProblem(StrEnum):
    """The reason why the forwarding headers of a request do not name its client."""

    UNTRUSTED = "untrusted"  # the peer sends them, and is not in `trusted_proxies`
    UNREADABLE = "unreadable"  # a trusted proxy sends no IP address in X-Forwarded-For


class Client(NamedTuple):
    """The client of a request. `ip_address` is as `customer` returns it; empty if it is unknown.

    `problem` says why this may be the IP address of a proxy; None if nothing is wrong.
    """

    ip_address: str
    problem: ForwardingProblem | None = None


def client_of(peer: str, forwarded: str | None, trusted: Sequence[Network], *, other_headers: bool = False) -> Client:
    """The client that sent a request. `forwarded` is X-Forwarded-For; None if the request has none.

    The client is the peer of the connection, or, behind `trusted` proxies, the last IP address in X-Forwarded-For that
    is not a trusted proxy. Earlier ones are not used, since any client can write them. A part that is not an IP address
    ends the search. `other_headers` says whether the request has another forwarding header, which is never read.
    """
    found = parse(peer)
    if found is None:
        return Client("")
    if not _is_in(found, trusted):
        sent = bool(forwarded) or other_headers
        return Client(customer(found), ForwardingProblem.UNTRUSTED if sent else None)
    problem = ForwardingProblem.UNREADABLE if other_headers and not forwarded else None
    hops = forwarded.split(",") if forwarded else []
    while hops:
        if (before := parse(hops.pop().strip())) is None:
            problem = ForwardingProblem.UNREADABLE
            break
        found = before
        if not _is_in(found, trusted):
            break
    return Client(customer(found), problem)


def client_in_log(field: str, trusted: Sequence[Network]) -> str:
    """The client that a log names in one field, as `customer` returns it.

    The field may be a list as in X-Forwarded-For. Its last IP address that is neither of a trusted proxy nor of a local
    network is the client's: in a log, a local network in a list is that of a proxy.
    """
    earlier, _, peer = field.rpartition(",")
    return client_of(peer, earlier, (*trusted, *_LOCAL)).ip_address


def parse(text: str) -> IPv4Address | IPv6Address | None:
    """The IP address in the text; None if there is none.

    Proxies also write `IP:port`, `[IP]` and `[IP]:port`. An IPv4 address that is mapped to IPv6 becomes IPv4.
    """
    try:
        return IPv4Address(inet_pton(AF_INET, text))  # accepts the same text as the constructor, ten times as fast
    except (OSError, ValueError):
        return _parse_other_forms(text)


def customer(found: IPv4Address | IPv6Address) -> str:
    """The IPv4 address, or the /64 of an IPv6 address: a customer has 2^64, and may use another for each request.

    An IPv6 address of NAT64 (RFC 6052) or Teredo (RFC 4380) has the IPv4 address of the customer in it.
    """
    if isinstance(found, IPv4Address):
        return inet_ntoa(found.packed)  # twice as quick as str()
    packed = found.packed
    if packed.startswith(_NAT64):
        return inet_ntoa(packed[12:])
    if packed.startswith(_TEREDO):
        return inet_ntoa(bytes(255 - byte for byte in packed[12:]))
    return inet_ntop(AF_INET6, packed[:8] + bytes(8))


def wider_networks(address: str) -> tuple[str, ...]:
    """The /56 and the /48 around an IPv6 address that `customer` returned; empty for an IPv4 address.

    Providers give a household a /56 and a company a /48 (RFC 6177): one customer has 256 or 65,536 times a /64.
    """
    if ":" not in address:
        return ()
    packed = inet_pton(AF_INET6, address)
    return f"{packed[:7].hex()}/56", f"{packed[:6].hex()}/48"


def _is_in(found: IPv4Address | IPv6Address, networks: Sequence[Network]) -> bool:
    return any(found in network for network in networks)


def _parse_other_forms(text: str) -> IPv4Address | IPv6Address | None:
    text = text.strip(' "')
    if len(text) > MAX_ADDRESS_CHARACTERS:
        return None
    try:
        found = _parse_ipv6(text) or ip_address(_without_port(text))
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _parse_ipv6(text: str) -> IPv6Address | None:
    """The IPv6 address, if it has no brackets and no zone. This takes a third of the time of `ip_address`."""
    try:
        return IPv6Address(inet_pton(AF_INET6, text))
    except (OSError, ValueError):
        return None


def _without_port(text: str) -> str:
    if text.startswith("["):
        inside, _, port = text[1:].partition("]")
        return inside if not port or _is_port(port) else ""
    host, colon, port = text.rpartition(":")
    return host if host.count(".") == 3 and ":" not in host and _is_port(colon + port) else text


def _is_port(text: str) -> bool:
    return text[:1] == ":" and len(text) <= 6 and text[1:].isascii() and text[1:].isdigit()
