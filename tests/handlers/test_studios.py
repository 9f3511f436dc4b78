"""The register in chat: 李干事 keeps a part of it, 赵主席 all of it, and 王同志 must see nothing."""

import logging
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from handlers import guessing, router, studios
from handlers.conversation import Conversation, Reply
from handlers.registering.admitting import REFUSED
from handlers.registering.commands import Act
from knowledge.library import Library
from knowledge.vocabulary import Role
from storage import contacts, messages, register, staff, trail
from storage.register import Search, Studio
from storage.scope import EVERYTHING, Scope
from tests.cast import LI, NOW, TODAY, WANG, ZHAO, Person
from tests.dialogues.transcripts import Transcript, read_all
from tests.questions.grading import read_questions

TALKS = read_all(Path(__file__).parent / "talks")
QUESTIONS = Path(__file__).parents[1] / "questions" / "second.jsonl"
PEOPLE = {one.name: one for one in (LI, WANG, ZHAO)}
STAFF_WORDS = [
    "查 T1",
    "查T1",
    "查 王建国技术创新工作室",
    "查全部",
    "查台账",
    "新增",
    "新增 焦作 王建国技术创新工作室 单位 焦作机床厂",
    "登记工作室",
    "改 T1 领衔人 王同志",
    "停用 T1",
    "停用 王建国技术创新工作室",
    "恢复 T1",
    "登记报送 T1 年度总结 2026",
    "撤回报送 T1 年度总结 2026",
    "登记考核 T1 2026 不合格",
    "导出",
    "导出台账",
    "台账帮助",
]
SECRETS = ["王建国", "焦作机床厂", "山阳区", "李干事", "沁阳", "T1", "T2"]
REGISTER = (
    Studio("jiaozuo", "王建国技术创新工作室", "焦作机床厂", leader="王建国", conferred_on=date(2024, 3, 1)),
    Studio("jiaozuo", "刘工创新工作室", "沁阳铝厂", union_in_charge="沁阳市总工会"),
    Studio("changchun", "陈工创新工作室", "长春客车厂"),
)


class Talk:
    """Messages to the program, one after the other."""

    def __init__(self, session: Session, library: Library) -> None:
        self.session, self.library, self.count = session, library, 0

    def says(self, person: Person, text: str, now: datetime = NOW) -> Reply:
        self.count += 1
        message = person.says(text, str(self.count))
        return router.respond(self.session, message, self.library, None, TODAY, now)


@pytest.fixture
def talk(session: Session, library: Library) -> Talk:
    """李干事 keeps the studios of 山阳区总工会 in jiaozuo, 赵主席 all; there are three studios."""
    let_in(session, LI, "ABCD2345", Role.STAFF, Scope("jiaozuo", "山阳区总工会"))
    let_in(session, ZHAO, "ABCD2346", Role.ADMIN, EVERYTHING)
    staff.invite(session, "ABCD2347", "陈干事", Role.STAFF, Scope("changchun"), NOW, NOW + timedelta(7))
    for one in (replace(REGISTER[0], union_in_charge="山阳区总工会"), *REGISTER[1:]):
        assert register.add(session, EVERYTHING, one, NOW)
    return Talk(session, library)


def let_in(session: Session, person: Person, code: str, role: Role, scope: Scope) -> None:
    staff.invite(session, code, person.name, role, scope, NOW, NOW + timedelta(7))
    assert staff.use_code(session, code, contacts.find_or_make(session, person.channel, person.address, NOW), NOW)


@pytest.mark.parametrize("transcript", TALKS, ids=lambda one: one.name)
def test_a_talk_goes_as_written(talk: Talk, transcript: Transcript) -> None:
    misses = []
    for turn in transcript.turns:
        name, _, text = turn.typed.partition("：")
        misses += turn.misses(talk.says(PEOPLE[name], text))
    assert misses == [], "\n\n".join(misses)


