"""`steward check`: a studio's answers held against a programme without a talk."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from handlers.checking.asking import options_of
from handlers.checking.report import not_required, report, tell
from knowledge.assessing import assess, flips
from knowledge.checklist import Checklist, checklist_of
from knowledge.library import Library
from knowledge.traits import Answer, Kind, Trait

_UNKNOWN = (None, "", "unknown", "不清楚")


class BadAnswers(ValueError):
    """Answers that cannot be used; the message says which and what is allowed."""


def questions(library: Library, programme: str) -> list[dict[str, Any]]:
    """What a self-check of this programme can ask, in its order: id, kind, question, allowed values."""
    checklist = checklist_of(library, programme)
    return [_question(trait, checklist) for trait in checklist.traits.values()]


def _question(trait: Trait, checklist: Checklist) -> dict[str, Any]:
    clauses = dict.fromkeys(one.clause for one in checklist.requirements if trait.id in one.traits)
    row: dict[str, Any] = {"id": trait.id, "kind": trait.kind, "asks": trait.asks, "clauses": list(clauses)}
    if trait.kind is Kind.NUMBER:
        return {**row, "unit": trait.unit, "values": {"at_least": 0}}
    if trait.kind is Kind.YES:
        yes, no, _ = options_of(trait)
        return {**row, "values": [{"value": True, "says": yes}, {"value": False, "says": no}]}
    return {**row, "values": [{"value": one.id, "says": one.says} for one in trait.choices]}


def read_answers(file: Path, library: Library, programme: str) -> dict[str, Answer]:
    """The answers in a JSON file: {"members": 5, "place": "shanghai", "equipment": true, "area": null}.

    A choice may be named by its id or as it is shown. What is null or "unknown" is not known. A question of another
    programme may be answered too; it changes nothing.

    Raises:
        BadAnswers: the file, a question or an answer is not understood.
    """
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BadAnswers(f"{file}: cannot be read as JSON ({error})") from error
    if not isinstance(raw, dict):
        raise BadAnswers(f'{file}: expected an object of answers, for example {{"members": 5}}')
    known = {**library.inquiry.traits, **checklist_of(library, programme).traits}
    answers = {}
    for name, value in raw.items():
        if name not in known:
            raise BadAnswers(
                f"{file}: there is no question {name!r}; `steward check {programme} --questions` lists all"
            )
        if value not in _UNKNOWN:
            answers[name] = _answer(file, known[name], value)
    return answers


def _answer(file: Path, trait: Trait, value: Any) -> Answer:
    if trait.kind is Kind.CHOICE and isinstance(value, str):
        value = next((one.id for one in trait.choices if value in (one.id, one.says)), value)
    if trait.kind is Kind.YES and isinstance(value, str):
        yes, no, _ = options_of(trait)
        value = {yes: True, no: False, "yes": True, "no": False, "是": True, "否": False}.get(value, value)
    if not trait.allows(value):
        allowed = {
            Kind.YES: "true or false",
            Kind.NUMBER: "a number from 0",
            Kind.CHOICE: ", ".join(one.id for one in trait.choices),
        }
        raise BadAnswers(f"{file}: {trait.id}: expected {allowed[trait.kind]}, got {value!r}")
    answer: Answer = value
    return answer


def evaluate(library: Library, programme: str, answers: Mapping[str, Answer], today: date) -> dict[str, Any]:
    """Findings, verdict and flips, as JSON."""
    checklist = checklist_of(library, programme)
    found = assess(checklist, answers, today)
    findings: list[dict[str, Any]] = [
        {
            "clause": one.requirement.clause,
            "requirement": one.requirement.id,
            "says": one.requirement.says,
            "finding": one.outcome,
            "modality": one.requirement.modality,
            "why": one.why,
        }
        for one in found.findings
    ]
    findings += [
        {
            "clause": row.clause,
            "requirement": None,
            "says": row.says,
            "finding": row.outcome,
            "modality": None,
            "why": row.why,
        }
        for row in not_required(library, checklist, answers)
    ]
    return {
        "programme": programme,
        "today": today.isoformat(),
        "verdict": found.verdict,
        "settled": found.is_settled,
        "call_closed": found.is_closed,
        "findings": findings,
        "open": list(found.open_traits),
        "flips": [{"changes": dict(one.changes), "verdict": one.verdict} for one in flips(checklist, answers, today)],
    }


def summary(library: Library, programme: str, answers: Mapping[str, Answer], today: date) -> str:
    """The same for a person to read."""
    return tell(report(library, checklist_of(library, programme), answers, today))
