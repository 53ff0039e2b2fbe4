"""The set-ups that are shipped, in front of a real Warta: they start as they are, and Warta knows their visitors."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.push.edge.conftest import Newsroom
from tests.support.nginx import CONFIGURATION, NGINX, Nginx, SmallNginx, needs_nginx
from tests.support.people import reader
from tests.support.proxy import PATH, Proxy
from tests.support.server import ROOT, Server, eventually, free_port, warta
from tests.support.varnish import VARNISHD, VCL, Varnish, needs_varnish

# As Debian's: what other files get from it. Folders and ports are those of the test.
DEBIAN_NGINX_CONF = """
pid {root}/run/nginx.pid;
error_log {root}/var/log/nginx/error.log;
events {{ worker_connections 768; }}
http {{
    sendfile on;
    tcp_nopush on;
    types_hash_max_size 2048;
    server_tokens build;
    default_type application/octet-stream;
    ssl_protocols TLSv1.2 TLSv1.3;
    access_log {root}/var/log/nginx/access.log;
    gzip on;
    client_body_temp_path {root}/body; proxy_temp_path {root}/proxy; fastcgi_temp_path {root}/fastcgi;
    uwsgi_temp_path {root}/uwsgi; scgi_temp_path {root}/scgi;
    include {root}/warta.conf;
}}
"""


@needs_nginx
def test_nginx_starts_with_the_folders_that_a_system_has(tmp_path: Path) -> None:
    """nginx makes the last folder of the path of its cache, and no other. Debian's packages make the folder of logs."""
    for folder in ("run", "var/cache", "var/log/nginx"):
        (tmp_path / folder).mkdir(parents=True)
    shipped = (
        CONFIGURATION.read_text()
        .replace(" /var/", f" {tmp_path}/var/")
        .replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
    )
    (tmp_path / "warta.conf").write_text(shipped)
    (tmp_path / "nginx.conf").write_text(DEBIAN_NGINX_CONF.format(root=tmp_path))
    done = subprocess.run(
        [str(NGINX), "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


@needs_varnish
@pytest.mark.parametrize("origin", ["origin.vcl", "origin.compose.vcl"])
def test_the_vcl_compiles(tmp_path: Path, origin: str) -> None:
    for file in VCL.glob("*.vcl"):
        (tmp_path / file.name).write_text(file.read_text())
    # Only compose knows the name.
    (tmp_path / "origin.vcl").write_text((VCL / origin).read_text().replace('.host = "warta"', '.host = "127.0.0.1"'))
    command = [str(VARNISHD), "-C", "-j", "none", "-n", str(tmp_path / "work"), "-f", str(tmp_path / "default.vcl")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": PATH})
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Warta with the settings that are shipped, and with an article."""
    settings: Any = {"WARTA_CONFIG": str(ROOT / "config/warta.toml")}
    with Server(tmp_path_factory.mktemp("shipped") / "data", **settings) as server:
        articles = "".join(f'{{"id": "{name}", "title": "Judul"}}\n' for name in ("Nginx", "SmallNginx", "Varnish"))
        warta(server.data_dir, "import", "-", stdin=articles, **settings)
        yield server


@pytest.mark.parametrize(
    "proxy",
    [
        pytest.param(Nginx, marks=needs_nginx),
        pytest.param(SmallNginx, marks=needs_nginx),
        pytest.param(Varnish, marks=needs_varnish),
    ],
)
def test_visitors_are_told_apart(shipped: Server, proxy: type[Nginx] | type[Varnish]) -> None:
    """An article gets 20 views a day of one IP address: a proxy that is not trusted would have no more."""
    before = counted(shipped)
    with proxy(shipped.port) as started:
        for n in range(30):
            headers = {**reader(n), "X-Forwarded-For": f"198.51.100.{n}"}
            sent = started.request("POST", f"/articles/{proxy.__name__}/views", headers)
            assert sent.headers["Warta-View"] == "taken"
    eventually(lambda: counted(shipped) - before == 30)
    assert b"warta_forwarding_problems_total{" not in shipped.get("/metrics").body


def counted(server: Server) -> float:
    """How many page views Warta has counted."""
    found = re.findall(rb'warta_views_total{fate="counted"} (.+)', server.get("/metrics").body)
    return float(found[0]) if found else 0


@needs_nginx
@needs_varnish
@pytest.mark.parametrize("name", ["nginx", "varnish"])
def test_a_subscription_passes(newsroom: Newsroom, name: str) -> None:
    """With the longest callback that the hub takes."""
    proxy: Proxy = getattr(newsroom, name)
    topic = newsroom.server.get("/latest.rss").headers["Link"].partition('>; rel="self"')[0].rpartition("<")[2]
    callback = f"http://reader.invalid/{'x' * 1_900}"
    form = {"hub.mode": "subscribe", "hub.topic": topic, "hub.callback": callback, "hub.secret": "s" * 199}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = proxy.request("POST", "/hub", headers, urlencode(form).encode())
    assert answer.status == 202, answer.body
