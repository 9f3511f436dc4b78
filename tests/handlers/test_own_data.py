"""Everyone sees what is kept of them, and can have it deleted; who leaves is no longer told anything."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from handlers.conversation import Event, Terms
from handlers.push import Push
from knowledge.library import Library
from knowledge.vocabulary import Role
from storage import contacts, farewells, messages, outbox, staff, subscriptions
from storage.outbox import Letter
from storage.scope import EVERYTHING
from tests.cast import LI, NOW, WANG, ZHANG, Person
from tests.handlers.room import Room


@pytest.fixture
def room(session: Session, library: Library) -> Room:
    return Room(session, library)


def test_a_person_sees_what_is_kept_and_nothing_of_others(room: Room) -> None:
    room.say(LI, "上海自查")
    room.say(ZHANG, "交建开始申报提醒我")
    room.say(ZHANG, "焦作评上给多少钱")
    told = room.say(ZHANG, "我的数据")
    assert "对话2条" in told
    assert "订阅的提醒1项" in told
    assert "账号标识：网页" in told
    assert "权限" not in told


def test_staff_see_that_they_are(room: Room) -> None:
    staff.invite(room.session, "ABCD2345", "李干事", Role.STAFF, EVERYTHING, NOW, NOW + timedelta(days=7))
    room.say(LI, "邀请码 ABCD-2345")
    assert "台账权限：李干事" in room.say(LI, "我的数据")
    assert "权限也会随之失效" in room.say(LI, "删除我的数据")


def test_nothing_is_deleted_before_it_is_confirmed(room: Room) -> None:
    room.say(ZHANG, "焦作评上给多少钱")
    assert "确认删除" in room.say(ZHANG, "删除我的数据")
    assert contacts.find(room.session, ZHANG.channel, ZHANG.address) is not None
    assert "全部删除" in room.say(ZHANG, "确认删除")
    assert contacts.find(room.session, ZHANG.channel, ZHANG.address) is None
    assert messages.trim(room.session, 0) == 0


def test_a_question_in_between_takes_the_wish_back(room: Room) -> None:
    room.say(ZHANG, "删除我的数据")
    room.say(ZHANG, "焦作评上给多少钱")
    room.say(ZHANG, "确认删除")
    assert contacts.find(room.session, ZHANG.channel, ZHANG.address) is not None


def test_not_to_delete_is_heard(room: Room) -> None:
    room.say(ZHANG, "删除我的数据")
    assert "没有删" in room.say(ZHANG, "不删了")
    assert contacts.find(room.session, ZHANG.channel, ZHANG.address) is not None


def test_the_confirmation_that_comes_three_times_deletes_once_and_is_answered_alike(room: Room) -> None:
    room.say(ZHANG, "删除我的数据")
    told = {room.say(ZHANG, "确认删除", "wx-7") for _ in range(3)}
    assert len(told) == 1
    assert contacts.find(room.session, ZHANG.channel, ZHANG.address) is None
    assert farewells.trim(room.session, NOW + timedelta(days=1)) == 1


def test_deleting_does_not_touch_what_others_have(room: Room) -> None:
    room.say(LI, "焦作评上给多少钱")
    room.say(ZHANG, "删除我的数据")
    room.say(ZHANG, "确认删除")
    assert "对话1条" in room.say(LI, "我的数据")


def test_in_the_middle_of_a_self_check_too(room: Room) -> None:
    room.say(ZHANG, "上海自查")
    assert "回复“确认删除”" in room.say(ZHANG, "删除我的数据")
    assert "全部删除" in room.say(ZHANG, "确认删除")
    assert "进度" not in room.say(ZHANG, "进度")


@pytest.mark.parametrize("typed", ["隐私", "隐私政策", "怎么保管我的信息"])
def test_the_privacy_text_says_what_this_installation_does(session: Session, library: Library, typed: str) -> None:
    told = Room(session, library, Terms("某市总工会", "经济部", 90, True)).say(WANG, typed)
    assert "某市总工会提供" in told
    assert "90天没有来信" in told
    assert "立即全部删除" in told
    assert "请联系：经济部" in told


@pytest.mark.parametrize("typed", ["删除我的数据要什么材料", "我的数据不全能报吗", "隐私方面有规定吗"])
def test_a_question_is_no_wish(room: Room, typed: str) -> None:
    assert "确认删除" not in room.say(WANG, typed)
    assert "存了您的" not in room.say(WANG, typed)
    assert "怎么保管您的信息" not in room.say(WANG, typed)


# ---------------------------------------------------------------- coming and going
FOLLOWER = Person("关注的人", "wechat", "openid")


def test_who_comes_is_told_what_can_be_asked(room: Room) -> None:
    told = room.does(FOLLOWER, Event.ARRIVED)
    assert "焦作" in told.text
    assert "自查" in told.options


def test_a_picture_gets_a_polite_word_and_changes_nothing(room: Room) -> None:
    room.say(FOLLOWER, "上海自查")
    assert "写成文字" in room.does(FOLLOWER, Event.WORDLESS).text
    assert "先停在第1题" in room.say(FOLLOWER, "暂停")


def test_who_leaves_is_no_longer_reminded_and_kept_by_default(room: Room) -> None:
    room.say(FOLLOWER, "交建开始申报提醒我")
    room.does(FOLLOWER, Event.LEFT)
    found = contacts.find(room.session, "wechat", "openid")
    assert found is not None
    assert found.is_gone
    assert subscriptions.mine(room.session, found) == []
    assert contacts.forget_unseen(room.session, NOW + timedelta(days=1)) == 1


def test_who_leaves_is_forgotten_where_that_is_promised(session: Session, library: Library) -> None:
    room = Room(session, library, Terms(forget_on_leave=True))
    room.say(FOLLOWER, "焦作评上给多少钱")
    told = [room.does(FOLLOWER, Event.LEFT, "left").text for _ in range(3)]
    assert len(set(told)) == 1
    assert contacts.find(session, "wechat", "openid") is None


def test_who_leaves_one_of_two_accounts_is_reminded_on_the_other(room: Room) -> None:
    code = room.say(FOLLOWER, "绑定").partition("绑定码：")[2][:9]
    room.say(LI, f"绑定 {code}")
    found = contacts.find(room.session, "wechat", "openid")
    assert found is not None
    outbox.put(room.session, [Letter("k", found.id, Push("有一件事").dump(), NOW)], NOW)
    room.does(FOLLOWER, Event.LEFT)
    assert channel(room) == "web"
    room.does(FOLLOWER, Event.ARRIVED)
    again = contacts.find(room.session, "wechat", "openid")
    assert again is not None
    assert not again.is_gone


def channel(room: Room) -> str:
    return str(room.session.connection().exec_driver_sql("SELECT channel FROM outbox").scalar_one())
