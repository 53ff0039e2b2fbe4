"""Loader of the settings, which runs once, at the start.

The environment (`WARTA_*`) wins over the settings file (see files.py), and the file wins over the defaults.
In the environment a nested setting has a double underscore: `WARTA_SITE__TITLE` is `title` in `[site]`. A variable with
`_FILE` at its end names a file that holds the value. An unknown setting stops the start.
"""

import tomllib
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from service.core.errors import SettingsError
from service.core.settings.files import CONFIG_VARIABLE, FILE_SUFFIX, secret_in_file, settings_file
from service.core.settings.model import Settings
from service.core.settings.toml_lines import line_of
from service.core.settings.types import Section
from service.core.validation import reason_of

ENVIRONMENT_PREFIX = "WARTA_"


def load(environment: Mapping[str, str], overrides: Mapping[str, object] | None = None) -> Settings:
    """The settings of this process. `overrides` (command-line options) win over the environment.

    Raises SettingsError, which names each unknown or invalid setting with its option, variable, or file and line.
    """
    values, text, origins = _from_file(environment)
    for variable, value in sorted(_variables(environment).items()):
        path = tuple(variable.removeprefix(ENVIRONMENT_PREFIX).lower().split("__"))
        _place(values, path, value, variable)
        origins[path] = variable
    for name, option in (overrides or {}).items():
        values[name] = option
        origins[(name,)] = f"--{name.replace('_', '-')}"
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError("; ".join(_explain(detail, origins, text) for detail in error.errors())) from None


def _variables(environment: Mapping[str, str]) -> dict[str, str]:
    """The settings in the environment by variable. A variable with `_FILE` stands for the one without.

    Raises SettingsError.
    """
    variables = {}
    for variable, value in environment.items():
        if variable == CONFIG_VARIABLE or not variable.startswith(ENVIRONMENT_PREFIX):
            continue
        name = variable.removesuffix(FILE_SUFFIX)
        if name == variable:
            variables[name] = value
        elif name in environment:
            raise SettingsError(f"{variable}: {name} is set, too; keep one of them")
        else:
            variables[name] = secret_in_file(variable, value)
    return variables


def _from_file(environment: Mapping[str, str]) -> tuple[dict[str, Any], str, dict[tuple[str, ...], str]]:
    """The values in the file, its text, and their origin: the path of the file, under the empty path of a setting.

    All three are empty if there is no file. Raises SettingsError if the named file is missing, or cannot be read.
    """
    path = settings_file(environment)
    if path is None:
        return {}, "", {}
    try:
        text = path.read_text(encoding="utf-8")
        values = tomllib.loads(text)
    except FileNotFoundError:
        raise SettingsError(f"{CONFIG_VARIABLE}: there is no file {path}") from None
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from None
    return values, text, {(): str(path)}


def _place(values: dict[str, Any], path: tuple[str, ...], value: str, variable: str) -> None:
    """Set `value` at `path` in the nested `values`, in place of the file's value. Raises SettingsError."""
    field = Settings.model_fields.get(path[0])
    nested = field is not None and isinstance(field.annotation, type) and issubclass(field.annotation, Section)
    if nested and len(path) == 1:
        raise SettingsError(f"{variable}: is a group of settings; set one of them, as in {variable}__KEY")
    if not nested and len(path) > 1:
        raise SettingsError(f"{variable}: there is no such setting")
    *outer, last = path
    for part in outer:
        values = values.setdefault(part, {})
        if not isinstance(values, dict):
            raise SettingsError(f"{variable}: {part} is a single value and has no settings inside")
    values[last] = value


def _explain(detail: ErrorDetails, origins: Mapping[tuple[str, ...], str], text: str) -> str:
    path = tuple(str(part) for part in detail["loc"])
    # The origin is a variable for the setting, for a group that contains it, or for a name inside it.
    variable = next((where for at, where in origins.items() if at and at == path[: len(at)]), None) or next(
        (where for at, where in origins.items() if at[: len(path)] == path), None
    )
    file = origins.get(())
    if file and (line := line_of(text, path)):
        file = f"{file}, line {line}"
    name = variable or ": ".join(filter(None, [file, ".".join(path)]))
    if detail["type"] == "extra_forbidden":
        return f"{name}: there is no such setting"
    reason = reason_of(detail, mapping="a table")
    return f"{name}: {reason}" if name else reason
