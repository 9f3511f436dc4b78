"""Colleagues are told some days before that somebody will not get the next reminders on WeChat."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session

from handlers.push import Push
from handlers.reminding.planning import Planner, would_send
from handlers.reminding.reaching import unreached, warnings
from knowledge.library import Library
from knowledge.vocabulary import Role
from storage import contacts, linking, reaches, register, staff
from storage.reaches import Window
from storage.register import Studio
from storage.scope import EVERYTHING, Scope
from tests.cast import Person
from tests.handlers.test_reminders import moment

LI = Person("李干事", "wechat", "oLI")
ZHAO = Person("赵主席", "web", "zhao")
CODES = iter(f"ABCD2{letter}45" for letter in "ABCDEFGH")


def employ(session: Session, person: Person, role: Role, scope: Scope) -> None:
    now, code = moment(date(2026, 1, 5)), next(CODES)
    staff.invite(session, code, person.name, role, scope, now, now + timedelta(days=7))
    assert staff.use_code(session, code, contacts.find_or_make(session, person.channel, person.address, now), now)


@pytest.fixture
def planner(session: Session, library: Library) -> Planner:
    employ(session, LI, Role.STAFF, Scope("jiaozuo"))
    employ(session, ZHAO, Role.ADMIN, EVERYTHING)
    who = staff.by_name(session, "李干事")
    assert who is not None
    studio = Studio("jiaozuo", "王建国工作室", "机床厂", conferred_on=date(2024, 3, 1), first_contact=who.id)
    register.add(session, EVERYTHING, studio, moment(date(2026, 1, 5)))
    return Planner(library)


def next_reminder(session: Session, planner: Planner) -> date:
    who = staff.by_name(session, "李干事")
    assert who is not None
    days = (date(2026, 9, 1) + timedelta(days=ahead) for ahead in range(120))
    return next(day for day in days if would_send(session, planner, who, day))


def letters(session: Session, planner: Planner, day: date) -> list[str]:
    return [Push.load(one.payload).text for one in warnings(session, planner, day, moment(day))]


def test_a_colleague_is_told_three_days_before(session: Session, planner: Planner) -> None:
    day = next_reminder(session, planner)
    assert letters(session, planner, day - timedelta(days=4)) == []
    (told,) = letters(session, planner, day - timedelta(days=3))
    assert "李干事可能收不到提醒" in told
    assert f"{day.month}月{day.day}日要提醒1件" in told
    (key,) = {
        one.key for ahead in range(4) for one in warnings(session, planner, day - timedelta(days=ahead), moment(day))
    }
    assert key.startswith("reach:")


def test_who_wrote_lately_can_be_reached(session: Session, planner: Planner) -> None:
    day = next_reminder(session, planner)
    now = moment(day - timedelta(days=1))
    reaches.open_window(session, "wechat", "oLI", Window.TALK, now + timedelta(hours=48), 5, now)
    assert list(unreached(session, planner, day - timedelta(days=1), now)) == []
    for _ in range(5):
        reaches.take(session, "wechat", "oLI", now)
    assert len(list(unreached(session, planner, day - timedelta(days=1), now))) == 1


def test_who_agreed_to_a_notice_or_has_another_account_can_be_reached(session: Session, planner: Planner) -> None:
    day = next_reminder(session, planner) - timedelta(days=1)
    reaches.agree(session, "wechat", "oLI", "N-1", 1, "e1")
    assert letters(session, planner, day) == []
    reaches.agree(session, "wechat", "oLI", "N-1", 0, "e2")
    assert len(letters(session, planner, day)) == 1
    other = contacts.find_or_make(session, "telegram", "7", moment(day))
    home = contacts.find_or_make(session, "wechat", "oLI", moment(day))
    linking.link(session, other, home.id)
    assert letters(session, planner, day) == []


def test_with_a_template_everybody_can_be_reached(session: Session, planner: Planner) -> None:
    day = next_reminder(session, planner)
    always = Planner(planner.library, has_template=True)
    assert letters(session, always, day) == []
