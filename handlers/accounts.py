"""One person with several accounts: linking them, parting them, and where reminders go."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256

from handlers import guessing
from handlers.conversation import Conversation, Outcome, Reply
from knowledge.vocabulary import CHANNELS, Status
from knowledge.wording import normalise
from storage import contacts, linking, staff, trail
from storage.contacts import Account, Contact
from storage.staff import CODE_LENGTH, SIGNS, read_code, show_code
from storage.trail import Step

NAME = "accounts"
LASTS = timedelta(minutes=10)
GUESSED = "link code refused"
_NAMED = {"网页聊天": "web", "网站": "web", "企微": "wecom", "电报": "telegram", "tg": "telegram", "公众号": "wechat"}

OFFERED = (
    "绑定码：{code}，{minutes}分钟内有效，只能用一次。请在您的另一个账号里对我说：绑定 {code}\n"
    "绑定后两边是同一个人：自查、订阅、台账权限和记录都通用。绑定码不要给别人。"
)
LINKED = "绑定好了。您现在的账号：{ways}。提醒先发到{first}；要改就说“提醒发到{other}”，要分开就说“解除绑定”。"
NO_GOOD = "这个绑定码用不了：可能打错了、过了{minutes}分钟或者已经用过。请在另一个账号里说“绑定”再要一个。"
TOO_MANY = "绑定码试得太多了，请一小时以后再试。"
OWN = "这个绑定码是您自己这个账号要的，请到另一个账号里说：绑定 {code}"
BOTH_STAFF = "两个账号各有一份台账权限，不能合成一个。请管理员先停用其中一份，再来绑定。"
MINE = "您的账号：{ways}。提醒先发到{first}。"
ALONE = "您现在只有{here}这一个账号。要和别处的账号合在一起，说“绑定”。"
WHICH = "要把哪一个账号分开？分开的账号像新来的一样，记录都留在其余账号。"
PARTED = "已把{gone}分开，记录留在{left}。"
GOES_TO = "好，提醒先发到{first}，那边发不到时再用其余账号。"
NO_SUCH = "您没有绑定{name}。您的账号：{ways}。"


class Act(StrEnum):
    """What can be wanted."""

    OFFER = "offer"
    USE = "use"
    LIST = "list"
    PART = "part"
    PREFER = "prefer"


@dataclass(frozen=True)
class Command:
    """A wish, and the code or channel behind it."""

    act: Act
    rest: str = ""


_CHANNEL = r"(企业微信|企微|微信|公众号|telegram|电报|tg|网页聊天|网页|网站|终端)"
_PATTERNS = (
    (Act.OFFER, re.compile(r"(?:绑定|关联|绑定账号|关联账号|绑定码|账号绑定|要绑定)")),
    (Act.USE, re.compile(r"(?:绑定|关联)(?:码)?[\s:：,，是]*([0-9a-z\-—–_－ ]{8,14})")),
    (Act.LIST, re.compile(r"(?:我的|查看|看)?(?:账号|绑定)(?:列表|情况)?|我绑定了(?:哪些|什么)")),
    (Act.PART, re.compile(rf"(?:解除绑定|解绑|取消绑定|分开账号)\s*{_CHANNEL}?(?:账号)?")),
    (
        Act.PREFER,
        re.compile(rf"(?:以后)?(?:把)?提醒(?:请|都|先)?(?:发到?|推送到|改到|用)\s*(?:我的)?{_CHANNEL}(?:上|里)?"),
    ),
)


def wants(talk: Conversation) -> bool:
    """Whether the message is one of these words as a whole."""
    return _read(talk.message.text) is not None


def reply(talk: Conversation) -> Outcome:
    """Carry it out."""
    command = _read(talk.message.text)
    assert command is not None  # noqa: S101 - `wants` has read it
    if command.act is Act.OFFER:
        return Outcome(_offer(talk), "")
    if command.act is Act.USE:
        return _use(talk, command.rest)
    if command.act is Act.PART:
        return _part(talk, command.rest)
    return Outcome(_prefer(talk, command.rest) if command.act is Act.PREFER else _list(talk), "")


def is_linking(text: str) -> bool:
    """Whether a message asks for a code or uses one, which is for no eyes but its owner's."""
    command = _read(text)
    return command is not None and command.act in (Act.OFFER, Act.USE)


def _read(text: str) -> Command | None:
    plain = normalise(text).strip("。！!. ").lower()
    for act, pattern in _PATTERNS:
        if hit := pattern.fullmatch(plain):
            rest = next((one for one in hit.groups() if one), "")
            if act is not Act.USE or read_code(rest):
                return Command(act, rest)
    return None


