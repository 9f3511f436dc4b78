"""Grading answers to questions written as JSON lines.

A question has `id`, `kind`, `turns` (what a person types, in order; the last is graded), `must` (of each list one
pattern has to be found), `must_not` (whatever of it is found is wrong) and `cite` (one of these clauses, or a finer
part of it, has to be cited; empty where none is needed).
"""

import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.channels.lines import Desk, answer_lines

LONGEST_ANSWER = 600  # characters
MOST_CITATIONS = 8
TOLD = frozenset({"answered", "partial"})
UNTOLD = frozenset({"not_stated", "partial"})
FITTING: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("fact", "clause_lookup", "compute", "compare", "states"), TOLD),
    **dict.fromkeys(("presupposition", "followup"), TOLD | {"not_stated"}),
    **dict.fromkeys(("not_in_document", "silent", "partly"), UNTOLD),
    "ambiguous": TOLD | {"clarify"},
    "out_of_scope": frozenset({"out_of_scope"}),
    "smalltalk": frozenset({"smalltalk", "help"}),
}
ALWAYS_HELD_TO_THEIR_STATUS = ("not_in_document", "silent", "out_of_scope", "smalltalk")


@dataclass(frozen=True)
class Question:
    """One item of a question set."""

    id: str
    kind: str
    turns: tuple[str, ...]
    must: tuple[tuple[str, ...], ...]
    must_not: tuple[str, ...]
    cite: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Mark:
    """What was found about one answer.

    Args:
        question: the item.
        answer: the graded answer.
        misses: why it did not pass; empty if it did.
        is_wrong: whether it says something that must not be said.
    """

    question: Question
    answer: str
    misses: tuple[str, ...]
    is_wrong: bool


@dataclass(frozen=True)
class Report:
    """The marks of a whole set."""

    marks: tuple[Mark, ...]

    @property
    def pass_rate(self) -> float:
        """The part of the questions that passed, 0 to 1."""
        return sum(not mark.misses for mark in self.marks) / len(self.marks)

    @property
    def wrong_rate(self) -> float:
        """The part of the questions answered wrongly, 0 to 1."""
        return sum(mark.is_wrong for mark in self.marks) / len(self.marks)

    def __str__(self) -> str:
        """A line for each miss, then the rates."""
        missed = [mark for mark in self.marks if mark.misses]
        lines = [f"{mark.question.id} {mark.question.turns[-1]}\n    {'; '.join(mark.misses)}" for mark in missed]
        by_kind = Counter(mark.question.kind for mark in missed)
        rates = f"passed {self.pass_rate:.1%}, wrong {self.wrong_rate:.1%}, missed by kind {dict(by_kind)}"
        return "\n".join([*lines, rates])


def read_questions(file: Path) -> list[Question]:
    """The questions of a set."""
    lines = file.read_text(encoding="utf-8").split("\n")
    return [_read(json.loads(line)) for line in lines if line.strip()]


def grade(desk: Desk, questions: Iterable[Question]) -> Report:
    """Ask every question in a conversation of its own and mark the last answers."""
    asked = list(questions)
    lines = [{"conversation": one.id, "text": turn} for one in asked for turn in one.turns]
    sink = io.BytesIO()
    answer_lines(desk, io.BytesIO(b"".join(json.dumps(line).encode() + b"\n" for line in lines)), sink)
    replies = {reply["conversation"]: reply for reply in map(json.loads, sink.getvalue().splitlines())}
    return Report(tuple(mark(one, replies[one.id]) for one in asked))


def mark(question: Question, reply: Mapping[str, Any]) -> Mark:
    """Mark one reply, as `answer_lines` writes it."""
    answer, citations = reply["answer"], reply["citations"]
    wrong = [found[0] for pattern in question.must_not if (found := re.search(pattern, answer))]
    misses = [f"says {text!r}" for text in wrong]
    misses += [f"lacks {' | '.join(group)}" for group in question.must if not _any(group, answer)]
    if len(answer) > LONGEST_ANSWER:
        misses.append(f"has {len(answer)} characters")
    if len(citations) > MOST_CITATIONS:
        misses.append(f"has {len(citations)} citations")
    if question.cite and not any(_covers(wanted, given) for wanted in question.cite for given in citations):
        misses.append(f"cites {_names(citations)} and not {question.cite}")
    if _is_held_to_status(question) and reply["status"] not in FITTING[question.kind]:
        misses.append(f"is {reply['status']}")
    return Mark(question, answer, tuple(misses), bool(wrong))


def _read(item: Mapping[str, Any]) -> Question:
    return Question(
        id=item["id"],
        kind=item["kind"],
        turns=tuple(item["turns"]),
        must=tuple(tuple(group) for group in item["must"]),
        must_not=tuple(item["must_not"]),
        cite=tuple((wanted["doc"], wanted["clause"]) for wanted in item["cite"]),
    )


def _any(patterns: Iterable[str], answer: str) -> bool:
    return any(re.search(pattern, answer) for pattern in patterns)


def _is_held_to_status(question: Question) -> bool:
    return bool(question.cite) or question.kind in ALWAYS_HELD_TO_THEIR_STATUS


def _covers(wanted: tuple[str, str], given: Mapping[str, str]) -> bool:
    """Whether the cited clause is the wanted one or a part of it; 说明11 is no part of 说明1."""
    document, clause = wanted
    if given["document"] != document or not given["clause"].startswith(clause):
        return False
    rest = given["clause"][len(clause) :]
    return not (clause[-1].isdecimal() and rest[:1].isdecimal())


def _names(citations: Iterable[Mapping[str, str]]) -> list[str]:
    return [f"{one['document']} {one['clause']}" for one in citations]
