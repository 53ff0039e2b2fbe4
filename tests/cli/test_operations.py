"""Commands for operators: demo, feeds, tokens, doctor, migrate, worker; and what wrong usage gets."""

import json
import os
import re
import signal
import subprocess
import time
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from service.cli import warta
from service.core.clients import Clients
from service.core.metrics import Metrics
from service.core.redis import RedisLink
from tests.support.command import every_command, run
from tests.support.postgres import PostgresServer
from tests.support.server import COMMAND, Done, environment, eventually, free_port, without_new_store

FIXED = {"WARTA_BASE_URL": "https://feeds.example", "WARTA_SITE__TAG_AUTHORITY": "uji.example,2026"}


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


# --- usage ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [path for path, _ in every_command()], ids=" ".join)
def test_every_command_has_help_with_an_example_of_itself(path: tuple[str, ...]) -> None:
    for option in ("--help", "-h"):
        result = CliRunner().invoke(warta, [*path, option])
        assert result.exit_code == 0
        example = result.output.partition("Example:\n")[2].split("\n\n")[0]
        assert " ".join(["warta", *path]) in example


def test_the_commands_are_those_of_the_design() -> None:
    assert {" ".join(path) for path, _ in every_command() if path} >= {
        *("serve", "import", "export", "demo", "feeds", "token", "token create", "token list", "token revoke"),
        *("migrate", "worker", "doctor"),
    }


