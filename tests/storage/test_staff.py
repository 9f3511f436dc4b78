"""Staff on both kinds of database: codes let in once, and a scope ends when it is revoked."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from knowledge.vocabulary import Role
from storage import contacts, staff
from storage.contacts import Contact
from storage.database import Database
from storage.scope import EVERYTHING, Scope
from storage.staff import SIGNS, Staff, hide_codes, read_code, show_code
from tests.cast import LI, NOW, WANG, Person

CODE = "ABCD2345"
JIAOZUO = Scope("jiaozuo")
WEEK = timedelta(days=7)


def come(session: Session, person: Person) -> Contact:
    return contacts.find_or_make(session, person.channel, person.address, NOW)


def invite(session: Session, code: str = CODE, role: Role = Role.STAFF, scope: Scope = JIAOZUO) -> Staff:
    return staff.invite(session, code, "李干事", role, scope, NOW, NOW + WEEK)


def test_a_code_binds_the_contact_that_uses_it_first(database: Database) -> None:
    def unit(session: Session) -> list[bool]:
        invited = invite(session)
        assert not invited.is_active()
        used = [staff.use_code(session, CODE, come(session, one), NOW) for one in (LI, WANG, LI)]
        found = staff.of_contact(session, come(session, LI))
        assert found is not None
        assert found.is_active()
        assert (found.id, found.scope, found.role, found.bound_at) == (invited.id, JIAOZUO, Role.STAFF, NOW)
        assert staff.of_contact(session, come(session, WANG)) is None
        return used

    assert database.run(unit).result() == [True, False, False]


def test_an_admin_sees_everything(database: Database) -> None:
    def unit(session: Session) -> Staff | None:
        invite(session, role=Role.ADMIN, scope=EVERYTHING)
        staff.use_code(session, CODE, come(session, LI), NOW)
        return staff.of_contact(session, come(session, LI))

    found = database.run(unit).result()
    assert found is not None
    assert (found.role, found.scope) == (Role.ADMIN, EVERYTHING)


def test_a_code_that_is_too_old_revoked_or_unknown_lets_nobody_in(database: Database) -> None:
    def unit(session: Session) -> list[bool]:
        li = come(session, LI)
        old = staff.use_code(session, CODE, li, NOW)
        invite(session)
        late = staff.use_code(session, CODE, li, NOW + WEEK)
        revoked = invite(session, "REVKED22")
        assert staff.revoke(session, revoked.id, NOW)
        return [old, late, staff.use_code(session, "REVKED22", li, NOW)]

    assert database.run(unit).result() == [False, False, False]


def test_whoever_is_revoked_sees_nothing_from_then_on(database: Database) -> None:
    def unit(session: Session) -> None:
        invited = invite(session)
        staff.use_code(session, CODE, come(session, LI), NOW)
        assert staff.revoke(session, invited.id, NOW)
        assert not staff.revoke(session, invited.id, NOW)
        assert staff.of_contact(session, come(session, LI)) is None
        assert staff.current(session) == []
        assert [one.revoked_at for one in staff.everybody(session)] == [NOW]

    database.run(unit).result()


def test_a_contact_that_is_forgotten_is_staff_no_more_and_its_code_is_spent(database: Database) -> None:
    def unit(session: Session) -> bool:
        invite(session)
        staff.use_code(session, CODE, come(session, LI), NOW)
        contacts.forget(session, LI.channel, LI.address)
        assert staff.of_contact(session, come(session, LI)) is None
        return staff.use_code(session, CODE, come(session, LI), NOW)

    assert database.run(unit).result() is False


def test_a_held_contact_is_not_let_go_of_for_age(database: Database) -> None:
    def unit(session: Session) -> list[str]:
        for person in (LI, WANG):
            come(session, person)
        contacts.hold(session, come(session, LI).id, True)
        contacts.forget_unseen(session, NOW + WEEK)
        contacts.forget_older(session, 0)
        left = [one.name for one in (LI, WANG) if contacts.find(session, one.channel, one.address)]
        contacts.hold(session, come(session, LI).id, False)
        contacts.forget_unseen(session, NOW + WEEK)
        return [*left, str(contacts.count(session))]

    assert database.run(unit).result() == ["李干事", "0"]


def test_the_code_itself_is_nowhere_in_the_file(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'steward.db'}")
    database.migrate()
    database.run(invite).result()
    database.close()
    kept = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert b"\xe6\x9d\x8e\xe5\xb9\xb2\xe4\xba\x8b" in kept
    assert CODE.encode() not in kept


@given(st.text(SIGNS, min_size=8, max_size=8))
def test_a_code_is_read_however_it_is_typed(code: str) -> None:
    wide = "".join(chr(ord(one) + 0xFEE0) for one in code)
    for typed in (show_code(code), show_code(code).lower(), f" {code} ", wide, f"{code[:4]}—{code[4:]}"):
        assert read_code(typed) == code


@pytest.mark.parametrize("typed", ["", "ABCD-234", "ABCD-23456", "ABCD-2345O", "邀请码", "ABCD-123I"])
def test_what_has_not_the_form_of_a_code_is_none(typed: str) -> None:
    assert read_code(typed) == ""


@given(st.text(SIGNS, min_size=8, max_size=8))
def test_no_code_is_kept_with_a_message(code: str) -> None:
    wide = "".join(chr(ord(one) + 0xFEE0) for one in code)
    for typed in (code, show_code(code), show_code(code).lower(), wide, f"{code[:4]}—{code[4:]}"):
        for text in (f"邀请码 {typed}", f"邀请码：{typed}谢谢", f"使用邀请码{typed}"):
            assert typed[-4:] not in hide_codes(text)
    if not code.isdigit():
        assert hide_codes(show_code(code)) == "…"


@pytest.mark.parametrize("text", ["焦作的牌匾60cm×40cm", "2024-2025年度", "邀请码是什么", "电话 2345-6789"])
def test_other_texts_are_kept_as_they_are(text: str) -> None:
    assert hide_codes(text) == text
