"""The commands of the documentation work: each page is followed from top to bottom, in one shell.

A block of the language `sh` runs, unless a comment directly above it says why not. The comments are:

- `<!-- not run: REASON -->`: the block does not run here.
- `<!-- exit code: N -->`: the last command of the block ends with this code.
- `<!-- keeps running -->`: the block is a server. The next blocks are its clients.
- `<!-- new terminal -->`: the block begins in the folder of the checkout.
- `<!-- file: NAME -->`: the text of the block is written to this file, in the language that it has.
"""

import gzip
import json
import os
import re
import shlex
import signal
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.forked_command import ForkedCommand
from tests.support.markdown import PAGES, ROOT, Block, blocks
from tests.support.server import Server, environment, eventually, free_port

OWN_SERVER = ROOT / "docs/start.md"  # begins with a new store, and starts its server itself
NOTES = {"not run", "exit code", "keeps running", "new terminal", "file"}
# The commands of the page on the API that make $TOKEN and $STATS_TOKEN; the other pages name it.
TOKENS = next(block for block in blocks(ROOT / "docs/api.md") if "token create" in block.text)
ACCESS_LOG = '198.51.100.7 - - [{time}] "GET /latest.rss HTTP/1.1" 200 51234 "-" "NetNewsWire/7.0"\n'
CURL = '#!/bin/sh\nexec {curl} --fail-with-body --silent --show-error --max-time 20 "$@"\n'
commands = [page for page in PAGES if any(block.language == "sh" for block in blocks(page))]


