"""A duty and a studio make dues: the days on which something is due, why, and how sure that is. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from knowledge.duties import AfterNaming, Duty, Of, Once, What, Yearly
from knowledge.library import Citation, Programme
from knowledge.rules import add_years, next_yearly

PAST_TARGET = "目标期限已过，不再当作未完成的任务"
CLOSED = "一次性征集，已经结束，不能再报"


@dataclass(frozen=True)
class Due:
    """Something due on a day.

    Args:
        what: what it is; a call that is over by today is called closed.
        says: what is to be done, in our own words.
        is_certain: whether the document itself gives the day.
        assumption: on what the day rests beyond the words of the document; may be empty.
        lead_days: how many days before it is announced, the longest first.
    """

    on: date
    what: What
    duty: str
    citation: Citation
    says: str
    is_certain: bool
    assumption: str
    lead_days: tuple[int, ...]


def programme_dues(
    programme: Programme, start: date, end: date, today: date, first_round: int | None = None
) -> tuple[Due, ...]:
    """The dates of a programme itself within a window: calls, seasons, yearly filings, targets.

    Args:
        programme: whose duties are looked at.
        start: the first day of the window.
        end: its last day, included.
        today: the day that tells whether a call is over.
        first_round: the year of a round of naming, where rounds come every few years; unknown if not given, and then
            no round has a date.
    """
    duties = (one for one in programme.duties if one.of is not Of.STUDIO)
    return _sorted(due for one in duties for due in _dues(one, None, start, end, today, first_round))


def studio_dues(programme: Programme, conferred_on: date, start: date, end: date, today: date) -> tuple[Due, ...]:
    """The dates of one studio within a window: its filings from the year-end on or after its naming, term or cycles.

    Args:
        programme: whose duties are looked at.
        conferred_on: the day the studio was named.
        start: the first day of the window.
        end: its last day, included.
        today: the day it is looked at.
    """
    duties = (one for one in programme.duties if one.of is not Of.PROGRAMME)
    return _sorted(due for one in duties for due in _dues(one, conferred_on, start, end, today, None))


def _sorted(dues: Iterator[Due]) -> tuple[Due, ...]:
    order = list(What)
    return tuple(sorted(dues, key=lambda due: (due.on, order.index(due.what), due.duty)))


def _dues(
    duty: Duty, conferred_on: date | None, start: date, end: date, today: date, first_round: int | None
) -> Iterator[Due]:
    for day in _days(duty, conferred_on, start, end, first_round):
        what, assumption = duty.what, duty.assumption
        if isinstance(duty.when, Once) and duty.when.on < today:
            what = duty.when.afterwards
            assumption = CLOSED if what is What.CALL_CLOSED else PAST_TARGET
        citation = Citation(duty.programme, duty.clause)
        yield Due(day, what, duty.id, citation, duty.says, duty.is_certain, assumption, duty.lead_days)


def _days(duty: Duty, conferred_on: date | None, start: date, end: date, first_round: int | None) -> Iterator[date]:
    match duty.when:
        case Once(on=on):
            if start <= on <= end:
                yield on
        case AfterNaming(years=years, repeats=repeats) if conferred_on is not None:
            yield from _after_naming(conferred_on, years, repeats, start, end)
        case Yearly(month=month, day=day, every_years=every):
            begin = max(start, conferred_on) if conferred_on else start
            yield from _yearly(month, day, begin, end, every, first_round)


def _after_naming(conferred_on: date, years: int, repeats: bool, start: date, end: date) -> Iterator[date]:
    passed = max(0, start.year - conferred_on.year - 1) // years if repeats else 0
    times = passed + 1
    while conferred_on.year + years * times <= date.max.year:
        on = add_years(conferred_on, years * times)
        if on > end:
            return
        if on >= start:
            yield on
        if not repeats:
            return
        times += 1


def _yearly(month: int, day: int, start: date, end: date, every: int, first_round: int | None) -> Iterator[date]:
    """The days of each year, or of each round from a first one; the last day of a month where there is no such day."""
    if every > 1 and first_round is None:
        return
    for year in range(start.year, min(end.year, date.max.year - 1) + 1):
        on = next_yearly(month, day, date(year, 1, 1))
        is_turn = every == 1 or (first_round is not None and year >= first_round and (year - first_round) % every == 0)
        if is_turn and start <= on <= end:
            yield on
