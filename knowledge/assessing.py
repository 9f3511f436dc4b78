"""Answers become Findings, Findings a Verdict: which conditions a studio meets, and what to change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations, islice, product

from knowledge.checklist import Checklist
from knowledge.requirements import Answers, Requirement
from knowledge.traits import Answer

MOST_FLIPS = 6


class Outcome(StrEnum):
    """What is found of one condition."""

    MET = "符合"
    UNMET = "不符合"
    BELOW = "低于一般要求"  # of a soft condition: reasons may be given, those who judge decide
    OPEN = "待补信息"
    NOT_REQUIRED = "本文件未要求"


class Verdict(StrEnum):
    """What is found of a studio in one programme."""

    MEETS = "符合"
    EXPLAIN = "需说明"
    FAILS = "暂不符合"
    INSUFFICIENT = "信息不足"
    CLOSED = "本轮已截止"
    OUTSIDE = "不属于本项目范围"


@dataclass(frozen=True)
class Finding:
    """One condition and what was found of it."""

    requirement: Requirement
    outcome: Outcome
    why: str


@dataclass(frozen=True)
class Flip:
    """The smallest change of answers that makes the verdict better, and the verdict it then is."""

    changes: Mapping[str, Answer]
    verdict: Verdict
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True)
class Assessment:
    """A studio held against one programme.

    Args:
        open_traits: what can still change the verdict, in the order in which it is asked; empty once it is settled.
        is_closed: whether the programme's one call is over.
    """

    programme: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    open_traits: tuple[str, ...]
    is_closed: bool

    @property
    def is_settled(self) -> bool:
        """Whether no further answer can change the verdict."""
        return self.verdict is not Verdict.INSUFFICIENT

    def with_outcome(self, outcome: Outcome) -> tuple[Finding, ...]:
        """The findings of one outcome."""
        return tuple(one for one in self.findings if one.outcome is outcome)


Rows = Sequence[tuple[Requirement, bool | None]]


def assess(
    checklist: Checklist, answers: Answers, today: date, changed: frozenset[tuple[str, str]] = frozenset()
) -> Assessment:
    """Hold answers against a programme's requirements.

    Args:
        checklist: the programme's requirements.
        answers: by trait; what is not known is not in it. Answers to what the programme does not ask change nothing.
        today: the day it is judged on; a call that ended before it is over.
        changed: clauses whose original was changed: nothing is judged by them.
    """
    rows = [
        (one, None if (one.programme, one.clause) in changed else one.test.judge(answers))
        for one in checklist.requirements
    ]
    is_closed = checklist.call is not None and checklist.call.until < today
    verdict = _verdict(rows, is_closed)
    findings = tuple(_finding(one, holds, checklist, answers, changed) for one, holds in rows)
    asked = _open_rows(rows, is_closed) if verdict is Verdict.INSUFFICIENT else ()
    open_traits = tuple(
        dict.fromkeys(
            trait
            for one in asked
            if (one.programme, one.clause) not in changed
            for trait in one.test.open_traits(answers)
        )
    )
    return Assessment(checklist.programme, verdict, findings, open_traits, is_closed)


def _verdict(rows: Rows, is_closed: bool) -> Verdict:
    """The verdict that every way to fill in what is unknown leads to, or that information is lacking."""
    scope = {holds for one, holds in rows if one.is_scope}
    hard = {holds for one, holds in rows if one.is_hard and not one.is_scope}
    soft = {holds for one, holds in rows if not one.is_hard and not one.is_scope}
    if False in scope:
        return Verdict.OUTSIDE
    if None in scope:
        return Verdict.INSUFFICIENT
    if False in hard:
        return Verdict.FAILS
    if None in hard:
        return Verdict.INSUFFICIENT
    if is_closed:
        return Verdict.CLOSED
    if False in soft:
        return Verdict.EXPLAIN
    return Verdict.INSUFFICIENT if None in soft else Verdict.MEETS


def _open_rows(rows: Rows, is_closed: bool) -> Iterator[Requirement]:
    """The unknown requirements that can still change an unsettled verdict."""
    is_failed = any(holds is False and one.is_hard for one, holds in rows)
    is_soft_settled = is_closed or any(holds is False and not one.is_hard for one, holds in rows)
    for one, holds in rows:
        if holds is None and (one.is_scope or not is_failed) and (one.is_hard or not is_soft_settled):
            yield one


def _finding(
    one: Requirement, holds: bool | None, checklist: Checklist, answers: Answers, changed: frozenset[tuple[str, str]]
) -> Finding:
    if (one.programme, one.clause) in changed:
        return Finding(one, Outcome.OPEN, "所存原文与整理时的版本不一致，核对之前先不判断")
    known = "，".join(
        f"{checklist.traits[trait].name}：{checklist.traits[trait].shows(answers[trait])}"
        for trait in one.traits
        if trait in answers
    )
    if holds is None:
        lacking = "、".join(checklist.traits[trait].name for trait in dict.fromkeys(one.test.open_traits(answers)))
        return Finding(one, Outcome.OPEN, f"还不知道：{lacking}")
    if holds:
        return Finding(one, Outcome.MET, known)
    return Finding(one, Outcome.UNMET if one.is_hard else Outcome.BELOW, known)


def flips(
    checklist: Checklist, answers: Answers, today: date, changed: frozenset[tuple[str, str]] = frozenset()
) -> tuple[Flip, ...]:
    """The smallest changes of answers that make a settled verdict better; empty where no answer can.

    Out of scope, failing and to be explained are changed by mending what is not met; a call that is over by nothing.
    Where one trait can be mended in several ways the best for the verdict is taken, of numbers the nearest.
    """
    now = assess(checklist, answers, today, changed)
    wanted = [one.requirement for one in now.findings if _stands_in_the_way(one, now.verdict)]
    ways = [_mendings(checklist, answers, group, today) for group in _groups(wanted)]
    if not ways or not all(ways):
        return ()
    found = []
    for way in islice(product(*ways), MOST_FLIPS):
        changes = {trait: answer for part in way for trait, answer in part.items()}
        after = assess(checklist, {**answers, **changes}, today, changed).verdict
        found.append(Flip(changes, after, tuple(wanted)))
    return tuple(found)


def _stands_in_the_way(finding: Finding, verdict: Verdict) -> bool:
    if finding.requirement.is_scope:
        return verdict is Verdict.OUTSIDE and finding.outcome is Outcome.UNMET
    failing = {Verdict.FAILS: Outcome.UNMET, Verdict.EXPLAIN: Outcome.BELOW}
    return finding.outcome is failing.get(verdict)


def _groups(requirements: Sequence[Requirement]) -> list[list[Requirement]]:
    """Requirements that share a trait together, because one change can mend or spoil several."""
    groups: list[list[Requirement]] = []
    for one in requirements:
        joined = [group for group in groups if any(set(one.traits) & set(other.traits) for other in group)]
        groups = [group for group in groups if group not in joined]
        groups.append([*(other for group in joined for other in group), one])
    return groups


def _mendings(checklist: Checklist, answers: Answers, group: Sequence[Requirement], today: date) -> list[Answers]:
    """The ways to mend a group by changing as few traits as can be, one way for each set of traits."""
    traits = tuple(dict.fromkeys(trait for one in group for trait in one.traits))
    for size in range(1, len(traits) + 1):
        ways = [_best(checklist, answers, group, chosen, today) for chosen in combinations(traits, size)]
        if found := [way for way in ways if way]:
            return found
    return []


def _best(
    checklist: Checklist, answers: Answers, group: Sequence[Requirement], traits: Sequence[str], today: date
) -> Answers | None:
    """The best new answers to these traits that mend the whole group and break nothing that held."""
    held = [one for one in checklist.requirements if one.test.judge(answers)]
    best: tuple[tuple[int, float], Answers] | None = None
    for values in product(*(checklist.values(trait) for trait in traits)):
        changes = dict(zip(traits, values, strict=True))
        after = {**answers, **changes}
        if any(answers.get(trait) == value for trait, value in changes.items()):
            continue
        if not all(one.test.judge(after) for one in (*group, *held)):
            continue
        unmet = sum(one.test.judge(after) is False for one in checklist.requirements)
        rank = (unmet, sum(_distance(answers.get(trait), value) for trait, value in changes.items()))
        if best is None or rank < best[0]:
            best = rank, changes
    return best[1] if best else None


def _distance(before: Answer | None, after: Answer) -> float:
    if isinstance(before, int | float) and isinstance(after, int | float):
        return abs(float(after) - float(before))
    return 0.0
