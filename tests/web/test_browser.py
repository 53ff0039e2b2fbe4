"""The pages in a real browser: they show what they should, can be used by everybody (WCAG 2.2 AA), and count views."""

import json
import re
import subprocess
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.support.chromium import CHROMIUM, FLAGS, Chromium, Tab, needs_chromium
from tests.support.server import Server, eventually, warta

pytestmark = needs_chromium

AXE = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
MAX_PAGE_BYTES = 30_000  # gzipped, with its style
# Links and buttons that are smaller than 24 by 24 CSS pixels, outside of running text (WCAG 2.2, 2.5.8).
SMALL_TARGETS = """[...document.querySelectorAll("a, button, summary, input")]
  .filter((element) => element.checkVisibility() && !element.closest("p, figcaption, h1, h2, h3, .box li, .skip"))
  .filter((element) => { const box = element.getBoundingClientRect(); return box.height < 24 || box.width < 24; })
  .map((element) => element.outerHTML)"""


# How far the page's elements have moved since it was opened (Layout Instability API).
SHIFTS = """new Promise((tell) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const shift of list.getEntries()) sum += shift.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => tell(sum), 50);
})"""


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
        f'type="application/rss+xml" title="Warta – Terbaru (RSS 2.0)" href="{newsroom.base_url}/latest.rss"' in latest
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


def story(newsroom: Server) -> str:
    """The path of a story with a photo."""
    items = json.loads(newsroom.get("/latest.json").body)["items"]
    url: str = next(item["url"] for item in items if item.get("image"))
    return url.removeprefix(newsroom.base_url)


def paths(newsroom: Server) -> list[str]:
    """One path of each kind of page."""
    feeds = ["/", "/latest", "/popular/7d", "/category/politik", "/tag/desa", "/latest/archive/0"]
    return [
        *feeds,
        story(newsroom),
        "/feeds?q=desa",
        "/search?q=pasar",
        "/search",
        "/tiada",
        "/latest?limit=0",
        "/embed/demo",
    ]


def look(tab: Tab, width: int, scheme: str) -> None:
    """Give the tab a window of this width, in light or dark."""
    tab.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
    tab.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])


def loaded(tab: Tab) -> None:
    tab.eventually("document.readyState === 'complete'")


def awaited(tab: Tab, promise: str) -> Any:
    """The value of a promise in the page."""
    return tab.call("Runtime.evaluate", expression=promise, awaitPromise=True, returnByValue=True)["result"]["value"]


def audit(tab: Tab) -> list[tuple[str, str]]:
    """The rules that the page breaks, each with the element."""
    tab.evaluate(f"{AXE}; 0")
    found = awaited(tab, f"axe.run(document, {json.dumps(RULES)}).then(found => found.violations)")
    return [(each["id"], each["nodes"][0]["html"]) for each in found]


def test_every_kind_of_page_can_be_used_by_everybody(browser: Chromium, newsroom: Server) -> None:
    """With any window, light and dark: axe finds nothing, nothing is too wide, too small to hit, or moves."""
    tab = browser.tab()
    for path in paths(newsroom):
        look(tab, 1280, "light")
        tab.open(f"{newsroom.base_url}{path}")
        loaded(tab)
        # On the demo page, the script fills the boxes, and the link in each box moves down.
        assert awaited(tab, SHIFTS) < (0.05 if path == "/embed/demo" else 0.01), path
        for width, scheme in ((1440, "light"), (390, "dark")):
            look(tab, width, scheme)
            assert audit(tab) == [], (path, scheme)
            assert tab.evaluate(SMALL_TARGETS) == [], (path, width)
        for width in (320, 390, 768, 1440, 1920):
            look(tab, width, "light")
            assert tab.evaluate("document.documentElement.scrollWidth") == width, path
    assert list(tab.complaints()) == []


def test_a_page_needs_one_round_trip(browser: Chromium, newsroom: Server) -> None:
    tab = browser.tab()
    for path in ("/", "/latest", "/search?q=pasar"):
        answer = newsroom.get(path, **{"Accept": "text/html", "Accept-Encoding": "gzip"})
        assert len(answer.body) < MAX_PAGE_BYTES, path
        tab.open(f"{newsroom.base_url}{path}")
        loaded(tab)
        blocking = "performance.getEntriesByType('resource').filter(e => e.renderBlockingStatus === 'blocking').length"
        assert tab.evaluate(blocking) == 0, path


def press(tab: Tab, key: str, code: int) -> None:
    for kind in ("keyDown", "keyUp"):
        tab.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)


def test_keys_alone_copy_the_url_and_find_a_topic(browser: Chromium, newsroom: Server) -> None:
    granted = ["clipboardReadWrite", "clipboardSanitizedWrite"]
    browser.call("Browser.grantPermissions", permissions=granted, origin=newsroom.base_url)
    tab = browser.tab()
    tab.open(f"{newsroom.base_url}/latest")
    loaded(tab)
    press(tab, "Tab", 9)
    assert tab.evaluate("document.activeElement.className") == "skip"
    assert tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    tab.evaluate("document.getElementById('feed-url').focus()")
    press(tab, "Tab", 9)
    assert tab.evaluate("document.activeElement.dataset.copy") == "feed-url"
    tab.call("Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
    tab.eventually("document.activeElement.textContent", lambda text: text == "Tersalin")
    tab.open(f"{newsroom.base_url}/")
    loaded(tab)
    tab.evaluate("document.getElementById('topics-q').focus()")
    tab.call("Input.insertText", text="des")
    found = tab.eventually("[...document.querySelectorAll('.found a')].map(link => link.href)")
    assert f"{newsroom.base_url}/tag/desa" in found
    assert list(tab.complaints()) == []
