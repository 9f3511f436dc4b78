"""JSON lines: an answer a line, whatever the line is."""

import json
from io import BytesIO
from typing import Any

import pytest

from bot.channels import Unanswered
from bot.channels.lines import LONGEST_LINE, LONGEST_TEXT, MOST_CONVERSATIONS, answer_lines
from bot.desk import IN_MEMORY, Desk
from handlers.conversation import Message, Reply
from knowledge.library import Library
from knowledge.vocabulary import Status
from storage import contacts
from storage.database import Database
from tests.cast import FOLLOW_UP, GRANT, NOW, TODAY


@pytest.fixture
def run(library: Library) -> Any:
    database = Database(IN_MEMORY)
    database.migrate()
    desk = Desk(library, None, database, lambda: NOW, TODAY)

    def answer(*lines: bytes | dict[str, Any]) -> list[dict[str, Any]]:
        source = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
        sink = BytesIO()
        answer_lines(desk, BytesIO(source), sink)
        return [json.loads(line) for line in sink.getvalue().decode("utf-8").splitlines()]

    yield answer
    desk.close()


def test_a_question_gets_answer_status_and_citations(run: Any) -> None:
    (line,) = run({"conversation": "a", "text": GRANT})
    assert list(line) == ["conversation", "answer", "status", "citations"]
    assert line["conversation"] == "a"
    assert line["status"] == "answered"
    assert line["citations"][0].keys() == {"document", "clause"}


def test_conversations_go_on_and_stay_apart(run: Any) -> None:
    lines = run(
        {"conversation": 1, "text": GRANT},
        {"conversation": "1", "text": FOLLOW_UP},
        {"conversation": 1, "text": FOLLOW_UP},
        {"conversation": "new", "text": FOLLOW_UP},
    )
    assert [line["conversation"] for line in lines] == [1, "1", 1, "new"]
    assert lines[1]["answer"] == lines[3]["answer"]
    assert lines[1]["answer"] != lines[2]["answer"]


BAD = {
    "nothing": b"",
    "no JSON": b"hello",
    "half an object": b'{"conversation": 1, "text": ',
    "a list": b'["conversation", "text"]',
    "no text": {"conversation": 1},
    "no conversation": {"text": GRANT},
    "a text that is none": {"conversation": 1, "text": ["a"]},
    "a conversation that is true": {"conversation": True, "text": GRANT},
    "a conversation that is nothing": {"conversation": None, "text": GRANT},
    "a conversation that is a fraction": {"conversation": 1.5, "text": GRANT},
    "another encoding": "{'conversation': 1, 'text': '焦作'}".encode("gb18030"),
    "too many brackets": b"[" * 100_000,
    "a number without end": b'{"conversation": ' + b"9" * 5_000 + b', "text": "a"}',
    "a text without end": {"conversation": 1, "text": "长" * (LONGEST_TEXT + 1)},
    "a line without end": b'"' + b"x" * LONGEST_LINE * 2,
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_bad_line_gets_an_error_and_the_run_goes_on(run: Any, bad: bytes | dict[str, Any]) -> None:
    before, error, after = run({"conversation": 1, "text": GRANT}, bad, {"conversation": 2, "text": GRANT})
    assert error.keys() == {"error", "line"}
    assert error["line"] == 2
    assert len(error["error"]) < 100
    assert before["answer"] == after["answer"]


ODD = {
    "nothing": "",
    "blanks": " \n\t ",
    "controls": "\x00\x01\x1b[2J\x7f",
    "emoji": "😀👷‍♀️🏭",
    "half a surrogate": "\ud83d 长春 \udc00",
    "as long as may be": "长" * LONGEST_TEXT,
    "HTML": "<img src=x onerror=alert(1)>",
    "SQL": "'); DELETE FROM message; --",
    "a template": "{0} {answer} %s",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_text_gets_a_polite_reply(run: Any, text: str) -> None:
    (line,) = run({"conversation": "\ud800", "text": text})
    assert line["conversation"] == "\ud800"
    assert line["answer"].strip()
    assert line["status"] in set(Status)


class Broken:
    """A desk at which nothing works."""

    def answer(self, message: Message) -> Reply:
        raise Unanswered

    def bound(self, most_contacts: int, most_messages: int) -> None:
        raise AssertionError


def test_a_fault_of_ours_is_an_error_line_too() -> None:
    sink = BytesIO()
    answer_lines(Broken(), BytesIO(b'{"conversation": 1, "text": "a"}\n' * 2), sink)
    assert [json.loads(line)["line"] for line in sink.getvalue().splitlines()] == [1, 2]


def test_the_database_of_a_run_stays_bounded(library: Library) -> None:
    database = Database(IN_MEMORY)
    database.migrate()
    desk = Desk(library, None, database, lambda: NOW, TODAY)
    for number in range(30):
        desk.answer(Message("lines", str(number), "你好", "1"))
    desk.bound(most_contacts=10, most_messages=5)
    assert database.run(contacts.count).result() == 10
    assert desk.history("lines", "29").result() != []
    assert desk.history("lines", "0").result() == []
    assert MOST_CONVERSATIONS >= 10_000
    desk.close()
