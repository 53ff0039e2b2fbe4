"""/stats in a real browser: the charts are drawn, it fits a telephone, keys work, a script is not needed."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from service.bootstrap import Services
from service.core.redis import PrivateRedis
from service.core.settings.model import Settings
from service.core.settings.site import Site
from service.storage import Scope
from service.storage.migrations import migrate
from service.web.access.signed_links import SignedGrants
from service.web.localization import localization
from tests.support.articles import submission
from tests.support.chromium import Chromium, Tab, needs_chromium
from tests.support.http_server import LocalServer, QuietHandler
from tests.support.server import free_port
from tests.support.stats_newsroom import app_with_readers, fill, report

pytestmark = needs_chromium

CHARTS = ["views", "feeds", "clients", "polls", "bytes"]
LONG = "Judul yang sangat panjang tentang pembangunan dermaga, pasar, dan sekolah di tepi sungai yang tidak berujung"
# How many of a canvas's points are not empty.
PAINTED = """(id => {
  const canvas = document.querySelector(`[data-chart=${id}] canvas`);
  const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
  const context = copy.getContext("2d", { willReadFrequently: true });
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(0, 0, copy.width, copy.height);
  let painted = 0;
  for (let at = 3; at < data.length; at += 4) painted += data[at] > 0;
  return painted;
})"""


@dataclass(frozen=True)
class Newsroom:
    base_url: str
    services: Services
    link: str


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory, redis_server: PrivateRedis) -> Iterator[Newsroom]:
    """A newsroom with views, long headlines and thirty feeds."""
    base_url, now = f"http://127.0.0.1:{free_port()}", datetime.now(UTC)
    site = Site(title="Warta")
    with_redis = {"redis_url": f"{redis_server.url}?db=1", "data_dir": tmp_path_factory.mktemp("stats")}
    services = Services.build(Settings(base_url=base_url, site=site, **with_redis))
    migrate(services.database)
    services.publisher.put([submission(f"a{n}", title=f"{LONG} {n}") for n in range(12)])
    services.view_persistence.refill()
    fill(services, now, [f"a{n}" for n in range(12)])
    feeds = [(f"category/kanal-{n}", f"{LONG} {n}") for n in range(30)]
    services.tokens.create("redaksi", Scope.STATS_READ, now)
    passed = SignedGrants(services.tokens).sign("redaksi", now + timedelta(days=1))
    app = app_with_readers(services, report(14, now.date(), base_url, feeds))
    server = make_server("127.0.0.1", int(base_url.rpartition(":")[2]), app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Newsroom(base_url, services, f"{base_url}/stats?{passed.encode()}")
    server.shutdown()
    thread.join()
    server.server_close()
    services.close()


@pytest.fixture
def tab(browser: Chromium, newsroom: Newsroom) -> Tab:
    """A tab that has come by the link, in Indonesian."""
    tab = browser.tab()
    tab.open(newsroom.link)
    tab.open(f"{newsroom.base_url}/stats?lang=id")
    return tab


def prefer(tab: Tab, **features: str) -> None:
    named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
    tab.call("Emulation.setEmulatedMedia", features=named)


def drawn(tab: Tab) -> None:
    """Wait until every chart is."""
    for chart in CHARTS:
        assert tab.eventually(f"{PAINTED}({json.dumps(chart)})", lambda painted: painted > 500), chart


def press(tab: Tab, key: str) -> None:
    codes = {"Tab": 9, "ArrowLeft": 37, "ArrowRight": 39, "Home": 36, "Escape": 27}
    for kind in ("keyDown", "keyUp"):
        tab.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=codes[key])


@pytest.mark.parametrize("window", ["1h", "24h", "7d", "30d"])
def test_every_chart_is_drawn_and_nothing_is_refused(tab: Tab, newsroom: Newsroom, window: str) -> None:
    tab.open(f"{newsroom.base_url}/stats?window={window}")
    drawn(tab)
    assert "key=" not in tab.evaluate("location.href")
    assert tab.evaluate("document.querySelectorAll('.stories .small-line polyline').length") == 10
    assert list(tab.complaints()) == []


@pytest.mark.parametrize("width", [360, 390, 768, 1440])
def test_the_page_is_as_wide_as_its_window(tab: Tab, newsroom: Newsroom, width: int) -> None:
    tab.call("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 600)
    tab.open(f"{newsroom.base_url}/stats")
    drawn(tab)
    tab.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert tab.evaluate("document.documentElement.scrollWidth") == width


def test_nothing_moves_while_it_loads(tab: Tab, newsroom: Newsroom) -> None:
    drawn(tab)
    add = "list => list.getEntries().forEach(shift => { window.shifted = (window.shifted ?? 0) + shift.value })"
    tab.evaluate(f"new PerformanceObserver({add}).observe({{ type: 'layout-shift', buffered: true }})")
    time.sleep(0.3)
    assert tab.evaluate("window.shifted ?? 0") < 0.02


def test_it_is_dark_where_the_reader_wants_it(tab: Tab, newsroom: Newsroom) -> None:
    def colours() -> list[str]:
        ground = "getComputedStyle(document.body).backgroundColor"
        line = "Chart.getChart(document.querySelector('[data-chart=views] canvas')).data.datasets[0].backgroundColor[0]"
        return [str(tab.evaluate(each)) for each in (ground, line)]

    prefer(tab, prefers_color_scheme="light")
    drawn(tab)
    assert colours() == ["rgb(246, 243, 238)", "#a8321e"]
    prefer(tab, prefers_color_scheme="dark")
    tab.eventually("getComputedStyle(document.body).backgroundColor", lambda seen: seen == "rgb(20, 19, 18)")
    drawn(tab)
    assert colours() == ["rgb(20, 19, 18)", "#f0937f"]
    assert list(tab.complaints()) == []


def test_whoever_dislikes_movement_sees_none(tab: Tab, newsroom: Newsroom) -> None:
    prefer(tab, prefers_reduced_motion="reduce")
    tab.open(f"{newsroom.base_url}/stats")
    drawn(tab)
    assert tab.evaluate("Object.values(Chart.instances).map(chart => chart.options.animation)") == [False] * 5


def test_keys_walk_through_the_page_and_its_charts(tab: Tab, newsroom: Newsroom) -> None:
    drawn(tab)
    tab.call("Page.bringToFront")
    focused = []
    for _ in range(40):
        press(tab, "Tab")
        focused.append(tab.evaluate("document.activeElement.dataset.chart ?? document.activeElement.id"))
        assert tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", focused
        if focused[-1] == "views":
            break
    assert focused[-1] == "views"
    assert focused.index("category") < focused.index("pause")
    assert tab.evaluate("document.activeElement.getAttribute('role')") == "slider"
    said = "document.activeElement.getAttribute('aria-valuetext')"
    for key, at in (("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1)):
        press(tab, key)
        row = f"document.querySelectorAll('#views-table tbody tr')[{at}].cells"
        name, views, before = tab.evaluate(f"[...{row}].map(cell => cell.textContent)")
        assert tab.evaluate(said) == f"{name}: Tampilan {views}, Sehari sebelumnya {before}"
        assert tab.evaluate("Chart.getChart(document.activeElement.firstElementChild).tooltip.opacity") >= 0
        shown = "Chart.getChart(document.activeElement.firstElementChild).getActiveElements().map(a => a.index)"
        assert tab.evaluate(shown) == [at, at]
    press(tab, "Escape")
    assert tab.evaluate(shown) == []


def test_both_languages_write_their_own_way(tab: Tab, newsroom: Newsroom) -> None:
    prefer(tab, prefers_reduced_motion="reduce")
    drawn(tab)
    ticks = "Chart.getChart(document.querySelector('[data-chart=feeds] canvas')).scales.x.ticks.map(tick => tick.label)"
    assert any("." in label for label in tab.evaluate(ticks))
    assert "Tampilan, 24 jam" in tab.text("#tiles")
    assert "Rapor pengambil feed" in tab.text("main")
    tab.open(f"{newsroom.base_url}/stats?lang=en")
    drawn(tab)
    assert any("," in label for label in tab.evaluate(ticks))
    assert "Views, 24 hours" in tab.text("#tiles")
    assert tab.evaluate("document.documentElement.lang") == "en"
    size = "Chart.getChart(document.querySelector('[data-chart=bytes] canvas')).scales.y.ticks.map(tick => tick.label)"
    assert {label.rpartition(" ")[2] for label in tab.evaluate(size)} <= {"B", "kB", "MB", "GB"}


def test_without_a_script_the_figures_are_there(tab: Tab, newsroom: Newsroom) -> None:
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    tab.open(f"{newsroom.base_url}/stats?window=7d")
    visible = "document.querySelector('{}').checkVisibility()"
    assert not tab.evaluate(visible.format("[data-chart=views]"))
    assert tab.evaluate(visible.format("#polls-table"))
    assert tab.evaluate("document.querySelector('#polls-table').getBoundingClientRect().height") > 100
    assert not tab.evaluate(visible.format("#pause"))
    assert LONG in tab.text("#popular")
    tab.evaluate("document.querySelector('#category').value = 'dinamika'")
    tab.evaluate("document.querySelector('form.category button').click()")
    tab.eventually("location.search", lambda query: query == "?window=7d&category=dinamika")


def test_the_page_keeps_itself_up_to_date_unless_it_is_paused(tab: Tab, newsroom: Newsroom) -> None:
    tab.call("Page.addScriptToEvaluateOnNewDocument", source="""
        document.addEventListener("readystatechange", () => {
          const drawings = document.getElementById("drawings");
          if (drawings) drawings.dataset.refresh = "0.3";
        })""")  # fmt: skip
    tab.open(f"{newsroom.base_url}/stats?window=1h")
    drawn(tab)
    tab.evaluate("document.querySelector('[data-chart=views]').dataset.same = 'yes'")
    tab.evaluate("document.querySelector('#views-figures').open = true")
    before = tab.evaluate("document.querySelector('.stories b').innerText")
    newsroom.services.counter.add("a0", views=1_000)
    tab.eventually("document.querySelector('.stories b').innerText", lambda now: now != before)
    assert tab.evaluate("document.querySelector('[data-chart=views]').dataset.same") == "yes"
    assert tab.evaluate("document.querySelector('#views-figures').open")
    assert "Diperbarui" in tab.text("#refreshed")
    tab.evaluate("document.querySelector('#pause').click()")
    assert tab.text("#pause") == "Lanjutkan"
    tab.settle()
    asked = len(tab.events("Network.requestWillBeSent"))
    time.sleep(1)
    assert len(tab.events("Network.requestWillBeSent")) == asked
    tab.evaluate("document.querySelector('#pause').click()")
    tab.eventually("1", lambda _: len(tab.events("Network.requestWillBeSent")) > asked)
    assert list(tab.complaints()) == []


def test_only_problems_are_printed(tab: Tab, newsroom: Newsroom) -> None:
    """And that once: whoever listens is not told the time every minute."""
    tab.call("Page.addScriptToEvaluateOnNewDocument", source="""
        window.spoken = [];
        document.addEventListener("readystatechange", () => {
          const drawings = document.getElementById("drawings");
          if (!drawings || document.readyState !== "interactive") return;
          drawings.dataset.refresh = "0.2";
          const listener = new MutationObserver((changes) =>
            changes.forEach(({ target }) => spoken.push(target.textContent)));
          for (const live of document.querySelectorAll("[aria-live], [role=status], [role=alert], [role=log]"))
            listener.observe(live, { childList: true, characterData: true, subtree: true });
        })""")  # fmt: skip
    tab.open(f"{newsroom.base_url}/stats?window=1h")
    drawn(tab)
    tab.eventually("performance.getEntriesByType('resource').filter(e => e.initiatorType === 'fetch').length > 2")
    assert tab.text("#refreshed").startswith("Diperbarui ")
    assert tab.evaluate("spoken") == []
    away = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    tab.call("Network.emulateNetworkConditions", offline=True, **away)
    late = "Belum bisa diperbarui; dicoba lagi semenit lagi."
    tab.eventually("spoken.length")
    time.sleep(1)
    assert tab.evaluate("spoken") == [late]
    tab.call("Network.emulateNetworkConditions", offline=False, **away)
    tab.eventually("!document.getElementById('late').textContent")


NAMED = {  # roles that say nothing to who does not see them, unless they have a name
    *("button", "link", "combobox", "slider", "image", "img", "Canvas", "SvgRoot", "figure", "table", "navigation"),
    *("region", "columnheader", "rowheader", "heading", "DisclosureTriangle", "textbox"),
}


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_visible_element_has_a_name_for_screen_readers(tab: Tab, newsroom: Newsroom, language: str) -> None:
    tab.open(f"{newsroom.base_url}/stats?lang={language}")
    drawn(tab)
    tab.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    tab.call("Accessibility.enable")
    nodes = [node for node in tab.call("Accessibility.getFullAXTree")["nodes"] if not node["ignored"]]
    heard = [(node["role"]["value"], node.get("name", {}).get("value", "").strip()) for node in nodes]
    assert [role for role, name in heard if role in NAMED and not name] == []
    roles = Counter(role for role, _ in heard)
    assert (roles["slider"], roles["image"], roles["table"]) == (5, 10, 7)
    for role in ("slider", "region"):
        names = [name for each, name in heard if each == role]
        assert len(names) == len(set(names)), role
    hints = {node["description"]["value"] for node in nodes if node["role"]["value"] == "slider"}
    assert hints == {localization(language).gettext("Use the arrow keys to explore.")}
    called = "[...document.querySelectorAll('[data-chart]')].map(plot => plot.ariaRoleDescription)"
    assert tab.evaluate(called) == [localization(language).gettext("chart")] * 5


def test_on_paper_it_is_black_on_white_and_every_chart_is_there(tab: Tab, newsroom: Newsroom) -> None:
    prefer(tab, prefers_color_scheme="dark")
    drawn(tab)
    tab.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    # At once: a browser prints what is there when its event is over.
    painted = tab.evaluate(f"dispatchEvent(new Event('beforeprint')), {json.dumps(CHARTS)}.map({PAINTED})")
    assert min(painted) > 500
    ink = "Chart.getChart(document.querySelector('[data-chart=views] canvas')).data.datasets[0].backgroundColor[0]"
    assert tab.evaluate(ink) == "#a8321e"
    tab.call("Emulation.setEmulatedMedia", media="print")
    tab.call("Emulation.setDeviceMetricsOverride", width=688, height=1000, deviceScaleFactor=1, mobile=False)  # A4
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    seen = "[...document.querySelectorAll('{}')].filter(each => each.checkVisibility()).length"
    assert tab.evaluate(seen.format("button, select, nav, .figures summary, .skip")) == 0
    assert tab.evaluate(seen.format("canvas")) == 5
    assert tab.evaluate("document.documentElement.scrollWidth") == 688
    outside = """[...document.querySelectorAll('canvas, table')].filter(each => each.checkVisibility()).filter(each =>
        each.getBoundingClientRect().right > each.closest('.card').getBoundingClientRect().right).length"""
    assert tab.evaluate(outside) == 0
    whole = "[...document.querySelectorAll('.drawn')].map(each => getComputedStyle(each).breakInside)"
    assert set(tab.evaluate(whole)) == {"avoid"}
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.evaluate("document.documentElement.className") == ""


def test_a_link_in_a_message_on_another_site_opens_the_page(
    browser: Chromium, newsroom: Newsroom, tmp_path: Path
) -> None:
    """Where the cookie would be kept back if it were Strict."""
    page = f'<!doctype html><a href="{newsroom.link.replace("&", "&amp;")}">Statistik</a>'.encode()

    class Message(QuietHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

    with LocalServer(Message) as server:
        tab = browser.tab()
        tab.call("Network.clearBrowserCookies")
        tab.open(f"http://localhost:{server.server_port}/")
        tab.evaluate("document.querySelector('a').click()")
        tab.eventually("location.href", lambda href: href == f"{newsroom.base_url}/stats")
        assert tab.eventually("document.querySelectorAll('.stories li').length") == 10
