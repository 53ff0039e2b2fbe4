# mypy: disable-error-code="import-not-found"
"""Draws the plots of docs/performance.md from the figures in bench/results. Needs matplotlib."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.ticker import NullLocator

from bench.results import FOLDER

IMAGES = Path(__file__).parent.parent / "docs" / "img"
PAPER, INK, FAINT = "#fcfbf8", "#26292e", "#8b8f97"  # a light background, also on a dark page
OURS, OTHERS = "#0b6e8f", "#c3c7cd"
LINES = {
    "publish until seen": "#7a3e9d",
    "publish": "#c2571a",
    "cold": "#0b6e8f",
    "another feed after it": "#6b7f2a",
    "imported line": "#8b8f97",
    "warm": "#b3243f",
}
WARTA = "Warta, one worker"
MEMORY = 200.0  # MB; a worker must stay below

mpl.rcParams.update(
    {
        "svg.fonttype": "path",  # letters look the same everywhere
        "svg.hashsalt": "warta",  # the same figures give the same file
        "font.family": "DejaVu Sans",
        "font.size": 10,
        "text.color": INK,
        "axes.facecolor": PAPER,
        "figure.facecolor": PAPER,
        "axes.edgecolor": FAINT,
        "xtick.color": FAINT,
        "ytick.color": FAINT,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
    }
)


def main() -> None:
    for name, draw in (("serving", _throughput), ("growth", _growth)):
        file = FOLDER / f"{name}.json"
        if not file.exists():
            print(f"{name} has no figures yet; run: python -m bench {name}")
            continue
        run = json.loads(file.read_text(encoding="utf-8"))
        figure = draw(run["figures"])
        figure.text(0.01, 0.012, f"{run['command']} · {run['date']} · {run['machine']}", color=FAINT, fontsize=7.5)
        target = IMAGES / f"{name}.svg"
        figure.savefig(target, metadata={"Date": None})
        print(f"drawn: {target.relative_to(IMAGES.parent.parent)}")


# --- requests a second ---------------------------------------------------------------------------------------


def _throughput(figures: Mapping[str, Any]) -> Any:
    names = list(figures)
    figure, panels = plt.subplots(1, 2, figsize=(10, 0.42 * len(names) + 1.3), sharey=True)
    figure.subplots_adjust(left=0.235, right=0.97, top=0.84, bottom=0.09, wspace=0.12)
    for panel, answer, title in zip(panels, ("200", "304"), ("the whole feed", "not modified"), strict=True):
        rates = [figures[name][answer]["rate"] for name in names]
        _bars(panel, names, rates)
        panel.set_title(f"{title} ({answer})", loc="left", fontsize=10, pad=8)
    panels[0].invert_yaxis()  # both panels share the axis
    figure.text(0.01, 0.945, "Answers a second, one core, 32 connections", fontsize=12.5, fontweight="bold")
    return figure


def _bars(panel: Any, names: Sequence[str], rates: Sequence[float]) -> None:
    places = range(len(names))
    panel.barh(places, rates, color=[OURS if name.startswith("Warta") else OTHERS for name in names], height=0.68)
    for place, rate in zip(places, rates, strict=True):
        share = rate / rates[0]
        told = (
            f"{rate:,.0f}"
            if place == 0
            else f"{rate:,.0f}  ·  {share:.0%}"
            if share > 0.1
            else f"{rate:,.0f}  ·  {share:.1%}"
        )
        # The label stands inside a bar that is long enough, otherwise beside it.
        inside = rate > 0.45 * max(rates)
        colour = "white" if inside and names[place].startswith("Warta") else INK
        panel.annotate(
            told, (rate, place), (-6 if inside else 6, 0), textcoords="offset points", va="center",
            ha="right" if inside else "left", color=colour, fontsize=9,
        )  # fmt: skip
    panel.set_yticks(places, names)
    for label in panel.get_yticklabels():
        label.set_fontweight("bold" if label.get_text() == WARTA else "normal")
    panel.set_xticks([])
    panel.tick_params(axis="y", length=0)
    panel.spines[:].set_visible(False)


# --- growth --------------------------------------------------------------------------------------------------


def _growth(figures: Mapping[str, Any]) -> Any:
    axes = [axis for axis in ("articles", "feeds", "workers") if axis in figures]
    titles = {"articles": "articles in the store", "feeds": "feeds of tags", "workers": "workers on two cores"}
    figure, grid = plt.subplots(
        2,
        len(axes),
        figsize=(11, 6.4),
        sharey="row",
        sharex="col",
        squeeze=False,
        gridspec_kw={"height_ratios": [3, 1]},
    )
    figure.subplots_adjust(left=0.065, right=0.86, top=0.88, bottom=0.12, wspace=0.1, hspace=0.13)
    for column, axis in enumerate(axes):
        found = figures[axis]
        _times(grid[0][column], found, named=column == len(axes) - 1)
        _memory(grid[1][column], found, named=column == len(axes) - 1)
        grid[1][column].set_xlabel(titles[axis])
    grid[1][0].set_ylim(0, 1.15 * max([MEMORY, *(each["memory"] for axis in axes for each in figures[axis].values())]))
    grid[0][0].set_ylabel("milliseconds, median")
    grid[1][0].set_ylabel("MB a worker")
    figure.text(0.01, 0.945, "What grows, and what it costs", fontsize=12.5, fontweight="bold")
    return figure


def _times(panel: Any, found: Mapping[str, Mapping[str, float]], *, named: bool) -> None:
    panel.set_yscale("log")
    places = range(len(found))
    for what, colour in LINES.items():
        values = [each[what] for each in found.values()]
        panel.plot(places, values, color=colour, linewidth=2, marker="o", markersize=4)
    if named:
        ends = {what: list(found.values())[-1][what] for what in LINES}
        for what, height in _apart(ends).items():
            panel.annotate(
                what, (len(found) - 1, height), (9, 0), textcoords="offset points", va="center",
                color=LINES[what], annotation_clip=False,
            )  # fmt: skip
    panel.set_yticks([0.1, 0.3, 1, 3, 10, 30], ["0.1", "0.3", "1", "3", "10", "30"])
    panel.yaxis.set_minor_locator(NullLocator())
    _plain(panel, found)


def _apart(heights: Mapping[str, float]) -> dict[str, float]:
    """Heights for labels on a logarithmic axis: near the ends of their lines, but far enough apart to be readable."""
    placed: dict[str, float] = {}
    lowest = 0.0
    for what, height in sorted(heights.items(), key=lambda pair: pair[1]):
        placed[what] = lowest = max(height, lowest * 1.3)
    return placed


def _memory(panel: Any, found: Mapping[str, Mapping[str, float]], *, named: bool) -> None:
    values = [each["memory"] for each in found.values()]
    panel.plot(range(len(found)), values, color=INK, linewidth=2, marker="o", markersize=4)
    panel.plot([-0.25, len(found) - 1], [MEMORY, MEMORY], color="#b3243f", linewidth=0.9, linestyle=(0, (4, 3)))
    if named:
        beside = {"xytext": (9, 0), "textcoords": "offset points", "va": "center", "annotation_clip": False}
        end = len(found) - 1
        panel.annotate(f"promise: {MEMORY:.0f}", (end, MEMORY), color="#b3243f", **beside)
        panel.annotate("memory", (end, values[-1]), **beside)
    _plain(panel, found)


def _plain(panel: Any, found: Mapping[str, object]) -> None:
    panel.set_xticks(range(len(found)), list(found))
    panel.set_xlim(-0.25, len(found) - 0.75)
    panel.grid(axis="y", color="#e7e5df", linewidth=0.8)
    panel.set_axisbelow(True)
    panel.spines[["top", "right", "left"]].set_visible(False)
    panel.tick_params(length=0)


if __name__ == "__main__":
    main()
