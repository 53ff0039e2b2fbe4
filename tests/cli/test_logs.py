"""Access logs on the command line: formats, compression, standard input; and what cannot be read is exit code 1."""

import gzip
import json
from pathlib import Path

import pytest
import zstandard

from tests.readers.test_from_logs import line
from tests.support.command import run

CADDY = {
    "ts": 1_770_838_380.5,
    "msg": "handled request",
    "request": {"remote_ip": "203.0.113.9", "method": "GET", "uri": "/latest.rss", "headers": {}},
    "status": 200,
    "size": 4312,
}


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.mark.parametrize("options", [(), ("--format", "caddy")])
def test_standard_input_may_have_any_format_and_compression(data_dir: Path, options: tuple[str, ...]) -> None:
    text = (json.dumps(CADDY) + "\n").encode()
    done = run(data_dir, "readers", "import", *options, "-", stdin=zstandard.compress(text))
    assert (done.code, done.output, done.errors) == (0, "standard input: 1 lines; 1 polls\n", "")
    again = run(data_dir, "readers", "import", "-", stdin=gzip.compress(text))
    assert (again.code, again.output) == (0, "standard input: 0 lines; no polls of feeds\n")


@pytest.mark.parametrize("command", ["views", "readers"])
def test_a_log_of_which_nothing_is_read_is_an_error_and_may_be_read_again(data_dir: Path, command: str) -> None:
    log = data_dir.parent / "access.log"
    log.write_bytes(line(address="-") * 3)
    for _ in range(2):
        done = run(data_dir, command, "import", str(log))
        assert (done.code, done.output) == (1, "")
        assert done.errors == (
            f"warta: {log}: no line could be read: line 1 has no IP address of a client, but -; try --format\n"
        )
    log.write_bytes(log.read_bytes() + line())
    done = run(data_dir, command, "import", str(log))
    assert done.code == 0
    assert done.output.startswith(f"{log}: 4 lines; ")
    assert "3 unreadable" in done.output


def test_a_file_that_is_no_log_is_said_to_be_none(data_dir: Path) -> None:
    page = data_dir.parent / "BACA.md"
    page.write_text("# Baca\n\nIni bukan log.\n")
    done = run(data_dir, "views", "import", str(page))
    assert (done.code, done.output) == (1, "")
    assert done.errors.startswith(f"warta: {page}: its format is not recognized; Warta reads combined, ")


def test_a_log_of_one_ip_address_is_pointed_out(data_dir: Path) -> None:
    log = data_dir.parent / "access.log"
    log.write_bytes(b"".join(line(seconds=n) for n in range(60)))
    done = run(data_dir, "readers", "import", str(log))
    assert (done.code, done.output) == (0, f"{log}: 60 lines; 60 polls\n")
    assert done.errors.startswith(f"{log}: all requests come from 203.0.113.9: if it is a proxy's")


def test_an_unknown_format_is_wrong_usage(data_dir: Path) -> None:
    done = run(data_dir, "views", "import", "--format", "iis", "-")
    assert done.code == 2
    assert "'iis' is not one of" in done.errors
