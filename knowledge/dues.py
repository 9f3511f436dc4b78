"""A duty and a studio make dues: the days on which something is due, why, and how sure that is. Pure."""

from calendar import monthrange
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from knowledge.duties import AfterNaming, Duty, Of, Once, Undated, What, Yearly
from knowledge.library import Citation, Programme
from knowledge.rules import add_years
from knowledge.timing import day_in_words

PAST_TARGET = "目标期限已过，不再当作未完成的任务"
CLOSED = "一次性征集，已经结束，不能再报"
CHANGED = "这一条的原文与整理时的版本不一致，核对之前不能确定"
ONCE = "文件写明的一次性日期"
MOVED = "，当年没有2月29日，按2月28日"
Turn = tuple[date, str]  # a day, and how it was reckoned


@dataclass(frozen=True)
class Due:
    """Something due on a day.

    Args:
        what: what it is; a call that is over by today is called closed.
        conferred_on: the day the studio was named that it is for; none where it is for the programme itself.
        says: what is to be done, in our own words.
        is_certain: whether the document itself gives the day.
        assumption: on what the day rests beyond the words of the document; may be empty.
        reckoning: how the day was come by.
        lead_days: how many days before it is announced, the longest first.
    """

    on: date
    what: What
    duty: str
    citation: Citation
    conferred_on: date | None
    says: str
    is_certain: bool
    assumption: str
    reckoning: str
    lead_days: tuple[int, ...]


def programme_dues(
    programme: Programme, start: date, end: date, today: date, first_round: int | None = None
) -> tuple[Due, ...]:
    """The dates of a programme itself within a window: calls, seasons, yearly filings, targets.

    Args:
        programme: whose duties are looked at; nothing is due before its document was issued.
        start: the first day of the window.
        end: its last day, included.
        today: the day that tells whether a call is over.
        first_round: the year of a round of naming, where rounds come every few years; unknown if not given, and then
            no round has a date.
    """
    duties = (one for one in programme.duties if one.of is not Of.STUDIO)
    begin = max(start, issued_from(programme))
    return _sorted(due for one in duties for due in _dues(one, None, begin, end, today, first_round))


def studio_dues(programme: Programme, conferred_on: date, start: date, end: date, today: date) -> tuple[Due, ...]:
    """The dates of one studio within a window: its filings from the year-end on or after its naming, term or cycles.

    Args:
        programme: whose duties are looked at; nothing is due before its document was issued.
        conferred_on: the day the studio was named.
        start: the first day of the window.
        end: its last day, included.
        today: the day it is looked at.
    """
    duties = (one for one in programme.duties if one.of is not Of.PROGRAMME)
    begin = max(start, issued_from(programme))
    return _sorted(due for one in duties for due in _dues(one, conferred_on, begin, end, today, None))


def doubted(dues: Iterable[Due], changed: Container[tuple[str, str]]) -> tuple[Due, ...]:
    """The dues, those of a clause whose original has changed told as not certain: silence would miss a deadline.

    Args:
        dues: what falls due.
        changed: document and clause of each that is not the text its duties were made from (`Originals.changed`).
    """
    return tuple(
        replace(due, is_certain=False, assumption=f"{CHANGED}；{due.assumption}")
        if (due.citation.document, due.citation.clause) in changed
        else due
        for due in dues
    )


def undated(programme: Programme, is_named: bool) -> tuple[Duty, ...]:
    """The duties that come again without a day: those of the programme itself, or those of a named studio."""
    others = Of.PROGRAMME if is_named else Of.STUDIO
    return tuple(one for one in programme.duties if isinstance(one.when, Undated) and one.of is not others)


def issued_from(programme: Programme) -> date:
    """The first day its document can have been in force; the first of the year where only that is known."""
    return programme.issued_on or date(programme.issued_about, 1, 1)


def _sorted(dues: Iterator[Due]) -> tuple[Due, ...]:
    order = list(What)
    return tuple(sorted(dues, key=lambda due: (due.on, order.index(due.what), due.duty)))


def _dues(
    duty: Duty, conferred_on: date | None, start: date, end: date, today: date, first_round: int | None
) -> Iterator[Due]:
    for on, reckoning in _turns(duty, conferred_on, start, end, first_round):
        what, assumption = duty.what, duty.assumption
        if isinstance(duty.when, Once) and on < today:
            what = duty.when.afterwards
            assumption = f"{assumption}；{CLOSED if what is What.CALL_CLOSED else PAST_TARGET}"
        yield Due(
            on,
            what,
            duty.id,
            Citation(duty.programme, duty.clause),
            conferred_on,
            duty.says,
            duty.is_certain,
            assumption,
            reckoning,
            duty.lead_days,
        )


def _turns(duty: Duty, conferred_on: date | None, start: date, end: date, first_round: int | None) -> Iterator[Turn]:
    match duty.when:
        case Once(on=on) if start <= on <= end:
            yield on, ONCE
        case AfterNaming() as when if conferred_on is not None:
            yield from _after_naming(when, conferred_on, start, end)
        case Yearly() as when if when.every_years == 1 or first_round is not None:
            for on in _yearly(when, max(start, conferred_on or start), end, first_round):
                yield on, _each_year(duty, when, conferred_on, first_round)


def _after_naming(when: AfterNaming, conferred_on: date, start: date, end: date) -> Iterator[Turn]:
    last = end.year - conferred_on.year if when.repeats else when.years
    for years in range(when.years, min(last, date.max.year - conferred_on.year) + 1, when.years):
        on = add_years(conferred_on, years)
        if start <= on <= end:
            yield on, _since_naming(when, conferred_on, on)


def _since_naming(when: AfterNaming, conferred_on: date, on: date) -> str:
    turn = (on.year - conferred_on.year) // when.years
    span = f"每{when.years}年一个周期，第{turn}个周期末" if when.repeats else f"满{when.years}年"
    return f"{day_in_words(conferred_on)}命名，{span}{MOVED if on.day != conferred_on.day else ''}"


def _yearly(when: Yearly, start: date, end: date, first_round: int | None) -> Iterator[date]:
    """The days of each year, or of each round; the last day of a month where there is no such day."""
    every, first = when.every_years, start.year
    if every > 1 and first_round is not None:
        first = first_round + max(0, -(-(start.year - first_round) // every)) * every
    for year in range(first, end.year + 1, every):
        on = date(year, when.month, min(when.day, monthrange(year, when.month)[1]))
        if start <= on <= end:
            yield on


def _each_year(duty: Duty, when: Yearly, conferred_on: date | None, first_round: int | None) -> str:
    named = f"{day_in_words(conferred_on)}命名后，" if conferred_on else ""
    turns = "每年" if when.every_years == 1 else f"从{first_round}年起每{when.every_years}年"
    return f"{named}{turns}{'' if duty.is_certain else '一次，暂按'}{when.month}月{when.day}日"
