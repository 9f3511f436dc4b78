"""Staff at the desk, on both kinds of database: one code, many hands; and two who enter the same studio."""

from datetime import timedelta
from functools import partial

from sqlmodel import Session

from bot.desk import Desk
from knowledge.vocabulary import Role
from storage import register, staff
from storage.database import Database
from storage.register import Search
from storage.scope import EVERYTHING
from tests.cast import LI, NOW, ZHAO, Person

CODE = "ABCD2345"


def invite(session: Session, code: str, name: str) -> None:
    staff.invite(session, code, name, Role.ADMIN, EVERYTHING, NOW, NOW + timedelta(7))


def test_of_many_who_send_a_code_at_once_one_is_let_in(desk: Desk, database: Database) -> None:
    database.run(lambda session: invite(session, CODE, "李干事")).result()
    many = [Person(str(number), "web", f"person {number}") for number in range(12)]
    replies = [desk.submit(one.says("邀请码 ABCD-2345")) for one in many]
    assert sum("欢迎您" in reply.result().text for reply in replies) == 1


def test_of_two_who_enter_the_same_studio_at_once_one_does(desk: Desk, database: Database) -> None:
    for code, person in ((CODE, LI), ("ABCD2346", ZHAO)):
        database.run(partial(invite, code=code, name=person.name)).result()
        desk.answer(person.says(f"邀请码 {code}", "1"))
        desk.answer(person.says("新增 焦作 王建国创新工作室 单位 焦作机床厂", "2"))
    replies = [desk.submit(person.says("确认", "3")) for person in (LI, ZHAO)]
    assert sum("已登记" in reply.result().text for reply in replies) == 1
    assert database.run(lambda session: register.count(session, EVERYTHING, Search())).result() == 1


def test_the_same_message_again_enters_nothing_twice(desk: Desk, database: Database) -> None:
    database.run(lambda session: invite(session, CODE, "李干事")).result()
    for number, text in enumerate(("邀请码 ABCD-2345", "新增 焦作 甲创新工作室 单位 厂", "确认")):
        first = desk.answer(LI.says(text, str(number)))
        assert desk.answer(LI.says(text, str(number))) == first
    assert database.run(lambda session: register.count(session, EVERYTHING, Search())).result() == 1
