"""The arithmetic of the documents: terms, rounds, yearly dates, quotas, runs of failed years. Pure."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date


def add_years(start: date, years: int) -> date:
    """The corresponding day some years later; 28 February where there is no 29th."""
    year = start.year + years
    return date(year, start.month, min(start.day, monthrange(year, start.month)[1]))


def next_yearly(month: int, day: int, today: date) -> date:
    """The next such day of a year, today included (5月底 is 31 May, 年底 is 31 December)."""
    this_year, next_year = (
        date(year, month, min(day, monthrange(year, month)[1])) for year in (today.year, today.year + 1)
    )
    return this_year if this_year >= today else next_year


def quota_total(units: Mapping[str, int], quota: Mapping[str, int]) -> int:
    """How many studios these member units may put forward together.

    Args:
        units: how many units of each grade (常务理事单位: 2).
        quota: studios a unit of each grade may put forward (中国技协发〔2023〕49号 三).
    """
    return sum(number * quota[grade] for grade, number in units.items())


def longest_run(years: Iterable[int]) -> int:
    """How many of these years follow one another without a gap, at most."""
    best = run = 0
    last = None
    for year in sorted(set(years)):
        run = run + 1 if last is not None and year == last + 1 else 1
        best, last = max(best, run), year
    return best


def add_months(start: date, months: int) -> date:
    """The corresponding day some months later; the last day of the month where there is none."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def months_between(start: date, end: date) -> int:
    """Whole months from one day to a later one, a rest of half a month and more counted as one."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if add_months(start, months) > end:
        months -= 1
    return months + ((end - add_months(start, months)).days >= 15)
