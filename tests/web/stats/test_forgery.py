"""The form of /stats, sent by a page of another site: nobody is signed out by it, or in."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.bootstrap import Services
from service.storage import Scope
from tests.support.chromium import Chromium, Tab, needs_chromium
from tests.support.http_server import LocalServer, QuietHandler
from tests.support.server import Server, warta
from tests.web.stats.test_page import BASE, get, is_private

ELSEWHERE = {
    "id": "Formulir itu dikirim dari situs lain, jadi tidak ada yang diubah.",
    "en": "That form was sent from another site, so nothing was changed.",
}
OURS = [
    {},
    {"Sec-Fetch-Site": "same-origin", "Origin": BASE},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": BASE},
    {"Origin": f"{BASE}:443"},
    {"Origin": BASE.upper()},
]
FOREIGN = [
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": BASE},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://blog.feeds.example"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "none", "Origin": "null"},
    *(
        {"Origin": origin}
        for origin in (
            *("null", "", "https://evil.example", "http://feeds.example", f"{BASE}:444", f"{BASE}.evil.example"),
            *("https://x.feeds.example", "//feeds.example", "feeds.example", f"{BASE}, {BASE}", "https://[", "é"),
        )
    ),
]


@pytest.fixture
def secret(services: Services) -> str:
    return services.tokens.create("redaksi", Scope.STATS_READ, datetime.now(UTC))


@pytest.mark.parametrize("headers", OURS, ids=json.dumps)
def test_the_page_itself_and_programs_may_send_the_form(
    client: FlaskClient, secret: str, headers: dict[str, str]
) -> None:
    assert client.post("/stats", base_url=BASE, headers=headers, data={"token": secret}).status_code == 303
    assert get(client).status_code == 200
    assert client.post("/stats", base_url=BASE, headers=headers, data={"sign_out": "1"}).status_code == 303
    assert get(client).status_code == 401


@pytest.mark.parametrize("headers", FOREIGN, ids=json.dumps)
def test_a_page_of_another_site_may_not(client: FlaskClient, secret: str, headers: dict[str, str]) -> None:
    for form in ({"token": secret}, {"token": "warta_x"}, {"sign_out": "1"}, {}):
        answer = client.post("/stats", base_url=BASE, headers=headers, data=form)
        assert answer.status_code == 403
        assert ELSEWHERE["id"] in answer.get_data(as_text=True)
        assert "Set-Cookie" not in answer.headers
        is_private(answer)
    client.set_cookie("warta_stats_language", "en", domain="feeds.example", path="/stats")
    answer = client.post("/stats", base_url=BASE, headers=headers, data={"sign_out": "1"})
    assert ELSEWHERE["en"] in answer.get_data(as_text=True)


@contextmanager
def another_site(target: str, name: str, value: str) -> Iterator[int]:
    """The port of a site whose page sends the form to the target as soon as it is opened."""
    html = (
        f'<form method="post" action="{target}"><input name="{name}" value="{value}"></form>'
        "<script>document.forms[0].submit()</script>"
    )

    class Page(QuietHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

    with LocalServer(Page) as server:
        yield server.server_port


@needs_chromium
@pytest.mark.parametrize(("ours", "theirs"), [("127.0.0.1", "localhost"), ("warta.test", "evil.test")])
def test_a_real_browser_signs_in_and_out_by_the_page_and_by_no_other(tmp_path: Path, ours: str, theirs: str) -> None:
    """Of loopback a browser tells `Sec-Fetch-Site`; of the other hosts, over http, only `Origin`."""
    data_dir = tmp_path / "data"
    secret = warta(data_dir, "token", "create", "redaksi", "--scope", "stats:read").output.strip()
    with (
        Server(data_dir, WARTA_BASE_URL=f"http://{ours}:{{port}}") as server,
        Chromium(tmp_path / "profile") as browser,
    ):
        address = f"http://{ours}:{server.port}/stats"
        tab = browser.tab()
        with another_site(address, "token", secret) as site:
            visit(tab, f"http://{theirs}:{site}/", ELSEWHERE["id"])
        tab.open(address)
        tab.evaluate(f"document.querySelector('#token').value = {json.dumps(secret)}")
        submit(tab, "form")
        tab.eventually("document.querySelector('[name=sign_out]') !== null")
        with another_site(address, "sign_out", "1") as site:
            visit(tab, f"http://{theirs}:{site}/", ELSEWHERE["id"])
        tab.open(address)
        assert tab.evaluate("document.querySelector('[name=sign_out]') !== null")
        submit(tab, "form:has([name=sign_out])")
        tab.eventually("document.querySelector('#token') !== null")
        assert ELSEWHERE["id"] not in tab.text("body")


def submit(tab: Tab, form: str) -> None:
    tab.evaluate(f"document.querySelector({json.dumps(form + ' button')}).click()")


def visit(tab: Tab, url: str, expected: str) -> None:
    """Open a page that leads on by itself, and wait for the words."""
    tab.call("Page.navigate", url=url)
    tab.eventually("document.body ? document.body.innerText : ''", lambda text: expected in text)
