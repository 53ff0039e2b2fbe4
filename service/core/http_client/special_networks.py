"""Networks without public web servers. The guard refuses them, whatever the version of Python.

Python's `is_global` has the registries as of its own release: Python 3.11.7 has neither 3fff::/20 nor all of
192.0.0.0/24. So the blocks are listed here. The sources are:

- IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, RFC 8190), as of 2025-10-09,
  https://www.iana.org/assignments/iana-ipv4-special-registry and
  https://www.iana.org/assignments/iana-ipv6-special-registry
- IANA registries of multicast and of deprecated blocks, from their RFCs
- public IP addresses that cloud platforms use inside their own networks, from their documentation

Blocks that IANA marks as globally reachable are refused, too. Port control, TURN, AMT and AS112 are anycast services: a
request goes to the nearest server, which is often the operator's own router or resolver, and no newsroom publishes
there. The exception is NAT64, 64:ff9b::/96: where the network has no IPv4, every IPv4 host is reached through it.
The guard checks the IPv4 address inside.
"""

from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052 §2.1: the last 32 bits are an IPv4 address
GLOBAL_UNICAST = IPv6Network("2000::/3")  # RFC 4291 §2.4

SPECIAL_PURPOSE = {
    "0.0.0.0/8": "this network, RFC 791",
    "10.0.0.0/8": "private use, RFC 1918",
    "100.64.0.0/10": "shared by a provider's customers, RFC 6598; Alibaba Cloud's metadata are in it, 100.100.100.200",
    "127.0.0.0/8": "loopback, RFC 1122",
    "169.254.0.0/16": "link-local, RFC 3927; metadata of most clouds are in it, 169.254.169.254",
    "172.16.0.0/12": "private use, RFC 1918",
    "192.0.0.0/24": "IETF protocols, RFC 6890; Oracle Cloud's metadata were in it, 192.0.0.192",
    "192.0.2.0/24": "documentation, RFC 5737",
    "192.31.196.0/24": "AS112, RFC 7535",
    "192.52.193.0/24": "multicast tunnels (AMT), RFC 7450",
    "192.88.99.0/24": "6to4 relays, deprecated by RFC 7526",
    "192.168.0.0/16": "private use, RFC 1918",
    "192.175.48.0/24": "AS112, RFC 7534",
    "198.18.0.0/15": "benchmarks, RFC 2544",
    "198.51.100.0/24": "documentation, RFC 5737",
    "203.0.113.0/24": "documentation, RFC 5737",
    "224.0.0.0/4": "multicast, RFC 5771",
    "240.0.0.0/4": "reserved, RFC 1112; limited broadcast, RFC 919",
    "::/96": "unspecified, loopback and IPv4-compatible, RFC 4291",
    "::ffff:0:0/96": "IPv4-mapped, RFC 4291",
    "::ffff:0:0:0/96": "IPv4-translated, RFC 7915",
    "64:ff9b:1::/48": "NAT64 for local use, RFC 8215",
    "100::/64": "discarded, RFC 6666",
    "100:0:0:1::/64": "dummy prefix, RFC 9780",
    "2001::/23": "IETF protocols, RFC 2928: Teredo, port control, TURN, benchmarks, AMT, AS112, ORCHID, drones",
    "2001:db8::/32": "documentation, RFC 3849",
    "2002::/16": "6to4, RFC 3056; its relays are deprecated by RFC 7526",
    "2620:4f:8000::/48": "AS112, RFC 7534",
    "3ffe::/16": "6bone, given back by RFC 3701",
    "3fff::/20": "documentation, RFC 9637",
    "5f00::/16": "segments of SRv6, RFC 9602",
    "fc00::/7": "unique local, RFC 4193; IPv6 metadata of AWS and Google are in it, fd00:ec2::254 and fd20:ce::254",
    "fe80::/10": "link-local, RFC 4291",
    "fec0::/10": "site-local, deprecated by RFC 3879",
    "ff00::/8": "multicast, RFC 4291",
}
PLATFORMS = {
    "161.26.0.0/16": "services of IBM Cloud's private network",
    "166.8.0.0/14": "service endpoints of IBM Cloud's private network",
    "168.63.129.16/32": "Azure's WireServer and resolver",
    "192.80.8.124/32": "metadata of Equinix Metal",
}


def special_purpose(address: IPv4Address | IPv6Address) -> str:
    """The purpose of the block that contains the IP address; empty if no block contains it."""
    return next((purpose for network, purpose in _networks() if address in network), "")


@cache
def _networks() -> list[tuple[IPv4Network | IPv6Network, str]]:
    return [(ip_network(block), purpose) for block, purpose in (SPECIAL_PURPOSE | PLATFORMS).items()]
