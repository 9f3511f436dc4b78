"""The arithmetic of the documents holds on every calendar day."""

from calendar import isleap, monthrange
from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.library import Library
from knowledge.rules import add_years, longest_run, months_between, next_yearly, quota_total

DAYS = st.dates(date(1950, 1, 1), date(2090, 12, 31))
MONTH_DAYS = st.integers(1, 12).flatmap(
    lambda month: st.tuples(st.just(month), st.integers(1, monthrange(2000, month)[1]))
)


@pytest.mark.parametrize(
    ("start", "years", "end"),
    [
        (date(2024, 3, 1), 4, date(2028, 3, 1)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2024, 2, 29), 3, date(2027, 2, 28)),
        (date(2023, 2, 28), 1, date(2024, 2, 28)),
        (date(2024, 12, 31), 0, date(2024, 12, 31)),
    ],
)
def test_a_term_ends_on_its_day(start: date, years: int, end: date) -> None:
    assert add_years(start, years) == end


@given(start=DAYS, years=st.integers(0, 60))
def test_a_term_ends_in_the_same_month_as_it_began(start: date, years: int) -> None:
    end = add_years(start, years)
    assert (end.year, end.month) == (start.year + years, start.month)
    is_moved = (start.month, start.day) == (2, 29) and not isleap(end.year)
    assert end.day == (28 if is_moved else start.day)


@pytest.mark.parametrize(
    ("month", "day", "today", "expected"),
    [
        (5, 31, date(2026, 11, 20), date(2027, 5, 31)),
        (5, 31, date(2027, 5, 31), date(2027, 5, 31)),
        (5, 31, date(2027, 6, 1), date(2028, 5, 31)),
        (12, 31, date(2026, 11, 20), date(2026, 12, 31)),
        (2, 29, date(2026, 1, 1), date(2026, 2, 28)),
        (2, 29, date(2027, 2, 28), date(2027, 2, 28)),
        (2, 29, date(2028, 2, 28), date(2028, 2, 29)),
        (2, 29, date(2028, 3, 1), date(2029, 2, 28)),
    ],
)
def test_a_yearly_day_comes_next(month: int, day: int, today: date, expected: date) -> None:
    assert next_yearly(month, day, today) == expected


@given(month_day=MONTH_DAYS.filter(lambda one: one != (2, 29)), today=DAYS)
def test_the_next_yearly_day_is_neither_past_nor_far(month_day: tuple[int, int], today: date) -> None:
    found = next_yearly(*month_day, today)
    assert (found.month, found.day) == month_day
    assert today <= found <= add_years(today, 1)
    assert next_yearly(*month_day, found) == found


def test_the_end_of_february_comes_next_in_a_leap_year() -> None:
    assert next_yearly(2, 29, date(2027, 3, 1)) == date(2028, 2, 29)


QUOTA = {"小会员单位": 1, "大会员单位": 2, "理事单位": 3, "常务理事单位": 5}
UNITS = st.dictionaries(st.sampled_from(sorted(QUOTA)), st.integers(0, 50))


def test_zhang_adds_up_the_quota_of_his_group() -> None:
    assert quota_total({"常务理事单位": 2, "理事单位": 1, "小会员单位": 3}, QUOTA) == 16
    assert quota_total({}, QUOTA) == 0


def test_the_quota_is_what_the_call_states(library: Library) -> None:
    facts = library.programmes["tcwta"].facts_on("quota")
    assert {fact.case: fact.values.count for fact in facts if fact.case} == QUOTA


@given(one=UNITS, other=UNITS)
def test_quotas_of_two_groups_add_up(one: Mapping[str, int], other: Mapping[str, int]) -> None:
    both = {grade: one.get(grade, 0) + other.get(grade, 0) for grade in QUOTA}
    assert quota_total(both, QUOTA) == quota_total(one, QUOTA) + quota_total(other, QUOTA)


@pytest.mark.parametrize(
    ("years", "run"),
    [([], 0), ([2024], 1), ([2023, 2025], 1), ([2025, 2023, 2024], 3), ([2023, 2024, 2024, 2026, 2027, 2028], 3)],
)
def test_years_in_a_row_are_counted(years: list[int], run: int) -> None:
    assert longest_run(years) == run


@given(years=st.lists(st.integers(1990, 2060), max_size=30))
def test_a_run_is_the_longest_there_is(years: list[int]) -> None:
    run = longest_run(years)
    there = set(years)
    assert run == 0 or any(set(range(year, year + run)) <= there for year in there)
    assert not any(set(range(year, year + run + 1)) <= there for year in there)
    assert longest_run(reversed(years)) == run


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2024, 2, 29), date(2026, 11, 20), 33),
        (date(2026, 11, 20), date(2027, 5, 31), 6),
        (date(2026, 11, 20), date(2026, 11, 20), 0),
        (date(2026, 1, 31), date(2026, 2, 28), 1),
    ],
)
def test_months_are_rounded(start: date, end: date, months: int) -> None:
    assert months_between(start, end) == months


@given(start=DAYS, days=st.integers(0, 8000))
def test_months_agree_with_the_days(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    assert abs(months_between(start, end) - days / 30.44) < 1.1
    assert months_between(start, end) <= months_between(start, end + timedelta(days=1))


@given(start=DAYS, years=st.integers(0, 30))
def test_a_year_has_twelve_months(start: date, years: int) -> None:
    assert months_between(start, add_years(start, years)) == 12 * years
