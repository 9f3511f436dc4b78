"""One message, one reply; the conversation goes on where it was."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from handlers import router
from handlers.conversation import Conversation, Message, Outcome, Reply
from handlers.unreadable import LONGEST
from knowledge.library import Citation, Library
from knowledge.vocabulary import Status
from storage import contacts, doubts, messages
from tests.cast import GRANT, LI, NOW, TODAY, WEATHER, ZHANG

FORMULAE = [
    "'; DROP TABLE contact; --",
    "<script>alert(1)</script>",
    "{{7*7}} ${x} %s %(a)s",
    "\\",
    '"',
    "\u202e工作室",
]


def respond(session: Session, library: Library, message: Message) -> Reply:
    return router.respond(session, message, library, None, TODAY, NOW)


def test_zhang_asks_and_gets_the_clause(session: Session, library: Library) -> None:
    reply = respond(session, library, ZHANG.says(GRANT))
    assert reply.status is Status.ANSWERED
    assert "jiaozuo" in {citation.document for citation in reply.citations}


def test_the_same_message_again_gets_the_same_reply(session: Session, library: Library) -> None:
    first = respond(session, library, ZHANG.says(GRANT))
    state = contacts.find_or_make(session, ZHANG.channel, ZHANG.address, NOW).state
    respond(session, library, ZHANG.says("那焦作呢", id="2"))
    again = respond(session, library, ZHANG.says(GRANT))
    assert again == first
    assert again.dump().encode() == first.dump().encode()
    contact = contacts.find_or_make(session, ZHANG.channel, ZHANG.address, NOW)
    assert [one.message_id for one in messages.history(session, contact, 9)] == ["1", "2"]
    assert contact.state != ""
    assert state != ""


def test_the_same_id_of_somebody_else_is_another_message(session: Session, library: Library) -> None:
    respond(session, library, ZHANG.says(GRANT))
    reply = respond(session, library, LI.says(WEATHER))
    assert reply.status is Status.OUT_OF_SCOPE


def test_a_reply_comes_back_from_storage_as_it_went_in() -> None:
    reply = Reply("给 5 万元。\n“依据”…", Status.PARTIAL, (Citation("cccc", "三（七）"),), ("然后呢", "几份"))
    assert Reply.load(reply.dump()) == reply


def test_what_was_not_surely_answered_is_kept_for_staff(session: Session, library: Library) -> None:
    respond(session, library, ZHANG.says(WEATHER + "请打 13912345678 告诉我"))
    (doubt,) = doubts.newest(session, 9)
    assert doubt.status == Status.OUT_OF_SCOPE
    assert doubt.text.startswith(WEATHER)
    assert "139" not in doubt.text
    assert doubt.at == NOW


def test_a_sure_answer_is_no_doubt(session: Session, library: Library) -> None:
    respond(session, library, ZHANG.says(GRANT))
    assert doubts.newest(session, 9) == []


def test_an_empty_message_gets_a_hint_and_changes_nothing(session: Session, library: Library) -> None:
    respond(session, library, ZHANG.says(GRANT))
    before = contacts.find_or_make(session, ZHANG.channel, ZHANG.address, NOW).state
    for number, text in enumerate(["", " \n\t", "\x00\x07\x1b", "\ud83d", "\u200b\ufeff"]):
        reply = respond(session, library, ZHANG.says(text, id=f"empty {number}"))
        assert reply.status is Status.HELP
        assert "没有看到文字" in reply.text
    assert contacts.find_or_make(session, ZHANG.channel, ZHANG.address, NOW).state == before


def test_a_flood_of_text_gets_a_hint(session: Session, library: Library) -> None:
    reply = respond(session, library, ZHANG.says("长" * 100_000))
    assert reply.status is Status.HELP
    assert "100000 字" in reply.text
    assert str(LONGEST) in reply.text


@pytest.mark.parametrize("text", FORMULAE)
def test_formulae_of_programs_are_only_text(session: Session, library: Library, text: str) -> None:
    reply = respond(session, library, ZHANG.says(text))
    assert reply.text
    assert contacts.count(session) == 1


@given(text=st.text(st.characters(codec=None), max_size=60))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_typed_gets_a_reply_that_can_be_sent(session: Session, library: Library, text: str) -> None:
    reply = respond(session, library, ZHANG.says(text, id=json.dumps(text)))
    assert reply.text.strip()
    reply.text.encode("utf-8")
    assert Reply.load(reply.dump()) == reply


class Echo:
    """A handler that repeats its state."""

    NAME = "echo"

    def wants(self, talk: Conversation) -> bool:
        return talk.message.text == "回声"

    def reply(self, talk: Conversation) -> Outcome:
        return Outcome(Reply("回声：" + talk.state, Status.SMALLTALK), talk.state + "!")


def test_the_first_handler_that_wants_a_message_gets_it(session: Session, library: Library) -> None:
    def answer(text: str, number: int) -> Reply:
        message = ZHANG.says(text, id=str(number))
        return router.respond(session, message, library, None, TODAY, NOW, handlers=(Echo(), *router.HANDLERS))

    assert [answer("回声", number).text for number in range(3)] == ["回声：", "回声：!", "回声：!!"]
    assert answer(GRANT, 4).status is Status.ANSWERED
