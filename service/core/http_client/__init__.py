"""HTTP client for all outgoing requests: to URLs from outside, such as a URL to import, and to caches of the edge.

It reaches private networks only if the caller allows them: the author of a URL must not reach servers that only this
machine can reach. So `guard` resolves the host name and checks each IP address. `client` gives urllib3 a checked IP
address, never the name: a second look-up could return another IP address (DNS rebinding). It does not use the proxy
settings of the environment, since a proxy would resolve the name again.
"""

from service.core.http_client.client import HttpResponse, fetch, send
from service.core.http_client.errors import OutgoingError, OutgoingFailed, OutgoingRefused
from service.core.http_client.guard import ANY_NETWORK, Destination, IpAddress, IpNetwork, is_public

__all__ = [
    "ANY_NETWORK",
    "Destination",
    "HttpResponse",
    "IpAddress",
    "IpNetwork",
    "OutgoingError",
    "OutgoingFailed",
    "OutgoingRefused",
    "fetch",
    "is_public",
    "send",
]
