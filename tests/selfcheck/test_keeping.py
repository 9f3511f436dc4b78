"""Nothing typed into a self-check is lost, filed twice or filed under the wrong question."""

import json
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlmodel import Session

from bot.channels import lines
from bot.desk import Desk
from handlers import router
from handlers.checking.ending import LINK_DAYS
from handlers.conversation import Message, Reply
from knowledge.assessing import Verdict
from knowledge.library import Library
from knowledge.originals import Originals
from storage import contacts, rulesets, selfchecks
from storage.database import Database
from tests.cast import NOW, TODAY, WANG, ZHANG, Person
from tests.selfcheck.test_talks import say


def talk(desk: Desk, who: Person, *texts: str, first: int = 0) -> Reply:
    replies = [desk.answer(who.says(text, id=str(first + number))) for number, text in enumerate(texts)]
    return replies[-1]


def test_a_self_check_goes_on_where_it_was_whenever_the_program_stops(database: Database, library: Library) -> None:
    """A new desk for every message: all that is remembered is in the database."""
    typed = ["上海自查", "是", "上海", "技师", "是", "是", "2", "是", "是", "专门的固定场所", "有"]

    def answer(number: int, text: str) -> Reply:
        tomorrow = NOW + timedelta(days=number)
        return talk(Desk(library, None, database, clock=lambda: tomorrow, today=TODAY), ZHANG, text, first=number)

    replies = [answer(number, text) for number, text in enumerate(typed)]
    assert [reply.question.progress[0] for reply in replies[:-1] if reply.question] == list(range(10))
    assert "需说明" in replies[-1].text


def test_the_same_answer_three_times_advances_once(desk: Desk) -> None:
    talk(desk, ZHANG, "上海自查")
    first, *again = [desk.answer(ZHANG.says("是", id="the same")) for _ in range(3)]
    assert [one.dump() for one in again] == [first.dump()] * 2
    after = desk.answer(ZHANG.says("上海", id="next"))
    assert after.question is not None
    assert after.question.progress[0] == 2


def test_a_button_of_a_question_that_has_moved_on_is_not_filed(session: Session, library: Library) -> None:
    say(session, library, 1, "上海自查")
    say(session, library, 2, "是", "funded-project")
    late = say(session, library, 3, "不是", "funded-project")
    assert "没有记到现在这题" in late.text
    assert late.question is not None
    assert late.question.id == "place"
    right = say(session, library, 4, "上海", "place")
    assert right.question is not None
    assert right.question.progress[0] == 2


def test_a_button_of_a_paused_check_answers_nothing(session: Session, library: Library) -> None:
    say(session, library, 1, "上海自查")
    say(session, library, 2, "暂停")
    reply = say(session, library, 3, "是", "funded-project")
    assert reply.question is None


def _under_other_rules(session: Session, library: Library) -> None:
    """Let the running check have begun with rules under which four members were needed."""
    contact = contacts.find_or_make(session, ZHANG.channel, ZHANG.address, NOW)
    states = json.loads(contact.state)
    check = json.loads(states["selfcheck"])
    version = check["versions"]["cccc"]
    text = rulesets.find(session, version)
    assert text is not None
    older = text.replace('"at_least": 3', '"at_least": 4')
    assert older != text
    rulesets.keep(session, "older", older)
    check["versions"]["cccc"] = "older"
    contacts.keep_state(session, contact, json.dumps({**states, "selfcheck": json.dumps(check)}), NOW)


def test_a_running_check_keeps_the_rules_it_began_with_and_says_so(session: Session, library: Library) -> None:
    say(session, library, 1, "交建自查")
    _under_other_rules(session, library)
    told = say(session, library, 2, "是")
    assert "规则在您开始以后更新过" in told.text
    say(session, library, 3, "劳模")
    again = say(session, library, 4, "3")
    assert "规则在您开始以后更新过" not in again.text
    assert "暂不符合" in again.text
    assert "把团队补到3人" in again.text
    say(session, library, 5, "重来")
    say(session, library, 6, "是")
    say(session, library, 7, "劳模")
    assert "暂不符合" not in say(session, library, 8, "3").text


def test_a_clause_whose_original_was_changed_is_not_judged_by(session: Session, library: Library) -> None:
    originals = Originals(changed=frozenset({("shanghai", "第三条")}))

    def answer(number: int, text: str) -> Reply:
        message = ZHANG.says(text, id=str(number))
        return router.respond(session, message, library, originals, TODAY, NOW, f"s{number}")

    assert "哪个城市" in answer(1, "上海自查").text
    reply = answer(2, "上海")
    assert "信息不足" in reply.text


def test_what_was_found_is_kept_with_a_link_that_ends(desk: Desk, database: Database) -> None:
    reply = talk(desk, ZHANG, "长春自查，我们在北京")
    token = reply.link.rpartition("/")[2]
    assert len(token) >= 32

    def find(days: int) -> Any:
        return database.run(lambda session: selfchecks.find(session, token, NOW + timedelta(days=days))).result()

    assert find(0) is not None
    assert find(LINK_DAYS + 1) is None
    shown = talk(desk, ZHANG, "查看第1次", first=9)
    assert shown.link != reply.link
    assert find(0) is None


def test_nobody_sees_or_deletes_the_self_checks_of_others(desk: Desk) -> None:
    talk(desk, ZHANG, "长春自查，我们在北京")
    assert "还没有" in talk(desk, WANG, "我的自查").text
    assert "没有第1次" in talk(desk, WANG, "删除第1次自查", first=1).text
    assert "第1次" in talk(desk, ZHANG, "我的自查", first=1).text


def test_forgetting_a_person_deletes_the_self_checks_too(desk: Desk, database: Database) -> None:
    reply = talk(desk, ZHANG, "长春自查，我们在北京")
    token = reply.link.rpartition("/")[2]
    desk.forget(ZHANG.channel, ZHANG.address).result()
    assert database.run(lambda session: selfchecks.find(session, token, NOW)).result() is None


def test_json_lines_carry_the_question(desk: Desk) -> None:
    rows = [{"conversation": 1, "text": text} for text in ("上海自查", "没得过", "上海")]
    sink = BytesIO()
    source = BytesIO("\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode())
    lines.answer_lines(desk, source, sink)
    first, second, third = map(json.loads, sink.getvalue().decode().splitlines())
    assert first["question"] == {
        "id": "funded-project",
        "kind": "yes",
        "options": ["是", "不是", "不清楚"],
        "progress": {"answered": 0, "of": 11},
    }
    assert second["question"]["id"] == "place"
    assert "question" not in third
    assert Verdict.FAILS in third["answer"]
    assert {"document": "shanghai", "clause": "第三条"} in third["citations"]


@pytest.mark.parametrize("state", ["", "null", "[]", "{", '{"phase": "asking"}', '{"phase": 3}', "x"])
def test_a_state_that_cannot_be_read_is_no_self_check(session: Session, library: Library, state: str) -> None:
    contact = contacts.find_or_make(session, ZHANG.channel, ZHANG.address, NOW)
    contacts.keep_state(session, contact, json.dumps({"selfcheck": state}), NOW)
    assert say(session, library, 1, "长春评上给多少钱").text.startswith("长春")


def test_a_pressed_option_of_nobody_s_question_is_an_ordinary_message(session: Session, library: Library) -> None:
    message = replace(ZHANG.says("长春评上给多少钱", id="9"), question="funded-project")
    assert isinstance(message, Message)
    assert router.respond(session, message, library, None, TODAY, NOW, "s").text.startswith("长春")