@pytest.mark.parametrize(
    "arguments",
    [
        *(("tiada",), ("--tiada",), ("import",), ("import", "x", "--as", "docx"), ("serve", "--port", "0")),
        *(("serve", "--workers", "x"), ("token", "create", "x"), ("token", "create", "x", "--scope", "semua")),
        *(("token", "revoke"), ("feeds", "x"), ("serve", "--data-dir", __file__)),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_explained_with_exit_code_2(data_dir: Path, arguments: tuple[str, ...]) -> None:
    done = run(data_dir, *arguments)
    assert (done.code, done.output) == (2, "")
    assert done.errors.startswith("Usage: ")
    assert "\nError: " in done.errors
    assert not data_dir.exists()


@pytest.mark.parametrize(
    "arguments",
    [("token", "list"), ("import", "x"), ("doctor",), ("feeds",), ("export",), ("check", "latest"), ("popular",)],
    ids=" ".join,
)
def test_a_command_without_settings_and_store_in_sight_refuses(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """It would work on a new, empty store in the folder where it stands."""
    settings = {name: value for name, value in environment(tmp_path).items() if not name.startswith("WARTA_")}
    done = subprocess.run([*COMMAND, *arguments], cwd=tmp_path, env=settings, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"warta: there are no settings and no store here: no file {tmp_path}/warta.toml, ")
    assert "Set WARTA_CONFIG" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_makes_a_store_says_where(tmp_path: Path) -> None:
    settings = environment(tmp_path / "baru")
    done = subprocess.run([*COMMAND, "feeds"], cwd="/", env=settings, capture_output=True, text=True)
    assert done.stderr == f"created a new, empty store: {tmp_path}/baru/warta.sqlite\n"


# --- the sample newsroom -------------------------------------------------------------------------------------


def test_the_sample_newsroom_fills_an_empty_store_only(data_dir: Path) -> None:
    first = run(data_dir, "demo", **FIXED)
    assert (first.code, first.errors) == (0, "")
    assert re.fullmatch(
        r"loaded a sample newsroom: 200 articles, [\d,]+ page views, 30 days of feed readers\n", first.output
    )
    again = run(data_dir, "demo", **FIXED)
    assert again == Done(0, "the store holds articles already; the sample newsroom is not loaded\n", "")

    listed = run(data_dir, "feeds", **FIXED)
    addresses = [line.split("\t")[0] for line in listed.output.splitlines()]
    assert "https://feeds.example/latest.rss" in addresses
    assert "https://feeds.example/popular/7d.rss" in addresses
    assert len([address for address in addresses if re.search(r"/category/[^/]*\.rss$", address)]) >= 8
    every = [line.split("\t")[0] for line in run(data_dir, "feeds", "--all", **FIXED).output.splitlines()]
    assert set(addresses) < set(every)
    assert [address for address in every if "/tag/" in address and address.endswith(".json")]
    assert [address for address in every if "/author/" in address and address.endswith(".atom")]

    checked = run(data_dir, "doctor", **FIXED)
    assert (checked.code, checked.errors) == (0, "")
    assert [line.split(":")[0].split() for line in checked.output.splitlines()] == [
        *(["ok", "warta"], ["ok", "settings"], ["ok", "data_dir"], ["ok", "store"], ["ok", "articles"]),
        *(["ok", "redis"], ["ok", "trusted_proxies"], ["ok", "base_url"], ["ok", "hub"], ["ok", "site.tag_authority"]),
    ]


# --- tokens --------------------------------------------------------------------------------------------------


def test_a_token_is_shown_once_listed_and_revoked_for_good(data_dir: Path) -> None:
    done = run(data_dir, "token", "create", "cms", "--scope", "articles:write")
    assert (done.code, done.errors) == (0, "")
    assert re.fullmatch(r"warta_[A-Za-z0-9_-]{40,}\n", done.output)
    taken = run(data_dir, "token", "create", "cms", "--scope", "articles:write")
    assert taken == Done(1, "", "warta: there is a token 'cms' already; choose another name\n")
    [line] = run(data_dir, "token", "list").output.splitlines()
    assert re.fullmatch(r"cms\tarticles:write\t\d{4}-\d\d-\d\d \d\d:\d\d\t", line)
    [listed] = json.loads(run(data_dir, "token", "list", "--json").output)
    assert (listed["name"], listed["scope"], listed["revoked"]) == ("cms", "articles:write", None)
    assert run(data_dir, "token", "revoke", "cms") == Done(0, "revoked cms\n", "")
    assert re.search(r"\d\t\d{4}-\d\d-\d\d \d\d:\d\d$", run(data_dir, "token", "list").output.strip())
    again = run(data_dir, "token", "revoke", "cms")
    assert again == Done(1, "", "warta: there is no token 'cms' that could be revoked\n")


def test_a_link_opens_the_statistics_in_the_name_of_a_token(data_dir: Path) -> None:
    run(data_dir, "token", "create", "redaksi & kawan", "--scope", "stats:read")
    run(data_dir, "token", "create", "cms", "--scope", "articles:write")
    done = run(data_dir, "token", "link", "redaksi & kawan", "--days", "2", **FIXED)
    assert (done.code, done.errors) == (0, "")
    link = re.fullmatch(
        r"https://feeds\.example/stats\?name=redaksi\+%26\+kawan&until=(\d+)&key=[A-Za-z0-9_-]{43}\n", done.output
    )
    assert link
    assert 47 * 3600 < int(link[1]) - time.time() <= 48 * 3600
    for name in ("cms", "tiada"):
        refused = run(data_dir, "token", "link", name, **FIXED)
        reason = f"there is no token '{name}' of the scope stats:read; see: warta token list"
        assert refused == Done(1, "", f"warta: {reason}\n")
    assert run(data_dir, "token", "link", "redaksi & kawan", "--days", "0").code == 2


# --- doctor --------------------------------------------------------------------------------------------------


def test_doctor_reports_the_fault_of_each_part_and_goes_on(data_dir: Path) -> None:
    done = run(
        data_dir,
        "doctor",
        WARTA_DATABASE_URL="postgresql://u:rahasia@127.0.0.1:1/w",
        WARTA_REDIS_URL="redis://127.0.0.1:1",
    )
    assert done.code == 1
    found = {line[6:].partition(":")[0]: line[:6].strip() for line in done.output.splitlines()}
    assert found == {
        **dict.fromkeys(["store", "redis"], "wrong"),
        **dict.fromkeys(["data_dir", "base_url", "site.tag_authority"], "note"),
        **dict.fromkeys(["warta", "settings", "trusted_proxies", "hub"], "ok"),
    }
    assert "rahasia" not in done.output


def proxies(done: Done) -> list[str]:
    return [line for line in done.output.splitlines() if "trusted_proxies: " in line]


def test_doctor_knows_a_proxy_that_hides_the_visitors(data_dir: Path, redis_url: str, link: RedisLink) -> None:
    redis = {"WARTA_REDIS_URL": redis_url}
    run(data_dir, "migrate", **redis)
    sound = run(data_dir, "doctor", **redis)
    assert proxies(sound) == ["ok    trusted_proxies: none; forwarding headers are not used"]
    peer = {"REMOTE_ADDR": "172.18.0.5", "HTTP_X_FORWARDED_FOR": "198.51.100.1"}
    Clients((), Metrics(), link).ip_address(peer)
    done = run(data_dir, "doctor", **redis)
    [note] = proxies(done)
    assert note.startswith("note  trusted_proxies: 172.18.0.5 sends forwarding headers")
    assert "(last seen 20" in note
    assert done.code == sound.code == 0
    assert proxies(run(data_dir, "doctor", WARTA_TRUSTED_PROXIES="172.16.0.0/12", **redis)) == [
        "ok    trusted_proxies: 172.16.0.0/12"
    ]


def test_an_edge_without_trusted_proxies_is_wrong(data_dir: Path) -> None:
    edge = {"WARTA_EDGE__KIND": "varnish", "WARTA_EDGE__ADDRESSES": "http://127.0.0.1:1"}
    done = run(data_dir, "doctor", **edge)
    assert done.code == 1
    assert proxies(done)[0].startswith("wrong trusted_proxies: none, though edge.kind is varnish")


def test_doctor_on_a_fresh_machine_says_what_to_do(data_dir: Path) -> None:
    """It changes nothing: the data directory is not made."""
    done = run(data_dir, "doctor")
    assert done.code == 0
    assert (
        f"note  store: there is none at {data_dir}/warta.sqlite yet; warta serve or warta demo makes it" in done.output
    )
    assert not data_dir.exists()
    assert run(data_dir, "migrate").code == 0
    done = run(data_dir, "doctor")
    assert done.code == 0
    assert "note  articles: none yet; try warta demo" in done.output


def test_a_wrong_setting_stops_every_command_with_its_name(data_dir: Path) -> None:
    for arguments in (("doctor",), ("feeds",), ("export",), ("token", "list"), ("migrate",)):
        done = run(data_dir, *arguments, WARTA_POPULAR__DEFAULT_WINDOW="2h")
        assert (done.code, done.output) == (1, "")
        assert done.errors.startswith("warta: WARTA_POPULAR__DEFAULT_WINDOW: ")
        assert done.errors.count("\n") == 1


# --- migrate, worker -----------------------------------------------------------------------------------------


def test_a_servers_database_is_migrated_when_somebody_says_so(data_dir: Path, postgres: PostgresServer) -> None:
    """An SQLite file is ours alone, and needs no word."""
    url = postgres.empty_database()
    before = run(data_dir, "export", WARTA_DATABASE_URL=url)
    assert (before.code, before.output) == (1, "")
    assert before.errors.endswith("needs a migration first; run: warta migrate\n")
    for said in ("migrated", "nothing to do"):
        done = run(data_dir, "migrate", WARTA_DATABASE_URL=url)
        assert (done.code, done.errors) == (0, "")
        assert done.output.endswith(f": {said}\n")
    assert run(data_dir, "export", WARTA_DATABASE_URL=url) == Done(0, "", "")
    assert run(data_dir, "export") == Done(0, "", "")


def test_the_worker_announces_what_was_left_undone_and_stops_when_told(data_dir: Path) -> None:
    """An article that was stored while Redis was away waits in the log of announcements."""
    stdin = '{"id": "1", "title": "Judul"}\n'
    done = run(data_dir, "import", "-", stdin=stdin, WARTA_REDIS_URL="unix:///tiada.sock")
    assert (done.code, done.output) == (0, "1 added, 0 changed, 0 unchanged, 0 refused\n")
    port = str(free_port())
    process = subprocess.Popen(
        [*COMMAND, "worker", "--metrics-port", port],
        cwd="/",
        env=environment(data_dir),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        eventually(lambda: left_undone(data_dir) == 0)
        with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            assert b"warta_hub_deliveries" in answer.read()
        taken = run(data_dir, "worker", "--metrics-port", port)
        assert (taken.code, taken.output) == (1, "")
        assert taken.errors.endswith(
            f"cannot listen on 127.0.0.1 port {port}: Address already in use; choose another --metrics-port\n"
        )
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


@pytest.mark.parametrize(
    ("host", "says"),
    [("tiada..contoh", "it is not the name of a host"), ("192.0.2.1", "Cannot assign requested address")],
    ids=["no name", "not ours"],
)
def test_metrics_on_a_listen_address_that_this_machine_does_not_have(data_dir: Path, host: str, says: str) -> None:
    done = run(data_dir, "worker", "--metrics-host", host, "--metrics-port", str(free_port()))
    assert (done.code, done.output) == (1, "")
    assert says in done.errors


def left_undone(data_dir: Path) -> int:
    import sqlite3

    with closing(sqlite3.connect(data_dir / "warta.sqlite")) as connection, connection:
        return int(connection.execute("SELECT count(*) FROM outbox").fetchone()[0])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stopped_command_prints_one_word_and_leaves_nothing_running(data_dir: Path, number: signal.Signals) -> None:
    """Ctrl-C, a supervisor, a closed terminal; in the middle of an import, of which what was stored stays."""
    process = subprocess.Popen(
        [*COMMAND, "import", "-"],
        cwd="/",
        env=environment(data_dir),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    eventually((data_dir / "redis.sock").exists)
    os.kill(process.pid, number)
    _, errors = process.communicate(timeout=20)
    told = without_new_store(errors.decode()).strip()
    assert process.returncode == 128 + number
    assert told == "warta: stopped" or (
        number == signal.SIGINT and told.startswith("interrupted; the counted items are stored.")
    )
    eventually(lambda: not (data_dir / "redis.sock").exists())


def test_an_unexpected_error_is_one_line_too(data_dir: Path) -> None:
    """The last net; should this address be expected one day, another mistake has to be found."""
    done = run(data_dir, "feeds", WARTA_DATABASE_URL="sqlite:")
    assert (done.code, done.output, done.errors.count("\n")) == (1, "", 1)
    assert done.errors.startswith("warta: ")
