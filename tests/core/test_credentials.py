"""A password in a setting is in no error, whatever it is made of and however the URL is broken."""

import os
import string
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.core.credentials import masked
from service.core.errors import SettingsError, WartaError
from service.core.metrics import Metrics
from service.core.redis import RedisLink, connect
from service.core.settings.loader import load
from service.storage import ArticleStore, Database
from tests.support.articles import NOW
from tests.support.server import Server, command_line, eventually, warta

MARKS = "XZJ"  # letters that are in no message, so that the smallest part of a password is seen
PRINTABLE = string.digits + string.punctuation + " \t"
HARD = [
    *(f"X{character}Z" for character in PRINTABLE),
    *("X@ss/w#rd%Z", "@X", "X@", "/X", "?X=Z@J", "[X", "X／Z", "1/X@Z"),
]
ARTICLE = '{"id": "1", "title": "Judul"}'
PASSWORD = st.tuples(
    st.text(MARKS + PRINTABLE + "／℀é", max_size=6), st.sampled_from(MARKS), st.text(MARKS + PRINTABLE, max_size=6)
).map("".join)
HOST = "127.0.0.1:1"
DATABASES = [
    "postgresql://u:{}@" + HOST + "/berita",
    "postgresql://{}:{}@" + HOST + "/berita",
    "postgresql://u:{}@" + HOST + "/berita?application_name=warta",
    "postgresql://" + HOST + "/berita?user=u&password={}",
    "postgresql:///berita?host=/tiada&password={}",
    "postgresql://u:{}@[::1]:1/berita",
    "postgresql://u/x:{}@" + HOST + "/berita",
    "postgresql:///u:{}@" + HOST + "/berita",
    "postgresql:u:{}@" + HOST + "/berita",
    "postgresql://u:{}@" + HOST + ":x/berita",
    "sqlite://u:{}@" + HOST + "/berita",
]
REDIS = [
    *(f"{scheme}://{{}}@{HOST}/0" for scheme in ("redis", "rediss", "redis+cluster")),
    *(f"{scheme}://u:{{}}@{HOST}/0" for scheme in ("redis", "rediss", "redis+cluster")),
    *(f"{scheme}://u:{{}}@{HOST}:x/0" for scheme in ("redis", "rediss", "redis+cluster")),
    *(f"redis+sentinel://:{{}}@{HOST},{HOST}/{service}" for service in ("berita", "berita/x", "")),
    "redis://" + HOST + "?password={}",
    "unix://u:{}@/tiada.sock",
    "unix:///tiada.sock?password={}",
]


def filled(form: str, password: str) -> str:
    return form.replace("{}", password)


def told(act: Callable[[], object]) -> str:
    """What the error says, and those that it came from; nothing if there is none."""
    try:
        act()
    except WartaError as error:
        chain: BaseException | None = error
        texts = []
        while chain:
            texts.append(str(chain))
            chain = None if chain.__suppress_context__ and not chain.__cause__ else chain.__cause__ or chain.__context__
        return "\n".join(texts)
    return ""


def is_clean(text: str) -> None:
    assert not set(text) & set(MARKS), text


@pytest.mark.parametrize("form", [*DATABASES, *REDIS, "http://u:{}@host:6081", "x{}", "redis://u:{}"])
def test_every_character_of_a_password_is_hidden(form: str) -> None:
    for password in HARD:
        if form != "redis://u:{}" or not set("/@") & set(password):  # or it would be a path, or a host
            is_clean(masked(filled(form, password)))


@given(st.sampled_from([*DATABASES, *REDIS]), PASSWORD)
def test_no_password_is_shown(form: str, password: str) -> None:
    is_clean(masked(filled(form, password)))


@pytest.mark.parametrize(
    ("variable", "url"),
    [("WARTA_DATABASE_URL", "postgresql://u:XZ@db/berita"), ("WARTA_REDIS_URL", "redis://:XZ@r")],
    ids=["database", "redis"],
)
def test_settings_show_no_password(variable: str, url: str) -> None:
    settings = load({variable: url, "WARTA_CONFIG": ""})
    assert "XZ" not in f"{settings} {settings!r} {settings.model_dump()} {settings.store_url}"


