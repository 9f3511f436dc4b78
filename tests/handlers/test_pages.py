"""Replies that are too long for their channel: page by page, nothing lost, the next real message never eaten."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from handlers import pages
from handlers.conversation import Asked, Manner, Message, Reply
from knowledge.library import Library
from knowledge.vocabulary import Status
from tests.handlers.room import Room

NARROW = Manner(600, is_numbered=True)
LONG = Reply("\n".join(f"第{number}条：" + "规定" * 30 for number in range(9)), Status.ANSWERED, (), ("甲", "乙"))


def all_pages(reply: Reply, room: int) -> list[Reply]:
    shown, rest = pages.cut(reply, room)
    found = [shown]
    while rest:
        shown, rest = pages.cut(Reply.load(rest), room)
        found.append(shown)
        assert len(found) < 1000
    return found


def shown_size(reply: Reply) -> int:
    lines = [reply.text, *(f"{number} {option}" for number, option in enumerate(reply.options, 1))]
    return len("\n".join(lines).encode())


def test_pages_end_at_line_ends_and_lose_nothing() -> None:
    found = all_pages(LONG, 600)
    assert len(found) > 2
    assert all(shown_size(one) <= 600 for one in found)
    assert "\n".join(one.text.removesuffix(pages.GO_ON) for one in found) == LONG.text
    assert [one.options for one in found] == [("更多",)] * (len(found) - 1) + [("甲", "乙")]


@given(
    st.text("规定a。；，\n🀄", min_size=1, max_size=900),
    st.lists(st.text("选项", min_size=1, max_size=12), max_size=4),
    st.integers(500, 2000),
)
def test_whatever_is_cut_fits_and_is_whole(text: str, options: list[str], room: int) -> None:
    reply = Reply(text, Status.ANSWERED, (), tuple(options))
    found = all_pages(reply, room)
    assert all(shown_size(one) <= room for one in found)
    joined = "".join(one.text.removesuffix(pages.GO_ON) for one in found)
    assert joined.replace("\n", "") == text.replace("\n", "")
    assert found[-1].options == reply.options


def test_a_question_comes_with_the_last_page() -> None:
    asked = replace(LONG, question=Asked("members", "number", (1, 9)))
    found = all_pages(asked, 600)
    assert [one.question for one in found[:-1]] == [None] * (len(found) - 1)
    assert found[-1].question == asked.question


def say(room: Room, text: str, message_id: str = "", manner: Manner = NARROW) -> Reply:
    return room.hear(Message("wechat", "openid", text, message_id or f"id {len(text)} {text}", manner=manner))


def test_more_shows_the_next_page_and_the_same_message_the_same_page(session: Session, library: Library) -> None:
    room = Room(session, library)
    first = say(room, "中国技协、焦作、长春、交建、上海各有哪些条件")
    assert "更多" in first.options
    second = say(room, "更多", "m2")
    assert second.text != first.text
    assert say(room, "更多", "m2") == second
    assert say(room, "1", "m3") != second


def test_another_message_is_answered_and_lets_the_pages_go(session: Session, library: Library) -> None:
    room = Room(session, library)
    say(room, "中国技协、焦作、长春、交建、上海各有哪些条件")
    assert "1万元" in say(room, "焦作市级给多少钱").text
    assert "没完" not in say(room, "更多").text


def test_a_number_means_an_option_only_where_numbers_are_shown(session: Session, library: Library) -> None:
    room = Room(session, library)
    offered = say(room, "焦作市级给多少钱", "a", Manner(2000, is_numbered=True))
    chosen = say(room, "1", "b", Manner(2000, is_numbered=True))
    assert chosen.text == say(room, offered.options[0], "c").text
    say(room, "焦作市级给多少钱", "d", Manner())
    assert say(room, "1", "e", Manner()).text != chosen.text


def test_a_number_that_is_the_answer_itself_stays_one(session: Session, library: Library) -> None:
    room = Room(session, library)
    reply = say(room, "上海自查", "0", Manner(2000, is_numbered=True))
    for number in range(12):
        if reply.question is None or reply.question.kind == "number":
            break
        reply = say(room, "1", f"q{number}", Manner(2000, is_numbered=True))
    assert reply.question is not None
    assert reply.question.kind == "number"
    told = say(room, "2", "n", Manner(2000, is_numbered=True))
    assert "没听成" not in told.text
