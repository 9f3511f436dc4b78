"""A person's own data: what is kept, for how long, and the end of it."""

import re
from enum import StrEnum

from handlers.conversation import BEIJING, Conversation, Outcome, Reply
from knowledge.vocabulary import CHANNELS, Status
from knowledge.wording import normalise
from storage import contacts, holdings, messages, staff
from storage.holdings import Holdings

NAME = "own_data"

PRIVACY = """{operator}提供这个助手（程序自动回答，不是真人）。怎么保管您的信息：
· 存什么：您在平台上的账号标识、最近{messages}条对话、自查答案和最近{checks}份结果、您订的提醒；不取头像、手机号、位置。
· 用来做什么：回答您、接着上次聊、按您的要求提醒。不做广告，不卖，不给别的单位。
· 谁看得到：您自己，和维护服务器的人。没有把握答好的问题隐去是谁问的，留原话给工作人员改进，请别在问题里写身份证号之类。
· 存多久：{days}天没有来信就自动全部删除（台账工作人员和还有提醒没发完的除外）；自查结果的网页链接30天后失效。
· 您可以：说“我的数据”看存了什么，说“删除我的数据”全部删除，说“退订”停止提醒。{leave}
{contact}"""
NO_OPERATOR = "本单位"
ON_LEAVE = "取消关注或停用后，立即全部删除。"
ON_LEAVE_KEPT = "取消关注或停用后，不再提醒，记录仍按上面的天数删除。"
CONTACT = "有疑问请联系：{contact}。"
NO_CONTACT = "有疑问请联系提供这个助手的单位。"

MINE = "存了您的这些：\n{lines}\n要全部删除，说“删除我的数据”；怎么保管的，说“隐私”。"
SURE = (
    "要删除您的全部数据吗？对话、自查、订阅和没发出的提醒都会删掉，各个绑定的账号一起，不能恢复。{staff}\n"
    "确定就回复“确认删除”，回复别的就不删。"
)
STAFF_TOO = "您的台账权限也会随之失效，要用得请管理员重新邀请；台账里的工作室和登记记录不会删。"
DELETED = "已全部删除。以后再来信，就当您是第一次来。"
KEPT = "好，没有删。"


class Act(StrEnum):
    """What can be wanted."""

    SHOW = "show"
    DELETE = "delete"
    CONFIRM = "confirm"
    KEEP = "keep"
    PRIVACY = "privacy"


_DATA = r"(?:我的)?(?:全部|所有)?的?(?:个人)?(?:数据|资料|信息|记录|聊天记录|对话记录)"
_PATTERNS = (
    (Act.CONFIRM, re.compile(r"(?:确认|确定)删除|(?:确认|确定)全部删除")),
    (Act.KEEP, re.compile(r"不删了?|先?不删除?了?|不要删除?|取消")),
    (
        Act.DELETE,
        re.compile(rf"(?:请|帮我)?(?:删除|清除|删掉|清空|注销|忘掉)(?:一下)?{_DATA}|删除我|忘了我|注销(?:我的)?账号"),
    ),
    (
        Act.SHOW,
        re.compile(
            r"(?:看|查看|查询)?我的(?:个人)?(?:数据|信息)|你?们?(?:存|保存|记)了我(?:的)?(?:哪些|什么)(?:信息|数据|资料)?"
        ),
    ),
    (Act.PRIVACY, re.compile(r"隐私|隐私(?:政策|声明|说明|条款|保护)|(?:个人)?信息保护|怎么保管我的(?:信息|数据)")),
)


def wants(talk: Conversation) -> bool:
    """Whether the message is one of these words as a whole, or answers our own question."""
    act = _read(talk.message.text)
    return act is not None and (act not in (Act.CONFIRM, Act.KEEP) or _is_asked(talk))


def reply(talk: Conversation) -> Outcome:
    """Carry it out; nothing is deleted before it was confirmed."""
    act = _read(talk.message.text)
    if act is Act.CONFIRM:
        return Outcome(Reply(DELETED, Status.ANSWERED), "", is_forgotten=True)
    if act is Act.KEEP:
        return Outcome(Reply(KEPT, Status.ANSWERED), "")
    if act is Act.DELETE:
        told = SURE.format(staff=STAFF_TOO if staff.of_contact(talk.session, talk.contact) else "")
        return Outcome(Reply(told, Status.CLARIFY, (), ("确认删除", "不删了")), talk.message.id, is_apart=True)
    return Outcome(_mine(talk) if act is Act.SHOW else privacy(talk), "")


def privacy(talk: Conversation) -> Reply:
    """What people are promised, in this installation's own terms."""
    terms = talk.terms
    told = PRIVACY.format(
        operator=terms.operator or NO_OPERATOR,
        messages=holdings.MOST_MESSAGES,
        checks=holdings.MOST_CHECKS,
        days=terms.keep_days,
        leave=ON_LEAVE if terms.forget_on_leave else ON_LEAVE_KEPT,
        contact=CONTACT.format(contact=terms.contact) if terms.contact else NO_CONTACT,
    )
    return Reply(told, Status.ANSWERED, (), ("我的数据", "删除我的数据"))


def _is_asked(talk: Conversation) -> bool:
    """Whether the last thing said was our question; the state is the id of the message it answered."""
    newest = messages.history(talk.session, talk.contact, 1)
    return bool(newest) and newest[0].message_id == talk.state


def _read(text: str) -> Act | None:
    plain = normalise(text).strip("。！!. ")
    return next((act for act, pattern in _PATTERNS if pattern.fullmatch(plain)), None)


def _mine(talk: Conversation) -> Reply:
    kept = holdings.of_contact(talk.session, talk.contact)
    lines = "\n".join(f"· {line}" for line in _lines(talk, kept))
    return Reply(MINE.format(lines=lines), Status.ANSWERED, (), ("隐私", "删除我的数据"))


def _lines(talk: Conversation, kept: Holdings) -> list[str]:
    names = [CHANNELS.get(one.channel, one.channel) for one in contacts.accounts(talk.session, talk.contact.id)]
    lines = [f"账号标识：{'、'.join(names)}"]
    if kept.messages and kept.first_at:
        lines.append(f"对话{kept.messages}条，最早的是{kept.first_at.astimezone(BEIJING):%Y年%-m月%-d日}")
    if kept.checks:
        lines.append(f"自查结果{kept.checks}份（说“我的自查”看）")
    if kept.topics:
        lines.append(f"订阅的提醒{kept.topics}项（说“退订”停止）")
    if kept.waiting:
        lines.append(f"还没发出的提醒{kept.waiting}条")
    who = staff.of_contact(talk.session, talk.contact)
    if who is not None:
        lines.append(f"台账权限：{who.name}，{who.role.chinese}")
    return lines
