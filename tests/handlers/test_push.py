"""Pushes: what stands in front of them, and how they ride on a reply."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from handlers import router
from handlers.conversation import Message, Reply
from handlers.push import Push, in_front, marked
from knowledge.library import Library
from knowledge.vocabulary import Status
from storage import contacts, outbox, outbox_view
from storage.dispatching import Outcome, claim, settle
from storage.outbox import Letter, State
from tests.cast import GRANT, LI, NOW, TODAY, ZHANG

PUSH = Push("长春考核材料12月31日前报送。", ("已办",), "/studios/7")
HOUR = timedelta(hours=1)


def respond(session: Session, library: Library, message: Message, now: datetime = NOW) -> Reply:
    return router.respond(session, message, library, None, TODAY, now)


def hold(session: Session, *texts: str, to: Message = LI.says("")) -> None:  # noqa: B008
    contact = contacts.find_or_make(session, to.channel, to.address, NOW)
    letters = [Letter(f"{to.address}:{text}", contact.id, Push(text).dump(), NOW) for text in texts]
    outbox.put(session, letters, NOW)
    taken = claim(session, {to.channel: 99}, NOW, HOUR)
    settle(session, [Outcome(one.id, one.attempts, State.HELD, NOW) for one in taken])


def test_a_push_comes_back_from_storage_as_it_went_in() -> None:
    assert Push.load(PUSH.dump()) == PUSH


@pytest.mark.parametrize("stored", ["", "nonsense", "7", "[1]", '{"a": 1}', "[1,2,3,4]", '["a",1,""]'])
def test_what_is_no_push_is_refused(stored: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Push.load(stored)


@pytest.mark.parametrize(
    ("delay", "is_maybe_sent", "mark"),
    [
        (HOUR, False, ""),
        (3 * HOUR, False, "（补发，原定12月1日）"),
        (-HOUR, True, "（可能重复）"),
        (40 * 24 * HOUR, True, "（可能重复）（补发，原定12月1日）"),
    ],
)
def test_what_a_person_should_know_stands_in_front(delay: timedelta, is_maybe_sent: bool, mark: str) -> None:
    not_before = datetime(2026, 11, 30, 16, 30, tzinfo=UTC)  # half past midnight in Beijing
    assert marked(PUSH, not_before, not_before + delay, is_maybe_sent).text == mark + PUSH.text


def test_a_push_in_front_leaves_the_reply_its_own_choices() -> None:
    reply = Reply("哪一家？", Status.CLARIFY, (), ("焦作", "长春"))
    shown = in_front([PUSH, Push("二")], reply)
    assert shown.text == f"提醒：{PUSH.text}\n\n提醒：二\n\n哪一家？"
    assert shown.options == reply.options
    assert shown.link == PUSH.link
    assert in_front([], reply) == reply


def test_what_is_held_for_li_rides_on_his_next_reply_and_on_no_other(session: Session, library: Library) -> None:
    hold(session, "一", "二")
    assert "提醒" not in respond(session, library, ZHANG.says(GRANT)).text
    plain = respond(session, library, ZHANG.says(GRANT, id="2")).text
    first = respond(session, library, LI.says(GRANT))
    assert first.text == f"提醒：一\n\n提醒：二\n\n{plain}"
    found = outbox_view.find(session, "li:一")
    assert found is not None
    assert found.state == State.SENT
    again = respond(session, library, LI.says(GRANT), NOW + HOUR)
    assert again.dump().encode() == first.dump().encode()
    assert respond(session, library, LI.says(GRANT, id="2")).text == plain


def test_what_was_held_for_long_says_so(session: Session, library: Library) -> None:
    hold(session, "一")
    reply = respond(session, library, LI.says(GRANT), NOW + 9 * HOUR)
    assert reply.text.startswith("提醒：（补发，原定11月20日）一\n\n")
