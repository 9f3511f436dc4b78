"""In a group the bot answers who speaks to it, shows nobody's register and takes no code."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from bot.desk import Desk
from bot.telegram.talking import NOT_HERE, TOO_OLD
from knowledge.vocabulary import Role
from storage import staff
from storage.scope import EVERYTHING
from tests.bot.telegram.conftest import Bot
from tests.cast import GRANT, NOW
from tests.platforms.telegram import GROUP, LI, ME, WANG, Telegram

CODE = "ABCD2345"


def ask(telegram: Telegram, text: str, who: int = WANG, **more: Any) -> str:
    before = len(telegram.said(GROUP))
    telegram.write(who, text, GROUP, **more)
    return telegram.wait_said(GROUP, before + 1)[before]


def test_what_is_not_said_to_the_bot_is_not_answered(hurried: Bot, telegram: Telegram) -> None:
    for text in (GRANT, "/check", "/check@other_bot", "@steward_bots 焦作", "mail@steward_bot", "@other_bot 你好"):
        telegram.write(WANG, text, GROUP)
    of_others = telegram.message(LI, GROUP, text="好")
    telegram.write(WANG, GRANT, GROUP, reply_to_message=of_others)
    telegram.update(message={**telegram.message(WANG, GROUP, text="@steward_bot 焦作"), "from": ME})
    with hurried():
        telegram.wait_settled()
    assert telegram.said(GROUP) == []


@pytest.mark.parametrize("text", [f"@steward_bot {GRANT}", f"{GRANT} @Steward_Bot", f"请问@steward_bot，{GRANT}"])
def test_a_mention_is_answered_as_a_reply(hurried: Bot, telegram: Telegram, text: str) -> None:
    with hurried():
        assert "焦工文" in ask(telegram, text)
    (asked, answered) = telegram.chats[GROUP].values()
    assert answered["replied"] == asked["message_id"]


def test_a_command_for_the_bot_and_a_reply_to_it_are_answered(hurried: Bot, telegram: Telegram) -> None:
    with hurried():
        assert "自查" in ask(telegram, "/check@steward_bot")
        assert "第1题" in ask(telegram, "长春自查", reply_to_message=telegram.last(GROUP))


def test_each_in_a_group_has_a_talk_of_their_own(hurried: Bot, telegram: Telegram, desk: Desk) -> None:
    with hurried():
        ask(telegram, "@steward_bot 长春自查")
        telegram.press(LI, "长春", GROUP)  # a question put to somebody else
        telegram.wait_settled()
        assert telegram.called("answercallbackquery")[0]["text"] == TOO_OLD
        assert len(telegram.said(GROUP)) == 1
        telegram.press(WANG, "长春", GROUP)
        assert "第2题" in telegram.wait_said(GROUP, 2)[1]
    assert len(desk.history("telegram", f"{GROUP}:{WANG}").result()) == 2
    assert desk.history("telegram", str(WANG)).result() == []


def test_a_code_typed_in_a_group_lets_nobody_in_and_is_not_kept(hurried: Bot, telegram: Telegram, desk: Desk) -> None:
    def invite(session: Session) -> None:
        staff.invite(session, CODE, "李干事", Role.ADMIN, EVERYTHING, NOW, NOW + timedelta(7))

    desk.run(invite).result()
    with hurried():
        for text in ("@steward_bot 邀请码 ABCD-2345", "/x@steward_bot 邀请码 ABCD-2345", "@steward_bot ABCD-2345"):
            telegram.write(LI, text, GROUP)
        telegram.wait_settled()
        telegram.write(LI, "邀请码 ABCD-2345")
        assert "欢迎您" in telegram.wait_said(LI, 1)[0]
        # Who is staff in private is a stranger in the group.
        assert "您这里没有开通" in ask(telegram, "@steward_bot 查全部", LI)
        assert "您这里没有开通" in ask(telegram, "@steward_bot 未办", LI)
    assert telegram.said(GROUP)[0] == telegram.said(GROUP)[2] == NOT_HERE
    assert not any("欢迎您" in one for one in telegram.said(GROUP))
    assert not any("ABCD" in text for _, text, _ in desk.history("telegram", f"{GROUP}:{LI}").result())


def test_an_account_that_a_whole_group_reads_is_not_linked(hurried: Bot, telegram: Telegram) -> None:
    with hurried():
        telegram.write(LI, "绑定")
        code = telegram.wait_said(LI, 1)[0].partition("绑定码：")[2][:9]
        assert NOT_HERE in ask(telegram, f"@steward_bot 绑定 {code}", LI)
        assert NOT_HERE in ask(telegram, "@steward_bot 绑定", LI)
        telegram.write(LI, "我的账号")
        assert "只有Telegram这一个账号" in telegram.wait_said(LI, 2)[1]


def test_a_group_that_moved_is_answered_at_its_new_place(hurried: Bot, telegram: Telegram) -> None:
    telegram.chats[-200] = {}
    telegram.moved[GROUP] = -200
    telegram.write(WANG, f"@steward_bot {GRANT}", GROUP)
    with hurried():
        assert "焦工文" in telegram.wait_said(-200, 1)[0]
