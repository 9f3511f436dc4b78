"""Several programmes' answer: the points that fit them best together, a line each."""

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge import talk
from knowledge.closing import Answer, finish
from knowledge.comparing import RATES, compare
from knowledge.context import Enquiry
from knowledge.library import Programme
from knowledge.selecting import SECOND_SHARE, Cell, Unit, cell, rank, select
from knowledge.telling import SURE
from knowledge.vocabulary import Status

MOST_CITED = 6  # clauses under one comparison
MOST_FOR_TWO = 3  # programmes beside which a second point still fits on a phone
PEAK = 0.3  # share of the best single fit that counts in choosing a common point
SHARED = 0.7  # share of what makes a point sure that one common to several programmes needs


def tell_several(enquiry: Enquiry, slugs: Sequence[str]) -> Answer:
    """Answer a question on several programmes, point by point, a line for each."""
    ranked = [
        (one, rank(one, enquiry.scores, enquiry.hits, enquiry.content))
        for one in map(enquiry.library.programmes.__getitem__, slugs)
    ]
    text = enquiry.question.matches.text
    is_rate = RATES.search(text) and re.search(r"命名|评|选|多|少", text)
    points = ["naming-number"] if is_rate else _common_points(ranked, text)
    if not points:
        memory = replace(enquiry.memory, programmes=tuple(slugs), recent=enquiry.memory.seen(tuple(slugs)))
        return Answer(talk.WHICH_POINT, Status.CLARIFY, (), talk.EXAMPLES, memory, is_doubtful=True)
    drafts = [
        compare(
            enquiry.question, [(one, _cell_on(one, point, units)) for one, units in ranked], enquiry.today, len(points)
        )
        for point in points
    ]
    names = [f"〔{enquiry.library.lexicon.aspects[point].name}〕\n" if len(points) > 1 else "" for point in points]
    body = "\n".join(name + draft.text for name, draft in zip(names, drafts, strict=True))
    citations = list(dict.fromkeys(citation for draft in drafts for citation in draft.citations))[:MOST_CITED]
    facts = [fact for draft in drafts for fact in draft.facts]
    return finish(enquiry, body, drafts[0].status, citations, tuple(slugs), points, facts)


def _common_points(ranked: Sequence[tuple[Programme, Sequence[Unit]]], text: str) -> list[str]:
    """The point that fits all these programmes best together, and a second one that stands apart in the question."""
    totals: dict[str, float] = {}
    peaks: dict[str, float] = {}
    for _, units in ranked:
        best: dict[str, float] = {}
        for unit in units:
            best[unit.aspect] = max(best.get(unit.aspect, 0.0), unit.weight)
        for aspect, weight in best.items():
            totals[aspect] = totals.get(aspect, 0.0) + weight / len(ranked)
            peaks[aspect] = max(peaks.get(aspect, 0.0), weight)
    first = max(totals, key=lambda one: totals[one] + PEAK * peaks[one], default="")
    if totals.get(first, 0.0) < SURE * SHARED:
        return []
    beside = [one.aspect for programme, units in ranked for one in select(programme, units, text, most=2)]
    others = [one for one in dict.fromkeys(beside) if one != first and totals[one] >= SECOND_SHARE * totals[first]]
    apart = [one for one in others if beside.count(one) > len(ranked) / 2]
    return [first, *apart[:1]] if len(ranked) <= MOST_FOR_TWO else [first]


def _cell_on(programme: Programme, aspect: str, units: Sequence[Unit]) -> Cell | None:
    """The cell of one programme on a point that was settled on for all."""
    unit = next((one for one in units if one.aspect == aspect), None)
    if unit:
        return cell(programme, unit, units)
    if facts := programme.facts_on(aspect):
        return Cell(programme, aspect, facts, (), None, 0.0, facts)
    quiet = programme.silences.get(aspect)
    return Cell(programme, aspect, (), (), quiet, 0.0, ()) if quiet else None
