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
_GIVEN = re.compile(r"//[^/@:]*:(\S*)@")
_URL = re.compile(r"https?://[^\s/]+(/[^\s?#]*[^\s/?#])?")
_ID = re.compile(r"[\w-]{1,128}", re.ASCII)
_TOKEN = {"form": re.compile(r"[A-Za-z0-9]{3,32}"), "expected": "3 to 32 letters and digits"}
_AES_KEY = {"form": re.compile(r"[A-Za-z0-9]{43}"), "expected": "43 letters and digits"}
_FIELDS = {
    "form": re.compile(r"\w+=(what|due|text)(, *\w+=(what|due|text))*", re.ASCII),
    "expected": 'fields and what they say (what, due or text), such as "thing1=what, time2=due"',
}
MENU = (
    ("自查", "开始自查=自查", "我能报哪个", "我的自查"),
    ("问政策", "条件=申报条件有哪些", "给多少钱", "什么时候交材料", "有效期几年"),
    ("我的", "我的数据", "我的账号", "我的权限", "隐私"),
)
MOST_BUTTONS, MOST_BELOW = 3, 5
LONGEST_NAME, LONGEST_NAME_BELOW, LONGEST_KEY = 16, 60, 128  # bytes
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
class WeChat:
    """The section [wechat]: an official account (公众号、服务号). Without an app id there is none.

    Args:
        app_id: the account's.
        secret: for calls to the platform; without it nothing is sent unasked.
        token: what callbacks are signed with.
        aes_key: what they are encrypted with.
        mode: how the platform sends: safe (安全模式), compatible (兼容模式) or plain (明文模式).
        template: the id of a template for reminders, of a 服务号.
        template_fields: which of its fields says what.
        notice: the id of a subscription notice (订阅通知) for reminders.
        notice_fields: which of its fields says what.
        menu_links: options are links that can be pressed.
        menu: the menu under the talk: a row is a button's name and what is said when it is pressed, or what its own
            buttons say; 名=话 gives a button another name than what it says.
        api_url: where the platform is reached, where that is another address than its own.
    """

    app_id: str = field(default="", metadata={"form": _ID, "expected": "letters, digits, - and _"})
    secret: str = field(default="", metadata={"is_secret": True, "variable": "STEWARD_WECHAT_SECRET"})
    token: str = field(default="", metadata={"is_secret": True, "variable": "STEWARD_WECHAT_TOKEN", **_TOKEN})
    aes_key: str = field(default="", metadata={"is_secret": True, "variable": "STEWARD_WECHAT_AES_KEY", **_AES_KEY})
    mode: str = field(
        default="safe", metadata={"form": re.compile("safe|compatible|plain"), "expected": "safe, compatible or plain"}
    )
    template: str = field(default="", metadata={"form": _ID, "expected": "the template's id"})
    template_fields: str = field(default="", metadata=_FIELDS)
    notice: str = field(default="", metadata={"form": _ID, "expected": "the template's id"})
    notice_fields: str = field(default="", metadata=_FIELDS)
    menu_links: bool = True
    menu: tuple[tuple[str, ...], ...] = field(default=MENU, metadata={"is_menu": True})
    api_url: str = field(default="", metadata={"form": _URL, "expected": "an address such as https://HOST"})


@dataclass(frozen=True)
class WeCom:
    """The section [wecom]: an app of a company in WeCom (企业微信). Without a company id there is none.

    Args:
        corp_id: the company's.
        agent_id: the app's number.
        secret: the app's, for calls to the platform.
        token: what callbacks are signed with.
        aes_key: what they are encrypted with.
        api_url: where the platform is reached, where that is another address than its own.
    """

    corp_id: str = field(default="", metadata={"form": _ID, "expected": "letters, digits, - and _"})
    agent_id: int = field(default=0, metadata={"least": 0, "most": 2**31 - 1})
    secret: str = field(default="", metadata={"is_secret": True, "variable": "STEWARD_WECOM_SECRET"})
    token: str = field(default="", metadata={"is_secret": True, "variable": "STEWARD_WECOM_TOKEN", **_TOKEN})
    aes_key: str = field(default="", metadata={"is_secret": True, "variable": "STEWARD_WECOM_AES_KEY", **_AES_KEY})
    api_url: str = field(default="", metadata={"form": _URL, "expected": "an address such as https://HOST"})


@dataclass(frozen=True)
class Privacy:
    """The section [privacy].

    Args:
        operator: who runs this, as people are to read it.
        contact: whom they may turn to, with how.
        forget_on_leave: whoever unsubscribes or blocks the bot is forgotten at once.
    """

    operator: str = ""
    contact: str = ""
    forget_on_leave: bool = False


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
class Log:
    """The section [log]: what `steward serve` writes to standard error.

    Args:
        format: text to be read in a terminal, or json, an object a line, for programs.
        level: nothing below it is written; info has a line for each message.
    """

    format: str = field(default="text", metadata={"form": re.compile("text|json"), "expected": "text or json"})
    level: str = field(
        default="info",
        metadata={"form": re.compile("debug|info|warning|error"), "expected": "debug, info, warning or error"},
    )


@dataclass(frozen=True)
class Watch:
    """The section [watch]: how others see that the program works.

    Args:
        metrics: whether there is /metrics, for Prometheus.
        metrics_token: who asks for it has to bring this token; without one only this machine gets it.
        pulse_url: asked for from time to time while all is well, so that somebody notices when it is not any more.
        pulse_minutes: how often.
    """

    metrics: bool = False
    metrics_token: str = field(default="", metadata={"variable": "STEWARD_METRICS_TOKEN", "is_secret": True})
    pulse_url: str = field(
        default="",
        metadata={
            "variable": "STEWARD_PULSE_URL",
            "is_secret": True,
            "form": re.compile(r"https?://\S+"),
            "expected": "an address such as https://HOST/PATH",
        },
    )
    pulse_minutes: int = field(default=5, metadata={"least": 1, "most": 1440})


@dataclass(frozen=True)
class Settings:
    """All settings; without a file every default works.

    Args:
        source: the file they were read from, none if there was none.
    """

    knowledge: Knowledge = field(default_factory=Knowledge)
    storage: Storage = field(default_factory=Storage)
    web: Web = field(default_factory=Web)
    wechat: WeChat = field(default_factory=WeChat)
    wecom: WeCom = field(default_factory=WeCom)
    privacy: Privacy = field(default_factory=Privacy)
    calendar: Calendar = field(default_factory=Calendar)
    log: Log = field(default_factory=Log)
    watch: Watch = field(default_factory=Watch)
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
