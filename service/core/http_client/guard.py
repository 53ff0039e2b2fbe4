"""Decides which server an outgoing request may reach: parses the URL, resolves the host, checks each IP address."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Self
from urllib.parse import quote, urlsplit

from service.core.http_client.deadline import Deadline
from service.core.http_client.errors import OutgoingRefused
from service.core.http_client.special_networks import GLOBAL_UNICAST, NAT64, special_purpose
from service.core.name_resolution import RESOLVER

IpNetwork = IPv4Network | IPv6Network
IpAddress = IPv4Address | IPv6Address

ANY_NETWORK: Sequence[IpNetwork] = (ip_network("0.0.0.0/0"), ip_network("::/0"))  # for URLs that the operator has set
_DEFAULT_PORTS = {"http": 80, "https": 443}
_ISATAP = 0x00005EFE  # RFC 5214 §6.1: the last 64 bits begin so, except bits u and g; an IPv4 address follows
# Credentials in a URL that may be malformed. The match ends at the last @, so that no part of a password is left.
_USER_INFO = re.compile("//.*@", re.DOTALL)
_HOST = re.compile(r"[\w.-]+|[0-9A-Fa-f:.]+(%[\w.-]+)?", re.ASCII)  # a name (RFC 3986 §3.2.2), or an IP address
_PATH_CHARACTERS = "%/?:@!$&'()*+,;=~"


@dataclass(frozen=True)
class Destination:
    """The server of a URL and the request target (path and query). All parts are ASCII: IDNA and percent-encoded."""

    url: str
    scheme: str
    host: str
    port: int
    target: str

    @classmethod
    def parse(cls, url: str) -> Self:
        """Parse an http or https URL without user name and password. Raises OutgoingRefused."""
        shown = _USER_INFO.sub("//…@", url)
        try:
            parts = urlsplit(url)
            port = _DEFAULT_PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
            host = (parts.hostname or "").encode("idna").decode()
        except ValueError as error:
            reason = f": {error}" if shown == url else ""  # the reason may repeat a part of the password
            raise OutgoingRefused(shown, f"not a valid URL{reason}") from None
        if parts.scheme not in _DEFAULT_PORTS:
            raise OutgoingRefused(shown, "only http and https URLs are fetched")
        if "@" in parts.netloc:
            raise OutgoingRefused(shown, "a URL may not contain a user name or password")
        if not host:
            raise OutgoingRefused(shown, "there is no host in this URL")
        if not _HOST.fullmatch(host):  # IDNA lets other characters pass, and the Host header repeats them
            raise OutgoingRefused(shown, "not a valid URL: a host may have only letters, digits, dots and hyphens")
        if not port:
            raise OutgoingRefused(shown, "not a valid URL: no server has the port 0")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(url, parts.scheme, host, port, quote(path, safe=_PATH_CHARACTERS))

    @property
    def host_header(self) -> str:
        """The value of the Host header: without the default port; an IPv6 address without its zone (RFC 6874 §4)."""
        host = f"[{self.host.partition('%')[0]}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def permitted_addresses(
    destination: Destination, allow: Sequence[IpNetwork], deadline: Deadline
) -> Sequence[IpAddress]:
    """The IP addresses of the destination that are public or in `allow`, in the resolver's order.

    Raises OutgoingRefused if there is none, and OSError or ValueError if the name cannot be resolved.
    """
    return permitted_of(destination, _resolve(destination, deadline), allow)


def permitted_of(
    destination: Destination, addresses: Sequence[IpAddress], allow: Sequence[IpNetwork]
) -> Sequence[IpAddress]:
    """Those of the IP addresses of the destination that are public or in `allow`. Raises OutgoingRefused."""
    permitted = [address for address in addresses if is_public(address) or any(address in network for network in allow)]
    if not permitted:
        purpose = special_purpose(addresses[0])
        described = f"{addresses[0]}, which is not a public IP address{purpose and f' ({purpose})'}"
        raise OutgoingRefused(destination.url, f"{destination.host} leads to {described}")
    return permitted


def is_public(address: IpAddress) -> bool:
    """True if a server on the public internet may have this IP address.

    An IPv4 address inside an IPv6 address is checked, too (NAT64, ISATAP). The table of special networks is enough to
    refuse an IP address. `is_global` is a second check: a later version of Python may have newer networks.
    """
    if isinstance(address, IPv6Address):
        if address in NAT64:
            return is_public(_last_32_bits(address))
        if _is_isatap(address) and not is_public(_last_32_bits(address)):
            return False
        if address not in GLOBAL_UNICAST:
            return False
    return not special_purpose(address) and address.is_global


def _is_isatap(address: IPv6Address) -> bool:
    return int(address) >> 32 & 0xFCFFFFFF == _ISATAP


def _last_32_bits(address: IPv6Address) -> IPv4Address:
    return IPv4Address(int(address) & 0xFFFFFFFF)


def _resolve(destination: Destination, deadline: Deadline) -> list[IpAddress]:
    """The IP addresses of the destination's host, in the resolver's order."""
    return list(map(read_address, RESOLVER.ip_addresses(destination.host, deadline.remaining())))


def read_address(text: str) -> IpAddress:
    """The IP address in a text; the IPv4 address for an IPv4-mapped one. Raises ValueError."""
    address = ip_address(text)
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address