def names(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with `warta`, and with a `curl` that fails if the status is an error."""
    folder = tmp_path_factory.mktemp("programs")
    curl = folder / "curl"
    found = subprocess.run(["sh", "-c", "command -v curl"], capture_output=True, text=True, check=True).stdout.strip()
    curl.write_text(CURL.format(curl=found))
    curl.chmod(0o755)
    with ForkedCommand(folder) as command:
        yield command.folder


@pytest.fixture(scope="session")
def newsroom(programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The sample newsroom, as `make run` starts it, and a poll of today."""
    data = tmp_path_factory.mktemp("newsroom") / "var"
    log = ACCESS_LOG.format(time=datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")).encode()
    for arguments, given in ((["demo"], b""), (["readers", "import", "-"], log)):
        subprocess.run(
            [programs / "warta", *arguments], env=environment(data), input=given, check=True, capture_output=True
        )
    with Server(data, WARTA_OUTGOING_ALLOW="127.0.0.0/8") as server:
        yield server


@pytest.mark.parametrize("page", [page for page in commands if page != OWN_SERVER], ids=names)
def test_a_page_can_be_followed(page: Path, newsroom: Server, programs: Path, tmp_path: Path) -> None:
    variables = environment(newsroom.data_dir, WARTA_BASE_URL=newsroom.base_url)
    output = follow(page, token_commands(page), newsroom.port, variables, programs, tmp_path)
    if page.name == "api.md":
        assert "\n304\n" in output


def token_commands(page: Path) -> str:
    """The commands that make the tokens that the page names, under names of its own; none if it makes them itself."""
    text = "".join(block.text for block in blocks(page) if block.language == "sh" and "not run" not in block.notes)
    lines = [line for line in TOKENS.text.splitlines() if re.search(rf"\${line.partition('=')[0]}\b", text)]
    if page.name in {"api.md", "README.md"}:
        return ""
    return "".join(f"{line.replace('create ', f'create {page.stem}-')}\n" for line in lines)


def test_the_tutorial_can_be_followed(programs: Path, tmp_path: Path) -> None:
    """It makes its own settings, store and server, so it gets none of Warta's variables."""
    variables = environment(tmp_path)
    del variables["WARTA_DATA_DIR"]
    output = follow(OWN_SERVER, "", free_port(), variables, programs, tmp_path)
    assert "warta-view: taken" in output.lower()
    popular, _ = json.JSONDecoder().raw_decode(output, output.rindex('{"version"'))  # the server's end may follow it
    assert [item["title"] for item in popular["items"]] == ["Jembatan Baru Dibuka"]


def test_every_note_is_known() -> None:
    notes = {note for page in PAGES for block in blocks(page) for note in block.notes if block.language}
    assert notes <= NOTES


@pytest.mark.parametrize("page", commands, ids=names)
def test_a_block_that_does_not_run_says_why(page: Path) -> None:
    assert [b.line for b in blocks(page) if "not run" in b.notes and len(b.notes["not run"].split()) < 2] == []


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_shell_blocks_have_one_language_and_one_form_of_the_command(page: Path) -> None:
    found = blocks(page)
    assert [b.line for b in found if b.language in {"bash", "shell", "console", "zsh"}] == [], "write ```sh"
    wrong = re.compile(r"\.venv/bin/warta|(?<!['\"\w])https?://[^\s'\"]*\?")  # zsh takes ? for a pattern
    lines = [b.line for b in found if b.language == "sh" and wrong.search(b.text) and "not run" not in b.notes]
    assert lines == []


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_json_examples_are_json(page: Path) -> None:
    for block in blocks(page):
        if block.language == "json":
            for document in re.split(r"\n(?=\{)", block.text.strip()):
                json.loads(document.replace(", …", "").replace("…", "..."))


def follow(page: Path, before: str, port: int, variables: dict[str, str], programs: Path, folder: Path) -> str:
    """Run the page in a checkout, and return its output. Fails if a command fails."""
    write_access_logs(folder / "nginx")
    shell = folder / "follow.sh"
    shell.write_text(before + script(blocks(page), port, folder))
    output = folder / "output"  # a file: a pipe that nobody reads holds up a command after 64 kB
    # A group of its own, so that servers that the page leaves running can be ended.
    with (
        output.open("wb") as written,
        subprocess.Popen(
            ["bash", shell],
            cwd=a_checkout(folder, programs, variables.get("WARTA_DATA_DIR")),
            env={**variables, "PATH": f"{programs}:{variables['PATH']}", "WARTA_OUTGOING_ALLOW": "127.0.0.0/8"},
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            process.wait(120)
        finally:
            end(process.pid)
    text = output.read_text(errors="replace")
    assert process.returncode == 0, f"{page.name}, in the block of the last line that is named:\n{text}"
    return text


def write_access_logs(folder: Path) -> None:
    folder.mkdir()
    (folder / "access.log").write_text(ACCESS_LOG.format(time="11/Sep/2021:11:43:00 +0700"))
    with gzip.open(folder / "access.log.1.gz", "wt") as older:
        older.write(ACCESS_LOG.format(time="10/Sep/2021:11:43:00 +0700"))


def end(group: int) -> None:
    """End what a page has left running, such as its server, and wait for it."""
    try:
        os.killpg(group, signal.SIGTERM)
    except ProcessLookupError:
        return
    eventually(lambda: not alive(group))


def alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def a_checkout(folder: Path, programs: Path, data: str | None) -> Path:
    """A folder like a checkout after `make run`: the files, and an environment with the command."""
    checkout = folder / "warta"
    (checkout / ".venv/bin").mkdir(parents=True)
    for name in ("docs", "config", "Makefile", "docker-compose.yml"):
        (checkout / name).symlink_to(ROOT / name)
    if data:
        (checkout / "var").symlink_to(data)
    (checkout / ".venv/bin/activate").write_text(f'PATH="{programs}:$PATH"\n')
    return checkout


def script(page: list[Block], port: int, folder: Path = Path("/nonexistent")) -> str:
    """One shell script of the blocks of a page. It stops at the first command that fails."""
    lines = ["set -euo pipefail", "CHECKOUT=${CHECKOUT-$PWD}"]
    for block in page:
        text = with_real_urls(block.text, port, folder)
        if "new terminal" in block.notes:
            text = f'cd "$CHECKOUT"\n{text}'
        if "file" in block.notes:
            lines.append(f"cat > {shlex.quote(block.notes['file'])} <<'END OF FILE'\n{text}END OF FILE")
        elif block.language != "sh" or "not run" in block.notes:
            continue
        elif "keeps running" in block.notes:
            lines += [
                f"echo '--- line {block.line}'",
                f"{{ {text} }} &",
                f"until curl http://127.0.0.1:{port}/healthz > /dev/null 2>&1; do sleep 0.1; done",
            ]
        elif code := block.notes.get("exit code"):
            lines += [f"echo '--- line {block.line}'", f"set +e\n{text}code=$?\nset -e\n[ $code -eq {int(code)} ]"]
        else:
            lines += [f"echo '--- line {block.line}'", text]
    return "\n".join([*lines, ""])


def with_real_urls(text: str, port: int, folder: Path) -> str:
    """The text with this machine in place of the examples: service, feed to import, access logs."""
    service = f"http://127.0.0.1:{port}"
    text = re.sub(r"https://(www\.)?example\.com/feed\.xml", f"{service}/latest.rss", text)
    text = re.sub(r"^warta serve$", f"warta serve --workers 1 --port {port}", text, flags=re.MULTILINE)
    for name, real in (
        ("http://127.0.0.1:8000", service),
        ("https://feeds.example.com", service),
        ("/var/log/nginx", f"{folder}/nginx"),
    ):
        text = text.replace(name, real)
    return text
