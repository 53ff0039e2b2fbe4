"""A real varnishd for tests, with the VCL of config/varnish, on a free loopback port."""

import os
import re
import shutil
import subprocess
import tempfile
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from tests.server import DEADLINE, ROOT, Answer, eventually, free_port

VCL = ROOT / "config/varnish"
KEY = "kunci-uji"

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
VARNISHD = shutil.which("varnishd", path=PATH)
MODULES = [
    found for lib in ("lib*", "lib/*", "local/lib") for found in Path("/usr").glob(f"{lib}/varnish/vmods/*_xkey.so")
]

needs_varnish = pytest.mark.skipif(
    not (VARNISHD and MODULES), reason="there is no Varnish: apt-get install varnish varnish-modules"
)


class Varnish:
    """varnishd in front of a port of this machine, for the time of a `with` block. It purges for who has the key, and
    waits for the origin as long as it has `patience`."""

    def __init__(self, origin: int, *, port: int | None = None, key: str = KEY, patience: str = "5s") -> None:
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._folder = Path(tempfile.mkdtemp(prefix="warta-varnish-"))  # a short path, for its sockets
        shutil.copy(VCL / "default.vcl", self._folder)
        where = (VCL / "origin.vcl").read_text()
        for name, value in {".port": f'"{origin}"', ".first_byte_timeout": patience}.items():
            where, found = re.subn(rf"{name} = [^;]+;", f"{name} = {value};", where)
            assert found == 1
        (self._folder / "origin.vcl").write_text(where)
        self._key = key
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """With an empty cache."""
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *(str(VARNISHD), "-F", "-j", "none", "-T", "none", "-n", str(self._folder / "work")),
                    *("-a", f"127.0.0.1:{self.port}", "-f", str(self._folder / "default.vcl"), "-s", "malloc,32m"),
                    *("-p", "http_gzip_support=off", "-p", "http_range_support=off"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": PATH, "WARTA_EDGE__TOKEN": self._key},
            )
        eventually(self._is_up)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def _is_up(self) -> bool:
        assert self._process
        assert self._process.poll() is None, (self._folder / "log").read_text()
        try:
            return self.get("/metrics").status == 404
        except OSError:
            return False

    def request(self, method: str, path: str, headers: dict[str, str] | None = None) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        try:
            connection.request(method, path, headers=headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, {name.replace("_", "-"): value for name, value in headers.items()})

    def purge(self, tags: str, key: str = KEY) -> Answer:
        return self.request("PURGE", "/", {"Surrogate-Key": tags, "Authorization": f"Bearer {key}"})
