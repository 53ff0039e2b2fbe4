"""The environment of `make`: the newest Python that can make one, one sentence without it, and repair."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = ("sh", "make", "awk", "rm", "grep", "touch", "echo")
PYTHON = ".venv/bin/python"
INSTALL = "-m pip --disable-pip-version-check install"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in which make finds the tools of a machine, and the Pythons of `install`."""
    folder = tmp_path / "checkout"
    (folder / "requirements").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "requirements/run.txt"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "bin").mkdir()
    for tool in TOOLS:
        (folder / "bin" / tool).symlink_to(str(shutil.which(tool)))
    return folder


def install(checkout: Path, name: str, *, missing: str = "", version: str = "") -> None:
    """Put a Python on the PATH of the checkout: this one, without a module, or with another version."""
    modules = checkout / f"modules-of-{name}"
    modules.mkdir()
    if missing:  # as on Debian without the package
        (modules / f"{missing}.py").write_text(f"raise ModuleNotFoundError('No module named {missing}')")
    if version:
        (modules / "sitecustomize.py").write_text(f"import sys\nsys.version_info = ({version.replace('.', ', ')}, 0)")
    program = checkout / "bin" / name
    note = f'test "$1 $2" != "-m venv" || echo {name} >> {checkout}/makers'
    program.write_text(f'#!/bin/sh\n{note}\nPYTHONPATH={modules} exec {sys.executable} "$@"\n')
    program.chmod(0o755)


def make(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *arguments],
        cwd=checkout,
        env={"PATH": str(checkout / "bin"), "HOME": os.environ.get("HOME", "/")},
        capture_output=True,
        text=True,
        check=False,
    )


def told(done: subprocess.CompletedProcess[str]) -> str:
    """The error in its one line, without the line in which make itself gives up."""
    assert done.returncode == 2
    [line, end] = done.stderr.splitlines()
    assert end.startswith("make: ***")
    return line


@pytest.mark.parametrize(
    ("installed", "arguments", "sentence"),
    [
        ([], [], "there is no Python 3.11 to 3.14; on Debian: apt-get install python3 python3-venv"),
        ([("python3", "", "3.9")], [], "there is no Python 3.11 to 3.14; "),
        ([("python3", "", "3.15")], [], "there is no Python 3.11 to 3.14; "),
        ([("python3", "ensurepip", "3.13")], [], "python3 has no venv or no pip (ensurepip); on Debian: apt-get "),
        ([("python3.12", "venv", "3.12")], [], "python3.12 has no venv or no pip (ensurepip); on Debian: apt-get "),
        ([("python3.12", "", "")], ["PYTHON=python3.10"], "python3.10 is no Python 3.11 to 3.14; "),
    ],
    ids=["none", "too-old", "too-new", "no-pip", "no-venv", "another-is-named"],
)
def test_without_a_python_one_sentence_names_the_package(
    checkout: Path, installed: list[tuple[str, str, str]], arguments: list[str], sentence: str
) -> None:
    for name, missing, version in installed:
        install(checkout, name, missing=missing, version=version)
    line = told(make(checkout, "run", *arguments))
    assert line.startswith(sentence)
    if "ensurepip" in line:
        assert line.endswith(f"apt-get install python{installed[0][2]}-venv")
    assert not (checkout / ".venv").exists()


def test_the_newest_python_that_can_makes_the_environment_and_mends_it(checkout: Path) -> None:
    install(checkout, "python3.14", missing="ensurepip")
    for name in ("python3.13", "python3.12"):
        install(checkout, name)
    done = make(checkout, PYTHON)
    assert (done.returncode, done.stderr) == (0, "")
    assert (checkout / "makers").read_text().split() == ["python3.13"]
    (checkout / ".venv/.run").touch()
    assert INSTALL not in make(checkout, "--dry-run", "run").stdout
    breaks: list[Callable[[], object]] = [
        lambda: (checkout / PYTHON).unlink(),
        lambda: relink(checkout / PYTHON, checkout / "removed/python3.13"),
        lambda: shutil.rmtree(next((checkout / ".venv/lib").glob("python*/site-packages/pip"))),
    ]
    for break_it in breaks:
        shutil.copytree(checkout / ".venv", checkout / "sound", symlinks=True)
        break_it()
        would = make(checkout, "--dry-run", "run").stdout
        assert "-m venv" in would
        assert INSTALL in would
        shutil.rmtree(checkout / ".venv")
        (checkout / "sound").rename(checkout / ".venv")
    relink(checkout / PYTHON, checkout / "removed/python3.13")
    assert make(checkout, PYTHON, "PYTHON=python3.12").returncode == 0
    assert (checkout / "makers").read_text().split() == ["python3.13", "python3.12"]
    assert not (checkout / ".venv/.run").exists()
    moved = checkout.rename(checkout.with_name("moved"))
    assert "-m venv" in make(moved, "--dry-run", PYTHON).stdout


def relink(link: Path, target: Path) -> None:
    link.unlink()
    link.symlink_to(target)
