"""Cells -> sentences: one programme's answer, short enough for a phone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.library import Citation, Fact, Programme, Silence
from knowledge.rules import next_yearly
from knowledge.selecting import Cell
from knowledge.vocabulary import Status

ROOM = 260  # characters of facts in one answer, before the citation line
MOST_CITATIONS = 8
DATED = {"deadline", "seasons", "grant", "contact", "awards", "fee", "naming-round", "current", "receiving", "target"}
_LINE = 34  # from this length on, facts stand in lines of their own


@dataclass(frozen=True)
class Draft:
    """Sentences with the clauses they rest on, and how much they settle."""

    text: str
    citations: tuple[Citation, ...]
    status: Status
    facts: tuple[Fact, ...] = ()


def sentence(fact: Fact, today: date) -> str:
    """A fact in its own words; what is over by today says so."""
    says = fact.says
    if fact.values.until and fact.values.until < today and "已" not in says[-8:]:
        says += "（已过期）" if "目标" in says or "个" in says else "（已结束）"
    return says


def choose(cell: Cell, cases: Sequence[str], items: Sequence[int] = (), room: int = ROOM) -> tuple[Fact, ...]:
    """The facts of a cell that the answer shows: the asked case or item, the focus, then the essential ones."""
    facts = cell.facts
    if cases and any(fact.case in cases for fact in facts if fact.case):
        return tuple(fact for fact in facts if fact.case in cases)
    if items and any(fact.item in items for fact in facts):
        return tuple(fact for fact in facts if fact.item in items)
    first = list(cell.focus)
    rest = [fact for fact in facts if fact not in first and fact.is_essential]
    if not first and not rest:
        rest = list(facts[:3])
    shown: list[Fact] = []
    used = 0
    for fact in [*first, *rest]:
        if shown and used + len(fact.says) > room:
            break
        shown.append(fact)
        used += len(fact.says)
    return tuple(sorted(shown, key=facts.index)) if not first else tuple(shown)


def join(facts: Sequence[Fact], today: date) -> str:
    """Facts in one line where they are short, else in lines."""
    says = [sentence(fact, today) for fact in facts]
    if len(says) == 1:
        return says[0] + "。"
    if sum(map(len, says)) <= 2 * _LINE:
        return "；".join(says) + "。"
    return "\n" + "\n".join(f"{number}. {one}" for number, one in enumerate(says, 1))


def silence(programme: Programme, quiet: Silence, name: str, today: date) -> Draft:
    """That a document does not state a point, and what it says nearest to it."""
    text = f"{programme.name}的{programme.kind}没有写明“{name}”。"
    if quiet.says:
        text += quiet.says.rstrip("。") + "。"
    if quiet.near and not quiet.says:
        text += f"相关的是：{sentence(quiet.near, today)}。"
    citations = (quiet.near.citation,) if quiet.near else ()
    return Draft(text, citations, Status.NOT_STATED, (quiet.near,) if quiet.near else ())


def cite(
    library_programmes: Iterable[Programme], citations: Sequence[Citation], topics: Iterable[str], today: date
) -> str:
    """The closing line: 依据：焦工文〔2015〕6号 第十二条."""
    if not citations:
        return ""
    parts = []
    dated = any(topic in DATED for topic in topics)
    stale = []
    for programme in library_programmes:
        labels = list(dict.fromkeys(one.clause for one in citations if one.document == programme.id))
        if labels:
            parts.append(f"{programme.reference} {'、'.join(labels)}")
            if dated and programme.year and today.year - programme.year >= 2:
                stale.append(programme)
    line = "依据：" + "；".join(parts)
    if len(stale) == 1:
        about = "" if stale[0].issued_on else "约"
        line += f"\n（{about}{stale[0].year}年的文件，有无新规定请向{stale[0].inquire}核实）"
    elif stale:
        line += "\n（文件都有些年头，有无新规定请向各发文单位核实）"
    return line


def upcoming(facts: Iterable[Fact], today: date) -> str:
    """When a yearly date comes next, counted from today."""
    for fact in facts:
        values = fact.values
        if values.month and values.day:
            day = next_yearly(values.month, values.day, today)
            return f"下一次是{day.year}年{day.month}月{day.day}日前。"
    return ""
