"""The self-check finds of each case what a clerk would."""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from handlers.checking.report import not_required
from knowledge.assessing import Outcome, Verdict, assess, flips
from knowledge.checklist import Checklist, checklist_of
from knowledge.library import Library
from knowledge.traits import Answer, Blank
from tests.cast import TODAY
from tests.selfcheck.studios import good_studio

FOLDER = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Case:
    """One case of a file."""

    programme: str
    name: str
    rest: str
    answers: dict[str, Any]
    verdict: str
    today: date = TODAY
    unmet: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    flip: dict[str, Any] | None = None


def _cases() -> list[Case]:
    files = sorted(FOLDER.glob("*.toml"))
    return [
        Case(programme=file.stem, **table)
        for file in files
        for table in tomllib.loads(file.read_text(encoding="utf-8"))["case"]
    ]


CASES = _cases()


def _named(library: Library, answers: dict[str, Any]) -> dict[str, Answer]:
    """Answers by trait, out of the names and words that people read."""
    traits = {trait.name: trait for trait in library.inquiry.traits.values()}
    found = {}
    for name, said in answers.items():
        trait = traits[name]
        answer = next((one.id for one in trait.choices if one.says == said), said)
        assert trait.allows(answer), f"{name}: {said}"
        found[trait.id] = answer
    return found


def _studio(case: Case, checklist: Checklist, library: Library) -> dict[str, Answer]:
    unknown = [name for name, said in case.answers.items() if said == Blank.UNSURE.chinese]
    known = {name: said for name, said in case.answers.items() if name not in unknown}
    studio = {**(good_studio(checklist) if case.rest == "met" else {}), **_named(library, known)}
    names = {trait.name: trait.id for trait in library.inquiry.traits.values()}
    return {trait: answer for trait, answer in studio.items() if trait not in {names[one] for one in unknown}}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.programme}：{case.name}")
def test_the_self_check_finds_what_a_clerk_would(case: Case, library: Library) -> None:
    checklist = checklist_of(library, case.programme)
    studio = _studio(case, checklist, library)
    found = assess(checklist, studio, case.today)
    assert found.verdict == case.verdict
    assert [one.requirement.clause for one in found.with_outcome(Outcome.UNMET)] == case.unmet
    assert [one.requirement.clause for one in found.with_outcome(Outcome.BELOW)] == case.below
    if case.flip is not None:
        assert _named(library, case.flip) in [dict(one.changes) for one in flips(checklist, studio, case.today)]


def test_there_are_cases_enough(library: Library) -> None:
    assert len(CASES) >= 40
    assert {case.programme for case in CASES} == set(library.programmes)
    assert {case.verdict for case in CASES} == set(Verdict)


@pytest.mark.parametrize(
    ("programme", "answers", "told"),
    [
        ("shanghai", {"area": 8}, ["对场所面积没有要求"]),
        ("changchun", {"members": 2}, ["对团队人数没有要求"]),
        ("cccc", {"has-leader": False, "result": False, "team": False}, []),  # it asks for all of these in other words
        ("jiaozuo", {"named-after": "person"}, []),
        ("jiaozuo", {"place": "jiaozuo", "members": 2}, ["对团队人数没有要求"]),
    ],
)
def test_only_what_a_document_is_silent_on_is_called_not_required(
    library: Library, programme: str, answers: dict[str, Answer], told: list[str]
) -> None:
    rows = not_required(library, checklist_of(library, programme), answers)
    assert [row.says for row in rows] == told
