"""Who is let in: invitation codes, one's own rights, and the word to those who have none."""

import logging

from handlers import guessing
from handlers.conversation import Conversation, Reply
from handlers.registering import telling
from handlers.registering.commands import Act
from knowledge.vocabulary import Status
from storage import contacts, register, staff, trail
from storage.register import Search
from storage.staff import Staff, read_code
from storage.trail import Step

GUESSED = "code refused"

LET_IN = "欢迎您，{name}。已开通{role}权限，范围：{scope}。发“台账帮助”看怎么用。"
NO_GOOD = "这个邀请码用不了：可能打错了、过期了或者已经用过。请核对，或者向管理员再要一个。"
TOO_MANY = "邀请码试得太多了，请一小时以后再试，或者向管理员核对。"
IN_ALREADY = "您已经有权限了（{scope}），这个邀请码没有用掉。要换范围，请管理员先停用现在的权限。"
HOW_TO_ENTER = "有邀请码的话，发“邀请码 XXXX-XXXX”（换成您的码）就行。邀请码向管理员要。"
MINE = "{name}，{role}。\n范围：{scope}\n范围内有{count}个工作室。\n发“台账帮助”看怎么用。"
NOBODY = "您现在可以问政策、做自查；台账没有开通。负责台账的同志" + HOW_TO_ENTER
REFUSED = (
    "这是管台账的工作人员用的，您这里没有开通。问政策可以直接问，比如“焦作评上给多少钱”。负责台账的同志" + HOW_TO_ENTER
)
HELP = """台账这样用（编号如 T12 可换成工作室名称）：
· 新增 焦作 王建国创新工作室 单位 焦作机床厂 领衔人 王建国 命名 2024年3月1日
· 查 王建国 / 查 T12 / 查 焦作 停用 / 查全部
· 改 T12 领衔人 李卫东 / 改 T12 第一联系人 李干事
· 停用 T12 / 恢复 T12
· 登记报送 T12 年度总结 2026（几个一起：T12、T13）/ 撤回报送 T12 年度总结 2026
· 登记考核 T12 2026 合格
· 导出：看汇总 / 我的权限"""

log = logging.getLogger(__name__)


def use_code(talk: Conversation, who: Staff | None, typed: str) -> Reply:
    """Let somebody in who has a good code; how many may be tried is limited."""
    if who is not None:
        return Reply(IN_ALREADY.format(scope=telling.scope(who.scope, talk.library)), Status.HELP)
    if not typed:
        return Reply(HOW_TO_ENTER, Status.HELP)
    session, contact = talk.session, talk.contact
    if guessing.is_too_much(talk, GUESSED):
        log.warning("Too many invitation codes were tried on %s", talk.message.channel)
        return Reply(TOO_MANY, Status.HELP)
    if not staff.use_code(session, read_code(typed), contact, talk.now):
        trail.keep(session, Step(GUESSED, contact.id), talk.now)
        log.warning("An invitation code was refused on %s", talk.message.channel)
        return Reply(NO_GOOD, Status.HELP)
    contacts.hold(session, contact.id, True)
    found = staff.of_contact(session, contact)
    assert found is not None  # noqa: S101 - it was bound a moment ago
    trail.keep(session, Step("let in", contact.id, found.id), talk.now)
    scope = telling.scope(found.scope, talk.library)
    return Reply(LET_IN.format(name=found.name, role=found.role.chinese, scope=scope), Status.ANSWERED)


def rights(talk: Conversation, who: Staff | None) -> Reply:
    """What somebody may see."""
    if who is None:
        return Reply(NOBODY, Status.HELP)
    count = register.count(talk.session, who.scope, Search())
    scope = telling.scope(who.scope, talk.library)
    return Reply(MINE.format(name=who.name, role=who.role.chinese, scope=scope, count=count), Status.ANSWERED)


def refuse(talk: Conversation, act: Act) -> Reply:
    """The same friendly word to every stranger, whatever was asked; noted without what was typed."""
    trail.keep(talk.session, Step("refused", talk.contact.id, what=act), talk.now)
    log.info("A staff word (%s) on %s was refused", act, talk.message.channel)
    return Reply(REFUSED, Status.HELP)
