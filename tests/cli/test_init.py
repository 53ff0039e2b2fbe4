"""`warta init`: a settings file that explains itself, is read as it is written, and is never replaced."""

import stat
import tomllib
from pathlib import Path

from service.core.settings.loader import load
from service.core.settings.model import Settings
from tests.support.command import run


def test_the_file_has_the_defaults_and_an_absolute_data_dir(tmp_path: Path) -> None:
    file = tmp_path / "warta.toml"
    done = run(tmp_path, "init", str(file))
    assert (done.code, done.errors) == (0, "")
    assert done.output.startswith(f"wrote {file}\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load({"WARTA_CONFIG": str(file)}) == Settings(data_dir=tmp_path / "var")


def test_every_setting_of_the_file_can_be_used(tmp_path: Path) -> None:
    """Without the # before them, the settings of the file are the defaults."""
    file = tmp_path / "warta.toml"
    run(tmp_path, "init", str(file))
    lines = file.read_text().splitlines()
    used = [line[2:] if line.startswith("# ") and " = " in line and line[2:3].islower() else line for line in lines]
    text = "\n".join(line for line in used if not line.startswith("#"))
    values = tomllib.loads(text)
    assert values["site"]["title"] == Settings().site.title
    assert values["limits"]["connections"] == Settings().limits.connections


def test_an_existing_file_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "warta.toml"
    file.write_text("# punya saya\n")
    done = run(tmp_path, "init", str(file))
    assert (done.code, done.output) == (1, "")
    assert done.errors == f"warta: {file} exists already; choose another name, or edit it\n"
    assert file.read_text() == "# punya saya\n"


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    done = run(tmp_path, "init", str(tmp_path / "tiada" / "warta.toml"))
    assert done.errors == f"warta: {tmp_path}/tiada/warta.toml cannot be written: No such file or directory\n"


def test_ask_asks_for_the_values_that_every_newsroom_must_set(tmp_path: Path) -> None:
    file = tmp_path / "warta.toml"
    answers = "Kabar\nBerita kota\nid\nAsia/Makassar\nhttps://feeds.kabar.example\n"
    assert run(tmp_path, "init", "--ask", str(file), stdin=answers).code == 0
    loaded = load({"WARTA_CONFIG": str(file)})
    assert (loaded.base_url, loaded.site.title) == ("https://feeds.kabar.example", "Kabar")
    assert loaded.site.timezone == "Asia/Makassar"
    assert loaded.site.tag_authority.startswith("feeds.kabar.example,20")


def test_an_answer_that_is_not_valid_leaves_no_file(tmp_path: Path) -> None:
    file = tmp_path / "warta.toml"
    answers = "Kabar\nBerita\nid\nAsia/Tiada\nhttps://feeds.kabar.example\n"
    done = run(tmp_path, "init", "--ask", str(file), stdin=answers)
    assert done.code == 1
    assert "site.timezone: is not a time zone" in done.errors
    assert list(tmp_path.iterdir()) == []
