"""How well questions are answered: floors that only rise."""

from pathlib import Path

import pytest

from bot.desk import IN_MEMORY, Desk
from knowledge.library import Library
from storage.database import Database
from tests.cast import NOW, TODAY
from tests.questions.grading import Mark, Question, Report, grade, mark, read_questions

pytestmark = pytest.mark.no_cover  # so much of the same that measuring it would take most of the time

ROOT = Path(__file__).parents[1]
DEVELOPMENT = ROOT.parent / "shared" / "questions" / "dev.jsonl"  # not part of the project
SECOND = ROOT / "tests" / "questions" / "second.jsonl"  # written by people who had not seen the lexicon


def ask_all(library: Library, file: Path) -> Report:
    if not file.exists():
        pytest.skip(f"there is no {file.name} at {file.parent}")
    database = Database(IN_MEMORY)
    database.migrate()
    desk = Desk(library, None, database, lambda: NOW, TODAY)
    report = grade(desk, read_questions(file))
    desk.close()
    print(report)
    return report


def test_the_development_questions_are_answered(library: Library) -> None:
    report = ask_all(library, DEVELOPMENT)
    assert report.pass_rate >= 118 / 120
    assert report.wrong_rate == 0


def test_other_peoples_questions_are_answered(library: Library) -> None:
    report = ask_all(library, SECOND)
    assert report.pass_rate >= 0.95
    assert report.wrong_rate <= 0.005


QUESTION = Question("q", "fact", ("多大？",), (("15", "十五"), ("平",)), ("20",), (("cccc", "附件1说明1"),))
GOOD = {
    "answer": "15 平方米",
    "status": "answered",
    "citations": [{"document": "cccc", "clause": "附件1说明1（二）"}],
}


def grade_one(**changes: object) -> Mark:
    return mark(QUESTION, {**GOOD, **changes})


def test_a_good_answer_passes() -> None:
    assert grade_one() == Mark(QUESTION, "15 平方米", (), is_wrong=False)


@pytest.mark.parametrize(
    ("changes", "miss", "is_wrong"),
    [
        ({"answer": "15"}, "lacks 平", False),
        ({"answer": "15 到 20 平"}, "says '20'", True),
        ({"answer": "15 平" + "。" * 600}, "has 604 characters", False),
        ({"status": "not_stated"}, "is not_stated", False),
        ({"citations": []}, "cites [] and not", False),
        ({"citations": [{"document": "cccc", "clause": "附件1说明11"}]}, "cites ['cccc 附件1说明11']", False),
        ({"citations": [{"document": "cccc", "clause": "附件1"}]}, "cites ['cccc 附件1']", False),
        ({"citations": GOOD["citations"] * 9}, "has 9 citations", False),  # type: ignore[operator]
    ],
)
def test_a_poor_answer_is_marked_with_the_reason(changes: dict[str, object], miss: str, is_wrong: bool) -> None:
    found = grade_one(**changes)
    assert found.is_wrong is is_wrong
    assert len(found.misses) == 1
    assert found.misses[0].startswith(miss)
    assert found.misses[0] in str(Report((found,)))
