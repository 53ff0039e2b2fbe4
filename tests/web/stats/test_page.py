"""/stats and /api/stats: who may see them, and what they say. How the page looks is in test_browser.py."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.test import TestResponse

from service.app import create_app
from service.bootstrap import Services
from service.core.redis import PrivateRedis
from service.core.settings.model import Settings
from service.readers import PollerReport
from service.readers.advice import Refetches, TooFrequent
from service.storage import Scope
from service.web.access.signed_links import AccessResult, SignedGrant, SignedGrants
from service.web.http.static_files import FOLDER, STATS_FILES
from service.web.localization import localization
from service.web.stats.figures import FigureFormatter, grade
from tests.support.answers import payload, refusal
from tests.support.articles import submission
from tests.support.stats_newsroom import POLLERS, app_with_readers, fill, report
from tests.web.pages.test_handlers import ATTACK, Markup

NOW = datetime.now(UTC)
BASE = "https://feeds.example"


@pytest.fixture
def secret(services: Services) -> str:
    return services.tokens.create("redaksi", Scope.STATS_READ, NOW)


@pytest.fixture
def reader(client: FlaskClient, secret: str) -> FlaskClient:
    """A browser that has signed in."""
    assert client.post("/stats", base_url=BASE, data={"token": secret}).status_code == 303
    return client


@pytest.fixture
def newsroom(services: Services) -> Services:
    services.publisher.put([submission(f"a{n}", title=f"Judul {n}") for n in range(8)])
    services.publisher.put([submission("p", categories=["Politik"], title=ATTACK)])
    fill(services, NOW, [f"a{n}" for n in range(8)])
    return services


def get(client: FlaskClient, path: str = "/stats", **headers: str) -> TestResponse:
    return client.get(path, base_url=BASE, headers={name.replace("_", "-"): value for name, value in headers.items()})


def link(services: Services, name: str = "redaksi", **life: float) -> str:
    return f"/stats?{SignedGrants(services.tokens).sign(name, NOW + timedelta(**life)).encode()}"


def is_private(answer: TestResponse) -> None:
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Content-Security-Policy"] == (
        f"default-src 'none'; img-src {BASE}/favicon.ico; script-src {BASE}/static/; style-src {BASE}/static/; "
        f"connect-src {BASE}/stats; form-action {BASE}/stats; base-uri 'none'; frame-ancestors 'none'"
    )
    assert "Access-Control-Allow-Origin" not in answer.headers


NOTICES = {
    AccessResult.NEEDED: "",
    AccessResult.INVALID: "Token, tautan, atau sesi ini tidak berlaku, atau sudah dicabut.",
    AccessResult.EXPIRED: "Tautan atau sesi ini sudah lewat masa berlakunya. Mintalah yang baru.",
    AccessResult.OTHER_SCOPE: "Token ini sah, tetapi bukan untuk statistik: lingkupnya bukan stats:read.",
}


def is_refused(answer: TestResponse, verdict: AccessResult) -> None:
    assert answer.status_code == (403 if verdict is AccessResult.OTHER_SCOPE else 401)
    html = Markup(answer.get_data(as_text=True))
    assert NOTICES[verdict] in html.text
    assert len(list(html.all("p", role="alert"))) == (verdict is not AccessResult.NEEDED)
    assert [tag["name"] for tag in html.all("input") if tag["type"] == "password"] == ["token"]
    assert "Set-Cookie" not in answer.headers
    is_private(answer)


# --- who may look ----------------------------------------------------------------------------------------------------


def test_without_a_token_there_is_a_form(client: FlaskClient) -> None:
    answer = get(client)
    is_refused(answer, AccessResult.NEEDED)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="warta"'


def test_a_token_signs_in_and_the_browser_keeps_a_pass(client: FlaskClient, secret: str) -> None:
    answer = client.post("/stats", base_url=BASE, data={"token": f" {secret}\n"})
    assert (answer.status_code, answer.headers["Location"], answer.data) == (303, f"{BASE}/stats", b"")
    is_private(answer)
    cookie = answer.headers["Set-Cookie"]
    assert secret not in cookie
    assert re.match(r"warta_stats=name=redaksi&until=\d+&key=[A-Za-z0-9_-]{43}; ", cookie), cookie
    assert {"Secure", "HttpOnly", "Path=/stats", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert 29 * 86_400 < int(re.findall(r"Max-Age=(\d+)", cookie)[0]) <= 30 * 86_400
    page = get(client)
    assert page.status_code == 200
    is_private(page)
    left = client.post("/stats", base_url=BASE, data={"sign_out": "1"})
    assert left.status_code == 303
    is_refused(get(client), AccessResult.NEEDED)


def test_over_http_the_cookie_is_not_secure_and_keeps_to_the_path(settings: Settings, services: Services) -> None:
    ours = settings.model_copy(update={"base_url": "http://127.0.0.1:8000/warta"})
    secret = services.tokens.create("redaksi", Scope.STATS_READ, NOW)
    built = Services.build(ours)
    answer = create_app(ours, built).test_client().post("/stats", data={"token": secret})
    built.close()
    assert answer.headers["Location"] == "http://127.0.0.1:8000/warta/stats"
    cookie = answer.headers["Set-Cookie"].split("; ")
    assert "Path=/warta/stats" in cookie
    assert "Secure" not in cookie


@pytest.mark.parametrize("wrong", ["", "warta_x", "é" * 300, "a\x00b"])
def test_another_text_than_a_token_signs_nobody_in(client: FlaskClient, wrong: str) -> None:
    is_refused(client.post("/stats", base_url=BASE, data={"token": wrong}), AccessResult.INVALID)
    assert client.post("/stats", base_url=BASE, data={"token": "x" * 5_000}).status_code == 413


def test_a_token_of_another_scope_is_refused_with_the_reason(client: FlaskClient, token: Mapping[str, str]) -> None:
    secret = token["Authorization"].split()[1]
    is_refused(client.post("/stats", base_url=BASE, data={"token": secret}), AccessResult.OTHER_SCOPE)
    is_refused(get(client, Authorization=f"Bearer {secret}"), AccessResult.OTHER_SCOPE)
    assert "stats:read" in refusal(get(client, "/api/stats", Authorization=f"Bearer {secret}"))


def test_a_bearer_token_opens_the_page_and_leaves_no_cookie(client: FlaskClient, secret: str) -> None:
    answer = get(client, Authorization=f"Bearer {secret}")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    is_refused(get(client, Authorization="Bearer warta_x"), AccessResult.INVALID)


def test_a_link_leads_to_the_page_without_its_signature(client: FlaskClient, services: Services, secret: str) -> None:
    answer = get(client, link(services, days=7))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{BASE}/stats")
    is_private(answer)
    assert 6 * 86_400 < int(re.findall(r"Max-Age=(\d+)", answer.headers["Set-Cookie"])[0]) <= 7 * 86_400
    assert get(client).status_code == 200


@pytest.mark.parametrize("query", ["name=x", "until=1", "lang=en&name=x", "name=x&until=1", "until=x&window=7d"])
def test_a_link_that_was_cut_off_opens_nothing(client: FlaskClient, secret: str, query: str) -> None:
    assert client.get(f"/stats?{query}").status_code == 401
    client.post("/stats", data={"token": secret})
    assert client.get(f"/stats?{query}").status_code == 401


def test_a_link_ends(client: FlaskClient, services: Services, secret: str) -> None:
    is_refused(get(client, link(services, seconds=-1)), AccessResult.EXPIRED)
    client.set_cookie("warta_stats", urlsplit(link(services, seconds=-1)).query, domain="feeds.example", path="/stats")
    is_refused(get(client), AccessResult.EXPIRED)


def test_a_revoked_token_takes_its_links_and_sessions_with_it(
    client: FlaskClient, services: Services, reader: FlaskClient
) -> None:
    good = link(services, days=7)
    assert get(reader).status_code == 200
    services.tokens.revoke("redaksi", NOW)
    is_refused(get(client, good), AccessResult.INVALID)
    is_refused(get(reader), AccessResult.INVALID)


@pytest.mark.parametrize(
    "forged",
    [
        *({"until": "99999999999"}, {"name": "lain"}, {"name": "cms"}, {"key": "0" * 64}, {"key": "é"}, {"key": ""}),
        *({"name": "a\x00b"}, {"name": ""}, {"until": "x"}, {"until": ""}),
    ],
    ids=str,
)
def test_whatever_is_changed_in_a_link_it_opens_nothing(
    client: FlaskClient, services: Services, secret: str, token: Mapping[str, str], forged: Mapping[str, str]
) -> None:
    services.tokens.create("lain", Scope.STATS_READ, NOW)
    changed = replace(SignedGrants(services.tokens).sign("redaksi", NOW + timedelta(days=1)), **forged)
    if changed.key:
        is_refused(get(client, f"/stats?{changed.encode()}"), AccessResult.INVALID)
    client.set_cookie("warta_stats", changed.encode(), domain="feeds.example", path="/stats")
    is_refused(get(client), AccessResult.INVALID)


@pytest.mark.parametrize("text", ["", "x", "name", "&&&", "=" * 5000, "%00", "name=a&name=b&key=c"])
def test_any_text_is_a_pass_that_opens_nothing(services: Services, secret: str, text: str) -> None:
    assert SignedGrants(services.tokens).check(SignedGrant.decode(text), NOW) is AccessResult.INVALID


def test_the_log_does_not_let_its_reader_in(
    client: FlaskClient, services: Services, secret: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", "warta.request"):
        get(client, link(services, days=7))
    [path] = [vars(record)["path"] for record in caplog.records]
    assert path.startswith("/stats?name=redaksi&until=")
    assert path.endswith("&key=…")


# --- what is asked for -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["x=1", "window=2h", "window=1h&window=7d", "category=tiada", "lang=de", "page=2"])
def test_what_is_not_there_is_said(client: FlaskClient, newsroom: Services, secret: str, query: str) -> None:
    for path in ("/stats", "/api/stats"):
        answer = get(client, f"{path}?{query}", Authorization=f"Bearer {secret}")
        assert answer.status_code == 400
        assert refusal(answer).startswith(query.partition("=")[0])


def test_the_language_is_the_sites_until_another_is_chosen(reader: FlaskClient, newsroom: Services) -> None:
    assert "Tampilan dari waktu ke waktu" in get(reader).get_data(as_text=True)
    chosen = get(reader, "/stats?window=7d&category=politik&lang=en")
    assert (chosen.status_code, chosen.headers["Location"]) == (303, f"{BASE}/stats?window=7d&category=politik")
    assert "Views over time" in get(reader).get_data(as_text=True)
    get(reader, "/stats?lang=id")
    assert "Tampilan dari waktu ke waktu" in get(reader).get_data(as_text=True)


# --- what is told ----------------------------------------------------------------------------------------------------


def test_the_statistics_as_json(newsroom: Services, secret: str) -> None:
    known = report(14, NOW.date(), BASE)
    client = app_with_readers(newsroom, known).test_client()
    headers = {"Authorization": f"Bearer {secret}"}
    for window, steps in {"1h": 12, "24h": 24, "7d": 168, "30d": 30}.items():
        answer = client.get(f"/api/stats?window={window}", headers=headers)
        assert answer.headers["Cache-Control"] == "no-store"
        told = payload(answer)
        assert (told["window"], told["category"], told["counted"]) == (window, None, True)
        assert len(told["timeline"]["moments"]) == steps
        assert told["timeline"]["total"] == sum(moment["views"] for moment in told["timeline"]["moments"]) > 0
        assert any(moment["before"] for moment in told["timeline"]["moments"])
        views = [story["views"] for story in told["popular"]]
        assert views == sorted(views, reverse=True)
        assert all(len(story["course"]) <= 30 for story in told["popular"])
        assert told["readers"] == json.loads(json.dumps(known.as_json()))
    day = payload(client.get("/api/stats", headers=headers))
    assert day["window"] == "24h"
    # What the counter and the store say is the same.
    assert sum(story["views"] for story in day["popular"]) == day["timeline"]["total"]
    assert [sum(story["course"]) for story in day["popular"]] == [story["views"] for story in day["popular"]]
    risen = [story["hour"] - story["hour_before"] for story in day["moving"]]
    assert risen == sorted(risen, reverse=True)
    assert {story["movement"] for story in day["moving"]} <= {"new", "rising"}
    assert {"a4", "a5"} <= {story["id"] for story in day["moving"]}


def test_a_category_has_its_own_views(newsroom: Services, reader: FlaskClient, secret: str) -> None:
    newsroom.view_store.add_once("politik", {("p", int(NOW.timestamp())): 7}, NOW)
    newsroom.counter.add("p", NOW.timestamp(), 7)
    told = payload(get(reader, "/api/stats?category=politik", Authorization=f"Bearer {secret}"))
    assert (told["category"], told["timeline"]["total"]) == ("politik", 7)
    assert [(story["id"], story["views"]) for story in told["popular"]] == [("p", 7)]
    html = Markup(get(reader, "/stats?category=politik").get_data(as_text=True))
    assert "Populer: Politik" in html.text
    assert [tag["value"] for tag in html.all("option", selected="")] == ["politik"]
    assert "{{ 1234*1234 }}" in html.text  # a headline is text, whatever it says
    assert all(tag.get("src", "").startswith(f"{BASE}/static/") or "type" in tag for tag in html.all("script"))
    assert not list(html.all("img"))
    assert {f"{BASE}/stats?window=7d&category=politik"} <= {tag["href"] for tag in html.all("a")}


def test_the_page_says_it_all_without_a_script(newsroom: Services, secret: str) -> None:
    client = app_with_readers(newsroom, report(14, NOW.date(), BASE)).test_client()
    answer = client.get("/stats", headers={"Authorization": f"Bearer {secret}"})
    body = answer.get_data(as_text=True)
    html = Markup(body)
    for part in ("Populer", "Sedang naik", "Feed menurut pelanggan", "Feedly", "Berita Cepat", "Pilihan Redaksi"):
        assert part in html.text
    assert len(list(html.all("canvas"))) == 5
    assert len(list(html.all("tr"))) > 70
    levels = [int(tag[1]) for tag, _ in html.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert not re.search(r"<[^>]* (style|on\w+)=", body)
    assert "<style" not in body
    ids = [attributes["id"] for _, attributes in html.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [n for _, tag in html.tags for n in (tag.get("aria-labelledby"), tag.get("aria-describedby")) if n]
    assert set(named) <= set(ids)
    assert all("id" in tag for _, tag in html.tags if "data-live" in tag)
    drawings = json.loads(body.split("data-stale")[1].split(">", 1)[1].split("</script>")[0])
    assert drawings.keys() == {"views", "feeds", "clients", "polls", "bytes"}
    for drawing in drawings.values():
        assert {len(series["values"]) for series in drawing["series"]} == {len(drawing["names"])}


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "id",
            [
                "bertanya setiap 30 dtk, padahal jawaban berlaku 1 mnt (Cache-Control: max-age); "
                "tidak mengirim If-None-Match, padahal 17 MB sehari cukup dijawab 304",
                "mengirim If-None-Match hanya pada 34% permintaannya, padahal 4,4 MB sehari cukup dijawab 304",
                "bertanya setiap detik atau lebih sering, padahal jawaban berlaku 1 mnt (Cache-Control: max-age)",
                "mengirim If-None-Match yang bukan ETag yang diterimanya, padahal 1,2 GB sehari cukup dijawab 304",
                "–",
            ],
        ),
        (
            "en",
            [
                "asks every 30 secs; the feed says 1 min (Cache-Control: max-age); "
                "sends no If-None-Match: 17 MB a day could be 304",
                "sends If-None-Match with 34% of its polls only: 4.4 MB a day could be 304",
                "asks every second or less; the feed says 1 min (Cache-Control: max-age)",
                "sends another If-None-Match than the ETag that it was given: 1.2 GB a day could be 304",
                "–",
            ],
        ),
    ],
)
def test_advice_speaks_the_language_of_the_page(
    newsroom: Services, secret: str, language: str, told: Sequence[str]
) -> None:
    hasty, wrong = (replace(POLLERS[0], advice=(found,)) for found in (TooFrequent(0.2, 60), Refetches(1.2e9, 1.0)))
    known = replace(report(14, NOW.date(), BASE), pollers=[*POLLERS[:2], hasty, wrong, POLLERS[-1]])
    client = app_with_readers(newsroom, known).test_client()
    client.set_cookie("warta_stats_language", language, path="/stats")
    headers = {"Authorization": f"Bearer {secret}"}
    body = client.get("/stats", headers=headers).get_data(as_text=True)
    assert re.findall(r'<td class="advice[^>]*>(.*?)</td>', body) == told
    english = [poller["advice"] for poller in payload(client.get("/api/stats", headers=headers))["readers"]["pollers"]]
    assert english[1:] == [
        "sends If-None-Match with 34% of its polls only: 4.4 MB a day could be 304",
        "asks every second or less; the feed says 60 s (Cache-Control: max-age)",
        "sends another If-None-Match than the ETag that it was given: 1.2 GB a day could be 304",
        "",
    ]


def test_an_empty_newsroom_has_friendly_sentences(reader: FlaskClient) -> None:
    text = Markup(get(reader, "/stats?window=1h").get_data(as_text=True)).text
    assert "Belum ada pembaca feed yang tercatat." in text
    assert "Tidak ada yang menonjol." in text
    assert "Belum ada tampilan dalam 1 jam terakhir." in text


def test_while_redis_is_away_the_store_answers(settings: Settings, newsroom: Services, secret: str) -> None:
    away = settings.model_copy(update={"redis_url": SecretStr(PrivateRedis(settings.data_dir / "tiada").url)})
    built = Services.build(away)
    client = create_app(away, built).test_client()
    headers = {"Authorization": f"Bearer {secret}"}
    connected = create_app(settings, newsroom).test_client()
    for window in ("1h", "24h", "7d", "30d"):
        told = payload(client.get(f"/api/stats?window={window}", headers=headers))
        assert told["counted"] is False
        known = payload(connected.get(f"/api/stats?window={window}", headers=headers))
        assert told["popular"][0]["id"] == known["popular"][0]["id"]
    assert "Penghitung (Redis) sedang tidak terjangkau." in client.get("/stats", headers=headers).get_data(as_text=True)
    built.close()


def test_while_the_store_is_away_that_is_said(settings: Settings, services: Services) -> None:
    away = settings.model_copy(update={"database_url": SecretStr("postgresql://localhost:1/tiada")})
    built = Services.build(away)
    client = create_app(away, built).test_client()
    client.set_cookie("warta_stats", "name=a&until=1&key=b", path="/stats")
    answer = client.get("/stats", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.content_type) == (503, "text/html; charset=utf-8")
    assert "coba lagi beberapa detik lagi" in answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"
    built.close()


# --- figures ---------------------------------------------------------------------------------------------------------


def test_figures_are_written_as_people_do(settings: Settings) -> None:
    indonesian, english = (FigureFormatter(localization(language), settings.site.zone) for language in ("id", "en"))
    assert (indonesian.number(12345.678, 1), english.number(12345.678, 1)) == ("12.345,7", "12,345.7")
    assert [indonesian.size(n) for n in (0, 999, 1000, 1234567, 999_600_000)] == [
        *("0 B", "999 B", "1,0 kB", "1,2 MB", "1,0 GB")
    ]
    assert [indonesian.span(n) for n in (0.2, 45, 300, 7300, 86_400)] == ["1 dtk", "45 dtk", "5 mnt", "2 jam", "1 hari"]
    assert [english.span(n) for n in (1, 45, 60, 300, 7300, 86_400)] == [
        *("1 sec", "45 secs", "1 min", "5 mins", "2 hours", "1 day")
    ]
    assert [[each.window(name) for name in ("1h", "24h", "7d")] for each in (indonesian, english)] == [
        ["1 jam", "24 jam", "7 hari"],
        ["1 hour", "24 hours", "7 days"],
    ]
    assert [each.day(date(2026, 8, 6)) for each in (indonesian, english)] == ["6 Agu", "6 Aug"]
    assert (english.time(datetime(2026, 2, 12, 2, 33, tzinfo=UTC)), english.zone_name(NOW)) == ("09:33 WIB", "WIB")
    assert [english.change(n) for n in (0.34, -0.5, 1.99, 2.0, 20.7)] == ["34%", "50%", "199%", "3.0×", "22×"]
    assert (english.share(1, 0), english.share(3, 4)) == ("–", "75%")
    assert indonesian.date_and_time(datetime(2026, 2, 12, 2, 33, tzinfo=UTC)) == "Kamis, 12 Februari 2026 | 09:33"
    assert english.weekday(datetime(2026, 2, 12, 20, tzinfo=UTC)) == "Fri 13"


def test_grades() -> None:
    def graded(conditional: float, interval: float | None) -> str:
        return grade(PollerReport("a", "b", "latest", 1, 9, interval, conditional, 0, ()))

    assert [graded(share, 600) for share in (1, 0.9, 0.6, 0.59, 0.3, 0.29, 0)] == ["A", "A", "B", "C", "C", "D", "D"]
    assert [graded(1, 59), graded(0, 5), graded(1, None)] == ["B", "D", ""]
    assert {grade(poller) for poller in POLLERS} == {"A", "B", "C", "D", ""}


# --- scripts and styles ----------------------------------------------------------------------------------------------


def test_scripts_and_styles_stay_for_a_year(reader: FlaskClient) -> None:
    html = Markup(get(reader).get_data(as_text=True))
    addresses = [tag["src"] for tag in html.all("script") if "src" in tag]
    addresses += [tag["href"] for tag in html.all("link", rel="stylesheet")]
    assert len(addresses) == len(STATS_FILES)
    for address in addresses:
        path = urlsplit(address).path
        for coding in ("", "gzip", "br", "zstd"):
            answer = get(reader, path, Accept_Encoding=coding)
            assert (answer.status_code, answer.headers.get("Content-Encoding", "")) == (200, coding)
            assert answer.headers["Cache-Control"] == "max-age=31536000, immutable"
            assert "Set-Cookie" not in answer.headers
            again = get(reader, path, Accept_Encoding=coding, If_None_Match=answer.headers["ETag"])
            assert (again.status_code, again.data) == (304, b"")
    assert get(reader, "/static/stats-000000000000.js").status_code == 404
    assert get(reader, "/static/..%2fstats.py").status_code == 404


def test_the_chart_library_is_the_one_that_is_documented() -> None:
    from hashlib import sha256

    file = (FOLDER / "chart.umd.min.js").read_bytes()
    text = (FOLDER.parents[2] / "docs/dependencies.md").read_text()
    assert sha256(file).hexdigest() in text
    assert f"{len(file):,} bytes" in text
    assert re.findall(rb"Chart\.js v(\S+)", file)[0].decode() in text
