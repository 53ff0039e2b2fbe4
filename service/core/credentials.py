"""URLs with passwords: how errors and logs may show them, and which ones a driver would read in another way."""

import re

from service.core.errors import SettingsError

HIDDEN = "…"
_HOST = re.compile(r"(\[[0-9A-Fa-f:.%]*\]|[^:\[\]]*)(:[0-9]+)?")


def masked(url: str) -> str:
    """The URL without user name, password and query, whatever characters these are made of.

    Credentials are found by their position, not by parsing: they stand before the last `@`. Where their end is not
    certain (a `?` before it, a port that is no number), only the scheme is shown.
    """
    scheme, mark, rest = url.partition("://")
    if not mark or not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme):
        return HIDDEN
    if scheme == "sqlite" and rest.startswith("/"):  # a path: there are no credentials
        return f"{scheme}://{rest.partition('?')[0]}"
    credentials, at, rest = rest.rpartition("@")
    shown = re.split("[?#]", rest, maxsplit=1)[0]
    hosts = shown.partition("/")[0].split(",")
    if "?" in credentials or not all(map(_HOST.fullmatch, hosts)):
        return f"{scheme}://{HIDDEN}"
    return f"{scheme}://{HIDDEN if at else ''}{at}{shown}"


def check_credentials(setting: str, url: str, reserved: str) -> None:
    """Refuse a URL of which a driver would take a part of the password for the host, and name it in its errors.

    In user name and password `@` and the `reserved` characters must be percent-encoded (RFC 3986 §3.2.1). Raises
    SettingsError, which shows nothing of the URL.
    """
    rest = url.partition("://")[2]
    before = rest.rpartition("@")[0]
    if not rest.startswith("/") and any(character in before for character in f"@{reserved}"):
        written = ", ".join(f"{character} as %{ord(character):02X}" for character in f"@{reserved}")
        raise SettingsError(f"{setting}: in a user name or password write {written}")
