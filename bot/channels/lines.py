"""The channel of JSON lines: a question a line in, an answer a line out, for tests and other programs."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, Protocol

from bot.channels import Unanswered
from handlers.conversation import Message, Reply

CHANNEL = "lines"
LONGEST_LINE = 4 * 1024 * 1024  # bytes
LONGEST_TEXT = 100_000  # characters
MOST_CONVERSATIONS = 20_000
MOST_MESSAGES = 2_000
LINES_BETWEEN_BOUNDS = 1_000


class Desk(Protocol):
    """What this channel needs of the desk."""

    def answer(self, message: Message) -> Reply:
        """Answer one message."""

    def bound(self, most_contacts: int, most_messages: int) -> None:
        """Keep only so much."""


class BadLine(ValueError):
    """A line that is not a question; the message says why."""


def answer_lines(desk: Desk, source: BinaryIO, sink: BinaryIO) -> None:
    """Answer every line of the source with one line, in order.

    Args:
        desk: answers; its database is one in memory.
        source: lines {"conversation": text or whole number, "text": text}.
        sink: gets {"conversation", "answer", "status", "citations"}, or {"error", "line"} for a bad line.
    """
    for number, line in enumerate(read_lines(source), start=1):
        sink.write(encode(_answer_line(desk, line, number)) + b"\n")
        sink.flush()
        if number % LINES_BETWEEN_BOUNDS == 0:
            desk.bound(MOST_CONVERSATIONS, MOST_MESSAGES)


def encode(value: Any) -> bytes:
    """JSON in UTF-8; half a surrogate pair, which UTF-8 cannot hold, stays the escape it is in JSON."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")


def render(reply: Reply) -> dict[str, Any]:
    """A reply as other programs read it."""
    citations = [{"document": one.document, "clause": one.clause} for one in reply.citations]
    rendered: dict[str, Any] = {"answer": reply.text, "status": reply.status, "citations": citations}
    if reply.question:
        done, everything = reply.question.progress
        progress = {"answered": done, "of": everything}
        asked = {"id": reply.question.id, "kind": reply.question.kind, "options": reply.options, "progress": progress}
        rendered["question"] = asked
    return rendered


def _answer_line(desk: Desk, line: bytes | None, number: int) -> dict[str, Any]:
    try:
        conversation, text = _parse(line)
    except BadLine as error:
        return {"error": str(error), "line": number}
    # The JSON form keeps the conversations 1 and "1" apart and is plain ASCII.
    message = Message(CHANNEL, json.dumps(conversation), text, str(number))
    try:
        reply = desk.answer(message)
    except Unanswered:
        return {"error": "not answered: a fault of the program, see standard error", "line": number}
    return {"conversation": conversation, **render(reply)}


def _parse(line: bytes | None) -> tuple[str | int, str]:
    if line is None:
        raise BadLine(f"longer than {LONGEST_LINE} bytes")
    try:
        value = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise BadLine("not UTF-8") from None
    except (ValueError, RecursionError):
        raise BadLine("not JSON") from None
    if not isinstance(value, dict) or not {"conversation", "text"} <= value.keys():
        raise BadLine('expected {"conversation": ..., "text": ...}')
    conversation, text = value["conversation"], value["text"]
    if type(conversation) not in (str, int):
        raise BadLine("conversation: expected a text or a whole number")
    if not isinstance(text, str):
        raise BadLine("text: expected a text")
    if len(text) > LONGEST_TEXT:
        raise BadLine(f"text: longer than {LONGEST_TEXT} characters")
    return conversation, text


def read_lines(source: BinaryIO) -> Iterator[bytes | None]:
    """The lines of the source; a line that is too long is passed over and given as None."""
    while line := source.readline(LONGEST_LINE):
        is_whole = line.endswith(b"\n") or len(line) < LONGEST_LINE
        yield line if is_whole else None
        while not is_whole and (rest := source.readline(LONGEST_LINE)):
            is_whole = rest.endswith(b"\n")