def test_what_is_no_secret_is_shown() -> None:
    for url, shown in {
        "postgresql://warta:x@db.example:5432/berita?sslmode=require": "postgresql://…@db.example:5432/berita",
        "postgresql://db.example/berita": "postgresql://db.example/berita",
        "postgresql://u:X@ss/w#rd%@[2001:db8::1]/berita": "postgresql://…@[2001:db8::1]/berita",
        "redis+sentinel://:x@a:1,b:2/berita": "redis+sentinel://…@a:1,b:2/berita",
        "unix:///var/lib/warta/redis.sock": "unix:///var/lib/warta/redis.sock",
        "sqlite:////var/lib/a@b/warta.sqlite?mode=ro": "sqlite:////var/lib/a@b/warta.sqlite",
        "rahasia": "…",
        "": "…",
    }.items():
        assert masked(url) == shown


@pytest.mark.parametrize("form", DATABASES)
def test_no_error_of_a_database_shows_a_part_of_the_password(form: str) -> None:
    def use(url: str) -> None:
        settings = load({"WARTA_DATABASE_URL": url, "WARTA_CONFIG": ""})
        database = Database(settings.store_url.get_secret_value())
        is_clean(str(database))
        try:
            ArticleStore(database).newest("latest", 1, NOW)
        finally:
            database.close()

    for password in HARD:
        is_clean(told(partial(use, filled(form, password))))


@pytest.mark.parametrize("form", REDIS)
def test_no_error_of_redis_shows_a_part_of_the_password(
    form: str, metrics: Metrics, caplog: pytest.LogCaptureFixture
) -> None:
    def use(url: str) -> None:
        settings = load({"WARTA_REDIS_URL": url, "WARTA_CONFIG": ""})
        link = RedisLink(connect(settings.redis_url.get_secret_value()), metrics)
        try:
            with link.use() as redis:
                redis.ping()
        finally:
            link.close()

    for password in HARD:
        is_clean(told(partial(use, filled(form, password))))
    is_clean(caplog.text)


@given(st.sampled_from(DATABASES), PASSWORD)
@example("postgresql://u:{}@127.0.0.1:1/berita", "X@ss/w#rd%Z")
def test_a_url_that_is_taken_is_read_as_it_is_meant(form: str, password: str) -> None:
    """The driver is given the host of the URL; no part of the password stands for it."""
    with suppress(SettingsError), closing(Database(filled(form, password))) as database:
        assert database.engine.url.host in ("127.0.0.1", "::1", None)


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("postgresql://u:X@ss/w#rd%@host/db", "database_url: in a user name or password write @ as %40, ? as %3F"),
        ("postgresql://u/x:X@host/db", "database_url: cannot be read; in a user name or password write / as %2F"),
        ("sqlite://u:X@host/db", "database_url: cannot be read; write sqlite:///FOLDER/FILE"),
    ],
)
def test_the_error_says_what_to_write(url: str, hint: str) -> None:
    with pytest.raises(SettingsError) as error:
        Database(url)
    assert str(error.value).startswith(hint)


def test_passwords_that_were_read_well_are_still_taken() -> None:
    for password in ("p/w", "p#w", "p%w", "p:w", "p w", "p%40w", "[pw]"):
        url = Database(f"postgresql+psycopg://u:{password}@host/db").engine.url
        assert (url.host, url.password) == ("host", password.replace("%40", "@"))


@pytest.mark.parametrize("password", ["X@ss/w#rd%Z", "1?X", "Z"])
def test_commands_show_no_part_of_it(tmp_path: Path, password: str) -> None:
    urls = {
        "WARTA_DATABASE_URL": f"postgresql://u:{password}@{HOST}/berita",
        "WARTA_REDIS_URL": f"redis://u:{password}@{HOST}",
        "WARTA_EDGE__ADDRESSES": f"http://u:{password}@{HOST}",
    }
    for name in ("WARTA_DATABASE_URL", "WARTA_REDIS_URL", "WARTA_EDGE__ADDRESSES"):
        for command in ("doctor", "migrate", "import"):
            arguments = [command, "-"] if command == "import" else [command]
            given = {name: urls[name]} | ({"WARTA_EDGE__KIND": "varnish"} if "EDGE" in name else {})
            done = warta(tmp_path / "data", *arguments, stdin=ARTICLE, **given)
            is_clean(done.output + done.errors)


def test_a_running_server_without_its_redis_tells_nothing_of_it(tmp_path: Path) -> None:
    with Server(tmp_path / "data", WARTA_REDIS_URL=f"redis://u:X%40Z@{HOST}") as server:
        answer = server.get("/readyz")
        assert answer.json["parts"]["redis"]["state"] == "unavailable"
        eventually(lambda: [entry for entry in server.log if "redis is away" in entry["message"]])
        assert not [pid for pid in (server.process.pid, *server.workers()) if "X%40Z" in command_line(pid)]
    is_clean(server.stderr.read_text() + answer.body.decode() + os.fsdecode(server.banner))
