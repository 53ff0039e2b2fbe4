"""A real Warta with both proxies in front of it, for attacks through them."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest

from tests.support.nginx import Nginx
from tests.support.server import Server, free_port, warta
from tests.support.varnish import KEY, Varnish

ARTICLES = ("a", "x/y/z", "tanda!('", "新闻")  # ids; all but the first can be spelled in several ways in a URL
TAG = "新闻"


class Newsroom(NamedTuple):
    server: Server
    varnish: Varnish
    nginx: Nginx
    token: str  # may write articles


@pytest.fixture(scope="session")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """With one worker, as that has the fewest threads, and with some articles."""
    port = free_port()
    settings: Any = {
        "WARTA_TRUSTED_PROXIES": "127.0.0.1/32",
        "WARTA_EDGE__KIND": "varnish",
        "WARTA_EDGE__ADDRESSES": f"http://127.0.0.1:{port}",
        "WARTA_EDGE__TOKEN": KEY,
    }
    data_dir = tmp_path_factory.mktemp("edge") / "data"
    with (
        Server(data_dir, **settings) as server,
        Varnish(server.port, port=port) as varnish,
        Nginx(server.port) as nginx,
    ):
        token = warta(data_dir, "token", "create", "cms", "--scope", "articles:write").output.strip()
        for article_id in ARTICLES:
            article = {"title": "Berita", "content_html": "<p>Isi.</p>", "tags": [TAG], "categories": ["Dinamika"]}
            path = f"/api/articles/{quote(article_id, safe='')}"
            sent = server.request("PUT", path, json.dumps(article).encode(), {"Authorization": f"Bearer {token}"})
            assert sent.status == 201
        yield Newsroom(server, varnish, nginx, token)
