"""Settings: environment over file over defaults; whatever is unknown or cannot be stops the start with its name."""

import re
from ipaddress import ip_network
from pathlib import Path

import pytest

from service.core.errors import SettingsError
from service.core.settings.files import CONFIG_VARIABLE
from service.core.settings.loader import load
from service.core.settings.model import Settings

CONFIG = Path(__file__).parents[3] / "config/warta.toml"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "uji.toml"


def loaded(file: Path, toml: str = "", **environment: str) -> Settings:
    file.write_text(toml, encoding="utf-8")
    return load({CONFIG_VARIABLE: str(file), "PATH": "/bin", "WARTASOMETHING": "1", **environment})


def complaint(file: Path, toml: str = "", **environment: str) -> str:
    with pytest.raises(SettingsError) as error:
        loaded(file, toml, **environment)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_environment_wins_over_file_over_defaults(file: Path) -> None:
    toml = """
        base_url = "https://file.example"
        data_dir = "/file"
        [site]
        title = "Dari berkas"
        description = "Dari berkas"
        """
    settings = loaded(file, toml, WARTA_BASE_URL="https://env.example", WARTA_SITE__TITLE="Dari lingkungan")
    assert settings.base_url == "https://env.example"
    assert settings.data_dir == Path("/file")
    assert (settings.site.title, settings.site.description) == ("Dari lingkungan", "Dari berkas")
    assert settings.site.timezone == "Asia/Jakarta"
    assert load({CONFIG_VARIABLE: str(file), "WARTA_DATA_DIR": "/env"}, {"data_dir": "/option"}).data_dir == Path(
        "/option"
    )


def test_without_a_file_the_defaults_hold(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert load({}) == load({CONFIG_VARIABLE: ""}) == Settings()
    assert Settings().store_url.get_secret_value() == "sqlite:///var/warta.sqlite"
    assert Settings().home == "http://127.0.0.1:8000/"


def test_the_file_of_the_repository_is_read_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CONFIG.parents[1])
    assert load({}) == load({CONFIG_VARIABLE: str(CONFIG)})
    assert load({}).site.title == "Warta Contoh"


def test_what_the_file_shows_in_comments_can_be_used(file: Path) -> None:
    """Its examples are settings too: a newcomer takes the # away."""
    shown = [line.removeprefix("# ") for line in CONFIG.read_text(encoding="utf-8").splitlines()]
    lines = [line for line in shown if re.match(r'[a-z_"/-]+ = |\[', line)]
    settings = loaded(file, "\n".join(lines))
    assert settings.catalogue.titles["category/politik"] == "Politik dan Pemilu"
    assert settings.catalogue.renamed_categories == {"hukum-ham": "Hukum dan HAM"}
    assert settings.catalogue.feeds[0].title == "Pilihan Redaksi"
    assert settings.limits.connections == Settings().limits.connections


def test_the_file_is_found_where_the_service_is_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()
    (tmp_path / "config/warta.toml").write_text('[site]\ntitle = "Contoh"')
    assert load({}).site.title == "Contoh"
    (tmp_path / "warta.toml").write_text('[site]\ntitle = "Kabar"')
    assert load({}).site.title == "Kabar"


def test_a_secret_may_stand_in_a_file_of_its_own(file: Path, tmp_path: Path) -> None:
    secret = tmp_path / "rahasia"
    secret.write_text("postgresql://warta:s3cr3t@db/warta\n")
    assert loaded(file, WARTA_DATABASE_URL_FILE=str(secret)).database_url.get_secret_value() == (
        "postgresql://warta:s3cr3t@db/warta"
    )
    both = complaint(file, WARTA_DATABASE_URL_FILE=str(secret), WARTA_DATABASE_URL="sqlite:///x")
    assert both == "WARTA_DATABASE_URL_FILE: WARTA_DATABASE_URL is set, too; keep one of them"
    assert complaint(file, WARTA_REDIS_URL_FILE=f"{tmp_path}/tiada") == (
        f"WARTA_REDIS_URL_FILE: {tmp_path}/tiada cannot be read: No such file or directory"
    )
    secret.write_bytes(b"\xff")
    assert "is not UTF-8 text" in complaint(file, WARTA_REDIS_URL_FILE=str(secret))
    secret.write_bytes(b"x" * 65_537)
    assert "more than 65,536 bytes" in complaint(file, WARTA_REDIS_URL_FILE=str(secret))
    assert "WARTA_TIADA: there is no such setting" in complaint(file, WARTA_TIADA_FILE=f"{CONFIG}")


