"""Whole talks on Telegram: the real library speaks to a strict server on loopback."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from bot.desk import Desk
from bot.telegram.arriving import COMMANDS
from bot.telegram.talking import TOO_OLD
from knowledge.vocabulary import Role
from storage import staff
from storage.scope import EVERYTHING
from tests.bot.telegram.conftest import Bot
from tests.cast import GRANT, NOW
from tests.platforms.telegram import LI, WANG, Telegram, buttons

CODE = "ABCD2345"
STUDIO = "新增 长春 {}创新工作室 单位 一汽 领衔人 王建国 命名 2024年3月1日 第一联系人 李干事"


def labels(telegram: Telegram, chat: int = WANG) -> list[str]:
    return [button["text"] for button in buttons(telegram.last(chat))]


def say(telegram: Telegram, text: str, who: int = WANG) -> str:
    """Write, and wait for the one message that answers."""
    before = len(telegram.said(who))
    telegram.write(who, text)
    (answer,) = telegram.wait_said(who, before + 1)[before:]
    return answer


def press(telegram: Telegram, text: str, who: int = WANG) -> str:
    before = len(telegram.said(who))
    telegram.press(who, text)
    return telegram.wait_said(who, before + 1)[before]


def let_in(desk: Desk) -> None:
    def unit(session: Session) -> None:
        staff.invite(session, CODE, "李干事", Role.ADMIN, EVERYTHING, NOW, NOW + timedelta(7))

    desk.run(unit).result()


def test_wang_asks_and_follows_up_and_nobody_else_hears_of_it(bot: Bot, telegram: Telegram) -> None:
    telegram.write(WANG, GRANT)
    telegram.write(WANG, "那长春呢？")
    with bot():
        first, second = telegram.wait_said(WANG, 2)
        telegram.wait_settled()
        assert "焦工文〔2015〕6号" in first
        assert "长会办字〔2023〕33号" in second
        assert press(telegram, labels(telegram)[0])
    assert telegram.said(LI) == []
    assert len(telegram.called("sendmessage")) == 3


def test_the_menu_has_the_commands_in_chinese(bot: Bot, telegram: Telegram) -> None:
    with bot():
        telegram.wait(lambda: telegram.called("setmycommands"))
        assert "自查" in say(telegram, "/start")
        assert "自查" in say(telegram, "/check")
        assert "创新工作室" in say(telegram, "/help")
    (menu,) = telegram.called("setmycommands")
    assert [one["command"] for one in menu["commands"]] == list(COMMANDS)
    assert {"start": "开始", "help": "能问什么"}.items() <= {
        one["command"]: one["description"] for one in menu["commands"]
    }.items()


def test_a_self_check_goes_by_buttons_to_its_result(bot: Bot, telegram: Telegram) -> None:
    with bot():
        assert "第1题" in say(telegram, "长春自查")
        asked = telegram.last(WANG)
        for answer in ("长春", "不是", "没有"):
            press(telegram, answer)
        telegram.wait_settled()
        assert "暂不符合" in telegram.said(WANG)[-1]
        assert not buttons(asked)  # what is answered cannot be pressed again
        (page,) = [one for one in buttons(telegram.last(WANG)) if "url" in one]
        assert page["url"].startswith("https://steward.example/selfcheck/")


def test_a_late_press_does_not_answer_the_next_question(bot: Bot, telegram: Telegram, desk: Desk) -> None:
    with bot():
        say(telegram, "长春自查")
        asked = {**telegram.last(WANG)}
        data = next(one["callback_data"] for one in buttons(asked) if one["text"] == "长春")
        first = press(telegram, "长春")
        assert data.startswith("o:tg-")
        telegram.press_data(WANG, data, asked)
        again = telegram.wait_said(WANG, 3)[-1]
        assert "第2题" in first
        assert "第3题" not in again


def test_a_typed_number_is_the_option_but_not_where_a_number_is_asked(bot: Bot, telegram: Telegram, desk: Desk) -> None:
    with bot():
        say(telegram, GRANT)
        wanted = labels(telegram)[1]
        say(telegram, "2")
        assert kept(desk)[-1] == wanted
        say(telegram, "９９９")
        assert kept(desk)[-1] == "９９９"


def kept(desk: Desk, who: int = WANG) -> list[str]:
    return [text for _, text, _ in desk.history("telegram", str(who)).result()]


def test_li_is_let_in_enters_a_studio_and_finds_it(bot: Bot, telegram: Telegram, desk: Desk) -> None:
    let_in(desk)
    with bot():
        assert "欢迎您，李干事" in say(telegram, "邀请码 ABCD-2345", LI)
        say(telegram, STUDIO.format("王建国"), LI)
        assert "已登记" in press(telegram, "确认", LI)
        assert "王建国创新工作室" in say(telegram, "查 王建国", LI)
        assert "王建国" not in say(telegram, "查 T1", WANG)


def test_a_reminder_is_done_by_its_button(bot: Bot, telegram: Telegram, desk: Desk) -> None:
    let_in(desk)
    with bot():
        say(telegram, "邀请码 ABCD-2345", LI)
        say(telegram, STUDIO.format("王建国"), LI)
        press(telegram, "确认", LI)
    with bot():  # which plans at its start
        telegram.wait(lambda: any("已办 D1" in one for one in telegram.said(LI)))
        telegram.press(LI, "已办 D1")
        telegram.wait(lambda: any("D1 已登记办结" in one for one in telegram.said(LI)))
        telegram.write(LI, "已办 D1")
        telegram.wait(lambda: any("之前已经" in one for one in telegram.said(LI)))
        assert all(one.startswith("提醒：") for one in telegram.said(LI) if "办完回" in one)
        assert telegram.said(WANG) == []


def test_more_turns_the_page_in_place(bot: Bot, telegram: Telegram, desk: Desk) -> None:
    let_in(desk)
    with bot():
        say(telegram, "邀请码 ABCD-2345", LI)
        for name in "甲乙丙丁戊己庚辛壬":
            say(telegram, STUDIO.format(name), LI)
            press(telegram, "确认", LI)
        first = say(telegram, "查 长春", LI)
        said = len(telegram.said(LI))
        telegram.press(LI, "更多")
        telegram.wait(lambda: telegram.said(LI)[-1] != first)
        telegram.wait_settled()
        assert "第9到9个" in telegram.said(LI)[-1]
        assert len(telegram.said(LI)) == said
        assert labels(telegram, LI) == []


def test_a_button_of_a_forgotten_talk_says_so(bot: Bot, telegram: Telegram, desk: Desk) -> None:
    with bot():
        say(telegram, "长春自查")
        desk.forget("telegram", str(WANG)).result()
        telegram.press(WANG, "长春")
        telegram.wait_settled()
    (alert,) = telegram.called("answercallbackquery")
    assert alert["text"] == TOO_OLD
    assert alert["show_alert"] is True
    assert len(telegram.said(WANG)) == 1


WORDLESS: dict[str, dict[str, Any]] = {
    "a picture": {"photo": [{"file_id": "1", "file_unique_id": "1", "width": 1, "height": 1}]},
    "a voice": {"voice": {"file_id": "1", "file_unique_id": "1", "duration": 1}},
    "a file": {"document": {"file_id": "1", "file_unique_id": "1"}},
}


@pytest.mark.parametrize("content", WORDLESS.values(), ids=WORDLESS)
def test_what_has_no_words_is_answered_too(hurried: Bot, telegram: Telegram, content: dict[str, Any]) -> None:
    telegram.update(message=telegram.message(WANG, **content))
    with hurried():
        assert "文字" in telegram.wait_said(WANG, 1)[0]


def test_words_under_a_picture_are_read(hurried: Bot, telegram: Telegram) -> None:
    telegram.update(message=telegram.message(WANG, caption=GRANT, **WORDLESS["a picture"]))
    with hurried():
        assert "焦工文" in telegram.wait_said(WANG, 1)[0]


def test_corrected_messages_and_comings_and_goings_are_not_answered(hurried: Bot, telegram: Telegram) -> None:
    telegram.update(edited_message={**telegram.message(WANG, text=GRANT), "edit_date": 1})
    telegram.update(message=telegram.message(WANG, new_chat_title="新名字"))
    with hurried():
        telegram.wait_settled()
    assert telegram.said(WANG) == []


def test_who_blocks_the_bot_is_noted_and_not_written_to(hurried: Bot, telegram: Telegram, desk: Desk) -> None:
    telegram.blocked.add(WANG)
    person, place = telegram.person(WANG), telegram.message(WANG)["chat"]
    member = {"user": {"id": 123456, "is_bot": True, "first_name": "x"}}
    changed = {"old_chat_member": {**member, "status": "member"}, "new_chat_member": {**member, "status": "kicked"}}
    change = {"chat": place, "from": person, "date": 1, **changed}
    change["new_chat_member"]["until_date"] = 0
    telegram.update(my_chat_member=change)
    with hurried():
        telegram.wait_settled()
    assert kept(desk) == [""]
    assert telegram.called("sendmessage") == []


def test_the_same_update_again_is_answered_once(hurried: Bot, telegram: Telegram) -> None:
    telegram.write(WANG, GRANT)
    (update,) = telegram.waiting
    with hurried():
        telegram.wait_said(WANG, 1)
        telegram.wait_settled()
    telegram.waiting.append(update)
    with hurried():
        telegram.wait_settled()
    assert len(telegram.said(WANG)) == 1


def test_one_talk_keeps_its_order_and_many_go_beside_each_other(hurried: Bot, telegram: Telegram) -> None:
    people = range(5000, 5010)
    for person in people:
        telegram.chats[person] = {}
    for number in range(3):
        for person in people:
            telegram.write(person, f"{GRANT}{'?' * number}")
    with hurried():
        telegram.wait_settled()
    for person in people:
        numbers = [one["message_id"] for one in telegram.chats[person].values() if one["from"]["id"] == 123456]
        assert len(numbers) == 3
    assert telegram.fetches < 12
