"""`python -m bench [--quick] [SUBJECT...]`: the subjects one after the other, on the machine that it names."""

import argparse
import time
from datetime import UTC, datetime

from bench import batch, category, encoding, importing, machine, serving

SUBJECTS = {
    "category": category.run,
    "importing": importing.run,
    "batch": batch.run,
    "encoding": encoding.run,
    "serving": serving.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure speed and growth.")
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"{', '.join(SUBJECTS)}; all if none is named")
    parser.add_argument("--quick", action="store_true", help="small sizes: to see that the benchmarks work")
    options = parser.parse_args()
    if unknown := set(options.subjects) - set(SUBJECTS):
        parser.error(f"there is no subject {', '.join(sorted(unknown))}")
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · {machine.description()}")
    if options.quick:
        print("quick: the sizes are small, and the figures say little")
    for name in options.subjects or SUBJECTS:
        started = time.monotonic()
        print(f"\n## {name}")
        SUBJECTS[name](quick=options.quick)
        print(f"({time.monotonic() - started:.0f} s)")


main()