def test_lists_may_be_written_comma_separated(file: Path) -> None:
    variables = {
        "WARTA_TRUSTED_PROXIES": "10.0.0.0/8, 2001:db8::/32,192.0.2.7",
        "WARTA_HUBS": "https://a.example/, https://b.example/",
        "WARTA_CATALOGUE__HIDDEN_CATEGORIES": "advertorial,",
    }
    settings = loaded(file, **variables)
    assert settings.trusted_proxies == tuple(map(ip_network, ("10.0.0.0/8", "2001:db8::/32", "192.0.2.7")))
    assert settings.hubs == ("https://a.example/", "https://b.example/")
    assert settings.catalogue.hidden_categories == ("advertorial",)
    toml = 'trusted_proxies = ["10.0.0.0/8"]\nhubs = []\n[catalogue]\nhidden_categories = ["advertorial", "iklan"]'
    assert loaded(file, toml).trusted_proxies == (ip_network("10.0.0.0/8"),)
    assert loaded(file, toml).catalogue.hidden_categories == ("advertorial", "iklan")
    assert loaded(file, WARTA_TRUSTED_PROXIES="").trusted_proxies == ()


def test_the_shipped_settings_trust_a_proxy_on_the_same_machine() -> None:
    """Behind one that is not trusted, all visitors are one."""
    shipped = load({"WARTA_CONFIG": str(CONFIG)}).trusted_proxies
    assert {ip_network("127.0.0.0/8"), ip_network("::1/128")} <= set(shipped)


def test_titles_and_limits_are_by_feed_name(file: Path) -> None:
    toml = '[catalogue.titles]\n"category/dinamika" = "Dinamika"\n[catalogue.limits]\nlatest = 30'
    catalogue = loaded(file, toml, WARTA_CATALOGUE__LIMITS__POPULAR="10").catalogue
    assert catalogue.titles == {"category/dinamika": "Dinamika"}
    assert catalogue.limits == {"latest": 30, "popular": 10}