@pytest.mark.parametrize("text", STAFF_WORDS)
def test_a_stranger_gets_the_same_word_whatever_there_is(
    talk: Talk, session: Session, library: Library, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = list(register.walk(session, EVERYTHING))
    with caplog.at_level(logging.INFO, "handlers"):
        reply = talk.says(WANG, text)
    assert reply.text == REFUSED
    assert not any(secret in reply.text for secret in SECRETS)
    assert list(register.walk(session, EVERYTHING)) == before
    (_, step), *_ = trail.newest(session, 1)
    assert step.act == "refused"
    assert step.what in set(Act)
    assert len(caplog.messages) == 1
    assert not any(secret in caplog.text for secret in SECRETS)


@pytest.mark.parametrize("text", STAFF_WORDS)
def test_nobody_sees_more_after_being_revoked(talk: Talk, session: Session, text: str) -> None:
    assert talk.says(LI, text).text != REFUSED
    who = staff.by_name(session, "李干事")
    assert who
    staff.revoke(session, who.id, NOW)
    assert talk.says(LI, text).text == REFUSED


def test_an_entry_ends_with_the_rights(talk: Talk, session: Session) -> None:
    talk.says(LI, "新增 焦作 轴承创新工作室 单位 焦作轴承厂")
    who = staff.by_name(session, "李干事")
    assert who
    staff.revoke(session, who.id, NOW)
    talk.says(LI, "确认")
    assert register.count(session, EVERYTHING, Search()) == 3


def test_an_entry_is_forgotten_after_half_an_hour(talk: Talk, session: Session) -> None:
    talk.says(LI, "新增 焦作 轴承创新工作室 单位 焦作轴承厂")
    talk.says(LI, "确认", NOW + timedelta(minutes=31))
    assert register.count(session, EVERYTHING, Search()) == 3


def test_a_question_in_the_middle_of_an_entry_is_answered(talk: Talk) -> None:
    talk.says(LI, "新增")
    assert "60cm×40cm" in talk.says(LI, "焦作的牌匾多大？").text


def test_a_code_lets_one_in_once(talk: Talk, session: Session) -> None:
    staff.invite(session, "WXYZ2345", "孙干事", Role.STAFF, Scope("jiaozuo"), NOW, NOW + timedelta(7))
    assert "欢迎您，孙干事" in talk.says(WANG, "使用邀请码 wxyz—2345").text
    assert "T2" in talk.says(WANG, "查全部").text
    wang = contacts.find_or_make(session, WANG.channel, WANG.address, NOW)
    sent = [one.text for one in messages.history(session, wang, 9)]
    assert sent == ["使用邀请码 …", "查全部"]
    other = Person("别人", "web", "other")
    assert "用不了" in talk.says(other, "WXYZ-2345").text
    contacts.forget_unseen(session, NOW + timedelta(days=400))
    assert contacts.find(session, WANG.channel, WANG.address) is not None
    assert contacts.find(session, other.channel, other.address) is None


def test_who_is_in_already_spends_no_code(talk: Talk, session: Session) -> None:
    assert "已经有权限" in talk.says(LI, "邀请码 ABCD-2347").text
    assert "陈干事" in talk.says(WANG, "邀请码 ABCD-2347").text


def test_codes_are_not_guessed(talk: Talk, session: Session) -> None:
    for _ in range(guessing.MOST):
        assert "用不了" in talk.says(WANG, "邀请码 2222-3333").text
    assert "一小时" in talk.says(WANG, "邀请码 ABCD-2347").text
    assert "欢迎" in talk.says(WANG, "邀请码 ABCD-2347", NOW + timedelta(minutes=61)).text


def test_codes_are_not_guessed_by_many_either(talk: Talk, session: Session) -> None:
    for _ in range(guessing.MOST_OF_ALL):
        trail.keep(session, trail.Step("code refused"), NOW)
    assert "一小时" in talk.says(WANG, "邀请码 ABCD-2347").text


def test_a_long_list_goes_on_only_right_after_it_was_shown(talk: Talk, session: Session) -> None:
    register.add_all(session, EVERYTHING, [Studio("shanghai", f"{at}号工作室", "沪厂") for at in range(20)], NOW)
    first = talk.says(ZHAO, "查 沪厂")
    assert "共20个，第1到8个" in first.text
    assert first.options == ("更多",)
    assert "第9到16个" in talk.says(ZHAO, "更多").text
    last = talk.says(ZHAO, "更多")
    assert "第17到20个" in last.text
    assert last.options == ()
    talk.says(ZHAO, "查 沪厂")
    talk.says(ZHAO, "焦作的牌匾多大？")
    assert "共20个" not in talk.says(ZHAO, "更多").text


def test_no_question_is_taken_for_a_staff_word(talk: Talk, session: Session, library: Library) -> None:
    texts = [turn for one in read_questions(QUESTIONS) for turn in one.turns]
    texts += [turn.typed for one in read_all() for turn in one.turns]
    assert len(texts) > 800
    for person in (WANG, ZHAO):
        contact = contacts.find_or_make(session, person.channel, person.address, NOW)
        taken = [
            text
            for text in texts
            if studios.wants(Conversation(person.says(text), contact, session, library, None, TODAY, NOW))
        ]
        assert taken == []


WORDS = """
新增 查 改 停用 恢复 登记报送 撤回报送 登记考核 导出 更多 确认 取消 T1 T2、T3 T999999999 焦作 长春 单位 领衔人 命名
状态 主管工会 第一联系人 成员 面积 备注 2024年3月1日 2024-13-99 20240301 2025 去年 二〇二四年 年度总结 考核 不合格
李干事 王建国 % _ = ' \\ 无 ：，
"""


@given(st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=7), st.sampled_from(["", " "]))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_staff_say_gets_a_reply_and_stays_in_the_scope(talk: Talk, said: list[str], gap: str) -> None:
    before = [one for one in register.walk(talk.session, EVERYTHING) if one.union_in_charge != "山阳区总工会"]
    reply = talk.says(LI, gap.join(said))
    assert reply.text.strip()
    assert not any(secret in reply.text for secret in ("刘工", "沁阳铝厂", "陈工", "客车厂"))
    after = [one for one in register.walk(talk.session, EVERYTHING) if one.union_in_charge != "山阳区总工会"]
    assert after == before
