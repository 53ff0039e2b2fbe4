"""The pages in a real browser: they show what they should, fit a telephone, and their pixel counts the view."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.chromium import CHROMIUM, FLAGS, needs_chromium
from tests.support.server import Server, eventually, warta

pytestmark = needs_chromium

# A page tells the one around it how wide it is; its own policy would not let it run a script, so it is a copy.
TELL = "<script>onload = () => parent.postMessage(document.documentElement.scrollWidth, '*')</script>"
FRAME = """<!doctype html><script>onmessage = event => {{ document.title = event.data }}</script>
<iframe src="page.html" style="width:{width}px;height:800px;border:0"></iframe>"""


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The sample newsroom, as `make run` serves it."""
    data_dir = tmp_path_factory.mktemp("browser") / "data"
    server = Server(data_dir)
    try:
        loaded = warta(data_dir, "demo", WARTA_BASE_URL=server.base_url)
        assert loaded.code == 0
        with server:
            yield server
    finally:
        if server.process.poll() is None:
            server.stop()


def chromium(profile: Path, *arguments: str) -> str:
    """What the browser prints."""
    assert CHROMIUM
    done = subprocess.run(
        [
            CHROMIUM,
            *FLAGS,
            *(f"--user-data-dir={profile}", "--virtual-time-budget=5000"),
            *arguments,
        ],
        capture_output=True,
        timeout=60,
        check=True,
    )
    return done.stdout.decode()


def newest(server: Server) -> dict[str, str]:
    found: dict[str, str] = json.loads(server.get("/latest.json?limit=1").body)["items"][0]
    return found


def text_of(dom: str) -> str:
    return " ".join(re.sub(r"<style.*?</style>|<[^>]*>", " ", dom, flags=re.DOTALL).split())


def test_a_reader_walks_from_the_directory_to_a_story_and_is_counted(newsroom: Server, tmp_path: Path) -> None:
    directory = chromium(tmp_path, "--dump-dom", f"{newsroom.base_url}/")
    assert f'href="{newsroom.base_url}/latest"' in directory
    for name in ("latest", "popular"):
        for extension in ("rss", "atom", "json"):
            assert re.search(rf'<link rel="alternate" [^>]*href="{newsroom.base_url}/{name}\.{extension}"', directory)

    story = newest(newsroom)
    latest = chromium(tmp_path, "--dump-dom", f"{newsroom.base_url}/latest")
    assert f'<a href="{story["url"]}">{story["title"]}</a>' in latest
    assert (
        f'type="application/rss+xml" title="Warta · latest (RSS 2.0)" href="{newsroom.base_url}/latest.rss"' in latest
    )

    def counted() -> float:
        """Views that were counted: half a second after they came."""
        found = re.findall(r'warta_views_total\{fate="counted"\} (\S+)', newsroom.get("/metrics").body.decode())
        return sum(map(float, found))

    before = counted()
    article = text_of(chromium(tmp_path, "--dump-dom", story["url"]))
    assert story["title"] in article
    assert "Laporan:" in article
    eventually(lambda: counted() == before + 1)


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_its_window(newsroom: Server, tmp_path: Path, width: int) -> None:
    (tmp_path / "frame.html").write_text(FRAME.format(width=width))
    for path in ("/", "/latest", "/popular/7d", newest(newsroom)["url"].removeprefix(newsroom.base_url)):
        html = newsroom.get(path, Accept="text/html").body.decode()
        (tmp_path / "page.html").write_text(html.replace("</head>", f"{TELL}</head>"))
        dom = chromium(tmp_path / "profile", "--dump-dom", f"file://{tmp_path}/frame.html")
        assert re.findall("<title>(.*)</title>", dom) == [str(width)], path
