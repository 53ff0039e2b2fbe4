"""`python -m bench [--quick] [SUBJECT...]`: runs the subjects one after the other, and prints the machine's data."""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench import (
    batch,
    category,
    counting,
    curating,
    encoding,
    faults,
    freshness,
    growth,
    importing,
    machine,
    million,
    pages,
    plotting,
    publishing,
    push,
    recording,
    reports,
    searching,
    serving,
    site_pages,
    walks,
    week,
)
from bench.results import Run

SUBJECTS: dict[str, Callable[[Run], None]] = {
    "category": category.run,
    "growth": growth.run,
    "publishing": publishing.run,
    "push": push.run,
    "freshness": freshness.run,
    "importing": importing.run,
    "batch": batch.run,
    "encoding": encoding.run,
    "counting": counting.run,
    "searching": searching.run,
    "serving": serving.run,
    "site_pages": site_pages.run,
    "recording": recording.run,
    "week": week.run,
    "walks": walks.run,
    "faults": faults.run,
    "curating": curating.run,
    "reports": reports.run,
    "million": million.run,
    "plots": plotting.draw,  # uses the figures of the last full runs
}


def main() -> None:
    if sys.argv[1:2] == ["pages"]:  # needs a folder of pages, which are not ours to keep here
        pages.main(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure speed and growth.")
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"{', '.join(SUBJECTS)}; all if none is named")
    parser.add_argument("--quick", action="store_true", help="small sizes: to see that the benchmarks work")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where growth keeps its stores for the next time")
    options = parser.parse_args()
    if unknown := set(options.subjects) - set(SUBJECTS):
        parser.error(f"there is no subject {', '.join(sorted(unknown))}; there are {', '.join(SUBJECTS)}")
    if missed := _measure(options.subjects or list(SUBJECTS), options.quick, options.keep):
        sys.exit(f"\nmissed: {', '.join(missed)}")


def _measure(subjects: list[str], quick: bool, keep: Path | None) -> list[str]:
    """Measure the subjects. Returns the names of those that missed a promise; a miss does not stop the others."""
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · {machine.description()}")
    if quick:
        print("quick: the sizes are small, and the figures say little")
    missed = []
    for name in subjects:
        started = time.monotonic()
        print(f"\n## {name}", flush=True)
        try:
            SUBJECTS[name](Run.begin(name, quick=quick, stores=keep))
        except AssertionError as error:
            if not str(error):  # a missed promise has a text; this is another error
                raise
            print(f"missed: {error}")
            missed.append(name)
        print(f"({time.monotonic() - started:.0f} s)", flush=True)
    return missed


if __name__ == "__main__":
    main()
