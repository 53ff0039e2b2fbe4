"""The errors of outgoing requests."""

from service.core.errors import WartaError


class OutgoingError(WartaError):
    """An outgoing request was refused or failed. The message is the URL and the reason; `reason` stands alone."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.reason = reason


class OutgoingRefused(OutgoingError):
    """No request may be sent to a URL: its form, or the IP address of its host, is not permitted."""


class OutgoingFailed(OutgoingError):
    """There is no usable response: no connection, or a too slow, too large or broken response; for `fetch` also an
    error status, which is `status` then.
    """

    def __init__(self, url: str, reason: str, status: int | None = None) -> None:
        super().__init__(url, reason)
        self.status = status
