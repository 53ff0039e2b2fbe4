"""The benchmarks still run. What they measure is for people to judge, on a quiet machine."""

import subprocess
import sys

import pytest

from bench import __main__ as bench
from bench.results import Run
from tests.support.server import ROOT, environment


def test_quick_runs_end_with_tables_and_keep_no_figures() -> None:
    results = ROOT / "bench" / "results"
    before = {file: file.read_bytes() for file in results.iterdir()}
    subjects = ("encoding", "batch", "importing", "walks")
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", *subjects],
        cwd=ROOT,
        env=environment(ROOT),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    parts = done.stdout.split("\n## ")[1:]
    assert [part.partition("\n")[0] for part in parts] == list(subjects)
    assert all("\n| --- |" in part and "% of the time stolen" in part for part in parts), done.stdout
    assert {file: file.read_bytes() for file in results.iterdir()} == before


def test_an_unknown_subject_is_answered_with_those_that_there_are() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "speed"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "there is no subject speed; there are category, growth" in done.stderr


def test_everything_is_measured_also_after_a_promise_that_was_missed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    measured = []

    def missing(run: Run) -> None:
        measured.append(run.subject)
        raise AssertionError("it takes two seconds, not one")

    monkeypatch.setattr(bench, "SUBJECTS", {"one": missing, "two": lambda run: measured.append(run.subject)})
    monkeypatch.setattr(sys, "argv", ["bench"])
    with pytest.raises(SystemExit, match="missed: one"):
        bench.main()
    assert measured == ["one", "two"]
    assert "missed: it takes two seconds, not one" in capsys.readouterr().out


def test_make_bench_names_no_subject_and_so_measures_all() -> None:
    done = subprocess.run(["make", "-n", "bench"], cwd=ROOT, capture_output=True, text=True, check=True)
    [command] = [line for line in done.stdout.splitlines() if " -m bench" in line]
    assert command.rstrip().endswith("-m bench")
