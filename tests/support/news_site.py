"""A news site with the script on its pages, on an origin of its own, for a browser."""

import json
import re
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from tests.support.chromium import Tab
from tests.support.http_server import LocalServer, QuietHandler
from tests.support.server import DEADLINE

TAG = '<script async crossorigin src="{warta}/embed.js" data-article="a/b %?"></script>'
FALLBACK = '<a href="/populer">Lihat semua</a>'
BOXES = {
    "populer": 'data-warta="populer" data-limit="2" data-more="https://news.example/populer"',
    "hour": 'data-warta="popular" data-window="1h" data-category="Seni &amp; Budaya"',
    "update": 'data-warta="update"',
    "category": 'data-warta="latest" data-category="dinamika" data-limit="1"',
    "author": 'data-warta="author/siti-aminah"',
    "empty": 'data-warta="popular" data-category="Hukum"',
}
# No inline style, no script but the one, no markup from strings.
CORS = {"Access-Control-Allow-Origin": "*"}
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src {warta}/embed.js; connect-src {warta}; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


class NewsSite:
    """The site: `pages` by path. What it has no page for is asked and never answered while `silent`."""

    def __init__(self, *, silent: bool = False) -> None:
        self.pages: dict[str, tuple[bytes, Mapping[str, str]]] = {}
        asked = self.asked = list[str]()
        closing = self._closing = threading.Event()
        pages = self.pages

        class Handler(QuietHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                asked.append(f"{self.command} {path}")
                if silent and path not in pages:
                    closing.wait(DEADLINE)
                    return
                body, headers = pages.get(path, (b"", CORS))
                self.send_response(200 if path in pages else 404)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

        self._server = LocalServer(Handler)
        self.url = self._server.url

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._closing.set()
        self._server.__exit__(kind, error, at)

    def article(self, warta: str, *, boxes: Mapping[str, str] = BOXES, head: str = TAG, policy: str = POLICY) -> str:
        """The address of a news page with these boxes."""
        html = "".join(
            f'<section><h2>x</h2><div id="{id_}" {box}>{FALLBACK}</div></section>' for id_, box in boxes.items()
        )
        page = f'<!doctype html><html lang="id"><meta charset="utf-8"><title>Berita</title>{head}<h1>Berita</h1>{html}'
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": policy.format(warta=warta),
            "Set-Cookie": "pembaca=7; Path=/",  # cookies know no ports: Warta would get it
        }
        self.pages["/berita"] = page.format(warta=warta).encode(), headers
        return f"{self.url}/berita"

    def answer(self, path: str, body: object) -> None:
        """What this site says when it plays Warta; strings as they are."""
        text = body if isinstance(body, str) else json.dumps(body)
        self.pages[path] = text.encode(), {**CORS, "Content-Type": "text/javascript"}


def boxes(tab: Tab) -> dict[str, str]:
    """What a reader sees in each box."""
    texts: dict[str, str] = tab.evaluate(
        "Object.fromEntries([...document.querySelectorAll('[data-warta]')].map(box => [box.id, box.innerText]))"
    )
    return {id_: re.sub(r"\n+", "\n", text) for id_, text in texts.items()}
