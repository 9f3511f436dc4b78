"""A private calendar: what is due in one's scope, behind a link of one's own."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from icalendar import Calendar
from sqlmodel import Session
from starlette.testclient import TestClient

from bot.app import create_app
from bot.desk import Desk
from bot.settings import Settings
from handlers.conversation import Reply
from knowledge.vocabulary import Role
from storage import contacts, register, staff
from storage.register import Studio
from storage.scope import EVERYTHING, Scope
from tests.cast import LI, NOW, WANG, Person


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    def fill(session: Session) -> None:
        contact = contacts.find_or_make(session, LI.channel, LI.address, NOW)
        staff.invite(session, "ABCDEFGH", "李干事", Role.STAFF, Scope("jiaozuo"), NOW, NOW + timedelta(days=7))
        staff.use_code(session, "ABCDEFGH", contact, NOW)
        for slug in ("jiaozuo", "shanghai"):
            studio = Studio(slug, f"{slug}的工作室", "机床厂", conferred_on=date(2025, 3, 1))
            register.add(session, EVERYTHING, studio, NOW)

    desk.run(fill).result()
    with TestClient(create_app(desk, Settings())) as client:
        yield client


def say(desk: Desk, person: Person, text: str, id: str) -> Reply:  # noqa: A002
    return desk.answer(person.says(text, id=id))


def test_a_link_leads_to_what_is_due_in_one_s_scope(client: TestClient, desk: Desk) -> None:
    link = say(desk, LI, "日历", "1").link
    answer = client.get(link)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    titles = [str(event["summary"]) for event in events]
    assert any("jiaozuo的工作室" in title and "考核情况报送备案" in title for title in titles)
    assert not any("shanghai" in title for title in titles)
    uids = [str(event["uid"]) for event in events]
    assert len(set(uids)) == len(uids)
    assert [str(event["uid"]) for event in Calendar.from_ical(client.get(link).content).walk("VEVENT")] == uids


def test_a_link_ends_when_it_is_renewed_or_stopped(client: TestClient, desk: Desk) -> None:
    first, second = say(desk, LI, "日历", "1").link, say(desk, LI, "换日历", "2").link
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    say(desk, LI, "停用日历", "3")
    assert client.get(second).status_code == 404


def test_a_link_ends_with_the_rights_of_its_owner(client: TestClient, desk: Desk) -> None:
    link = say(desk, LI, "日历", "1").link
    desk.run(lambda session: staff.revoke(session, 1, NOW)).result()
    assert client.get(link).status_code == 404


def test_a_stranger_gets_no_calendar(client: TestClient, desk: Desk) -> None:
    reply = say(desk, WANG, "日历", "1")
    assert reply.link == ""
    assert "工作人员" in reply.text
    assert client.get("/calendar/guess.ics").status_code == 404
    assert client.get("/calendar/.ics").status_code == 404
