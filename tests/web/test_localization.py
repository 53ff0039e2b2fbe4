"""Each language has a translation of every text, and writes numbers and dates in its own way."""

import tomllib
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import service
from service.articles.ui_language import ui_language
from service.web.localization import LOCALES, SOURCE_LANGUAGE, localization

SERVICE = Path(service.__file__).parent
TRANSLATIONS = sorted(set(LOCALES) - {SOURCE_LANGUAGE})


def catalogue(language: str) -> Catalog:
    with (SERVICE / "web/locale" / language / "LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale=language)


def texts() -> Catalog:
    """The texts in the code and the templates, found as `make locale` finds them."""
    settings = tomllib.loads((SERVICE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    methods = [(each["pattern"], each["method"]) for each in settings["tool"]["babel"]["mappings"]]
    found = Catalog()
    for _, _, text, _, context in extract_from_dir(SERVICE, method_map=methods):
        found.add(text, context=context)
    return found


def forms(text: str | Iterable[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_the_languages_are_those_of_the_feeds_and_of_the_folder() -> None:
    assert {ui_language(language) for language in (*LOCALES, "id-ID", "en-US", "de")} == set(LOCALES)
    assert [path.name for path in (SERVICE / "web/locale").iterdir()] == TRANSLATIONS


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_text_is_translated_with_its_placeholders(language: str) -> None:
    translations = catalogue(language)
    used = {(message.id, message.context) for message in texts() if message.id}
    translated = {(message.id, message.context) for message in translations if message.id}
    assert used - translated == set(), "run `make locale`, and translate these"
    assert translated - used == set(), "run `make locale`: these are not used any more"
    assert len(used) > 100
    for message in translations:
        if not message.id:
            continue
        strings = forms(message.string)
        assert all(strings), message.id
        assert not message.fuzzy, message.id
        assert len(strings) == (1 if isinstance(message.id, str) else translations.num_plurals)
        for string in strings:
            assert placeholders(string) == placeholders(forms(message.id)[-1]), message.id


def test_texts_numbers_and_dates() -> None:
    indonesian, english = localization("id"), localization("en")
    assert (indonesian.tag, english.tag) == ("id-ID", "en-GB")
    assert (indonesian.gettext("Categories"), english.gettext("Categories")) == ("Kategori", "Categories")
    assert indonesian.gettext("Updated {time}", time="09:41") == "Diperbarui 09:41"
    context = "title of a box with the newest stories"
    assert (indonesian.pgettext(context, "Latest"), indonesian.gettext("Latest")) == ("UPDATE", "Terbaru")
    counts = [
        [each.ngettext("read {count} time", "read {count} times", count) for count in (1, 12345)]
        for each in (indonesian, english)
    ]
    assert counts == [["1 kali dibaca", "12.345 kali dibaca"], ["read 1 time", "read 12,345 times"]]
    assert [each.date(date(2026, 9, 6)) for each in (indonesian, english)] == [
        *("Minggu, 6 September 2026", "Sunday, 6 September 2026")
    ]
    assert indonesian.date_and_time(datetime(2026, 2, 12, 2, 33, tzinfo=UTC)) == "Kamis, 12 Februari 2026 | 02:33"


def test_a_language_without_texts_is_refused() -> None:
    with pytest.raises(KeyError):
        localization("de")
