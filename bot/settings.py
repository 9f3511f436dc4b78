"""The settings: what each section of config.toml may have, with its default and what is allowed.

`config.py` reads them. A field's metadata say what is allowed (`least`, `most`, `form`, `expected`), which variable of
the environment may have it (`variable`), and whether it is a secret (`is_secret`).
"""

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

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
_SECRET_HEADER = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)
_TELEGRAM_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,200}", re.ASCII)


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
    wechat: WeChat = field(default_factory=WeChat)
    wecom: WeCom = field(default_factory=WeCom)
    privacy: Privacy = field(default_factory=Privacy)
    calendar: Calendar = field(default_factory=Calendar)
    log: Log = field(default_factory=Log)
    watch: Watch = field(default_factory=Watch)
    telegram: Telegram = field(default_factory=Telegram)
    source: Path | None = field(default=None, metadata={"is_internal": True})