# ---------------------------------------------------------------- linking
def _offer(talk: Conversation) -> Reply:
    code = _code(talk.secret)
    linking.offer(talk.session, code, talk.contact, talk.now, talk.now + LASTS)
    return Reply(OFFERED.format(code=show_code(code), minutes=LASTS.seconds // 60), Status.ANSWERED)


def _code(secret: str) -> str:
    """A code out of the message's own secret, which nobody can guess."""
    number = int.from_bytes(sha256(f"link {secret}".encode()).digest())
    return "".join(SIGNS[number // len(SIGNS) ** place % len(SIGNS)] for place in range(CODE_LENGTH))


def _use(talk: Conversation, typed: str) -> Outcome:
    session, contact = talk.session, talk.contact
    if guessing.is_too_much(talk, GUESSED):
        return Outcome(Reply(TOO_MANY, Status.HELP), "")
    code = read_code(typed)
    home_id = linking.owner(session, code, talk.now)
    if home_id is None:
        trail.keep(session, Step(GUESSED, contact.id), talk.now)
        return Outcome(Reply(NO_GOOD.format(minutes=LASTS.seconds // 60), Status.HELP), "")
    if home_id == contact.id:
        return Outcome(Reply(OWN.format(code=show_code(code)), Status.HELP), "")
    if _is_staff(talk, contact.id) and _is_staff(talk, home_id):
        return Outcome(Reply(BOTH_STAFF, Status.HELP), "")
    if not linking.use_code(session, code):  # another account was faster
        return Outcome(Reply(NO_GOOD.format(minutes=LASTS.seconds // 60), Status.HELP), "")
    linking.link(session, contact, home_id)
    trail.keep(session, Step("linked", home_id), talk.now)
    person = contacts.find(session, talk.message.channel, talk.message.address)
    return Outcome(Reply(_linked(talk, home_id), Status.ANSWERED, (), ("我的账号",)), "", person)


def _is_staff(talk: Conversation, contact_id: int) -> bool:
    return staff.of_contact(talk.session, Contact(contact_id, "", "", "")) is not None


def _linked(talk: Conversation, home_id: int) -> str:
    ways = contacts.accounts(talk.session, home_id)
    other = next((one for one in ways if one.channel != ways[0].channel), ways[0])
    return LINKED.format(ways=_names(ways), first=_name(ways[0]), other=_name(other))


# ---------------------------------------------------------------- what there is, and where reminders go
def _list(talk: Conversation) -> Reply:
    ways = contacts.accounts(talk.session, talk.contact.id)
    if len(ways) == 1:
        return Reply(ALONE.format(here=_name(ways[0])), Status.ANSWERED, (), ("绑定",))
    return Reply(MINE.format(ways=_names(ways), first=_name(ways[0])), Status.ANSWERED, (), ("解除绑定",))


def _prefer(talk: Conversation, named: str) -> Reply:
    ways = contacts.accounts(talk.session, talk.contact.id)
    chosen = _of_channel(ways, named)
    if chosen is None:
        return Reply(NO_SUCH.format(name=_called(named), ways=_names(ways)), Status.HELP, (), ("绑定",))
    contacts.prefer(talk.session, talk.contact.id, chosen.id)
    return Reply(GOES_TO.format(first=_name(chosen)), Status.ANSWERED)


def _part(talk: Conversation, named: str) -> Outcome:
    ways = contacts.accounts(talk.session, talk.contact.id)
    if len(ways) == 1:
        return Outcome(_list(talk), "")
    if not named:
        options = tuple(dict.fromkeys(f"解除绑定{_name(one)}" for one in ways))
        return Outcome(Reply(WHICH, Status.CLARIFY, (), options), "")
    chosen = _of_channel(ways, named)
    if chosen is None:
        return Outcome(Reply(NO_SUCH.format(name=_called(named), ways=_names(ways)), Status.HELP), "")
    linking.part(talk.session, talk.contact, chosen)
    left = [one for one in ways if one.id != chosen.id]
    person = contacts.find(talk.session, talk.message.channel, talk.message.address)
    told = PARTED.format(gone=_name(chosen), left=_names(left))
    return Outcome(Reply(told, Status.ANSWERED, (), ("绑定",)), "", person)


def _of_channel(ways: list[Account], named: str) -> Account | None:
    """The newest account of a channel that was named."""
    wanted = _channel(named)
    return max((one for one in ways if one.channel == wanted), key=lambda one: one.id, default=None)


def _channel(named: str) -> str:
    by_name = {name.lower(): channel for channel, name in CHANNELS.items()} | _NAMED
    return by_name.get(named, named)


def _called(named: str) -> str:
    return CHANNELS.get(_channel(named), named)


def _name(account: Account) -> str:
    return CHANNELS.get(account.channel, account.channel)


def _names(ways: list[Account]) -> str:
    return "、".join(_name(one) for one in sorted(ways, key=lambda one: one.id))
