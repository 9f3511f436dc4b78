"""Reading a clause: in our own words, with the original passage where the operator has it."""

from dataclasses import dataclass
from datetime import date

from knowledge.claims import Ruling, opening, rule
from knowledge.labels import ClauseReference
from knowledge.library import Clause, Fact, Library, Programme
from knowledge.originals import Originals
from knowledge.phrasing import MOST_CITATIONS, Draft, join
from knowledge.understanding import Question
from knowledge.vocabulary import Status
from knowledge.wants import missing

ROOM = 400


@dataclass(frozen=True)
class ClauseView:
    """A clause as a person reads it."""

    reference: str
    heading: str
    sentences: tuple[str, ...]
    notes: tuple[str, ...]
    passage: str | None
    where_to_read: str


def read_clause(library: Library, document: str, clause: str, originals: Originals | None = None) -> ClauseView | None:
    """The clause of a document, or nothing where there is none of that label."""
    programme = library.programmes.get(document)
    found = programme.by_label.get(clause) if programme else None
    if programme is None or found is None:
        return None
    return ClauseView(
        f"{programme.reference} {clause}",
        found.heading,
        tuple(fact.says for fact in found.facts if not fact.is_note),
        tuple(fact.says for fact in found.facts if fact.is_note),
        originals.passages.get((document, clause)) if originals else None,
        f"原文请看《{programme.title}》{clause}，可向{programme.inquire}索取",
    )


def clause_draft(programme: Programme, reference: ClauseReference, question: Question, today: date) -> Draft:
    """What a clause says, or that the document has no such clause.

    Args:
        programme: the programme whose document is meant.
        reference: the clause as somebody named it.
        today: the day that decides what is over.
        question: for the words that pick a fact out of the clause, and for a yes or no.
    """
    for label in reference.labels:
        clauses = _under(programme, label)
        if clauses:
            item = reference.item if label == reference.labels[0] and reference.article else 0
            return _tell(programme, label, clauses, item, question, today)
    text = f"{programme.name}的{programme.kind}没有{reference.said}：全文{programme.articles}。"
    return Draft(text, (), Status.NOT_STATED)


def _under(programme: Programme, label: str) -> list[Clause]:
    """The clause itself and those below it (三 -> 三（一） …; 附件1 alone, not its notes)."""
    if label.startswith("附件"):
        return [clause for clause in programme.clauses if clause.id == label]
    marks = ("、", "（")
    return [
        clause
        for clause in programme.clauses
        if clause.id == label or clause.id.startswith(tuple(label + mark for mark in marks))
    ]


def _tell(programme: Programme, label: str, clauses: list[Clause], item: int, question: Question, today: date) -> Draft:
    facts = [fact for clause in clauses for fact in clause.facts]
    if item and any(fact.item == item for fact in facts):
        facts = [fact for fact in facts if fact.item == item]
    shown: list[Fact] = []
    used = 0
    for fact in sorted(facts, key=lambda one: not one.is_essential):
        if used + len(fact.says) <= ROOM:
            shown.append(fact)
            used += len(fact.says) + 4
    shown.sort(key=facts.index)
    heading = clauses[0].heading if len(clauses) == 1 else "、".join(clause.heading for clause in clauses)
    ruling = rule(question, shown) if question.is_yes_no else Ruling.OPEN
    head = f"{opening(question, ruling, shown)}{programme.name}{label}（{heading[:40]}）："
    citations = tuple(dict.fromkeys(fact.citation for fact in shown))[:MOST_CITATIONS]
    lacks = missing(question.matches.text, shown)
    tail = f"\n没有写明具体{'、'.join(lacks)}。" if lacks else ""
    return Draft(
        head + join(shown, today) + tail, citations, Status.PARTIAL if lacks else Status.ANSWERED, tuple(shown)
    )
