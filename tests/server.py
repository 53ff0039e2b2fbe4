"""The real program for tests: `warta` as a command that ends, and `warta serve` on a free loopback port."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple, Self

COMMAND = (sys.executable, "-m", "service.cli")
ROOT = Path(__file__).parents[1]
DEADLINE = 20.0  # seconds that anything may take before a test gives up


def environment(data_dir: Path, **settings: str) -> dict[str, str]:
    """This process's environment without settings of Warta, but for those given."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("WARTA_", "PROMETHEUS_"))}
    return {**ours, "PYTHONPATH": str(ROOT), "WARTA_DATA_DIR": str(data_dir), **settings}


def warta(
    data_dir: Path, *arguments: str, stdin: bytes | str = b"", **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, in an empty working directory as far as configuration goes."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        cwd=data_dir.parent,
        env=environment(data_dir, **settings),
        timeout=60,
        check=False,
    )
    output, errors = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in errors, errors
    return subprocess.CompletedProcess(done.args, done.returncode, output, errors)


def eventually(look: Callable[[], T]) -> T:
    """What `look` gives as soon as it is true; a failure of the test if that takes too long."""
    deadline = time.monotonic() + DEADLINE
    while not (seen := look()):
        assert time.monotonic() < deadline, f"still not so after {DEADLINE} seconds: {look}"
        time.sleep(0.02)
    return seen
