"""`python -m bench [--quick] [SUBJECT...]`: the subjects one after the other, on the machine that it names."""

import argparse
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench import (
    batch,
    category,
    counting,
    encoding,
    growth,
    importing,
    machine,
    plotting,
    publishing,
    recording,
    serving,
    week,
)
from bench.results import Run

SUBJECTS: dict[str, Callable[[Run], None]] = {
    "category": category.run,
    "growth": growth.run,
    "publishing": publishing.run,
    "importing": importing.run,
    "batch": batch.run,
    "encoding": encoding.run,
    "counting": counting.run,
    "serving": serving.run,
    "recording": recording.run,
    "week": week.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure speed and growth.")
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"{', '.join(SUBJECTS)}; all if none is named")
    parser.add_argument("--quick", action="store_true", help="small sizes: to see that the benchmarks work")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where growth keeps its stores for the next time")
    parser.add_argument("--plot", action="store_true", help="draw docs/img from the figures of the last full runs")
    options = parser.parse_args()
    if unknown := set(options.subjects) - set(SUBJECTS):
        parser.error(f"there is no subject {', '.join(sorted(unknown))}; there are {', '.join(SUBJECTS)}")
    try:
        if options.subjects or not options.plot:
            _measure(options.subjects or list(SUBJECTS), options.quick, options.keep)
    finally:  # what was measured, also if a promise was missed
        if options.plot:
            plotting.draw()


def _measure(subjects: list[str], quick: bool, keep: Path | None) -> None:
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · {machine.description()}")
    if quick:
        print("quick: the sizes are small, and the figures say little")
    for name in subjects:
        started = time.monotonic()
        print(f"\n## {name}")
        SUBJECTS[name](Run.begin(name, quick=quick, stores=keep))
        print(f"({time.monotonic() - started:.0f} s)")


main()
