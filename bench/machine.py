"""The machine and its load by others, timing, and the table that every subject prints."""

import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# The measured server and the load generator have one core each if there are two, so that neither slows the other.
SERVER_CORE, LOAD_CORE = (0, 1) if (os.cpu_count() or 1) > 1 else (None, None)


def description() -> str:
    """Processor, memory, kernel and Python, in one line."""
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} × {models[0] if models else platform.machine()}, {memory:.0f} GB, "
        f"Linux {platform.release().split('-')[0]}, Python {platform.python_version()}"
    )


@dataclass(frozen=True)
class Neighbours:
    """The state of the machine at one moment: its load, its stolen ticks so far, and all ticks so far (proc(5))."""

    load: float
    stolen: int
    all: int

    @classmethod
    def now(cls) -> "Neighbours":
        ticks = list(map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]))
        return cls(os.getloadavg()[0], ticks[7], sum(ticks))  # proc(5): the eighth is time that other guests had

    def since(self, before: "Neighbours") -> str:
        stolen = (self.stolen - before.stolen) / max(self.all - before.all, 1)
        return f"load {before.load:.1f} before, {self.load:.1f} after, {stolen:.1%} of the time stolen"


def interleaved(actions: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median time of each action in milliseconds. Actions run in turn, so that a busy neighbour slows all alike."""
    for action in actions.values():  # warm up
        action()
    times: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            started = time.perf_counter()
            action()
            times[name].append((time.perf_counter() - started) * 1000)
    return {name: statistics.median(taken) for name, taken in times.items()}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a Markdown table; the first column is text, the others are figures."""
    print(f"| {' | '.join(head)} |")
    print(f"| --- |{' ---: |' * (len(head) - 1)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")
