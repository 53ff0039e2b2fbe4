"""robots.txt (RFC 9309): which URLs of a site a program may fetch, and how often. Read by Protego."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from protego import Protego

from service.core.http_client import IpNetwork, OutgoingError, OutgoingFailed, fetch

AGENT = "Warta"
MAX_ROBOTS_BYTES = 500 * 1024  # RFC 9309 §2.5
MAX_DELAY_SECONDS = 10.0  # of a site's Crawl-delay


class Robots:
    """The rules of the sites of one import. Each site's file is fetched once."""

    def __init__(self, allow: Sequence[IpNetwork]) -> None:
        self._allow = allow
        self._rules: dict[str, Protego | str] = {}

    def refusal(self, url: str) -> str:
        """The reason why the URL may not be fetched; "" if it may be."""
        rules = self._of(url)
        if isinstance(rules, str):
            return rules
        return "" if rules.can_fetch(url, AGENT) else "the robots.txt of the site forbids it"

    def delay(self, url: str) -> float:
        """The seconds that the site wants between two requests."""
        rules = self._of(url)
        asked = 0.0 if isinstance(rules, str) else float(rules.crawl_delay(AGENT) or 0)
        return min(asked, MAX_DELAY_SECONDS)

    def _of(self, url: str) -> Protego | str:
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._rules:
            self._rules[site] = self._fetched(f"{site}/robots.txt")
        return self._rules[site]

    def _fetched(self, url: str) -> Protego | str:
        """The rules; without a file nothing is forbidden. A file that cannot be had forbids all (RFC 9309 §2.3.1.4)."""
        try:
            answer = fetch(url, allow=self._allow, limit_bytes=MAX_ROBOTS_BYTES)
        except OutgoingFailed as error:
            if error.status and 400 <= error.status < 500:
                return Protego.parse("")
            return f"its robots.txt cannot be read: {error.reason}"
        except OutgoingError as error:
            return error.reason
        return Protego.parse(answer.body.decode("utf-8", "replace"))
