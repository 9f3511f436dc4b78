"""What a self-check found, told: the verdict, what is unmet with its clause, what to change, where to hand in."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from knowledge.assessing import Assessment, Flip, Outcome, Verdict, assess, flips
from knowledge.checklist import Checklist
from knowledge.library import Citation, Library, Programme
from knowledge.phrasing import upcoming
from knowledge.requirements import Answers
from knowledge.timing import day_in_words

MOST_TOLD = 4  # conditions of one kind that the reply names; the page has all
NOT_A_DECISION = "这是按文件条款做的自查，不是命名单位的决定。"
SOFT = "软性要求"
SOFT_MEANS = f"标“{SOFT}”的，文件用的是原则上、一般、有条件的这类说法；不标的是硬条件。"
_STEPS = (("材料", "materials"), ("份数", "copies"), ("交给", "receiver"), ("时间", "deadline"))
_LONGEST_STEP = 60  # characters of one next step in a reply


GROUPS = (  # in the order in which they are shown, with what stands above them
    (Outcome.UNMET, "硬条件没有满足，单独一项就不能通过"),
    (Outcome.BELOW, "原则上、一般的要求，可说明理由，由评审定"),
    (Outcome.OPEN, "弄清楚再判断"),
    (Outcome.MET, ""),
    (Outcome.NOT_REQUIRED, ""),
)


@dataclass(frozen=True)
class Row:
    """One condition as it was found."""

    outcome: str
    says: str
    why: str
    clause: str
    is_soft: bool
    remedy: str

    @property
    def is_marked_soft(self) -> bool:
        """Whether it is shown as soft: a requirement, and one put softly; what is not required is neither."""
        return self.is_soft and self.outcome != Outcome.NOT_REQUIRED


@dataclass(frozen=True)
class Report:
    """What was found in one programme, in words, as it is kept, shown and printed.

    Args:
        flips: the smallest change that makes the verdict better, one way a line.
        steps: pairs of what (材料) and what the document says of it.
        notes: what else has to be known: a call that is over, a target whose year has passed, of when the document is.
    """

    programme: str
    title: str
    reference: str
    verdict: str
    headline: str
    made_on: str
    rows: tuple[Row, ...]
    flips: tuple[str, ...]
    steps: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]

    def with_outcome(self, *outcomes: Outcome) -> tuple[Row, ...]:
        """The rows of these outcomes."""
        return tuple(row for row in self.rows if row.outcome in outcomes)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The clauses of what the reply names."""
        told = self.with_outcome(Outcome.UNMET)[:MOST_TOLD] + self.with_outcome(Outcome.BELOW)[:MOST_TOLD]
        rows = told or self.rows
        return tuple(dict.fromkeys(Citation(self.programme, row.clause) for row in rows if row.clause))


@dataclass(frozen=True)
class Group:
    """The rows of one outcome; `kind` names it for styles, `means` says what it comes to."""

    kind: str
    name: str
    means: str
    rows: tuple[Row, ...]


def grouped(report: Report) -> list[Group]:
    """The rows of a report by outcome, the gravest first."""
    groups = [Group(one.name.lower(), str(one), means, report.with_outcome(one)) for one, means in GROUPS]
    return [group for group in groups if group.rows]


def dump_reports(reports: Sequence[Report]) -> str:
    """Reports as they are kept."""
    return json.dumps([asdict(one) for one in reports], ensure_ascii=False)


def load_reports(kept: str) -> tuple[Report, ...]:
    """Reports that were kept with `dump_reports`."""
    return tuple(_report_of(raw) for raw in json.loads(kept))


def _report_of(raw: dict[str, Any]) -> Report:
    rows = tuple(Row(**row) for row in raw["rows"])
    steps = tuple((what, says) for what, says in raw["steps"])
    return Report(**{**raw, "rows": rows, "steps": steps, "flips": tuple(raw["flips"]), "notes": tuple(raw["notes"])})


def report(
    library: Library,
    checklist: Checklist,
    answers: Answers,
    today: date,
    changed: frozenset[tuple[str, str]] = frozenset(),
) -> Report:
    """Hold answers against a programme and put what is found into words.

    Args:
        library: what the documents say.
        checklist: the requirements.
        answers: by trait.
        today: the day it is judged on.
        changed: clauses whose original was changed: nothing is judged by them.
    """
    found = assess(checklist, answers, today, changed)
    programme = library.programmes[checklist.programme]
    rows = [
        Row(
            one.outcome,
            one.requirement.says,
            one.why,
            one.requirement.clause,
            not one.requirement.is_hard,
            one.requirement.remedy,
        )
        for one in found.findings
    ]
    ways = flips(checklist, answers, today, changed)
    return Report(
        programme=programme.id,
        title=programme.studio,
        reference=programme.reference,
        verdict=found.verdict,
        headline=headline(found, checklist),
        made_on=today.isoformat(),
        rows=(*rows, *not_required(library, checklist, answers)),
        flips=tuple(dict.fromkeys(_flip(one, checklist) for one in ways)),
        steps=tuple(_steps(programme, found, today)),
        notes=tuple(_notes(programme, found, checklist, today)),
    )


