"""Settings: config.toml and the environment become frozen values; what is not understood is an error."""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

FILE = "config.toml"
PATH_VARIABLE = "STEWARD_CONFIG"
_PASSWORD = re.compile(r"(//[^/@:]*):[^@]*@")
_URL = re.compile(r"https?://[^\s/]+(/[^\s?#]*[^\s/?#])?")
_SECRET_HEADER = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)
_TELEGRAM_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,200}", re.ASCII)
_KINDS = {bool: "true or false", str: "a text", int: "a whole number", Path: "a text with a path"}


class CannotStart(Exception):
    """Something the operator has to mend first; the message is one line that says what."""


class ConfigError(CannotStart):
    """A setting that is not understood; the message names it and says what is allowed."""


@dataclass(frozen=True)
class Knowledge:
    """The section [knowledge].

    Args:
        originals: the folder with the operator's own copies of the documents.
    """

    originals: Path | None = None


@dataclass(frozen=True)
class Storage:
    """The section [storage].

    Args:
        url: the database.
        keep_days: after so many days without a message a conversation is deleted.
    """

    url: str = field(default="sqlite:///data/steward.db", metadata={"variable": "STEWARD_DATABASE_URL"})
    keep_days: int = field(default=180, metadata={"least": 1, "most": 3650})


@dataclass(frozen=True)
class Web:
    """The section [web].

    Args:
        host: the address `steward serve` listens on.
        port: the port it listens on.
        messages_a_minute: how many messages one visitor may send in a minute.
        public_url: where people and platforms reach these pages from outside; empty where nobody does.
    """

    host: str = "127.0.0.1"
    port: int = field(default=8000, metadata={"least": 1, "most": 65535})
    messages_a_minute: int = field(default=30, metadata={"least": 1, "most": 6000})
    public_url: str = field(default="", metadata={"form": _URL, "expected": "an address such as https://HOST"})


@dataclass(frozen=True)
class Calendar:
    """The section [calendar].

    Args:
        holidays: days that are free though no holiday is announced for them.
        workdays: days that are worked though they look free.
        jiaozuo_round: a year in which 焦作 named studios on the municipal level, from which the rounds of three years
            are counted (焦工文〔2015〕6号 第十二条); 0 while nobody knows.
    """

    holidays: tuple[date, ...] = ()
    workdays: tuple[date, ...] = ()
    jiaozuo_round: int = field(default=0, metadata={"least": 0, "most": 2100})

    @property
    def first_rounds(self) -> dict[str, int]:
        """By programme, a year of a round of naming, where one is known."""
        return {"jiaozuo": self.jiaozuo_round} if self.jiaozuo_round else {}


@dataclass(frozen=True)
class Telegram:
    """The section [telegram].

    Args:
        token: what BotFather gave; without it this channel is off.
        webhook: whether Telegram calls us at `[web] public_url`; if not, we fetch.
        webhook_secret: what Telegram says in each call; if empty, one is made from the token.
        api_url: the Bot API server.
    """

    token: str = field(
        default="",
        metadata={
            "is_secret": True,
            "variable": "STEWARD_TELEGRAM_TOKEN",
            "form": _TELEGRAM_TOKEN,
            "expected": "what BotFather gave, such as 123456:ABC-def",
        },
    )
    webhook: bool = False
    webhook_secret: str = field(
        default="",
        metadata={
            "is_secret": True,
            "variable": "STEWARD_TELEGRAM_WEBHOOK_SECRET",
            "form": _SECRET_HEADER,
            "expected": "1 to 256 of A-Z, a-z, 0-9, _ and -",
        },
    )
    api_url: str = field(
        default="https://api.telegram.org", metadata={"form": _URL, "expected": "an address such as https://HOST"}
    )


@dataclass(frozen=True)
class Settings:
    """All settings; without a file every default works.

    Args:
        source: the file they were read from, none if there was none.
    """

    knowledge: Knowledge = field(default_factory=Knowledge)
    storage: Storage = field(default_factory=Storage)
    web: Web = field(default_factory=Web)
    calendar: Calendar = field(default_factory=Calendar)
    telegram: Telegram = field(default_factory=Telegram)
    source: Path | None = field(default=None, metadata={"is_internal": True})


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
        return f"[{', '.join(one.isoformat() for one in value)}]"
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
    if isinstance(default, tuple):
        return _read_days(name, value)
    kind = next((one for one in get_args(about.type) if one is not type(None)), about.type)
    if type(value) is not (str if kind is Path else kind) or (value == "" and default != ""):
        shown = "another value" if about.metadata.get("is_secret") else repr(value)
        raise ConfigError(f"{name}: expected {_KINDS[kind]}, got {shown}")
    form = about.metadata.get("form")
    if form is not None and value and not form.fullmatch(value):
        shown = "another value" if about.metadata.get("is_secret") else repr(value)
        raise ConfigError(f"{name}: expected {about.metadata['expected']}, got {shown}")
    least, most = about.metadata.get("least"), about.metadata.get("most")
    if least is not None and not least <= value <= most:
        raise ConfigError(f"{name}: expected {least} to {most}, got {value}")
    return kind(value)


def _read_days(name: str, value: Any) -> tuple[date, ...]:
    if not isinstance(value, list) or not all(type(one) is date for one in value):
        raise ConfigError(f"{name}: expected a list of days such as [2027-01-01], without quotes, got {value!r}")
    return tuple(value)


def _unknown(key: str, allowed: list[str], section: str) -> str:
    name = f"[{section}] {key}" if section else f"[{key}]"
    near = get_close_matches(key, allowed, 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"{name}: unknown {'key' if section else 'section'}; allowed: {', '.join(allowed)}.{hint}"
