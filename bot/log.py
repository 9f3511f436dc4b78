"""The log of the running program: JSON lines or readable text, without anything personal and without secrets.

Our own lines are worded without what people write, their names and addresses. Libraries do not know that rule, so of
their lines only what is fixed in their code is kept, beside where it stands; see `_discreet`.
"""

import copy
import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

from bot import mishaps
from bot.config import secrets_of
from bot.redaction import redact_all, redactor
from bot.settings import Settings

OURS = ("bot", "handlers", "knowledge", "storage")
TRUSTED = (*OURS, "alembic", "apscheduler", "uvicorn")  # word their lines without what comes from outside
WITHHELD = "a library's line, withheld: it may say what somebody wrote"
FIELDS = ("channel", "status", "milliseconds", "is_repeat", "outcome", "reason", "job", "is_done", "address")

FIRST = ("timestamp", "level", "logger", "event")

log = logging.getLogger(__name__)


class Logbook:
    """Writes one line for each message, and one for each sending, job that failed and refusal."""

    def answered(self, channel: str, status: str, seconds: float, is_repeat: bool) -> None:
        """A line for each message."""
        told = {"channel": channel, "status": status, "milliseconds": round(seconds * 1000, 1), "is_repeat": is_repeat}
        log.info("message", extra=told)

    def sent(self, channel: str, outcome: str) -> None:
        """A line for each sending."""
        log.info("push", extra={"channel": channel, "outcome": outcome})

    def did(self, job: str, is_done: bool) -> None:
        """A line for each job; delivering is done every few seconds."""
        log.log(logging.DEBUG if is_done else logging.ERROR, "job", extra={"job": job, "is_done": is_done})

    def refused(self, channel: str, reason: str) -> None:
        """A line for each refusal, beside the one of the channel."""
        log.debug("refused", extra={"channel": channel, "reason": reason})


def configure(settings: Settings, stream: TextIO = sys.stderr) -> None:
    """Write everything that is logged to a stream as the settings want it.

    Args:
        settings: `[log]`, and the secrets that may not stand there.
        stream: where to.
    """
    handler = logging.StreamHandler(stream)
    is_json = settings.log.format == "json"
    handler.setFormatter(_Formatter(is_json, stream.isatty(), redactor(secrets_of(settings))))
    root, level = logging.getLogger(), logging.getLevelName(settings.log.level.upper())
    for one in root.handlers[:]:
        root.removeHandler(one)
    root.addHandler(handler)
    root.setLevel(max(level, logging.WARNING))
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    logging.getLogger("uvicorn").setLevel(logging.INFO if level == logging.DEBUG else max(level, logging.WARNING))
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # what cannot be written is not printed past the formatter either
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda caught: _log_uncaught(caught.exc_type, caught.exc_value, caught.exc_traceback)


class _Formatter(structlog.stdlib.ProcessorFormatter):
    """One line, or with text and an exception several, for each record."""

    def __init__(self, is_json: bool, is_terminal: bool, redact: Callable[[str], str]) -> None:
        ending: list[Any] = (
            [_order, structlog.processors.JSONRenderer(ensure_ascii=False)]
            if is_json
            else [_write_lines, structlog.dev.ConsoleRenderer(colors=is_terminal, pad_event_to=0)]
        )
        super().__init__(
            processors=[
                _tell_place_and_fields,
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True, key="timestamp"),
                _tell_exception,
                self.remove_processors_meta,
                lambda _logger, _method, event: redact_all(event, redact),
                *ending,
            ]
        )

    def format(self, record: logging.LogRecord) -> str:
        """The record's line."""
        return super().format(_discreet(record))


def _discreet(record: logging.LogRecord) -> logging.LogRecord:
    """The record with its text made, as far as it may be told.

    An exception in a line is told by its type. Of a library that is not trusted, a text with gaps is told without what
    fills them; a text without gaps may have been put together before, so it is withheld.
    """
    told, is_trusted = copy.copy(record), _is_of(record.name, TRUSTED)
    told.args, told.stack_info = (), None
    if is_trusted:
        told.msg = _fill(str(record.msg), record.args)
    elif not record.args or not isinstance(record.msg, str):
        told.msg = WITHHELD
    else:
        told.msg = record.msg
    return told


def _fill(text: str, args: Any) -> str:
    given = args if isinstance(args, tuple) else (args,)
    shown = tuple(type(one).__name__ if isinstance(one, BaseException) else one for one in given)
    try:
        return text % (shown[0] if len(shown) == 1 and isinstance(shown[0], dict) else shown) if given else text
    except (TypeError, ValueError, KeyError):
        return text


def _is_of(name: str, families: tuple[str, ...]) -> bool:
    return name.partition(".")[0] in families


def _tell_place_and_fields(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    record: logging.LogRecord = event["_record"]
    if _is_of(record.name, TRUSTED):
        return {**event, **{name: getattr(record, name) for name in FIELDS if hasattr(record, name)}}
    return {**event, "place": f"{mishaps.place(record.pathname)}:{record.lineno}"}


def _tell_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    caught = event.pop("exc_info", None)
    error = caught[1] if isinstance(caught, tuple) else None
    return {**event, "exception": mishaps.describe(error)} if error else event


def _order(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """What every line has stands in front, in the same order."""
    return {**{name: event[name] for name in FIRST}, **event}


def _write_lines(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    told = event.get("exception")
    return {**event, "exception": "\n".join(mishaps.lines(told))} if told else event


def _log_uncaught(
    _kind: type[BaseException], error: BaseException | None, _traceback: TracebackType | None = None
) -> None:
    log.critical("uncaught", exc_info=error)
