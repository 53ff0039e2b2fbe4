"""requirements/: the locks hold what every Python needs that Warta runs on, not only the Python that made them."""

import re
from importlib.metadata import distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.server import ROOT

LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)


@pytest.mark.parametrize("lock", ["run.txt", "test.txt"])
@pytest.mark.parametrize("python", ["3.11.0", "3.12.0", "3.13.0", "3.14.0"])
def test_the_lock_is_whole_for_each_python(lock: str, python: str) -> None:
    """With hashes, pip refuses a dependency that is not locked."""
    names = {canonicalize_name(name) for name in LOCKED.findall((ROOT / "requirements" / lock).read_text())}
    environment = {"python_full_version": python, "python_version": python.rpartition(".")[0], "extra": ""}
    installed = [found for found in distributions() if canonicalize_name(found.name) in names]
    assert len(installed) > len(names) / 2
    missing = {
        f"{needed.name}, for {found.name}"
        for found in installed
        for needed in map(Requirement, found.requires or ())
        if needed.marker is None or needed.marker.evaluate(environment)
        if canonicalize_name(needed.name) not in names
    }
    assert not missing
