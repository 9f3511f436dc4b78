"""One person with several accounts: linked by a code, parted again, reminded where they want."""

import re
from datetime import timedelta

import pytest
from sqlmodel import Session

from handlers.push import Push
from knowledge.library import Library
from knowledge.vocabulary import Role
from storage import contacts, outbox, staff, subscriptions
from storage.outbox import Letter
from storage.scope import EVERYTHING
from tests.cast import LI, NOW, WANG, Person
from tests.handlers.room import Room

LI_ON_TELEGRAM = Person("李干事", "telegram", "4711")
STRANGER = Person("路人", "telegram", "666")


@pytest.fixture
def room(session: Session, library: Library) -> Room:
    return Room(session, library)


def code_of(told: str) -> str:
    (code,) = set(re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}", told))
    return str(code)


def link(room: Room, first: Person, second: Person) -> str:
    return room.say(second, f"绑定 {code_of(room.say(first, '绑定'))}")


def employ(room: Room, person: Person, code: str = "ABCD2345", name: str = "李干事") -> None:
    staff.invite(room.session, code, name, Role.STAFF, EVERYTHING, NOW, NOW + timedelta(days=7))
    assert "已开通" in room.say(person, f"邀请码 {code[:4]}-{code[4:]}")


def test_a_check_begun_on_one_account_goes_on_on_the_other(room: Room) -> None:
    room.say(LI, "上海自查")
    assert "绑定好了" in link(room, LI, LI_ON_TELEGRAM)
    assert "先停在第1题" in room.say(LI_ON_TELEGRAM, "暂停")
    assert "第1题" in room.say(LI, "继续")


def test_a_check_that_runs_where_the_code_is_typed_goes_on_too(room: Room) -> None:
    room.say(LI_ON_TELEGRAM, "上海自查")
    link(room, LI, LI_ON_TELEGRAM)
    assert "先停在第1题" in room.say(LI, "暂停")


def test_the_rights_of_staff_hold_on_both_accounts_and_end_where_they_are_parted(room: Room) -> None:
    employ(room, LI)
    assert "没有开通" in room.say(LI_ON_TELEGRAM, "我的权限")
    link(room, LI, LI_ON_TELEGRAM)
    assert "李干事" in room.say(LI_ON_TELEGRAM, "我的权限")
    room.say(LI, "解除绑定Telegram")
    assert "没有开通" in room.say(LI_ON_TELEGRAM, "我的权限")
    assert "李干事" in room.say(LI, "我的权限")


def test_the_account_that_everything_hangs_on_can_be_the_one_that_goes(room: Room) -> None:
    employ(room, LI)
    room.say(LI, "交建开始申报提醒我")
    link(room, LI, LI_ON_TELEGRAM)
    assert "留在Telegram" in room.say(LI_ON_TELEGRAM, "解除绑定网页")
    assert "李干事" in room.say(LI_ON_TELEGRAM, "我的权限")
    assert "没有开通" in room.say(LI, "我的权限")
    found = contacts.find(room.session, "telegram", "4711")
    assert found is not None
    assert len(subscriptions.mine(room.session, found)) == 1
    assert "只有网页这一个账号" in room.say(LI, "我的账号")


def test_a_code_works_once_and_for_ten_minutes(room: Room) -> None:
    code = code_of(room.say(LI, "绑定"))
    room.now = NOW + timedelta(minutes=10)
    assert "用不了" in room.say(LI_ON_TELEGRAM, f"绑定 {code}")
    room.now = NOW
    code = code_of(room.say(LI, "绑定"))
    assert "绑定好了" in room.say(LI_ON_TELEGRAM, f"绑定{code.lower()}")
    assert "用不了" in room.say(STRANGER, f"绑定 {code}")


def test_a_newer_code_takes_the_place_of_an_older_one(room: Room) -> None:
    old = code_of(room.say(LI, "绑定"))
    new = code_of(room.say(LI, "绑定"))
    assert "用不了" in room.say(LI_ON_TELEGRAM, f"绑定 {old}")
    assert "绑定好了" in room.say(LI_ON_TELEGRAM, f"绑定 {new}")


def test_codes_cannot_be_guessed(room: Room) -> None:
    room.say(LI, "绑定")
    for _ in range(5):
        assert "用不了" in room.say(STRANGER, "绑定 ABCD-2345")
    good = code_of(room.say(LI, "绑定"))
    assert "一小时以后" in room.say(STRANGER, f"绑定 {good}")
    room.now = NOW + timedelta(hours=1, seconds=1)
    assert "一小时以后" not in room.say(STRANGER, "绑定 ABCD-2345")


def test_a_code_is_not_for_the_account_that_asked_for_it(room: Room) -> None:
    code = code_of(room.say(LI, "绑定"))
    assert "另一个账号" in room.say(LI, f"绑定 {code}")
    assert "绑定好了" in room.say(LI_ON_TELEGRAM, f"绑定 {code}")


def test_two_staff_do_not_become_one(room: Room) -> None:
    employ(room, LI)
    employ(room, LI_ON_TELEGRAM, "EFGH2345", "赵主席")
    assert "各有一份台账权限" in link(room, LI, LI_ON_TELEGRAM)
    assert "赵主席" in room.say(LI_ON_TELEGRAM, "我的权限")


def test_reminders_go_to_the_first_account_until_another_is_wanted(room: Room) -> None:
    link(room, LI, LI_ON_TELEGRAM)
    assert channel_of_next(room, "one") == "web"
    assert "先发到Telegram" in room.say(LI, "提醒发到Telegram")
    assert channel_of_next(room, "two") == "telegram"
    assert "没有绑定微信" in room.say(LI, "提醒发到微信")


def channel_of_next(room: Room, key: str) -> str:
    found = contacts.find(room.session, LI.channel, LI.address)
    assert found is not None
    outbox.put(room.session, [Letter(key, found.id, Push("有一件事").dump(), NOW)], NOW)
    row = room.session.connection().exec_driver_sql(f"SELECT channel FROM outbox WHERE key = '{key}'")
    return str(row.scalar_one())


def test_what_waits_for_an_account_that_is_parted_goes_out_by_another(room: Room) -> None:
    link(room, LI, LI_ON_TELEGRAM)
    room.say(LI, "提醒发到Telegram")
    channel_of_next(room, "one")
    room.say(LI, "解除绑定Telegram")
    row = room.session.connection().exec_driver_sql("SELECT channel FROM outbox WHERE key = 'one'")
    assert row.scalar_one() == "web"


def test_who_has_one_account_is_told_how_to_link_another(room: Room) -> None:
    assert "说“绑定”" in room.say(WANG, "我的账号")
    assert "说“绑定”" in room.say(WANG, "解除绑定")


def test_the_same_message_of_a_linked_account_is_answered_once(room: Room) -> None:
    code = code_of(room.say(LI, "绑定"))
    first = room.say(LI_ON_TELEGRAM, f"绑定 {code}", "again")
    assert room.say(LI_ON_TELEGRAM, f"绑定 {code}", "again") == first
