"""Draws the plots, in the environment with matplotlib (`make bench` makes it)."""

import subprocess
from pathlib import Path

from bench.results import Run
from bench.targets import PEERS


def draw(_: Run) -> None:
    python = PEERS / "bin" / "python"
    if not python.exists():
        print("nothing is drawn: `make bench` makes the environment for that")
        return
    subprocess.run([python, "-m", "bench.plots"], check=True, cwd=Path(__file__).parent.parent)
