"""How replies and pushes look on Telegram: parts of at most its length, buttons under the last one."""

from collections.abc import Sequence
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import InlineKeyboardButtonLimit, InlineKeyboardMarkupLimit, MessageLimit

from handlers.conversation import Reply
from handlers.push import HEADING, PERHAPS_AGAIN, Push

LONGEST = MessageLimit.MAX_TEXT_LENGTH - len(PERHAPS_AGAIN)  # UTF-16 units; the rest is for that mark
LONGEST_DATA = InlineKeyboardButtonLimit.MAX_CALLBACK_DATA  # bytes
MOST_BUTTONS = InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER
SHORT = 10  # characters of a button that leaves room for another beside it
TEXT, OPTION = "t:", "o:"  # what a button carries: its text, or where its text is kept

OPEN_PAGE = "打开网页"


@dataclass(frozen=True)
class Part:
    """One message of Telegram's."""

    text: str
    keyboard: InlineKeyboardMarkup | None = None


def reply_parts(reply: Reply, message_id: str, url: str) -> list[Part]:
    """A reply as messages.

    Args:
        reply: what is told.
        message_id: under which the reply is kept, so that a button can point at one of its options.
        url: of the page that belongs to it, or empty.
    """
    is_pointed = reply.question is not None  # a button that is pressed late must not answer the next question
    data = [
        (option, _data(option, "" if is_pointed else option, f"{OPTION}{message_id}:{number}"))
        for number, option in enumerate(reply.options)
    ]
    return _parts(reply.text, _keyboard(data, url))


def push_parts(push: Push, url: str) -> list[Part]:
    """A push as messages; its options stand in no conversation, so one that is too long for a button is only typed."""
    data = [(option, f"{TEXT}{option}") for option in push.options if _fits(f"{TEXT}{option}")]
    return _parts(HEADING + push.text, _keyboard(data, url))


def split(text: str, longest: int = LONGEST) -> list[str]:
    """A text in pieces of at most so many UTF-16 units, cut at line ends where there are any."""
    pieces, held = [], ""
    for line in (piece for whole in text.split("\n") for piece in _cut(whole, longest)):
        joined = f"{held}\n{line}" if held else line
        if units(joined) > longest:
            pieces.append(held)
            joined = line
        held = joined
    return [piece for piece in [*pieces, held] if piece.strip()]


def units(text: str) -> int:
    """How long Telegram takes a text to be."""
    return len(text.encode("utf-16-le")) // 2


def _cut(line: str, longest: int) -> list[str]:
    """A line in pieces that are not too long, no character cut in two."""
    if units(line) <= longest:
        return [line]
    pieces, held, length = [], "", 0
    for character in line:
        if length + units(character) > longest:
            pieces.append(held)
            held, length = "", 0
        held, length = held + character, length + units(character)
    return [*pieces, held]


def _parts(text: str, keyboard: InlineKeyboardMarkup | None) -> list[Part]:
    *first, last = split(text)
    return [*map(Part, first), Part(last, keyboard)]


def _data(option: str, text: str, pointer: str) -> str:
    return f"{TEXT}{text}" if text and _fits(f"{TEXT}{option}") else pointer


def _fits(data: str) -> bool:
    return len(data.encode()) <= LONGEST_DATA


def _keyboard(data: Sequence[tuple[str, str]], url: str) -> InlineKeyboardMarkup | None:
    rows: list[list[InlineKeyboardButton]] = []
    most = MOST_BUTTONS - bool(url)
    for text, carried in data[:most]:
        button = InlineKeyboardButton(text, callback_data=carried)
        has_room = bool(rows) and len(rows[-1]) == 1 and len(rows[-1][0].text) <= SHORT
        if has_room and len(text) <= SHORT:
            rows[-1].append(button)
        else:
            rows.append([button])
    if url:
        rows.append([InlineKeyboardButton(OPEN_PAGE, url=url)])
    return InlineKeyboardMarkup(rows) if rows else None
