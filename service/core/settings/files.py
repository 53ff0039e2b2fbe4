"""The settings file: the places where it is looked for, and secrets that stand in files of their own."""

from collections.abc import Mapping
from pathlib import Path

from service.core.errors import SettingsError

CONFIG_VARIABLE = "WARTA_CONFIG"
FILE_SUFFIX = "_FILE"
MAX_SECRET_BYTES = 64 * 1024  # of the file that a WARTA_..._FILE variable names

# The first one that exists is read. `config/warta.toml` has the settings of the sample newsroom in a checkout.
SEARCHED = (Path("warta.toml"), Path("config/warta.toml"), Path("/etc/warta/warta.toml"))


def settings_file(environment: Mapping[str, str]) -> Path | None:
    """The path of the settings file: WARTA_CONFIG, or the first of SEARCHED that exists, or None."""
    if named := environment.get(CONFIG_VARIABLE):
        return Path(named)
    return next((path for path in SEARCHED if path.exists()), None)


def secret_in_file(variable: str, path: str) -> str:
    """The content of the file that a variable such as WARTA_REDIS_URL_FILE names, without line breaks at its end.

    Raises SettingsError.
    """
    try:
        with Path(path).open("rb") as file:
            content = file.read(MAX_SECRET_BYTES + 1)
    except OSError as error:
        raise SettingsError(f"{variable}: {path} cannot be read: {error.strerror}") from None
    if len(content) > MAX_SECRET_BYTES:
        raise SettingsError(f"{variable}: {path} has more than {MAX_SECRET_BYTES:,} bytes; it should hold one value")
    try:
        return content.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise SettingsError(f"{variable}: {path} is not UTF-8 text") from None
