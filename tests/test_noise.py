"""Slips of the keyboard may cost an answer, but never make it wrong."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from knowledge.library import Library
from tests.questions.grading import Question, grade, read_questions
from tests.questions.noise import DEVELOPMENT, KINDS, Table, disturb, measure, pinyin_name, render

pytestmark = pytest.mark.no_cover  # so much of the same that measuring it would take most of the time

MOST_WRONG = 0.01
QUESTION = Question("q", "fact", ("长春呢", "焦作评上给多少钱"), (), (), ())


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    if not DEVELOPMENT.exists():
        pytest.skip(f"there is no {DEVELOPMENT.name} at {DEVELOPMENT.parent}")
    return read_questions(DEVELOPMENT)


@pytest.mark.parametrize("kind", KINDS)
def test_a_slip_makes_no_answer_wrong(library: Library, questions: list[Question], kind: str) -> None:
    report = grade(Table(library), disturb(questions, KINDS[kind], library, 1, 1))
    print(render({kind: report}))
    wrong = [(mark.question.turns, mark.misses) for mark in report.marks if mark.is_wrong]
    assert report.wrong_rate <= MOST_WRONG, wrong


def disturbed(library: Library, kind: str) -> Iterator[Question]:
    for seed in range(20):
        changed = KINDS[kind](QUESTION, library, Random(seed))
        assert changed is not None
        yield changed


def test_a_homophone_changes_one_character_of_the_last_turn(library: Library) -> None:
    for changed in disturbed(library, "homophone"):
        before, after = QUESTION.turns[-1], changed.turns[-1]
        assert changed.turns[0] == QUESTION.turns[0]
        assert sum(one != other for one, other in zip(before, after, strict=True)) == 1


def test_a_missing_character_leaves_the_others(library: Library) -> None:
    for changed in disturbed(library, "missing character"):
        before, after = QUESTION.turns[-1], changed.turns[-1]
        assert after in {before[:at] + before[at + 1 :] for at in range(len(before))}


def test_traditional_script_reaches_every_turn(library: Library) -> None:
    assert {one.turns for one in disturbed(library, "Traditional script")} == {("長春呢", "焦作評上給多少錢")}


def test_a_name_is_typed_in_pinyin(library: Library) -> None:
    assert {one.turns for one in disturbed(library, "pinyin of the name")} == {("长春呢", "jiaozuo评上给多少钱")}
    earlier = pinyin_name(replace(QUESTION, turns=("长春呢", "给多少钱")), library, Random(0))
    assert earlier is not None
    assert earlier.turns == ("changchun呢", "给多少钱")
    assert pinyin_name(replace(QUESTION, turns=("给多少钱",)), library, Random(0)) is None


def test_a_filler_stands_in_front(library: Library) -> None:
    for changed in disturbed(library, "filler in front"):
        assert changed.turns[-1].endswith(QUESTION.turns[-1])
        assert len(changed.turns[-1]) > len(QUESTION.turns[-1])


def test_the_same_seed_gives_the_same_slips(library: Library) -> None:
    first, again, other = (list(disturb([QUESTION], KINDS["homophone"], library, 9, seed)) for seed in (1, 1, 2))
    assert first == again != other
    assert set(measure(library, [QUESTION])) == set(KINDS)