def headline(found: Assessment, checklist: Checklist) -> str:
    """The verdict in one line."""
    unmet, below, lacking = (len(found.with_outcome(one)) for one in (Outcome.UNMET, Outcome.BELOW, Outcome.OPEN))
    ended = f"本轮征集已于{day_in_words(checklist.call.until)}截止" if checklist.call and found.is_closed else ""
    match found.verdict:
        case Verdict.MEETS:
            return "符合。文件列的条件都满足。"
        case Verdict.EXPLAIN:
            return f"需说明。硬条件都满足，有{below}项低于原则上（一般）的要求，可说明理由，由评审定。"
        case Verdict.FAILS:
            return f"暂不符合。有{unmet}项条件没满足{f'；另外{ended}' if ended else ''}。"
        case Verdict.CLOSED:
            return f"本轮已截止。查下来没有硬条件不满足，但{ended}，可以先做准备，等新的通知。"
        case Verdict.OUTSIDE:
            return "不属于本项目范围。"
    has = f"已有{unmet}项不满足，" if unmet else ""
    return f"信息不足。{has}还有{lacking}项没弄清，补上才能下结论{f'；另外{ended}' if ended else ''}。"


def not_required(library: Library, checklist: Checklist, answers: Answers) -> list[Row]:
    """What the person told and this document says nothing on; where it says anything, it is not said to ask nothing."""
    programme = library.programmes[checklist.programme]
    rows = []
    for name, answer in answers.items():
        trait = library.inquiry.traits.get(name)
        if trait is None or name in checklist.traits or trait.aspect == "applicants":
            continue
        quiet = programme.silences.get(trait.aspect)
        if quiet is None or programme.facts_on(trait.aspect):
            continue
        said, clause = f"{trait.name}：{trait.shows(answer)}", quiet.near.clause if quiet.near else ""
        rows.append(Row(Outcome.NOT_REQUIRED, f"对{trait.name}没有要求", said, clause, True, ""))
    return rows


def tell(one: Report) -> str:
    """A report as a reply: the verdict, what is unmet or open, the smallest change, the next steps."""
    lines = [f"【{one.title}】自查结果：{one.headline}"]
    lines += _listed("不符合", one.with_outcome(Outcome.UNMET), with_clause=True)
    lines += _listed("低于一般要求", one.with_outcome(Outcome.BELOW), with_clause=True)
    lines += _listed("待补信息", one.with_outcome(Outcome.OPEN), with_clause=False)
    if one.flips:
        lines.append("最小改动：" + "；或者".join(one.flips[:2]) + "。")
    if one.verdict != Verdict.OUTSIDE:
        lines += ["下一步：" + "；".join(f"{what}：{_short(says)}" for what, says in one.steps) + "。"]
    return "\n".join([*lines, *one.notes])


def tell_short(one: Report) -> str:
    """A report among several: the verdict, and what is unmet in a line."""
    unmet = [*one.with_outcome(Outcome.UNMET), *one.with_outcome(Outcome.BELOW)]
    listed = "；".join(f"{row.says}（{row.clause}）" for row in unmet[:2])
    return f"【{one.title}】{one.headline}" + (f"\n没满足：{listed}" if listed else "")


def _listed(name: str, rows: Sequence[Row], with_clause: bool) -> list[str]:
    if not rows:
        return []
    told = [f"· {row.says}{f'（{row.clause}；{row.why}）' if with_clause else ''}" for row in rows[:MOST_TOLD]]
    title = f"{name}（{len(rows)}项{f'，先列{MOST_TOLD}项' if len(rows) > MOST_TOLD else ''}）："
    return [title, *told] if with_clause else [title + "；".join(row.says for row in rows[:MOST_TOLD])]


def _short(says: str) -> str:
    return says if len(says) <= _LONGEST_STEP else says[: _LONGEST_STEP - 1] + "…"


def _flip(one: Flip, checklist: Checklist) -> str:
    """把团队补到3人，就是“符合”: the remedies, or where several traits play together the new answer itself."""
    alone = {each.traits[0]: each.remedy for each in one.requirements if len(each.traits) == 1}
    changes = [
        alone.get(name) or f"{checklist.traits[name].name}改为“{checklist.traits[name].shows(answer)}”"
        for name, answer in one.changes.items()
    ]
    after = "其余待补的再确认" if one.verdict is Verdict.INSUFFICIENT else f"就是“{one.verdict}”"
    return f"{'，'.join(dict.fromkeys(changes))}，{after}"


def _steps(programme: Programme, found: Assessment, today: date) -> list[tuple[str, str]]:
    """材料、份数、交给谁、截止日, out of the facts; what the document does not state is said to be so."""
    steps = []
    for what, aspect in _STEPS:
        facts = [fact for fact in programme.facts_on(aspect) if fact.is_essential and not fact.is_note]
        if facts:
            says = "；".join(fact.says for fact in facts[:2])
            if aspect == "deadline":
                says += "，已截止" if found.is_closed else f"，{upcoming(facts, today)}".rstrip("，。")
        elif aspect == "copies":
            continue  # who is not told what to hand in need not be told that no number of copies is stated
        else:
            quiet = programme.silences.get(aspect)
            says = (quiet.says if quiet else "") or "文件没有写明"
        steps.append((what, says))
    return steps


def _notes(programme: Programme, found: Assessment, checklist: Checklist, today: date) -> list[str]:
    notes = []
    target = next((fact for fact in programme.facts_on("target") if fact.values.until), None)
    if target and target.values.until and target.values.until < today and found.verdict is not Verdict.OUTSIDE:
        notes.append(
            f"命名目标的期限到{target.values.until.year}年末，已经过了，现在是否还受理请先问{programme.inquire}。"
        )
    about = "" if programme.issued_on else "约"
    notes.append(f"（{about}{programme.year}年的文件，有无新规定请向{programme.inquire}核实。{NOT_A_DECISION}）")
    return notes
