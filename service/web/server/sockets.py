"""The sockets of this process, as the kernel knows them: what the HTTP server offers no call for.

A server in Rust accepts the connections. Python meets them only as open files of the process.
"""

import os
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

STUCK = 30_000  # milliseconds in which a client must take something of what waits for it
PATIENCE = 30.0  # seconds that a process has to open its listening socket
_INFO = struct.Struct("=8B13I")  # the beginning of struct tcp_info (linux/tcp.h)
_LAST_DATA_RECEIVED = 8 + 11  # its field tcpi_last_data_recv, in milliseconds


def limit_accepted_connections() -> None:
    """Set limits on the listening sockets of this process, which the connections accepted from then on inherit.

    A connection is closed when its client takes nothing of what it was sent for STUCK milliseconds, or is gone. Waits
    until there is a listening socket.
    """
    deadline = time.monotonic() + PATIENCE
    while not _limited() and time.monotonic() < deadline:
        time.sleep(0.05)


def _limited() -> bool:
    """Whether there is a listening socket, which has its limits now."""
    found = False
    for each in _tcp_sockets():
        if each.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STUCK)
            each.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            found = True
    return found


def close_silent_connections(client: str, seconds: float) -> None:
    """Shut down the connections from the IP address `client` that have brought nothing for so many seconds.

    If an idle connection is closed earlier than that, these are in the middle of a request.
    """
    for each in _tcp_sockets():
        with suppress(OSError):
            if _same(each.getpeername()[0], client) and _silent_for(each) >= seconds * 1000:
                each.shutdown(socket.SHUT_RDWR)


def _silent_for(connection: socket.socket) -> int:
    """Milliseconds since the last data came."""
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO.size)
    silent: int = _INFO.unpack(info)[_LAST_DATA_RECEIVED]
    return silent


def _same(peer: str, client: str) -> bool:
    return _plain(peer) == _plain(client)


def _plain(text: str) -> IPv4Address | IPv6Address:
    """The IP address; an IPv4 address also where IPv6 maps it."""
    found = ip_address(text.partition("%")[0])
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _tcp_sockets() -> Iterator[socket.socket]:
    """Each TCP socket of the process, as a duplicate that is closed afterwards."""
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            if not str(entry.readlink()).startswith("socket:"):
                continue
            with socket.socket(fileno=os.dup(int(entry.name))) as duplicate:
                if duplicate.family in (socket.AF_INET, socket.AF_INET6) and duplicate.type == socket.SOCK_STREAM:
                    yield duplicate
