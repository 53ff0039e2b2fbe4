"""Links that share a page. They need no script: each network documents its own form of URL."""

from typing import NamedTuple
from urllib.parse import quote


class ShareLink(NamedTuple):
    """A network, and the URL that shares the page there. The name is empty for e-mail."""

    network: str
    url: str


def share_links(url: str, title: str) -> list[ShareLink]:
    """The links that share the page at `url` under its title."""
    page, text = quote(url, safe=""), quote(title, safe="")
    return [
        ShareLink("WhatsApp", f"https://wa.me/?text={text}%20{page}"),
        ShareLink("Telegram", f"https://t.me/share/url?url={page}&text={text}"),
        ShareLink("X", f"https://x.com/intent/post?url={page}&text={text}"),
        ShareLink("Facebook", f"https://www.facebook.com/sharer/sharer.php?u={page}"),
        ShareLink("", f"mailto:?subject={text}&body={page}"),
    ]
