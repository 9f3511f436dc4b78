"""What must not stand in a log is taken out: secrets in addresses and headers, and those of the settings."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

MASK = "***"
SHORTEST_SECRET = 6  # characters; shorter ones would blot out ordinary words
_NAMES = (
    "access_token|refresh_token|token|appsecret|app_secret|corpsecret|client_secret|secret|encoding_?aes_?key|aeskey|"
    "api_?key|password|passwd|signature|msg_signature|code|openid|userid|external_userid|touser"
)
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(://[^/\s:@\"']*):\S*@"), rf"\1:{MASK}@"),  # a password in an address, whatever signs it has
    (re.compile(r"\bbot\d+(:|%3A)[\w%-]+", re.IGNORECASE), f"bot{MASK}"),  # Telegram's addresses
    (re.compile(r"\b\d{6,}:[\w-]{20,}"), MASK),  # the bare token of a Telegram bot
    (re.compile(rf"\b({_NAMES})=[^&\s\"'<>)\]}},]*", re.IGNORECASE), rf"\1={MASK}"),
    (re.compile(rf"([\"']({_NAMES})[\"']\s*:\s*)(\"[^\"]*\"|'[^']*')", re.IGNORECASE), rf'\1"{MASK}"'),
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{6,}", re.IGNORECASE), rf"\1 {MASK}"),
)


def redactor(secrets: Iterable[str] = ()) -> Callable[[str], str]:
    """What takes secrets out of a text.

    Args:
        secrets: values that may stand nowhere, whatever is around them.
    """
    known = sorted({one for one in secrets if len(one) >= SHORTEST_SECRET}, key=len, reverse=True)
    values = re.compile("|".join(map(re.escape, known))) if known else None

    def redact(text: str) -> str:
        shown = values.sub(MASK, text) if values else text
        for shape, mask in _SHAPES:
            shown = shape.sub(mask, shown)
        return shown

    return redact


def redact_all(value: Any, redact: Callable[[str], str]) -> Any:
    """A value with all texts in it redacted."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {key: redact_all(one, redact) for key, one in value.items()}
    if isinstance(value, Sequence):
        return [redact_all(one, redact) for one in value]
    return value
