"""Linked accounts on both kinds of database: one person, whichever way; nothing of others moves."""

from datetime import timedelta

from sqlmodel import Session

from storage import contacts, linking, messages, outbox, subscriptions
from storage.database import Database
from storage.dispatching import Outcome, claim, settle
from storage.messages import Exchange
from storage.outbox import Letter, State
from tests.cast import LI, NOW, WANG, ZHANG, Person

MINUTE = timedelta(minutes=1)
PHONE = Person("张师傅", "telegram", "1")


def come(session: Session, person: Person) -> contacts.Contact:
    return contacts.find_or_make(session, person.channel, person.address, NOW)


def link(session: Session, first: Person, second: Person) -> int:
    home = come(session, first)
    linking.link(session, come(session, second), home.id)
    return home.id


def test_both_accounts_are_found_as_one_person(database: Database) -> None:
    def unit(session: Session) -> tuple[int, set[int]]:
        home = link(session, ZHANG, PHONE)
        return home, {come(session, ZHANG).id, come(session, PHONE).id}

    home, found = database.run(unit).result()
    assert found == {home}


def test_what_hangs_on_both_is_kept_once(database: Database) -> None:
    def unit(session: Session) -> tuple[int, list[str]]:
        for person in (ZHANG, PHONE, WANG):
            one = come(session, person)
            messages.keep(session, one, Exchange("same", person.address, "{}"), NOW)
            messages.keep(session, one, Exchange(f"of {person.address}", "?", "{}"), NOW)
            subscriptions.subscribe(session, one, "call:cccc", NOW)
        link(session, ZHANG, PHONE)
        found = come(session, ZHANG)
        assert len(messages.history(session, come(session, WANG), 9)) == 2
        return len(messages.history(session, found, 9)), subscriptions.mine(session, found)

    assert database.run(unit).result() == (3, ["call:cccc"])


def test_a_chain_of_three_has_one_home(database: Database) -> None:
    def unit(session: Session) -> set[int]:
        link(session, ZHANG, PHONE)
        link(session, LI, ZHANG)
        return {come(session, one).id for one in (LI, ZHANG, PHONE)}

    assert len(database.run(unit).result()) == 1


def test_forgetting_one_account_forgets_the_person(database: Database) -> None:
    def unit(session: Session) -> int:
        link(session, ZHANG, PHONE)
        come(session, WANG)
        contacts.forget(session, PHONE.channel, PHONE.address)
        return contacts.count(session)

    assert database.run(unit).result() == 1


def test_linked_accounts_grow_old_with_their_home_only(database: Database) -> None:
    def unit(session: Session) -> tuple[int, int]:
        home = link(session, ZHANG, PHONE)
        contacts.keep_state(session, come(session, ZHANG), "", NOW + MINUTE)
        kept = contacts.forget_unseen(session, NOW + MINUTE)
        assert come(session, PHONE).id == home
        return kept, contacts.forget_unseen(session, NOW + 2 * MINUTE)

    assert database.run(unit).result()[0] == 0
    assert database.run(lambda session: contacts.find(session, PHONE.channel, PHONE.address)).result() is None


def push_and_fail(session: Session, *states: State) -> tuple[list[str], str, str]:
    """Send one push and let each attempt end so; the channels it went to, and where it stands."""
    home = come(session, ZHANG).id
    outbox.put(session, [Letter("k", home, "{}", NOW)], NOW)
    ways = []
    for state in states:
        (taken,) = claim(session, {"web": 1, "telegram": 1}, NOW, MINUTE)
        ways.append(f"{taken.channel} {taken.address}")
        settle(session, [Outcome(taken.id, taken.attempts, state, NOW, error="no way")])
    row = session.connection().exec_driver_sql("SELECT state, story FROM outbox").one()
    return ways, row[0], row[1]


def test_where_one_channel_fails_the_next_is_tried(database: Database) -> None:
    def unit(session: Session) -> tuple[list[str], str, str]:
        link(session, ZHANG, PHONE)
        return push_and_fail(session, State.FAILED, State.SENT)

    ways, state, story = database.run(unit).result()
    assert ways == ["web zhang", "telegram 1"]
    assert state == State.SENT
    assert "goes on by telegram" in story


def test_what_one_channel_held_and_another_could_not_bring_rides_on_the_next_reply(database: Database) -> None:
    def unit(session: Session) -> tuple[list[str], str, str]:
        link(session, ZHANG, PHONE)
        return push_and_fail(session, State.HELD, State.FAILED)

    ways, state, _ = database.run(unit).result()
    assert ways == ["web zhang", "telegram 1"]
    assert state == State.HELD


def test_where_every_channel_fails_it_is_given_up(database: Database) -> None:
    def unit(session: Session) -> tuple[list[str], str, str]:
        link(session, ZHANG, PHONE)
        return push_and_fail(session, State.FAILED, State.FAILED)

    assert database.run(unit).result()[1] == State.FAILED


def test_a_channel_that_the_person_left_is_not_tried(database: Database) -> None:
    def unit(session: Session) -> tuple[list[str], str, str]:
        link(session, ZHANG, PHONE)
        contacts.mark_gone(session, ZHANG.channel, ZHANG.address, True)
        return push_and_fail(session, State.FAILED)

    ways, state, _ = database.run(unit).result()
    assert ways == ["telegram 1"]
    assert state == State.FAILED


def test_a_home_that_is_parted_leaves_everything_to_the_heir(database: Database) -> None:
    def unit(session: Session) -> tuple[int, int, list[str]]:
        link(session, ZHANG, PHONE)
        person = come(session, ZHANG)
        messages.keep(session, person, Exchange("1", "?", "{}"), NOW)
        contacts.keep_state(session, person, "kept", NOW)
        home = next(one for one in contacts.accounts(session, person.id) if one.is_home)
        linking.part(session, person, home)
        old, new = come(session, ZHANG), come(session, PHONE)
        assert (old.state, new.state) == ("", "kept")
        found = [one.channel for one in contacts.accounts(session, new.id)]
        return len(messages.history(session, old, 9)), len(messages.history(session, new, 9)), found

    assert database.run(unit).result() == (0, 1, ["telegram"])
