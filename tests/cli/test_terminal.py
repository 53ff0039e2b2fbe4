"""What `warta` prints, as a real process: no stranger's text commands the operator's terminal."""

import json
import os
import pty
import subprocess
import threading
from pathlib import Path

import pytest

from tests.support.server import COMMAND, Server, environment, eventually, warta
from tests.support.strangers import DANGEROUS, HARMLESS, SCALARS, raw

NAMED = [DANGEROUS[at : at + 40] for at in range(0, 400, 40)]  # a file's name has 255 bytes at most
LOG_LINE = '203.0.113.9 - - [21/Feb/2026:10:00:00 +0000] "GET /latest.rss HTTP/1.1" 200 99 "-" "%s"\n'


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


def hostile_files(folder: Path, content: str) -> list[Path]:
    """Files whose names hold what may be in a name: neither a NUL nor, but as a byte that is not UTF-8, a surrogate."""
    folder.mkdir()
    names = [
        name.replace("\0", "").encode(errors="ignore") + f"-{number}.jsonl".encode()
        for number, name in enumerate([*NAMED, "\U000e0041\U000e0042", HARMLESS])
    ]
    files = [folder / os.fsdecode(name) for name in (*names, b"\xff\x9b.jsonl")]
    for file in files:
        file.write_text(content)
    return files


def test_names_of_files_are_told_in_one_line_each(data_dir: Path, tmp_path: Path) -> None:
    files = hostile_files(tmp_path / "files", '{"id": "1", "titel": "x"}\n')
    done = warta(data_dir, "import", str(tmp_path / "files"))
    assert done.code == 1
    assert raw(done.output + done.errors) == set()
    assert len(done.errors.splitlines()) == len(files)
    assert r"\x1b" in done.errors
    assert r"\u202e" in done.errors
    assert r"\U000e0041" in done.errors
    assert r"\udcff\udc9b.jsonl" in done.errors
    assert HARMLESS in done.errors


def test_on_a_terminal_progress_escapes_names_too(data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "a\x1b]0;judul\x07\x9b31m\u202e.jsonl"
    file.write_text("".join(f'{{"id": "{n}", "title": "Judul"}}\n' for n in range(3)) + '{"id": "x"}\n')
    ours, theirs = pty.openpty()
    seen = bytearray()

    def read() -> None:
        try:
            while block := os.read(ours, 2**16):
                seen.extend(block)
        except OSError:  # the other end is closed
            pass

    reader = threading.Thread(target=read)
    reader.start()
    subprocess.run(
        [*COMMAND, "import", str(file)], stdout=theirs, stderr=theirs, cwd="/", env=environment(data_dir), check=False
    )
    os.close(theirs)
    reader.join()
    os.close(ours)
    told = seen.decode()
    assert told.count(r"a\x1b]0;judul\x07\x9b31m\u202e.jsonl") == 1  # the line that is refused
    assert raw(told.replace("\r\x1b[K", ""), layout="\r\n") == set()
    assert "3 added" in told


def test_titles_ids_and_feeds_are_listed_and_exported_without_them(data_dir: Path) -> None:
    kept = "\u061c\u200b\u200e\u202e\u2066\u2069\ufeff\U000e0041"  # what a title may hold
    article = {"id": "1", "title": f"Judul {kept} {HARMLESS}", "categories": [f"Kategori {kept}"]}
    assert warta(data_dir, "import", "-", stdin=json.dumps(article)).output.startswith("1 added")
    assert warta(data_dir, "popular", "pin", "1", "--note", "Pilihan").code == 0
    for command in (("feeds", "--all"), ("popular",)):
        done = warta(data_dir, *command)
        assert raw(done.output + done.errors, layout="\t\n") == set(), command
        assert r"\u202e" in done.output, command
    exported = warta(data_dir, "export").output
    assert raw(exported) == set()
    assert len(exported.splitlines()) == 1
    assert kept in json.loads(exported)["title"]
    assert "👩\u200d🚀" in exported


def test_agents_in_an_access_log_are_told_without_them(data_dir: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    agents = [f"Pembaca{SCALARS[at : at + 20]}" for at in range(0, len(SCALARS), 20)]
    lines = [LOG_LINE % agent.replace('"', "").replace("\n", "") * 3 for agent in agents]
    log.write_text("".join(lines), encoding="utf-8", newline="")
    assert warta(data_dir, "readers", "import", str(log)).code == 0
    done = warta(data_dir, "readers", "--days", "90", "--json")
    assert raw(done.output) == set()
    assert json.loads(done.output)
    assert raw(warta(data_dir, "readers", "--days", "90").output) == set()


def test_wrong_usage_and_errors_are_told_without_them(data_dir: Path) -> None:
    argument = "".join(character for character in SCALARS if character != "\0")[:300]
    for command in (
        ("feeds", argument),
        (argument,),
        ("import", "x", "--as", argument),
        ("token", "revoke", argument),
        ("check", argument),
        ("views", "import", f"/tiada/{argument}"),
    ):
        done = warta(data_dir, *command)
        assert done.code in (1, 2), command
        assert raw(done.output + done.errors, layout="\n") == set(), command
        assert "\\x1b" in done.errors, command
        if done.code == 1:
            assert len(done.errors.splitlines()) == 1, command


@pytest.mark.parametrize("command", [(), ("token",), ("webhooks",)])
def test_a_command_without_arguments_shows_its_help_with_line_breaks(data_dir: Path, command: tuple[str, ...]) -> None:
    done = warta(data_dir, *command)
    assert done.code == 2
    assert done.errors.startswith("Usage: ")
    assert "\nCommands:\n" in done.errors


def test_what_a_server_logs_of_a_request_is_one_line_without_them(data_dir: Path) -> None:
    path = "".join(f"%{byte:02X}" for byte in SCALARS.encode()[:1500])
    with Server(data_dir) as server:
        server.get(f"/tiada/{path}?a={path}")
        entry = eventually(lambda: next((e for e in server.log if e.get("path", "").startswith("/tiada")), None))
    assert entry
    assert "\x9b" in entry["path"]
    assert raw(server.stderr.read_text()) == set()
