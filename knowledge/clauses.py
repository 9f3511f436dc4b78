"""Clause look-ups in a talk: the clause named, the next one, or which document is meant."""

import re
from dataclasses import replace

from knowledge import talk
from knowledge.closing import Answer, finish
from knowledge.context import Enquiry
from knowledge.labels import ClauseReference, neighbour
from knowledge.reading import clause_draft
from knowledge.understanding import Question
from knowledge.vocabulary import Status

FORM_NOTE = "附件1说明"  # its points are called 第三条 too
OUTLINE = "附件2"  # its parts are numbered like those of the document


def tell_clause(enquiry: Enquiry) -> Answer | None:
    """What a clause says that the question names, or the one beside the last; nothing where it names none."""
    question, memory, library = enquiry.question, enquiry.memory, enquiry.library
    slugs = question.named or memory.programmes
    reference = _reference(enquiry)
    if reference is None:
        return None
    if not slugs:
        holders = [one.id for one in library.programmes.values() if reference.labels[0] in one.by_label]
        if len(holders) != 1:
            text = f"您问的是哪一家的{reference.said}？" + talk.programme_lines(library)
            return Answer(text, Status.CLARIFY, (), talk.names(library), replace(memory, text=question.text))
        slugs = tuple(holders)
    programme = library.programmes[slugs[-1] if not question.named else slugs[0]]
    draft = clause_draft(programme, reference, question, enquiry.today)
    finished = finish(enquiry, draft.text, draft.status, draft.citations, (programme.id,), memory.aspects, draft.facts)
    label = draft.citations[0].clause if draft.citations else reference.labels[0]
    return replace(finished, memory=replace(finished.memory, clause=label, text=memory.text or question.text))


def _reference(enquiry: Enquiry) -> ClauseReference | None:
    """The clause that is meant: the one named, the one beside the last, a part of the outline just read."""
    question, memory = enquiry.question, enquiry.memory
    named = question.clause
    if named is None:
        step = _step(question) if memory.clause and (question.named or memory.programmes) else 0
        return neighbour(memory.clause, step) if step else None
    if question.named:
        return named
    if memory.clause == OUTLINE and re.fullmatch(r"[一二三四]", named.labels[0]):
        return ClauseReference(OUTLINE, (OUTLINE,))
    if named.article and memory.clause.startswith(FORM_NOTE):
        label = f"{FORM_NOTE}{named.article}"
        return ClauseReference(label, (label,))
    is_item = named.article and not memory.clause and memory.aspects and _has_item(enquiry, named.article)
    return None if is_item else named


def _step(question: Question) -> int:
    """下一条 -> 1, 上一条 -> -1."""
    if re.search(r"下一?[条点项款]|后面(?:那|一)?[条点]|接着[的那]?[条点]", question.text):
        return 1
    return -1 if re.search(r"上一?[条点项款]|前面(?:那|一)?[条点]|前一[条点项]", question.text) else 0


def _has_item(enquiry: Enquiry, item: int) -> bool:
    """Whether 第六条 means the sixth of the list just told, not an article."""
    programme = enquiry.library.programmes.get(enquiry.memory.programmes[-1]) if enquiry.memory.programmes else None
    aspect = enquiry.memory.aspects[0]
    return programme is not None and any(fact.item == item for fact in programme.facts_on(aspect))
