"""Real nginx and Varnish as edges in front of one of the compared servers, with the files of `config`."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

from bench.machine import SERVER_CORE
from bench.server import pinned
from bench.targets import Target
from tests.support.nginx import NGINX, Nginx
from tests.support.proxy import Proxy
from tests.support.server import ROOT
from tests.support.varnish import MODULES, VARNISHD, Varnish


@contextmanager
def edges(origin: str) -> Iterator[list[Target]]:
    """Start each edge on the core of the servers. The URLs of the targets have the same path as the origin's URL."""
    parts = urlsplit(origin)
    assert parts.port
    with ExitStack() as until_done:
        found: list[tuple[str, Proxy]] = []
        if NGINX:
            found.append(("nginx as an edge", Nginx(parts.port)))
        if VARNISHD and MODULES:
            varnish = Varnish(parts.port)
            varnish.options = _documented()
            found.append(("Varnish as an edge", varnish))
        for _, proxy in found:
            batch = ["chrt", "--batch", "0"] if isinstance(proxy, Varnish) else []
            proxy.starter = pinned(batch, SERVER_CORE)
            until_done.enter_context(proxy)
        yield [Target.at(name, proxy.address + parts.path) for name, proxy in found]


def _documented() -> list[str]:
    """The `-p` options of varnishd in docs/edge.md."""
    command = re.search(r"varnishd -F .*?\n```", (ROOT / "docs/edge.md").read_text(), re.DOTALL)
    assert command
    return [word for option in re.findall(r"-p (\S+)", command[0]) for word in ("-p", option)]
