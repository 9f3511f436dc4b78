"""Reminders: announced early enough, to the right people, at a decent hour, until somebody says that it is done."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session

from handlers import router
from handlers.conversation import BEIJING, Reply
from handlers.push import Push
from handlers.reminding.commands import Act, read_command, read_later
from handlers.reminding.planning import Planner, send_at
from handlers.reminding.stages import stage_of
from knowledge.dues import studio_dues
from knowledge.duties import What
from knowledge.library import Library
from knowledge.vocabulary import Paper, Role, Standing
from knowledge.working_days import Calendar
from storage import contacts, filings, matters, outbox, outbox_view, register, staff
from storage.filings import Filing
from storage.outbox import Letter
from storage.register import Studio
from storage.scope import EVERYTHING, Scope
from storage.staff import Staff
from tests.cast import LI, WANG, ZHANG, Person

DEC = date(2026, 12, 1)


def moment(day: date, hour: int = 9, minute: int = 30) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BEIJING).astimezone(UTC)


class Office:
    """A session with staff and studios, in which days go by."""

    def __init__(self, session: Session, library: Library) -> None:
        self.session, self.library = session, library
        self.planner = Planner(library)
        self._codes = iter(f"ABCD23{number:02d}".replace("0", "Z").replace("1", "Y") for number in range(10, 60))
        self._number = 0

    def employ(self, person: Person, scope: Scope, name: str = "") -> Staff:
        now, code = moment(date(2026, 1, 5)), next(self._codes)
        contact = contacts.find_or_make(self.session, person.channel, person.address, now)
        one = staff.invite(self.session, code, name or person.name, Role.STAFF, scope, now, now + timedelta(days=7))
        assert staff.use_code(self.session, code, contact, now)
        found = staff.of_contact(self.session, contact)
        assert found is not None
        assert found.id == one.id
        return found

    def enter(self, programme: str = "jiaozuo", conferred_on: date | None = date(2024, 3, 1), **more: object) -> Studio:
        self._number += 1
        studio = Studio(programme, f"第{self._number}工作室", "焦作机床厂", conferred_on=conferred_on, **more)  # type: ignore[arg-type]
        found = register.add(self.session, EVERYTHING, studio, moment(date(2026, 1, 5)))
        assert found is not None
        return found

    def plan(self, day: date, hour: int = 6) -> list[Letter]:
        letters = self.planner(self.session, day, moment(day, hour, 0))
        outbox.put(self.session, letters, moment(day, hour, 0))
        return letters

    def say(self, person: Person, text: str, day: date = DEC) -> Reply:
        self._number += 1
        message = person.says(text, id=f"m{self._number}")
        return router.respond(self.session, message, self.library, None, day, moment(day), "secret")

    def contact(self, person: Person) -> int:
        found = contacts.find(self.session, person.channel, person.address)
        assert found is not None
        return found.id


@pytest.fixture
def office(session: Session, library: Library) -> Office:
    return Office(session, library)


def texts(letters: list[Letter]) -> list[str]:
    return [Push.load(one.payload).text for one in letters]


def days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


JIAOZUO = Scope("jiaozuo")


def test_a_filing_is_announced_early_enough_to_who_looks_after_the_studio(office: Office) -> None:
    li = office.employ(LI, JIAOZUO)
    office.enter(first_contact=li.id)
    told = [(day, text) for day in days(date(2026, 10, 1), date(2026, 12, 31)) for text in texts(office.plan(day))]
    filing = [(day, text) for day, text in told if text.startswith("考核情况报送备案")]
    assert [day for day, _ in filing] == [date(2026, 10, 30), date(2026, 12, 1), date(2026, 12, 24), date(2026, 12, 30)]
    first = filing[0][1]
    for piece in ("第1工作室", "2026年12月31日", "第十六条", "“年底前”按12月31日计", "已办 D"):
        assert piece in first


def test_planning_twice_changes_nothing(office: Office) -> None:
    li = office.employ(LI, JIAOZUO)
    office.enter(first_contact=li.id)
    assert office.plan(DEC)
    assert office.plan(DEC) == []
    assert office.plan(DEC, hour=18) == []


def test_what_is_done_is_not_reminded_of_again_and_stands_in_the_register(office: Office) -> None:
    li = office.employ(LI, JIAOZUO)
    studio = office.enter(first_contact=li.id)
    office.plan(DEC)
    number = next(one.id for one in matters.since(office.session, DEC).values() if one.what == What.ASSESSMENT_FILING)
    reply = office.say(LI, f"已办 D{number}")
    assert "已登记办结" in reply.text
    assert "2026年考核备案已报送" in reply.text
    assert filings.find(office.session, studio, Paper.ASSESSMENT, "2026") is not None
    later = [text for day in days(date(2026, 12, 2), date(2027, 3, 1)) for text in texts(office.plan(day))]
    assert not [text for text in later if "考核情况报送备案" in text and "2026年12月31日" in text]
    assert "之前已经" in office.say(LI, f"D{number}已办").text


def test_a_filing_noted_in_the_register_is_not_reminded_of(office: Office) -> None:
    li = office.employ(LI, JIAOZUO)
    studio = office.enter(first_contact=li.id)
    filings.keep(office.session, studio, Filing(Paper.ASSESSMENT, "2026", DEC, li.id), moment(DEC))
    filings.keep(office.session, studio, Filing(Paper.ANNUAL_SUMMARY, "2026", DEC, li.id), moment(DEC))
    assert [text for text in texts(office.plan(DEC)) if "第1工作室" in text] == []


def test_what_nobody_calls_done_is_repeated_after_the_day(office: Office) -> None:
    li = office.employ(LI, JIAOZUO)
    office.enter(first_contact=li.id)
    told = [
        (day, text)
        for day in days(date(2027, 1, 1), date(2027, 4, 30))
        for text in texts(office.plan(day))
        if "考核情况报送备案" in text
    ]
    assert [day for day, _ in told[:3]] == [date(2027, 1, 1), date(2027, 1, 7), date(2027, 1, 14)]
    assert "已经过了" in told[1][1]
    assert told[-1][0] <= date(2026, 12, 31) + timedelta(days=84)


def test_the_second_contact_is_told_near_the_day(office: Office) -> None:
    li, zhao = office.employ(LI, JIAOZUO), office.employ(ZHANG, JIAOZUO, "赵主席")
    office.enter(first_contact=li.id, second_contact=zhao.id)
    early = {one.contact_id for one in office.plan(DEC)}
    near = {one.contact_id for one in office.plan(date(2026, 12, 24))}
    assert early == {office.contact(LI)}
    assert near == {office.contact(LI), office.contact(ZHANG)}


def test_a_studio_nobody_looks_after_is_told_to_who_sees_it(office: Office) -> None:
    office.employ(LI, JIAOZUO)
    office.employ(ZHANG, Scope("cccc"), "赵主席")
    office.enter()
    told = {one.contact_id for one in office.plan(DEC) if "第1工作室" in Push.load(one.payload).text}
    assert told == {office.contact(LI)}


def test_what_nobody_can_be_told_of_is_not_lost(office: Office) -> None:
    office.enter()
    assert office.plan(DEC) == []
    office.employ(LI, JIAOZUO)
    assert office.plan(date(2026, 12, 2))


def test_only_studios_in_good_standing_and_with_a_day_of_naming_have_dues(office: Office) -> None:
    office.employ(LI, JIAOZUO)
    office.enter(standing=Standing.SUSPENDED)
    office.enter(conferred_on=None)
    assert office.plan(DEC) == []


def test_many_on_one_day_become_one_digest(office: Office) -> None:
    li = office.employ(LI, JIAOZUO)
    for _ in range(5):
        office.enter(first_contact=li.id)
    (letter,) = office.plan(DEC)
    text = Push.load(letter.payload).text
    assert text.startswith("今天有10件事要办")
    assert "D1 " in text


def test_an_outage_of_forty_days_is_made_good_and_said(office: Office) -> None:
    li = office.employ(LI, JIAOZUO)
    office.enter(first_contact=li.id)
    told = texts(office.plan(date(2026, 12, 10)))
    filing = [text for text in told if "考核情况报送备案" in text]
    assert len(filing) == 1
    assert filing[0].startswith("（补发，原定12月1日提醒）")


def test_put_off_and_passed_on(office: Office) -> None:
    li, zhao = office.employ(LI, JIAOZUO), office.employ(ZHANG, JIAOZUO, "赵主席")
    office.enter(first_contact=li.id)
    office.plan(DEC)
    number = next(one.id for one in matters.since(office.session, DEC).values() if one.what == What.ASSESSMENT_FILING)
    assert "2026年12月4日再提醒" in office.say(LI, f"稍后 D{number} 三天后").text
    assert not [text for day in days(date(2026, 12, 2), date(2026, 12, 3)) for text in texts(office.plan(day))]
    assert [text for text in texts(office.plan(date(2026, 12, 4))) if "考核情况报送备案" in text]
    assert "已转给赵主席" in office.say(LI, f"转给赵主席 D{number}").text
    again = office.plan(date(2026, 12, 5))
    assert {one.contact_id for one in again} == {office.contact(ZHANG)}
    assert zhao.id != li.id
    assert "没有叫" in office.say(LI, f"转给王五 D{number}").text
    assert "以后，请选早一点" in office.say(LI, f"稍后 D{number} 2027-02-01").text


def test_staff_of_another_scope_can_neither_see_nor_settle_it(office: Office) -> None:
    office.employ(LI, JIAOZUO)
    office.employ(ZHANG, Scope("shanghai"), "赵主席")
    office.enter()
    office.plan(DEC)
    assert "不归您管" in office.say(ZHANG, "已办 D1").text
    assert "第1工作室" not in office.say(ZHANG, "未办").text
    assert "第1工作室" in office.say(LI, "未办").text


@pytest.mark.parametrize(
    "text", ["未办", "已办 D1", "本月到期", "假如今天是 2027-05-20", "稍后 D1 明天", "转给 李干事 D1", "谁还没回"]
)
def test_a_stranger_gets_a_friendly_word_and_learns_nothing(office: Office, text: str) -> None:
    office.employ(LI, JIAOZUO)
    office.enter()
    office.plan(DEC)
    reply = office.say(WANG, text)
    assert "工作人员" in reply.text
    assert "第1工作室" not in reply.text
    assert not matters.since(office.session, DEC)[next(iter(matters.since(office.session, DEC)))].is_done


def test_what_would_be_sent_on_some_day(office: Office) -> None:
    office.employ(LI, Scope("cccc"))
    told = office.say(LI, "假如今天是 2027-05-17").text
    assert "申报截止" in told
    assert "2027-05-31" in told
    assert "没有要提醒的" in office.say(LI, "假如今天是 2027-03-10").text


def test_an_applicant_subscribes_to_a_call_and_leaves_with_one_word(office: Office) -> None:
    reply = office.say(WANG, "交建开始申报提醒我")
    assert "2027年5月31日" in reply.text
    told = [text for day in days(date(2027, 3, 1), date(2027, 5, 31)) for text in texts(office.plan(day))]
    assert len(told) == 5
    assert all("申报截止" in text and "退订" in text for text in told)
    assert "已退订" in office.say(WANG, "退订").text
    assert [one for day in days(date(2028, 3, 1), date(2028, 5, 31)) for one in office.plan(day)] == []


def test_a_call_that_is_over_cannot_be_subscribed_to(office: Office) -> None:
    assert "没法按日子提醒" in office.say(WANG, "中国技协开始申报提醒我").text
    assert "要提醒哪一家" in office.say(WANG, "开始申报提醒我").text


def test_the_overview_comes_on_mondays_for_who_wants_it(office: Office) -> None:
    office.employ(LI, JIAOZUO)
    office.enter()
    monday = date(2026, 12, 7)
    assert not [one for one in office.plan(monday) if one.key.startswith("weekly")]
    office.say(LI, "要周报", monday)
    (weekly,) = [one for one in office.plan(date(2026, 12, 14)) if one.key.startswith("weekly")]
    assert "第1工作室" in Push.load(weekly.payload).text
    assert not [one for one in office.plan(date(2026, 12, 15)) if one.key.startswith("weekly")]


def test_done_withdraws_what_was_not_sent_yet(office: Office) -> None:
    li = office.employ(LI, JIAOZUO)
    office.enter(first_contact=li.id)
    office.plan(DEC, hour=6)
    number = next(one.id for one in matters.since(office.session, DEC).values() if one.what == What.ASSESSMENT_FILING)
    office.say(LI, f"已办 D{number}")
    entry = outbox_view.find(office.session, f"D{number}:30:{office.contact(LI)}")
    assert entry is not None
    assert entry.state == outbox.State.WITHDRAWN


def test_nobody_is_woken() -> None:
    on = date(2026, 12, 1)
    assert send_at(on, moment(on, 6)) == (moment(on, 9, 5), False)
    assert send_at(on, moment(on, 14)) == (moment(on, 14), False)
    assert send_at(on, moment(on, 23)) == (moment(date(2026, 12, 2), 9, 5), False)
    assert send_at(on, moment(date(2026, 12, 5), 3)) == (moment(date(2026, 12, 5), 9, 5), True)
    assert send_at(on, moment(date(2026, 12, 5), 12)) == (moment(date(2026, 12, 5), 12), True)


def test_the_last_reminder_is_on_a_working_day(library: Library) -> None:
    (due,) = [
        one
        for one in studio_dues(library.programmes["tcwta"], date(2022, 10, 7), DEC - timedelta(90), DEC, DEC)
        if one.what is What.TERM_END
    ]
    assert due.on == date(2026, 10, 7)
    stage = stage_of(due, date(2026, 10, 1), Calendar())
    assert stage is not None
    assert stage.on == date(2026, 9, 30)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("", date(2026, 12, 4)),
        ("明天", date(2026, 12, 2)),
        ("三天后", date(2026, 12, 4)),
        ("两周后", date(2026, 12, 15)),
        ("下周一", date(2026, 12, 7)),
        ("周五", date(2026, 12, 4)),
        ("12月20日", date(2026, 12, 20)),
        ("1月5号", date(2027, 1, 5)),
        ("2027-01-05", date(2027, 1, 5)),
        ("等我想想", None),
        ("13月1日", None),
    ],
)
def test_when_to_remind_again_is_understood(words: str, day: date | None) -> None:
    assert read_later(words, DEC) == day


@pytest.mark.parametrize(
    "text",
    [
        "稍后再说",
        "提醒一下有什么条件",
        "到期了怎么办",
        "办完了吗",
        "考核什么时候报",
        "交建几月前交材料",
        "本月要考核吗",
        "转给别人行吗",
    ],
)
def test_ordinary_words_are_nobody_s_command(text: str) -> None:
    assert read_command(text) is None


def test_a_command_is_read_with_its_number() -> None:
    assert [(one.act, one.number) for text in ("D12 已办", "已办d12", "已办结 D12") if (one := read_command(text))] == [
        (Act.DONE, 12)
    ] * 3
