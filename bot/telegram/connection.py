"""How Telegram is reached: one bot with bounds on time, what its errors mean, and its token kept out of every line."""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from bot.delivery import DeliveryFailed
from bot.redaction import redactor

POOL = 32  # connections
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)  # never got as far as Telegram
_GONE = ("chat not found", "user is deactivated", "peer_id_invalid", "have no rights", "not enough rights", "topic")
_HARMLESS = ("is not modified", "query is too old", "query id is invalid")

Bot = ExtBot[int]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bounds:
    """Seconds that Telegram is waited for.

    Args:
        connect: until it is there.
        answer: until it has answered.
        poll: until it says that nothing is new.
        patience: until a batch is fetched anew though a part of it is still being handled.
        retry: after the first failure; each further one doubles that, up to the longest.
        longest: between two attempts.
        stop: for what is under way when the program ends.
    """

    connect: float = 5.0
    answer: float = 10.0
    poll: float = 25.0
    patience: float = 1.0
    retry: float = 1.0
    longest: float = 60.0
    stop: float = 5.0

    def pause(self, failures: int) -> float:
        """Seconds to wait after so many failures."""
        return float(min(self.longest, self.retry * 2.0 ** min(failures - 1, 30)))


class Redacting(logging.Filter):
    """Keeps secrets out of the records of the libraries that have them in an address or among their values."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__()
        self._redact = redactor(secrets)

    def filter(self, record: logging.LogRecord) -> bool:
        """Strike the secrets out of a record; every record passes."""
        text = self._redact(record.getMessage())
        if text != record.getMessage():
            record.msg, record.args = text, None
        return True


def open_bot(token: str, api_url: str, bounds: Bounds, secret: str) -> Bot:
    """The bot; nothing is sent yet. What a person may wait for is tried again by us, so the library does not.

    Args:
        token: what BotFather gave.
        api_url: the Bot API server.
        bounds: how long it is waited for.
        secret: another one that may be sent.
    """
    os.environ.setdefault("PTB_TIMEDELTA", "1")  # the library warns of itself unless told that its next way is known
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)  # they log the address, which has the token in it
    logging.getLogger("telegram.request.BaseRequest").setLevel(logging.CRITICAL)  # we tell in a line what goes wrong
    redacting = Redacting((token, secret))
    for name in ("httpx", "telegram.request.BaseRequest", "telegram.ext.ExtBot", "telegram.Bot"):
        logging.getLogger(name).addFilter(redacting)
    return ExtBot(
        token,
        base_url=f"{api_url}/bot",
        base_file_url=f"{api_url}/file/bot",
        request=_request(bounds, POOL),
        get_updates_request=_request(bounds, 2),
        rate_limiter=AIORateLimiter(max_retries=0),
    )


def _request(bounds: Bounds, pool: int) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=pool,
        connect_timeout=bounds.connect,
        read_timeout=bounds.answer,
        write_timeout=bounds.connect,
        pool_timeout=bounds.connect,
    )


def failure_of(error: TelegramError) -> DeliveryFailed:
    """What an error of Telegram's means. Most are a `NetworkError` by class, so the order tells them apart."""
    if isinstance(error, RetryAfter):
        return DeliveryFailed("Telegram asks for a pause", retry_after=seconds_of(error))
    if isinstance(error, Forbidden):
        return DeliveryFailed("blocked, or thrown out of the group", is_permanent=True)
    if isinstance(error, InvalidToken):
        return DeliveryFailed("Telegram refuses the token")
    if isinstance(error, Conflict):
        return DeliveryFailed("another program uses this bot")
    if isinstance(error, ChatMigrated):
        return DeliveryFailed("the group has moved again")
    if isinstance(error, BadRequest):
        is_gone = any(word in error.message.lower() for word in _GONE)
        return DeliveryFailed("there is no such chat" if is_gone else "Telegram refuses the message", is_permanent=True)
    if isinstance(error.__cause__, NOT_SENT):
        return DeliveryFailed("Telegram cannot be reached")
    if isinstance(error, TimedOut):
        return DeliveryFailed("no answer in time", is_maybe_sent=True)
    is_cut_off = isinstance(error.__cause__, httpx.HTTPError)
    return DeliveryFailed("cut off" if is_cut_off else "a fault of Telegram's", is_maybe_sent=is_cut_off)


def seconds_of(error: RetryAfter) -> float:
    """The pause that is asked for."""
    asked = error.retry_after
    return float(asked) if isinstance(asked, int) else asked.total_seconds()


def seconds_of_pause(error: TelegramError, failures: int, bounds: Bounds) -> float:
    """How long to leave Telegram alone after so many failures, the last one of this kind."""
    asked = seconds_of(error) if isinstance(error, RetryAfter) else 0.0
    return max(asked, bounds.pause(failures))


def is_harmless(error: TelegramError) -> bool:
    """Whether nothing is lost: what was to be changed is so already, or came too late to be answered."""
    return isinstance(error, BadRequest) and any(word in error.message.lower() for word in _HARMLESS)


def is_about_buttons(error: TelegramError) -> bool:
    """Whether it is the buttons that Telegram refuses, such as an address that it does not like."""
    return isinstance(error, BadRequest) and any(word in error.message.lower() for word in ("button", "url", "markup"))
