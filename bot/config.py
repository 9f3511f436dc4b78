"""Configuration: config.toml and the environment become `Settings`; what is not understood is an error."""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from bot.settings import Knowledge, Settings

FILE = "config.toml"
PATH_VARIABLE = "STEWARD_CONFIG"
_PASSWORD = re.compile(r"(//[^/@:]*):[^@]*@")
_GIVEN = re.compile(r"//[^/@:]*:(\S*)@")
MOST_BUTTONS, MOST_BELOW = 3, 5
LONGEST_NAME, LONGEST_NAME_BELOW, LONGEST_KEY = 16, 60, 128  # bytes
_KINDS = {bool: "true or false", str: "a text", int: "a whole number", Path: "a text with a path"}


class CannotStart(Exception):
    """Something the operator has to mend first; the message is one line that says what."""


class ConfigError(CannotStart):
    """A setting that is not understood; the message names it and says what is allowed."""


SECTIONS = tuple(one.name for one in fields(Settings) if not one.metadata.get("is_internal"))


def read_settings(environment: Mapping[str, str] = os.environ, folder: Path | None = None) -> Settings:
    """The settings in force: those of the file, then those of the environment.

    Args:
        environment: `STEWARD_CONFIG` names the file; what is a secret may stand in a variable of its own.
        folder: where config.toml is looked for; the current folder if not given.

    Raises:
        ConfigError: a key or value that is not allowed, or a named file that cannot be read.
    """
    settings = _from_file(environment.get(PATH_VARIABLE), folder or Path())
    return replace(settings, **{name: _from_environment(getattr(settings, name), environment) for name in SECTIONS})


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Every value that nobody may read in a log: the secrets, and the password in the database's address."""
    sections = [(getattr(settings, name), one) for name in SECTIONS for one in fields(getattr(settings, name))]
    found = [str(getattr(section, one.name)) for section, one in sections if one.metadata.get("is_secret")]
    found += [match[1] for match in [_GIVEN.search(settings.storage.url)] if match]
    return tuple(one for one in found if one)


def render(settings: Settings) -> str:
    """The settings as TOML, without secrets and the password in a database's address."""
    lines = [f"# from {settings.source}" if settings.source else "# the defaults: there is no config.toml"]
    for name in SECTIONS:
        section = getattr(settings, name)
        lines += ["", f"[{name}]"]
        for one in fields(section):
            value = getattr(section, one.name)
            is_hidden = bool(value) and one.metadata.get("is_secret")
            shown = "***" if is_hidden else _PASSWORD.sub(r"\1:***@", str(value))
            lines.append(f"# {one.name} is not set" if value is None else f"{one.name} = {_toml(value, shown)}")
    return "\n".join(lines)


def _toml(value: object, shown: str) -> str:
    if isinstance(value, tuple):
        parts = (one.isoformat() if isinstance(one, date) else json.dumps(one, ensure_ascii=False) for one in value)
        return f"[{', '.join(parts)}]"
    if isinstance(value, bool):
        return str(value).lower()
    return shown if isinstance(value, int) else json.dumps(shown, ensure_ascii=False)


def _from_environment(section: Any, environment: Mapping[str, str]) -> Any:
    """A section with what stands in the environment in the place of what the file or a default has."""
    given: dict[str, Any] = {}
    for one in fields(section):
        if written := environment.get(one.metadata.get("variable", "")):
            given[one.name] = _read_value(getattr(section, one.name), one, written, type(section).__name__.lower())
    return replace(section, **given)


def _from_file(named: str | None, folder: Path) -> Settings:
    file = Path(named) if named else folder / FILE
    if not named and not file.exists():
        return Settings()
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: cannot be read ({error})") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: is not TOML: {error}") from error
    try:
        settings: Settings = _read_table(Settings(), table, "")
    except ConfigError as error:
        raise ConfigError(f"{file}: {error}") from None
    originals = settings.knowledge.originals
    if originals is not None:  # a path in the file is meant from where the file stands
        settings = replace(settings, knowledge=Knowledge(file.parent / originals.expanduser()))
    return replace(settings, source=file)


def _read_table(defaults: Any, table: dict[str, Any], section: str) -> Any:
    allowed = {one.name: one for one in fields(defaults) if not one.metadata.get("is_internal")}
    given: dict[str, Any] = {}
    for key, value in table.items():
        if key not in allowed:
            raise ConfigError(_unknown(key, list(allowed), section))
        given[key] = _read_value(getattr(defaults, key), allowed[key], value, section)
    return replace(defaults, **given)


def _read_value(default: Any, about: Any, value: Any, section: str) -> Any:
    if is_dataclass(default):
        if not isinstance(value, dict):
            raise ConfigError(f"{about.name}: expected a section [{about.name}], got {value!r}")
        return _read_table(default, value, about.name)
    name = f"[{section}] {about.name}"
    if about.metadata.get("is_menu"):
        return _read_menu(name, value)
    if isinstance(default, tuple):
        return _read_days(name, value)
    kind = next((one for one in get_args(about.type) if one is not type(None)), about.type)
    shown = "another value" if about.metadata.get("is_secret") else repr(value)
    if type(value) is not (str if kind is Path else kind) or (value == "" and default != ""):
        raise ConfigError(f"{name}: expected {_KINDS[kind]}, got {shown}")
    form = about.metadata.get("form")
    if form is not None and value and not form.fullmatch(value):
        raise ConfigError(f"{name}: expected {about.metadata['expected']}, got {shown}")
    least, most = about.metadata.get("least"), about.metadata.get("most")
    if least is not None and not least <= value <= most:
        raise ConfigError(f"{name}: expected {least} to {most}, got {value}")
    return kind(value)


def _read_days(name: str, value: Any) -> tuple[date, ...]:
    if not isinstance(value, list) or not all(type(one) is date for one in value):
        raise ConfigError(f"{name}: expected a list of days such as [2027-01-01], without quotes, got {value!r}")
    return tuple(value)


def _read_menu(name: str, value: Any) -> tuple[tuple[str, ...], ...]:
    """The rows of a menu, within what the platform takes."""
    rows = value if isinstance(value, list) and all(isinstance(row, list) and row for row in value) else None
    if rows is None or not all(isinstance(one, str) and one for row in rows for one in row):
        raise ConfigError(f'{name}: expected rows of texts such as [["自查"], ["问政策", "给多少钱"]], got {value!r}')
    if len(rows) > MOST_BUTTONS or any(len(row) > MOST_BELOW + 1 for row in rows):
        raise ConfigError(f"{name}: at most {MOST_BUTTONS} buttons with at most {MOST_BELOW} below each")
    for row in rows:
        for at, one in enumerate(row):
            shown, _, said = one.partition("=")
            longest = LONGEST_NAME_BELOW if at else LONGEST_NAME
            if len(shown.encode()) > longest or len(said.encode()) > LONGEST_KEY:
                raise ConfigError(f"{name}: {one!r} is longer than the platform takes ({longest} bytes)")
    return tuple(map(tuple, rows))


def _unknown(key: str, allowed: list[str], section: str) -> str:
    name = f"[{section}] {key}" if section else f"[{key}]"
    near = get_close_matches(key, allowed, 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"{name}: unknown {'key' if section else 'section'}; allowed: {', '.join(allowed)}.{hint}"
