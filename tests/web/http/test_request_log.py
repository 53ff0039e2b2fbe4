"""The log of requests lets its reader in nowhere, and grows by no stranger's choice."""

import string
from pathlib import Path
from urllib.parse import unquote_plus

from hypothesis import given
from hypothesis import strategies as st

from service.web.http.request_log import (
    MAX_AGENT_CHARACTERS,
    MAX_METHOD_CHARACTERS,
    MAX_PATH_CHARACTERS,
    SECRET_PARAMETERS,
    without_secrets,
)
from tests.support.server import Server, eventually

VALUE = "RahasiaNegara"
PLAIN = st.text(string.ascii_letters + string.digits + "=?;%+._-/", max_size=12).filter(lambda text: "key" not in text)


@st.composite
def spelled(draw: st.DrawFn) -> str:
    """The name of a secret in one of the spellings that a server reads as this name."""
    name = draw(st.sampled_from(sorted(SECRET_PARAMETERS)))
    return "".join(
        f"%{ord(letter):{draw(st.sampled_from(['02x', '02X']))}}" if draw(st.booleans()) else letter
        for letter in (draw(st.sampled_from([each.lower(), each.upper()])) for each in name)
    )


@given(spelled(), st.lists(PLAIN, max_size=3), st.lists(PLAIN, max_size=3), st.sampled_from("&?;"))
def test_the_value_of_a_secret_is_never_told(name: str, before: list[str], after: list[str], mark: str) -> None:
    start = "/stats?" + "".join(f"{each}&" for each in before)
    start = f"{start[:-1]}{mark}" if before else start
    told = without_secrets(f"{start}{name}={VALUE};{VALUE}={VALUE}?{VALUE}" + "".join(f"&{each}" for each in after))
    assert VALUE not in told
    assert all(told.endswith(f"&{each}") for each in after[-1:] if not _is_secret(each))


def _is_secret(part: str) -> bool:
    return any(f"{name}=" in unquote_plus(part).casefold() for name in SECRET_PARAMETERS)


def test_other_parameters_are_told_as_they_are() -> None:
    for path in ("/", "/stats?window=7d&category=politik", "/?keys=1&tokens=2&monkey=3&key", "/a;b=c?d&&=&e==", "/a&b"):
        assert without_secrets(path) == path
    assert without_secrets("/stats?name=a&until=1&key=b&c=d") == "/stats?name=a&until=1&key=…&c=d"


def test_a_real_request_is_told_masked_and_cut(tmp_path: Path) -> None:
    with Server(tmp_path / "data") as server:
        server.get(f"/stats?Acc%65ss_Token={VALUE}&x=1")
        server.get(f"/api/stats?TOKEN={VALUE}")
        server.get(f"/tiada%3Fpassword={VALUE}")
        server.get(f"/latest.rss?{'x' * 7_000}", User_Agent="y" * 20_000)
        server.request("Z" * 5_000, "/readyz")
        entries = eventually(lambda: found if len(found := told(server)) == 5 else [])
        written = server.stderr.read_text()
    assert VALUE not in written
    assert [entry["path"] for entry in entries[:3]] == [
        "/stats?Acc%65ss_Token=…&x=1",
        "/api/stats?TOKEN=…",
        "/tiada?password=…",
    ]
    assert entries[3]["path"] == "/latest.rss?".ljust(MAX_PATH_CHARACTERS, "x") + "…"
    assert entries[3]["agent"] == "y" * MAX_AGENT_CHARACTERS + "…"
    assert entries[4]["method"] == "Z" * MAX_METHOD_CHARACTERS + "…"


def told(server: Server) -> list[dict[str, str]]:
    requests = [entry for entry in server.log if entry["logger"] == "warta.request"]
    return [entry for entry in requests if entry["path"] != "/healthz"]
