"""Formats of access logs: lines as each server writes them, recognized by the first lines."""

import json
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.access_logs.formats import FORMATS, line_parser
from service.core.access_logs.reader import MAX_LINE_BYTES
from service.core.access_logs.request import LoggedRequest

AT = datetime.fromisoformat("2026-02-12T02:33:00+07:00").timestamp()
PHONE = "Mozilla/5.0 (Linux; Android 13) Chrome/120.0 Mobile Safari/537.36"
VIEW = LoggedRequest("203.0.113.9", AT, "POST", "/articles/1/views", 204, PHONE)
FEED = LoggedRequest("2001:db8::1", AT, "GET", "/latest.rss?limit=5", 200, PHONE, 4312)

CADDY: dict[str, Any] = {
    "level": "info",
    "ts": AT,
    "logger": "http.log.access.log0",
    "msg": "handled request",
    "request": {
        "remote_ip": "10.0.0.1",
        "remote_port": "41342",
        "client_ip": "203.0.113.9",
        "proto": "HTTP/2.0",
        "method": "POST",
        "host": "feeds.example",
        "uri": "/articles/1/views",
        "headers": {"User-Agent": [PHONE], "Accept": ["*/*"]},
        "tls": {"resumed": False, "version": 772},
    },
    "bytes_read": 0,
    "duration": 0.0009,
    "size": 0,
    "status": 204,
    "resp_headers": {"Server": ["Caddy"]},
}
TRAEFIK = {
    "ClientAddr": "203.0.113.9:41342",
    "ClientHost": "203.0.113.9",
    "ClientPort": "41342",
    "DownstreamContentSize": 0,
    "DownstreamStatus": 204,
    "Duration": 812345,
    "RequestHost": "feeds.example",
    "RequestMethod": "POST",
    "RequestPath": "/articles/1/views",
    "RequestProtocol": "HTTP/2.0",
    "RouterName": "warta@docker",
    "StartUTC": "2026-02-11T19:33:00.000000001Z",
    "level": "info",
    "msg": "",
    "request_User-Agent": PHONE,
    "time": "2026-02-11T19:33:01Z",
}
LOGPUSH = {
    "ClientIP": "203.0.113.9",
    "ClientRequestHost": "feeds.example",
    "ClientRequestMethod": "POST",
    "ClientRequestURI": "/articles/1/views",
    "ClientRequestUserAgent": PHONE,
    "EdgeEndTimestamp": "2026-02-11T19:33:00Z",
    "EdgeResponseBytes": 0,
    "EdgeResponseStatus": 204,
    "EdgeStartTimestamp": "2026-02-11T19:33:00Z",
    "RayID": "3a6050bcbe121a87",
}
FASTLY = {
    "timestamp": "2026-02-11T19:33:00+0000",
    "client_ip": "203.0.113.9",
    "geo_country": "indonesia",
    "host": "feeds.example",
    "url": "/articles/1/views",
    "request_method": "POST",
    "request_protocol": "HTTP/2",
    "request_user_agent": PHONE,
    "response_state": "PASS",
    "response_status": 204,
    "response_body_size": 0,
    "fastly_is_edge": True,
}
FASTLY_WITH_TIME_START = {
    "service_id": "SU1Z0isxPaozGVKXdv0eY",
    "time_start": "2026-02-11T19:33:00UTC",
    "time_end": "2026-02-11T19:33:00UTC",
    "client_ip": "203.0.113.9",
    "request": "POST",
    "protocol": "HTTP/2",
    "host": "feeds.example",
    "url": "/articles/1/views",
    "request_user_agent": PHONE,
    "status": "204",
    "resp_body_size": "0",
}
PREFIX = "<134>2026-02-11T19:33:00Z cache-sin18020 log[62959]: "
CLOUDFRONT_FIELDS = (
    "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) "
    "cs(User-Agent) cs-uri-query sc-content-len"
)
CLOUDFRONT = ["#Version: 1.0\n", f"{CLOUDFRONT_FIELDS}\n"]


def cloudfront(hit: LoggedRequest, agent: str) -> str:
    stem, _, query = hit.target.partition("?")
    middle = [hit.ip_address, hit.method, "d111.cloudfront.net", stem, str(hit.status), "-", agent, query or "-"]
    return "\t".join(["2026-02-11", "19:33:00", "SIN2-C1", str(hit.size + 310), *middle, str(hit.size or "-")])


