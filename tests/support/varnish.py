"""A real varnishd for tests, with the VCL of config/varnish, on a free loopback port."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.proxy import PATH, Proxy, changed
from tests.support.server import ROOT, Answer

VCL = ROOT / "config/varnish"
KEY = "kunci-uji"

# As it is shipped.
COMPOSED = re.search(r"varnishd -F .*?\n    \w", (ROOT / "docker-compose.yml").read_text(), re.DOTALL)
assert COMPOSED
PARAMETERS = re.findall(r"-p (\S+)", COMPOSED[0])

VARNISHD = shutil.which("varnishd", path=PATH)
MODULES = [
    found for lib in ("lib*", "lib/*", "local/lib") for found in Path("/usr").glob(f"{lib}/varnish/vmods/*_xkey.so")
]

needs_varnish = pytest.mark.skipif(
    not (VARNISHD and MODULES), reason="there is no Varnish: apt-get install varnish varnish-modules"
)


class Varnish(Proxy):
    """varnishd in front of a port of this machine, for the time of a `with` block. It purges for who has the key, and
    waits for the origin as long as it has `patience`. `options` of varnishd may be added."""

    options: Sequence[str] = ()

    def __init__(self, origin: int, *, port: int | None = None, key: str = KEY, patience: str = "5s") -> None:
        super().__init__("varnish", port)
        for file in VCL.glob("*.vcl"):
            shutil.copy(file, self.folder)
        where = (VCL / "origin.vcl").read_text().replace('.port = "8000"', f'.port = "{origin}"')
        where = changed(where, {r"\.first_byte_timeout = [^;]+;": f".first_byte_timeout = {patience};"})
        (self.folder / "origin.vcl").write_text(where)
        self._key = key

    def command(self) -> list[str]:
        return [
            *(str(VARNISHD), "-F", "-j", "none", "-T", "none", "-n", str(self.folder / "work")),
            *("-a", f"127.0.0.1:{self.port}", "-f", str(self.folder / "default.vcl"), "-s", "malloc,32m"),
            *(word for parameter in PARAMETERS for word in ("-p", parameter)),
            *self.options,
        ]

    def environment(self) -> dict[str, str]:
        return {"PATH": PATH, "WARTA_EDGE__TOKEN": self._key}

    def purge(self, tags: str, key: str = KEY) -> Answer:
        return self.request("PURGE", "/", {"Surrogate-Key": tags, "Authorization": f"Bearer {key}"})

    def objects(self) -> int:
        """How many objects the cache holds, those that only say that something is not kept among them."""
        command = ["varnishstat", "-1", "-n", str(self.folder / "work"), "-f", "MAIN.n_object"]
        shown = subprocess.run(command, capture_output=True, check=True, env=self.environment(), text=True)
        return int(shown.stdout.split()[1])
