"""Figures of full runs, stored as JSON beside the code. The plots and docs/performance.md are made from them."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.machine import Neighbours, description

FOLDER = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Run:
    """A run of one subject. `stores` is a folder for stores that later runs use again; None if none is kept."""

    subject: str
    quick: bool
    stores: Path | None
    before: Neighbours
    began: str

    @classmethod
    def begin(cls, subject: str, *, quick: bool, stores: Path | None) -> "Run":
        return cls(subject, quick, stores, Neighbours.now(), f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC")

    def keep(self, figures: dict[str, Any]) -> None:
        """Print the load of the machine during the run, and write the figures to the file of the subject.

        Call it again with more figures to replace the file. The figures of quick runs are not written, because they
        say too little.
        """
        neighbours = Neighbours.now().since(self.before)
        print(neighbours)
        if self.quick:
            return
        FOLDER.mkdir(exist_ok=True)
        written = {
            "date": self.began,
            "command": f"python -m bench {self.subject}",
            "machine": description(),
            "neighbours": neighbours,
            "figures": figures,
        }
        text = json.dumps(written, indent=1, ensure_ascii=False)
        (FOLDER / f"{self.subject}.json").write_text(f"{text}\n", encoding="utf-8")
