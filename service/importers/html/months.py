"""Dates with the names of months in European languages, as pages of foreign media and agencies show them."""

import re
import unicodedata

_NAMES = (
    "januar janvier enero janeiro gennaio januari ocak",
    "februar fevrier febrero fevereiro febbraio februari subat",
    "marz mars marzo marco maart mart",
    "april avril abril aprile nisan",
    "mai mayo maio maggio mei mayis",
    "juni juin junio junho giugno haziran",
    "juli juillet julio julho luglio temmuz",
    "august aout agosto augustus augusti agustos",
    "september septembre septiembre setiembre setembro settembre eylul",
    "oktober octobre octubre outubro ottobre ekim",
    "november novembre noviembre novembro kasim",
    "dezember decembre diciembre dezembro dicembre december desember aralik",
)
_MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
_DATE = re.compile(r"\b(\d{1,2})(?:\.|er|º)? (?:de )?([a-z]{3,12})\.?,?(?: de| del)? ((?:19|20)\d\d)\b")
_CLOCK = re.compile(r"\b([01]?\d|2[0-3])(?::| ?h ?|\.)([0-5]\d)\b")
_MAX_BEHIND = 20  # characters between a date and its time


def read(text: str) -> str:
    """The date in a text as ISO 8601, with the time behind it, if there is one; "" without a date."""
    plain = unicodedata.normalize("NFKD", text.replace("ı", "i")).encode("ascii", "ignore").decode().lower()
    for date in _DATE.finditer(plain):
        if month := _MONTHS.get(date[2]):
            day = f"{date[3]}-{month:02}-{int(date[1]):02}"
            behind = plain[date.end() : date.end() + _MAX_BEHIND]
            clock = _CLOCK.search(behind)
            return f"{day} {int(clock[1]):02}:{clock[2]}" if clock else day
    return ""