@pytest.mark.parametrize(
    ("toml", "what"),
    [
        ("bas_url = 'x'", ", line 1: bas_url: there is no such setting"),
        ("[site]\nname = 'x'", ", line 2: site.name: there is no such setting"),
        ("[sites]\ntitle = 'x'", ", line 1: sites: there is no such setting"),
        ("site = 'x'", ", line 1: site: must be a table"),
        ("[site]\ntitle = 5", ", line 2: site.title: must be text"),
        ("[site]\ntitle = ''", ", line 2: site.title: must not be empty"),
        ('[site]\ntitle = "a\\u0000b"', ", line 2: site.title: must not have control characters"),
        (
            "[site]\nlanguage = 'bahasa Indonesia'",
            ", line 2: site.language: must be a language tag (BCP 47), such as id or en-GB",
        ),
        ("[site]\ntimezone = 'Asia/Bandung'", ", line 2: site.timezone: is not a time zone of the IANA database"),
        ("[site]\ntimezone = '../../etc/passwd'", ", line 2: site.timezone: is not a time zone of the IANA database"),
        (
            "[site]\ntag_authority = 'Warta'",
            ", line 2: site.tag_authority: must be a domain in lower case, a comma and a date",
        ),
        ("[site]\nlogo = 'logo.png'", ", line 2: site.logo: must be an http or https URL"),
        ("[catalogue]\nlimit = 101", ", line 2: catalogue.limit: must be at most 100"),
        ("[catalogue]\nttl = 0", ", line 2: catalogue.ttl: must be at least 1"),
        (
            "[catalogue.limits]\nlatest = 0",
            ", line 2: catalogue.limits.latest: must be at least 1",
        ),
        (
            "[popular]\ndefault_window = '2h'",
            ", line 2: popular.default_window: must be '1h', '24h', '7d' or '30d'",
        ),
        ("[http]\nmax_age = -1", ", line 2: http.max_age: must be at least 0"),
        ("hubs = ['hub.example']", ", line 1: hubs.0: must be an http or https URL"),
        (
            "trusted_proxies = ['10.0.0.1/8']",
            ", line 1: trusted_proxies.0: 10.0.0.1/8 is not a network, such as 10.0.0.0/8",
        ),
        ("x = ", ": Invalid value (at "),
        ("a = 1\na = 2", ": Cannot overwrite a value"),
    ],
)
def test_what_is_wrong_in_the_file_is_named_with_its_line(file: Path, toml: str, what: str) -> None:
    assert complaint(file, toml).startswith(f"{file}{what}")


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("WARTA_BAS_URL", "x", "there is no such setting"),
        ("WARTA_", "x", "there is no such setting"),
        ("WARTA_SITE__NAME", "x", "there is no such setting"),
        ("WARTA_BASE_URL__X", "x", "there is no such setting"),
        ("WARTA_SITE", "x", "is a group of settings; set one of them, as in WARTA_SITE__KEY"),
        ("WARTA_SITE__TITLE__X", "x", "must be text"),
        ("WARTA_CATALOGUE__TITLES", "x", "must be a table"),
        ("WARTA_CATALOGUE__LIMIT", "banyak", "must be a whole number"),
        ("WARTA_CATALOGUE__LIMITS__LATEST", "500", "must be at most 100"),
        ("WARTA_ARTICLE_PAGES", "ya", "must be true or false"),
        ("WARTA_BASE_URL", "feeds.example", "must be an http or https URL, such as https://feeds.example.com"),
        ("WARTA_BASE_URL", "ftp://feeds.example", "must be an http or https URL"),
        ("WARTA_BASE_URL", "https://feeds example", "must be an http or https URL"),
        ("WARTA_BASE_URL", "https://feeds.example:x", "must be an http or https URL"),
        ("WARTA_BASE_URL", "https://[feeds.example", "must be an http or https URL"),
        ("WARTA_BASE_URL", "https://1.2.3.400", "must be an http or https URL"),
        ("WARTA_BASE_URL", "https://feeds.example/?a=b", "must not have a query, a fragment or credentials"),
        ("WARTA_BASE_URL", "https://u:p@feeds.example", "must not have a query, a fragment or credentials"),
        ("WARTA_BASE_URL", "https://:x@feeds.example", "must not have a query, a fragment or credentials"),
        ("WARTA_BASE_URL", "https://@feeds.example", "must not have a query, a fragment or credentials"),
        ("WARTA_BASE_URL", "https://feeds.example/?", "must not have a query, a fragment or credentials"),
        ("WARTA_BASE_URL", "https://feeds.example/#", "must not have a query, a fragment or credentials"),
        ("WARTA_HUBS", "https://:@hub.example/", "must not have a query, a fragment or credentials"),
        ("WARTA_BASE_URL", "https://feeds.example/a b", "must be written in ASCII"),
        ("WARTA_BASE_URL", "https://bücher.example", "must be written in ASCII"),
        ("WARTA_DATABASE_URL", "mysql://db/warta", "must begin with postgresql:// or sqlite:///"),
        ("WARTA_REDIS_URL", "http://redis", "must begin with one of redis://, rediss://, unix://"),
        ("WARTA_OUTGOING_ALLOW", "localhost", "localhost is not a network"),
    ],
)
def test_what_is_wrong_in_the_environment_is_named_by_its_variable(
    file: Path, variable: str, value: str, reason: str
) -> None:
    assert complaint(file, **{variable: value}).startswith(f"{variable}: {reason}")


def test_values_over_a_file_that_holds_something_else_there(file: Path) -> None:
    assert complaint(file, "site = 'x'", WARTA_SITE__TITLE="Warta").startswith(
        "WARTA_SITE__TITLE: site is a single value"
    )


def test_everything_wrong_is_told_at_once_and_no_secret_with_it(file: Path) -> None:
    text = complaint(
        file, "x = 1\n[site]\ny = 2", WARTA_DATABASE_URL="mysql://warta:rahasia@db/warta", WARTA_CATALOGUE__TTL="x"
    )
    assert {part.split(": ")[-2] for part in text.split("; ")} == {
        "x",
        "site.y",
        "WARTA_DATABASE_URL",
        "WARTA_CATALOGUE__TTL",
    }
    assert "rahasia" not in text


def test_a_file_that_is_named_must_be_there_and_readable(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=f"WARTA_CONFIG: there is no file {tmp_path}/tiada.toml"):
        load({CONFIG_VARIABLE: str(tmp_path / "tiada.toml")})
    with pytest.raises(SettingsError, match=f"{tmp_path}: cannot be read: Is a directory"):
        load({CONFIG_VARIABLE: str(tmp_path)})
    (tmp_path / "latin.toml").write_bytes(b"[site]\ntitle = 'Caf\xe9'")
    with pytest.raises(SettingsError, match=r"latin\.toml: 'utf-8' codec"):
        load({CONFIG_VARIABLE: str(tmp_path / "latin.toml")})
