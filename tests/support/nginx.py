"""A real nginx for tests, with config/nginx, on a free loopback port."""

import getpass
import re
import shutil

import pytest

from tests.support.proxy import PATH, Proxy, changed
from tests.support.server import ROOT

CONFIGURATION = ROOT / "config/nginx/warta.conf"
NGINX = shutil.which("nginx", path=PATH)

needs_nginx = pytest.mark.skipif(not NGINX, reason="there is no nginx: apt-get install nginx-light")

_AROUND = """
user {user}; worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/errors warn;
events {{ worker_connections 512; }}
http {{
    access_log off;
    gzip on; gzip_types *; gzip_proxied any; gzip_min_length 1; gzip_vary on;  # as some distributions and panels do
    client_body_temp_path {folder}/bodies; proxy_temp_path {folder}/answers; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/warta.conf;
}}
"""


class Nginx(Proxy):
    """nginx in front of a port of this machine, for the time of a `with` block."""

    def __init__(self, origin: int, *, patience: str = "5s") -> None:
        super().__init__("nginx")
        (self.folder / "warta.conf").write_text(changed(*self.configuration(origin, patience)))
        (self.folder / "nginx.conf").write_text(_AROUND.format(user=getpass.getuser(), folder=self.folder))

    def configuration(self, origin: int, patience: str) -> tuple[str, dict[str, str]]:
        """The configuration as it is shipped, and the lines that differ here."""
        lines = {
            "server 127.0.0.1:8000;": f"server 127.0.0.1:{origin};",
            "/var/cache/nginx-warta": f"{self.folder}/cache",
            "listen 80;": f"listen 127.0.0.1:{self.port};",
            "proxy_read_timeout 5s;": f"proxy_read_timeout {patience};",
            "/var/log/nginx/access.log": f"{self.folder}/access.log",
        }
        return CONFIGURATION.read_text(), lines

    @property
    def log(self) -> list[str]:
        """The access log's lines."""
        return (self.folder / "access.log").read_text().splitlines()

    def files(self) -> int:
        """How many answers the cache holds."""
        return sum(1 for path in (self.folder / "cache").rglob("*") if path.is_file())

    def command(self) -> list[str]:
        return [str(NGINX), "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]


class SmallNginx(Nginx):
    """nginx with the configuration without a cache, which docs/operations.md shows."""

    def configuration(self, origin: int, patience: str) -> tuple[str, dict[str, str]]:
        found = re.findall(r"```nginx\n(.+?)```", (ROOT / "docs/operations.md").read_text(), re.DOTALL)
        [shown] = [text for text in found if text.startswith("upstream warta")]
        return shown, {
            "server 127.0.0.1:8000;": f"server 127.0.0.1:{origin};",
            "listen 80;": f"listen 127.0.0.1:{self.port};",
        }
