"""URLs with passwords: their form for errors and logs, and a check for URLs that a driver would misread."""

import re

from pydantic import SecretStr

from service.core.errors import SettingsError

MASK = "…"
_HOST = re.compile(r"(\[[0-9A-Fa-f:.%]*\]|[^:\[\]]*)(:[0-9]+)?")


def masked(url: str | SecretStr) -> str:
    """The URL without user name, password and query, whatever characters these contain.

    Credentials are found by their position, not by parsing: they are before the last `@`. If their end is not certain
    (a `?` before it, a port that is not a number), only the scheme is shown.
    """
    text = url.get_secret_value() if isinstance(url, SecretStr) else url
    scheme, mark, rest = text.partition("://")
    if not mark or not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme):
        return MASK
    if scheme == "sqlite" and rest.startswith("/"):  # a path has no credentials
        return f"{scheme}://{rest.partition('?')[0]}"
    credentials, at, rest = rest.rpartition("@")
    shown = re.split("[?#]", rest, maxsplit=1)[0]
    hosts = shown.partition("/")[0].split(",")
    if "?" in credentials or not all(map(_HOST.fullmatch, hosts)):
        return f"{scheme}://{MASK}"
    return f"{scheme}://{MASK if at else ''}{at}{shown}"


def check_credentials(setting: str, url: str, reserved: str) -> None:
    """Refuse a URL in which a driver would mistake a part of the password for the host, and show it in its errors.

    In the user name and the password, `@` and the `reserved` characters must be percent-encoded (RFC 3986 §3.2.1).
    Raises SettingsError, which names `setting` and shows nothing of the URL.
    """
    rest = url.partition("://")[2]
    before = rest.rpartition("@")[0]
    if not rest.startswith("/") and any(character in before for character in f"@{reserved}"):
        written = ", ".join(f"{character} as %{ord(character):02X}" for character in f"@{reserved}")
        raise SettingsError(f"{setting}: in a user name or password write {written}")
