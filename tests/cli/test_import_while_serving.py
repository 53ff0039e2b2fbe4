"""Imports as processes of their own, beside a server that takes articles: everybody has a turn at the SQLite file."""

import json
import subprocess
import threading
from collections import Counter
from pathlib import Path

from tests.support.server import COMMAND, Server, environment, warta

IMPORTED = 400  # articles of each of two imports
EDITORS = 5  # threads that put articles while the imports run
ARTICLE = {"title": "Judul", "content_html": "<p>Isi berita.</p>" * 20, "tags": ["a", "b"], "categories": ["Dinamika"]}


def lines(name: str) -> str:
    return "".join(
        json.dumps({**ARTICLE, "id": f"{name}-{number}", "published_at": f"2026-01-01T00:{number % 60:02}:00Z"}) + "\n"
        for number in range(IMPORTED)
    )


def test_no_change_is_refused_while_imports_run_and_no_import_gives_up(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    token = warta(data_dir, "token", "create", "cms", "--scope", "articles:write").output.strip()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    statuses: Counter[int] = Counter()
    batch: list[dict[str, object]] = []
    ended = threading.Event()

    def edit(editor: int) -> None:
        number = 0
        while not ended.is_set():
            body = json.dumps({**ARTICLE, "title": f"Suntingan {number}"}).encode()
            statuses[server.request("PUT", f"/api/articles/e-{editor}-{number % 20}", body, headers).status] += 1
            number += 1

    def send_batch() -> None:
        answer = server.request("POST", "/api/articles", lines("kiriman").encode(), headers)
        batch.extend(map(json.loads, answer.body.splitlines()))

    with Server(data_dir, workers=2) as server:
        imports = []
        for name in ("arsip", "agensi"):
            (tmp_path / f"{name}.jsonl").write_text(lines(name))
            command = [*COMMAND, "import", str(tmp_path / f"{name}.jsonl")]
            imports.append(
                subprocess.Popen(
                    command,
                    env=environment(data_dir),
                    cwd="/",
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
            )
        threads = [threading.Thread(target=edit, args=(editor,)) for editor in range(EDITORS)]
        threads.append(threading.Thread(target=send_batch))
        for thread in threads:
            thread.start()
        said = [each.communicate()[0] for each in imports]
        ended.set()
        for thread in threads:
            thread.join()
    for output in said:
        assert f"{IMPORTED:,} added, 0 changed, 0 unchanged, 0 refused" in output
    assert [line["status"] for line in batch] == [201] * IMPORTED
    assert set(statuses) == {200, 201}, statuses
    assert statuses[201] == 20 * EDITORS  # each of them put all of its articles, while the imports ran
