"""What an update of Telegram's means to us: who says what where, or nothing."""

import json
import re
from dataclasses import dataclass

from telegram import Bot, CallbackQuery, Chat, ChatMemberUpdated, Message, Update, User
from telegram.constants import ChatMemberStatus, ChatType

from handlers.conversation import Event

WANTED = ("message", "callback_query", "my_chat_member")  # what we ask Telegram for; corrected messages are not
COMMANDS = {
    "start": ("", "开始"),
    "help": ("你能问什么", "能问什么"),
    "check": ("自查", "对照条件自查"),
    "which": ("我能报哪个", "我能报哪个"),
    "checks": ("我的自查", "我做过的自查"),
    "due": ("未办", "未办事项（工作人员）"),
    "register": ("台账帮助", "台账怎么用（工作人员）"),
    "stop": ("退订", "不再收申报提醒"),
    "data": ("我的数据", "我的数据"),
    "privacy": ("隐私", "隐私说明"),
}
_ADDRESS = re.compile(r"-?\d{1,19}(:\d{1,19})?", re.ASCII)
_COMMAND = re.compile(r"/([^\s@/]{1,32})(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)


class Malformed(ValueError):
    """Not an update of Telegram's."""


@dataclass(frozen=True)
class Press:
    """A button that was pressed.

    Args:
        query: what Telegram wants to be told about.
        data: what the button carries.
    """

    query: str
    data: str


@dataclass(frozen=True)
class Arrival:
    """What came in.

    Args:
        id: names it; the same update again has the same.
        chat: where an answer goes.
        address: who it is. In a group it is another than in private: what somebody is there, everybody sees.
        message: the number of the message, or of the one whose button was pressed.
        text: what was typed.
        event: what was done instead of typing.
        press: the button, if one was pressed.
    """

    id: str
    chat: int
    address: str
    is_group: bool
    message: int = 0
    text: str = ""
    event: Event | None = None
    press: Press | None = None

    def __post_init__(self) -> None:
        numbers, texts = [self.chat, self.message], [self.text, *(vars(self.press).values() if self.press else ())]
        is_right = all(type(one) is int for one in numbers) and all(isinstance(one, str) for one in texts)
        if not is_right or not _ADDRESS.fullmatch(self.address):
            raise Malformed


def parse(body: bytes, bot: Bot) -> Update:
    """An update out of the body of a call.

    Raises:
        Malformed: it is none.
    """
    try:
        given = json.loads(body)
        update = Update.de_json(given, bot) if isinstance(given, dict) else None
    except (ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError):
        raise Malformed from None  # the library trusts what it is given, and fails in many ways
    if update is None or type(update.update_id) is not int:
        raise Malformed
    return update


def read(update: Update, me: User) -> Arrival | None:
    """What an update means; none where it is not for us to answer.

    Args:
        update: as Telegram hands it in.
        me: the bot.

    Raises:
        Malformed: something in it is not what it should be.
    """
    try:
        return _read(update, me)
    except (AttributeError, TypeError, ValueError):
        raise Malformed from None


def _read(update: Update, me: User) -> Arrival | None:
    if update.message:
        return _read_message(update.update_id, update.message, me)
    if update.callback_query:
        return _read_press(update.update_id, update.callback_query)
    if update.my_chat_member:
        return _read_membership(update.update_id, update.my_chat_member)
    return None


def chat_of(address: str) -> int:
    """Where somebody is written to.

    Raises:
        ValueError: that is no address of Telegram's.
    """
    return int(address.partition(":")[0])


def _read_message(number: int, message: Message, me: User) -> Arrival | None:
    who, chat = message.from_user, message.chat
    if who is None or who.is_bot or chat.type == ChatType.CHANNEL:
        return None
    text = message.text or message.caption
    if text is None and message.effective_attachment is None:
        return None  # somebody joined, a title was changed
    is_group = chat.type != ChatType.PRIVATE
    if is_group and not _is_addressed(message, text or "", me):
        return None
    place = Arrival(_name(number), chat.id, _address(chat, who), is_group, message.message_id)
    return _with_words(place, text, me)


def _with_words(place: Arrival, text: str | None, me: User) -> Arrival | None:
    if text is None:
        return Arrival(place.id, place.chat, place.address, place.is_group, place.message, event=Event.WORDLESS)
    said = _mention(me).sub(" ", text).strip()
    event = None
    if hit := _COMMAND.fullmatch(text.strip()):
        word, whose, rest = hit[1].lower(), hit[2], hit[3] or ""
        if whose and whose.lower() != (me.username or "").lower():
            return None
        event = Event.ARRIVED if word == "start" else None
        said = "" if event else f"{COMMANDS.get(word, (hit[1],))[0]} {rest}".strip()
    return Arrival(place.id, place.chat, place.address, place.is_group, place.message, said, event)


def _is_addressed(message: Message, text: str, me: User) -> bool:
    """Whether a message in a group is meant for us: it names us, or answers a message of ours."""
    answered = message.reply_to_message
    if answered and answered.from_user and answered.from_user.id == me.id:
        return True
    return bool(_mention(me).search(text))


def _mention(me: User) -> re.Pattern[str]:
    """How we are named: @us, or /word@us."""
    return re.compile(rf"(?:^/\w+|(?<![\w.]))@{re.escape(me.username or chr(0))}\b", re.ASCII | re.IGNORECASE)


def _read_press(number: int, query: CallbackQuery) -> Arrival | None:
    if query.message is None or query.data is None:
        return None
    chat = query.message.chat
    address, is_group = _address(chat, query.from_user), chat.type != ChatType.PRIVATE
    press = Press(query.id, query.data)
    return Arrival(_name(number), chat.id, address, is_group, query.message.message_id, press=press)


def _read_membership(number: int, change: ChatMemberUpdated) -> Arrival | None:
    is_gone = change.new_chat_member.status in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
    if change.chat.type != ChatType.PRIVATE or not is_gone:
        return None
    return Arrival(_name(number), change.chat.id, _address(change.chat, change.from_user), False, event=Event.LEFT)


def _name(number: int) -> str:
    return f"tg-{number}"


def _address(chat: Chat, who: User) -> str:
    return str(who.id) if chat.type == ChatType.PRIVATE else f"{chat.id}:{who.id}"
