"""What starts a self-check and what only speaks of one; and the command without a talk."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main
from handlers.checking.commands import Act, read_command
from handlers.checking.state import Phase
from knowledge.library import Library
from tests.questions.grading import read_questions

WORDS = tomllib.loads(Path(__file__).with_name("starting.toml").read_text(encoding="utf-8"))
SECOND = Path(__file__).parents[1] / "questions" / "second.jsonl"


@pytest.mark.parametrize("text", WORDS["starts"])
def test_it_starts_a_self_check(library: Library, text: str) -> None:
    command = read_command(text, library, Phase.NONE)
    assert command is not None
    assert command.act is Act.START


@pytest.mark.parametrize("text", WORDS["chooses"])
def test_it_asks_which_programme_fits(library: Library, text: str) -> None:
    command = read_command(text, library, Phase.NONE)
    assert command is not None
    assert command.act is Act.CHOOSE


@pytest.mark.parametrize("text", WORDS["speaks_of"])
def test_what_only_speaks_of_it_goes_to_the_answers(library: Library, text: str) -> None:
    assert read_command(text, library, Phase.NONE) is None


def test_no_known_question_starts_a_self_check(library: Library) -> None:
    turns = {turn for question in read_questions(SECOND) for turn in question.turns}
    assert len(turns) > 800
    assert [turn for turn in turns if read_command(turn, library, Phase.NONE)] == []


def steward(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, prog_name="steward")


def _check(folder: Path, programme: str, answers: Any, *more: str) -> Result:
    file = folder / "studio.json"
    file.write_text(json.dumps(answers, ensure_ascii=False), encoding="utf-8")
    return steward("check", programme, "--answers", str(file), "--today", "2026-11-20", *more)


def test_the_questions_of_a_programme_are_listed_with_what_they_allow() -> None:
    rows = json.loads(steward("check", "shanghai", "--questions").output)
    assert rows[0]["id"] == "funded-project"
    assert rows[0]["clauses"] == ["第三条"]
    kinds = {row["id"]: row["kind"] for row in rows}
    assert (kinds["members"], kinds["place"], kinds["equipment"]) == ("number", "choice", "yes")


def test_answers_are_held_against_a_programme(tmp_path: Path) -> None:
    answers = {"funded-project": False, "place": "上海", "members": 2, "area": 18, "equipment": None}
    found = json.loads(_check(tmp_path, "shanghai", answers, "--json").output)
    assert found["verdict"] == "暂不符合"
    findings = {row["requirement"]: row for row in found["findings"]}
    assert findings["result-funding"]["finding"] == "不符合"
    assert findings["result-funding"]["clause"] == "第三条"
    assert findings["team-size"]["finding"] == "低于一般要求"
    assert findings["team-size"]["modality"] == "in_principle"
    assert findings["equipment"]["finding"] == "待补信息"
    assert findings[None]["finding"] == "本文件未要求"
    assert found["flips"] == [{"changes": {"funded-project": True}, "verdict": "信息不足"}]


def test_a_person_can_read_it(tmp_path: Path) -> None:
    told = _check(tmp_path, "tcwta", {"member-grade": "none", "quota-given": False}).output
    assert "暂不符合" in told
    assert "2024年2月29日截止" in told


@pytest.mark.parametrize(
    ("answers", "what"),
    [
        ({"member": 3}, "there is no question 'member'"),
        ({"members": "three"}, "members: expected a number from 0"),
        ({"members": True}, "members: expected a number"),
        ({"members": -1}, "members: expected a number"),
        ({"place": "Paris"}, "place: expected shanghai, changchun"),
        ({"equipment": 1}, "equipment: expected true or false"),
        ([1], "expected an object"),
    ],
)
def test_answers_that_are_not_understood_are_named(tmp_path: Path, answers: Any, what: str) -> None:
    result = _check(tmp_path, "shanghai", answers, "--json")
    assert result.exit_code == 1
    assert what in result.output


def test_a_file_that_is_not_there_and_a_programme_that_is_not_known(tmp_path: Path) -> None:
    assert "cannot be read" in steward("check", "shanghai", "--answers", str(tmp_path / "no.json")).output
    assert "There is no programme paris" in steward("check", "paris", "--questions").output
    assert steward("check", "shanghai").exit_code == 2
