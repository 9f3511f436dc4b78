"""Contacts, their messages and the doubts, on both kinds of database."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from storage import contacts, doubts, messages
from storage.database import Database
from storage.doubts import Doubt
from storage.messages import Exchange
from tests.cast import LI, NOW, WANG, ZHANG, Person


def visit(session: Session, person: Person, at: datetime = NOW, messages_sent: int = 1) -> None:
    contact = contacts.find_or_make(session, person.channel, person.address, at)
    for number in range(messages_sent):
        messages.keep(session, contact, Exchange(str(number), f"question {number}", "{}"), at)
    contacts.keep_state(session, contact, f"state of {person.name}", at)


def test_a_contact_is_its_channel_and_address(database: Database) -> None:
    def unit(session: Session) -> set[int]:
        seen = [("web", "1"), ("web", "2"), ("terminal", "1"), ("web", "1")]
        return {contacts.find_or_make(session, channel, address, NOW).id for channel, address in seen}

    assert len(database.run(unit).result()) == 3


def test_the_state_is_kept_on_the_contact(database: Database) -> None:
    database.run(lambda session: visit(session, ZHANG)).result()
    database.run(lambda session: visit(session, LI)).result()
    found = database.run(lambda session: contacts.find(session, ZHANG.channel, ZHANG.address)).result()
    assert found is not None
    assert found.state == "state of 张师傅"
    assert database.run(lambda session: contacts.find(session, WANG.channel, WANG.address)).result() is None


def test_only_the_newest_messages_of_a_contact_are_kept(database: Database) -> None:
    def unit(session: Session) -> list[Exchange]:
        visit(session, LI)
        visit(session, ZHANG, messages_sent=messages.MOST_KEPT + 30)
        contact = contacts.find_or_make(session, ZHANG.channel, ZHANG.address, NOW)
        return messages.history(session, contact, 10_000)

    kept = database.run(unit).result()
    assert len(kept) == messages.MOST_KEPT
    assert [one.message_id for one in kept] == [str(number) for number in range(30, messages.MOST_KEPT + 30)]


def test_a_contact_is_forgotten_with_all_its_messages(database: Database) -> None:
    def unit(session: Session) -> tuple[bool, bool, int, int]:
        visit(session, ZHANG, messages_sent=3)
        visit(session, LI)
        was_there = contacts.forget(session, ZHANG.channel, ZHANG.address)
        is_there = contacts.forget(session, ZHANG.channel, ZHANG.address)
        return was_there, is_there, contacts.count(session), messages.trim(session, 0)

    assert database.run(unit).result() == (True, False, 1, 1)


def test_what_was_deleted_is_not_in_the_file_either(tmp_path: Path) -> None:
    secret = "我们厂的秘密"
    file = tmp_path / "steward.db"
    database = Database(f"sqlite:///{file}")
    database.migrate()

    def tell(session: Session) -> None:
        contact = contacts.find_or_make(session, ZHANG.channel, ZHANG.address, NOW)
        messages.keep(session, contact, Exchange("1", secret, "{}"), NOW)

    database.run(tell).result()
    database.run(lambda session: contacts.forget(session, ZHANG.channel, ZHANG.address)).result()
    database.close()
    assert secret.encode() not in b"".join(one.read_bytes() for one in tmp_path.iterdir())


def test_who_has_not_been_seen_for_long_is_forgotten(database: Database) -> None:
    def unit(session: Session) -> int:
        visit(session, ZHANG, NOW - timedelta(days=181))
        visit(session, LI, NOW - timedelta(days=179))
        return contacts.forget_unseen(session, NOW - timedelta(days=180))

    assert database.run(unit).result() == 1
    assert database.run(lambda session: contacts.find(session, LI.channel, LI.address)).result() is not None


def test_only_so_many_contacts_are_kept_the_last_seen(database: Database) -> None:
    def unit(session: Session) -> list[bool]:
        for days, person in enumerate((ZHANG, LI, WANG)):
            visit(session, person, NOW - timedelta(days=days))
        contacts.forget_older(session, 2)
        return [contacts.find(session, one.channel, one.address) is not None for one in (ZHANG, LI, WANG)]

    assert database.run(unit).result() == [True, True, False]


def test_doubts_come_newest_first_and_short(database: Database) -> None:
    def unit(session: Session) -> list[Doubt]:
        for number in range(3):
            doubts.keep(session, Doubt(f"{number}" + "长" * 1_000, "not_stated", "jiaozuo", NOW))
        return doubts.newest(session, 2)

    found = database.run(unit).result()
    assert [one.text[0] for one in found] == ["2", "1"]
    assert {len(one.text) for one in found} == {doubts.LONGEST}
    assert found[0].at == NOW


def test_doubts_do_not_grow_without_bound(session: Session) -> None:
    for number in range(doubts.MOST_KEPT + 5):
        doubts.keep(session, Doubt(str(number), "clarify", "", NOW))
    assert doubts.trim(session) == 5
    assert doubts.newest(session, 1)[0].text == str(doubts.MOST_KEPT + 4)


def test_a_moment_without_a_zone_is_refused(session: Session) -> None:
    with pytest.raises(Exception, match="no time zone"):
        contacts.find_or_make(session, ZHANG.channel, ZHANG.address, NOW.replace(tzinfo=None))