def cloudfront_json(hit: LoggedRequest, agent: str) -> str:
    names = CLOUDFRONT_FIELDS.split()[1:]
    return json.dumps(dict(zip(names, cloudfront(hit, agent).split("\t"), strict=True)))


def combined(hit: LoggedRequest, *, address: str = "") -> str:
    request = f'"{hit.method} {hit.target} HTTP/1.1" {hit.status} {hit.size}'
    return f'{address or hit.ip_address} - - [12/Feb/2026:02:33:00 +0700] {request} "-" "{hit.agent}"'


ENCODED = PHONE.replace(" ", "%20")
SAMPLES: list[tuple[str, list[str], str, LoggedRequest]] = [
    ("combined", [], combined(VIEW), VIEW),
    ("combined", [], combined(VIEW, address="feeds.example:443 203.0.113.9"), VIEW),
    ("combined", [], combined(VIEW, address="192.0.2.80:443 203.0.113.9"), VIEW),  # the virtual host is an IP address
    ("combined", [], f'{combined(VIEW)} 812 "warta@docker" "http://10.0.0.5:8000" 3ms', VIEW),  # Traefik
    ("caddy", [], json.dumps(CADDY), VIEW),
    ("traefik", [], json.dumps(TRAEFIK), VIEW),
    ("cloudfront", CLOUDFRONT, cloudfront(VIEW, ENCODED), VIEW._replace(size=310)),
    ("cloudfront", CLOUDFRONT, cloudfront(FEED, ENCODED.replace("%", "%25")), FEED),
    ("cloudfront", [], cloudfront_json(FEED, ENCODED), FEED),
    ("logpush", [], json.dumps(LOGPUSH), VIEW),
    ("logpush", [], json.dumps({**LOGPUSH, "EdgeStartTimestamp": int(AT * 1e9)}), VIEW),
    ("logpush", [], json.dumps({**LOGPUSH, "EdgeResponseBodyBytes": 7}), VIEW._replace(size=7)),
    ("fastly", [], json.dumps(FASTLY), VIEW),
    ("fastly", [], json.dumps(FASTLY_WITH_TIME_START), VIEW),
    ("fastly", [], PREFIX + json.dumps(FASTLY), VIEW),
    ("fastly", [], PREFIX + combined(VIEW), VIEW),
]  # fmt: skip


@pytest.mark.parametrize(("name", "before", "line", "hit"), SAMPLES)
def test_a_line_is_a_request_in_its_format_and_is_recognized(
    name: str, before: list[str], line: str, hit: LoggedRequest
) -> None:
    first = [*before, f"{line}\n"]
    for parse in (line_parser(first, name), line_parser(["rusak\n", *first])):
        assert parse(f"{line}\n") == hit
        assert [parse(comment) for comment in before] == [None] * len(before)


def test_caddy_of_each_version_and_its_other_lines() -> None:
    parse = line_parser([], "caddy")
    older = {key: value for key, value in CADDY["request"].items() if not key.endswith(("_ip", "_port"))}
    for request in ({**older, "remote_ip": "203.0.113.9"}, {**older, "remote_addr": "203.0.113.9:41342"}):
        hit = parse(json.dumps({**CADDY, "request": request}))
        assert hit
        assert hit.ip_address.startswith("203.0.113.9")
    assert parse(json.dumps({"level": "info", "ts": AT, "logger": "tls", "msg": "served key"})) is None
    left = parse(json.dumps({**CADDY, "status": 0}))
    assert left
    assert left.status == 0  # the client closed the connection before the answer
    for ts in (AT * 1e3, AT * 1e9, "2026-02-11T19:33:00Z", "2026-02-12T02:33:00.000+07:00"):
        hit = parse(json.dumps({**CADDY, "ts": ts}))
        assert hit
        assert hit.at == AT


@pytest.mark.parametrize("name", ["traefik", "logpush", "fastly", "caddy"])
def test_a_client_without_user_agent_has_none(name: str) -> None:
    entry = {"traefik": TRAEFIK, "logpush": LOGPUSH, "fastly": FASTLY, "caddy": CADDY}[name]
    text = json.dumps(entry).replace("User-Agent", "x").replace("UserAgent", "x").replace("user_agent", "x")
    hit = line_parser([], name)(text)
    assert hit
    assert hit.agent == ""


