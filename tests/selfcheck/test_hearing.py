"""What people answer is understood as they mean it, or asked again."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from handlers.checking.asking import Rules
from handlers.checking.state import Check, Phase
from handlers.checking.taking import read_answer
from knowledge.checklist import checklist_of
from knowledge.hearing import Heard, is_question
from knowledge.library import Library

FILE = Path(__file__).with_name("heard.toml")
ROWS = [
    (question["trait"], typed, meant)
    for question in tomllib.loads(FILE.read_text(encoding="utf-8"))["question"]
    for typed, meant in question["answers"]
]


@pytest.fixture(scope="module")
def rules(library: Library) -> Rules:
    return Rules(tuple(checklist_of(library, slug) for slug in library.programmes))


def _as_written(heard: Heard | None) -> Any:
    if heard is None:
        return "nothing"
    if heard.is_vague:
        return "vague"
    return str(heard.blank) if heard.blank else heard.answer


@pytest.mark.parametrize(("trait", "typed", "meant"), ROWS, ids=[f"{trait}：{typed}" for trait, typed, _ in ROWS])
def test_an_answer_is_understood_as_it_is_meant(rules: Rules, trait: str, typed: str, meant: Any) -> None:
    said = read_answer(typed, Check(phase=Phase.ASKING, asked=trait), rules)
    assert _as_written(said.heard) == meant
    assert said.facts == {}


ASIDE = [
    ("什么叫技术骨干", True),
    ("场地一定要自己的吗", True),
    ("要几个人", True),
    ("交给谁", True),
    ("为什么问这个", True),
    ("有没有固定场所算不算数", True),
    ("我们5个人", False),
    ("有", False),
    ("没拿过资助", False),
    ("专门的固定场所", False),
]


@pytest.mark.parametrize(("typed", "asks"), ASIDE)
def test_a_question_on_the_policy_is_told_from_an_answer(typed: str, asks: bool) -> None:
    assert is_question(typed) is asks


STORIES = [
    ("members", "我们5个人，带头人是高级技师，场地18平", 5, {"leader-title": "senior-technician", "area": 18}),
    ("equipment", "设备都有，团队4个人，制度也上墙了", True, {"members": 4, "rules-wall": True}),
    ("funded-project", "没有，我们就2个人", False, {"members": 2}),
    ("leader-title", "技师，不过没拿过资助", "technician", {"funded-project": False}),
    ("place", "我们在上海，公司有500人，团队6人", "shanghai", {"members": 6}),
    ("area", "20平，带了3个徒弟", 20, {}),
]


@pytest.mark.parametrize(("trait", "typed", "answer", "facts"), STORIES)
def test_what_is_told_beside_an_answer_is_taken_too(
    rules: Rules, trait: str, typed: str, answer: Any, facts: dict[str, Any]
) -> None:
    said = read_answer(typed, Check(phase=Phase.ASKING, asked=trait), rules)
    assert said.heard is not None
    assert said.heard.answer == answer
    assert said.facts == facts


ASIDES_ARE_NO_ANSWERS = ["我们公司有500人", "厂里占地2000平", "培训了30人", "带了3个徒弟", "获奖8个人"]


@pytest.mark.parametrize("typed", ASIDES_ARE_NO_ANSWERS)
def test_figures_of_something_else_are_not_taken_for_the_studio(rules: Rules, typed: str) -> None:
    assert read_answer(typed, Check(phase=Phase.ASKING, asked="place"), rules).facts == {}
