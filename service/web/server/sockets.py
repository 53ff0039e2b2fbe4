"""The sockets of this process in the kernel, for limits and calls that the HTTP server does not have.

The server accepts the connections in Rust. Python can find them only as open files of the process.
"""

import os
import resource
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

MAX_UNREAD_MILLISECONDS = 30_000  # milliseconds in which a client must take some of the data that waits for it
RESERVED_FILES = 300  # of a process: the store, Redis, logs, metrics
MAX_WAIT_SECONDS = 30.0  # seconds to wait for the process to open its listening socket, at most
_INFO = struct.Struct("=8B13I")  # the beginning of struct tcp_info (linux/tcp.h)
_LAST_DATA_RECEIVED = 8 + 11  # its field tcpi_last_data_recv, in milliseconds


def room_for(connections: int) -> int:
    """Raise this process's limit of open files for so many connections; the processes that it starts inherit the limit.

    Returns how many connections fit below the limit that the operator has set (`ulimit -Hn`).
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 2**20 if hard == resource.RLIM_INFINITY else hard
    wanted = min(connections + RESERVED_FILES, most)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(min(connections, most - RESERVED_FILES), 16)


def limit_accepted_connections() -> None:
    """Set limits on the listening sockets of this process. The connections that are accepted afterwards inherit them.

    A connection is closed if its client takes none of the data sent to it for MAX_UNREAD_MILLISECONDS, or
    is gone. Waits until there is a listening socket, at most MAX_WAIT_SECONDS.
    """
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    while not _set_limits() and time.monotonic() < deadline:
        time.sleep(0.05)


def _set_limits() -> bool:
    """Set the limits. Returns whether there is a listening socket."""
    found = False
    for each in _tcp_sockets():
        if each.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, MAX_UNREAD_MILLISECONDS)
            each.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            found = True
    return found


def close_silent_connections(client: str, seconds: float) -> None:
    """Shut down the connections from the IP address `client` that have sent nothing for so many `seconds`.

    The server closes idle connections earlier than that. So the connections here are in the middle of a request.
    """
    for each in _tcp_sockets():
        with suppress(OSError):
            if _same(each.getpeername()[0], client) and _silent_for(each) >= seconds * 1000:
                each.shutdown(socket.SHUT_RDWR)


def _silent_for(connection: socket.socket) -> int:
    """Return the milliseconds since the last data arrived."""
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO.size)
    silent: int = _INFO.unpack(info)[_LAST_DATA_RECEIVED]
    return silent


def _same(peer: str, client: str) -> bool:
    return _parse(peer) == _parse(client)


def _parse(text: str) -> IPv4Address | IPv6Address:
    """Parse an IP address, without its zone. An IPv4-mapped IPv6 address becomes the IPv4 address."""
    found = ip_address(text.partition("%")[0])
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _tcp_sockets() -> Iterator[socket.socket]:
    """Yield each TCP socket of the process, as a duplicate that is closed afterwards."""
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            if not str(entry.readlink()).startswith("socket:"):
                continue
            with socket.socket(fileno=os.dup(int(entry.name))) as duplicate:
                if duplicate.family in (socket.AF_INET, socket.AF_INET6) and duplicate.type == socket.SOCK_STREAM:
                    yield duplicate
