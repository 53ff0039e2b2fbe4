"""The headers that every HTML page has. The policy allows one style, the scripts of Warta, and pictures and media."""

import base64
import hashlib
from collections.abc import Sequence

from service.core.settings.model import Settings


class PagePolicy:
    """The Content-Security-Policy of the pages with one inline `style`.

    The style is inline so that a page needs one round trip. Its hash is in the policy, so no other inline style is
    applied, and no `style` attribute. Article bodies are sanitized; the policy is the second protection.
    """

    def __init__(self, settings: Settings, style: str) -> None:
        self._base_url = settings.base_url
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        self._styles = " ".join(filter(None, [f"'sha256-{digest}'", settings.pages.stylesheet]))

    def headers(
        self, scripts: Sequence[str] = ("static/",), connections: Sequence[str] = ("feeds.json",)
    ) -> dict[str, str]:
        """The headers of a page. `scripts` and `connections` are paths of Warta, without a slash in front."""
        policy = [
            "default-src 'none'",
            "img-src http: https: data:",
            "media-src http: https:",
            f"style-src {self._styles}",
            f"script-src {self._urls(scripts)}",
            f"manifest-src {self._base_url}/manifest.webmanifest",
            f"connect-src {self._urls(connections)}",
            f"form-action {self._base_url}/",
            "base-uri 'none'",
        ]
        return {
            "Content-Security-Policy": "; ".join(policy),
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "X-Content-Type-Options": "nosniff",
        }

    def _urls(self, paths: Sequence[str]) -> str:
        return " ".join(f"{self._base_url}/{path}" for path in paths)