@pytest.mark.parametrize("address", ["-", "unknown", "phone.example", "198.51.100.1:x", "", "203.0.113.9, unknown"])
@pytest.mark.parametrize("name", list(FORMATS))
def test_a_line_without_ip_address_is_unreadable(name: str, address: str) -> None:
    lines = {
        "combined": combined(VIEW, address=address or "-"),
        "caddy": json.dumps({**CADDY, "request": {**CADDY["request"], "client_ip": address, "remote_ip": address}}),
        "traefik": json.dumps({**TRAEFIK, "ClientHost": address, "ClientAddr": address}),
        "cloudfront": cloudfront(VIEW._replace(ip_address=address), ENCODED),
        "logpush": json.dumps({**LOGPUSH, "ClientIP": address}),
        "fastly": json.dumps({**FASTLY, "client_ip": address}),
    }
    with pytest.raises(ValueError, match=r"^has no IP address"):
        line_parser([*CLOUDFRONT], name)(lines[name])


@pytest.mark.parametrize("address", ["203.0.113.9:4711", "[2001:db8::1]:4711", "198.51.100.1, 10.0.0.1", "::1"])
def test_every_form_of_an_ip_address_is_read(address: str) -> None:
    hit = line_parser([], "combined")(combined(VIEW, address=address))
    assert hit
    assert hit.ip_address == address


def test_messages_of_caddy_hide_no_log_of_another_server() -> None:
    line = json.dumps({**TRAEFIK, "ClientHost": "phone.example"})
    with pytest.raises(ValueError, match=r"^has no IP address of a client, but phone\.example$"):
        line_parser([line])(line)


def test_the_format_that_reads_most_lines_is_taken() -> None:
    assert line_parser([json.dumps(CADDY), combined(VIEW), combined(FEED)])(combined(VIEW)) == VIEW
    with pytest.raises(ValueError, match=r"^its format is not recognized; Warta reads combined, caddy, "):
        line_parser(["rusak", "# Berita"])


def test_a_job_of_logpush_without_a_needed_field_is_told() -> None:
    entry = {key: value for key, value in LOGPUSH.items() if key != "EdgeStartTimestamp"}
    with pytest.raises(ValueError, match=r"^has no field EdgeStartTimestamp; add it to the Logpush job$"):
        line_parser([], "logpush")(json.dumps(entry))


@pytest.mark.parametrize(
    "at",
    [None, "", "kemarin", "2026-02-12T02:33:00", -1, float("inf"), float("nan"), "9" * 99, [], "0000-00-00T00:00Z"],
)
def test_a_time_that_is_none_is_unreadable(at: object) -> None:
    with pytest.raises(ValueError, match="is not a time with its offset"):
        line_parser([], "caddy")(json.dumps({**CADDY, "ts": at}))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
entries = st.sampled_from([CADDY, TRAEFIK, LOGPUSH, FASTLY, CADDY["request"]])


@settings(deadline=None, max_examples=300)
@given(entries, st.data())
def test_any_value_in_any_field_is_a_request_or_a_reason(entry: dict[str, Any], data: st.DataObject) -> None:
    changed = {**entry, data.draw(st.sampled_from(sorted(entry))): data.draw(values)}
    lines = [json.dumps(changed), json.dumps({**CADDY, "request": changed})]
    for line, name in ((line, name) for line in lines for name in FORMATS):
        try:
            hit = line_parser([], name)(line)
        except ValueError as error:
            assert len(str(error)) < 200
        else:
            assert hit is None or (isinstance(hit.agent, str) and 0 <= hit.at < 1e11)


HOSTILE: Sequence[str] = ["[", '{"a":', "\t", "<1>", "<134>a[", "1", '"', "#", "\\", ":", ",", ", ", "-\t", " ", "%25"]


@pytest.mark.parametrize("name", list(FORMATS))
@pytest.mark.parametrize("piece", HOSTILE)
def test_no_line_takes_long(name: str, piece: str) -> None:
    line = (piece * MAX_LINE_BYTES)[:MAX_LINE_BYTES]
    parse = line_parser(CLOUDFRONT, name)
    seconds = []
    for text in (line, PREFIX + line, f"203.0.113.9 - {line}", '{"request": "' + line, f'{{"ts": "{line}"}}') * 2:
        started = time.thread_time()
        try:
            parse(text)
        except ValueError as error:
            assert len(str(error)) < 200
        seconds.append(time.thread_time() - started)
    assert min(seconds[:5]) < 0.2
    assert max(map(min, zip(seconds[:5], seconds[5:], strict=True))) < 0.2
