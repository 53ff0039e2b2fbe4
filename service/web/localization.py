"""Texts, numbers and dates of the pages in one language.

English texts stand in the code and in the templates. `locale/` has their translations as gettext catalogues, which are
read as they are: a new text needs no build step. Babel knows the numbers, dates and plural forms of a language, from
the Unicode CLDR.
"""

from datetime import date, datetime
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

SOURCE_LANGUAGE = "en"
# The locale of each language of the pages. British English has the day before the month, as the feeds' dates have.
LOCALES = {"id": "id_ID", SOURCE_LANGUAGE: "en_GB"}
FULL_DATE = "EEEE, d MMMM y"  # as newsrooms and embed.js write it: `1 Maret`. The CLDR's full date is `01 Maret`.
# Formatted dates, and as many numbers, that are remembered. Babel takes some 8 microseconds for each, and pages
# show the same ones again and again.
_MAX_REMEMBERED = 2000


class Localization:
    """Texts, numbers and dates in one language. Shared by threads.

    The names of the methods for texts are those of gettext, by which `make locale` finds the texts. A text may have
    placeholders, `{name}`; `values` fills them.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self.locale = Locale.parse(LOCALES[language])
        self._translations = _translations(language)

    @property
    def tag(self) -> str:
        """The language tag for browsers (BCP 47): `id-ID`."""
        return str(self.locale).replace("_", "-")

    def gettext(self, text: str, **values: str) -> str:
        """Return the translation of an English text."""
        translation = self._translations.gettext(text)
        return translation.format(**values) if values else translation

    def pgettext(self, context: str, text: str) -> str:
        """Return the translation of a text that means several things. `context` says which one."""
        return self._translations.pgettext(context, text)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Return the translation in the plural form of `count`, which fills the placeholder `{count}`."""
        return self._translations.ngettext(one, many, count).format(count=self.number(count))

    def number(self, value: float) -> str:
        """Format a number without decimals: 12.345 (Indonesian) or 12,345 (English)."""
        return _whole_number(round(value), self.language)

    def date(self, day: date) -> str:
        """Format a date in full: `Kamis, 12 Februari 2026`."""
        return _full_date(day, self.language)

    def date_and_time(self, when: datetime) -> str:
        """Format a date and time like `Kamis, 12 Februari 2026 | 02:33`, in the time zone of `when`."""
        return f"{self.date(when.date())} | {when:%H:%M}"


@cache
def localization(language: str) -> Localization:
    """Return the localization of a language of LOCALES. The first call reads its catalogue."""
    return Localization(language)


@lru_cache(_MAX_REMEMBERED)
def _full_date(day: date, language: str) -> str:
    return format_date(day, FULL_DATE, localization(language).locale)


@lru_cache(_MAX_REMEMBERED)
def _whole_number(value: int, language: str) -> str:
    return format_decimal(value, locale=localization(language).locale)


def _translations(language: str) -> NullTranslations:
    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    with files(__package__).joinpath("locale", language, "LC_MESSAGES", "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
