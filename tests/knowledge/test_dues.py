"""What the documents make due, on every day of eleven years, against a table read out of them by hand."""

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.dues import Due, programme_dues, studio_dues
from knowledge.duties import What, duty_of
from knowledge.library import Library, load
from knowledge.working_days import Calendar
from tests.cast import TODAY

FIRST, LAST = date(2023, 1, 1), date(2033, 12, 31)
TABLE = tomllib.loads(Path(__file__).with_name("dues.toml").read_text(encoding="utf-8"))
DAYS = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
UNCERTAIN = {What.ANNUAL_CONFERENCE, What.ANNUAL_SUMMARY, What.NAMING_ROUND, What.RE_APPLICATION, What.CYCLE_REVIEW}
LIBRARY = load()


def dues(name: str, start: date, end: date, today: date, first_round: int | None = None) -> tuple[Due, ...]:
    """The dues of a row of the table: of a programme, or of a studio it named."""
    slug, _, named = name.partition("-named-")
    programme = LIBRARY.programmes[slug]
    if named:
        return studio_dues(programme, date.fromisoformat(named), start, end, today)
    return programme_dues(programme, start, end, today, first_round)


@pytest.mark.parametrize("name", TABLE)
def test_every_day_of_eleven_years_has_what_the_table_has(name: str) -> None:
    expected = {(day, what) for what, days in TABLE[name].items() for day in days}
    found = {(due.on, str(due.what)) for day in DAYS for due in dues(name, day, day, day)}
    assert found == expected


@pytest.mark.parametrize("name", TABLE)
def test_one_window_over_all_has_the_same_and_in_order(name: str) -> None:
    found = dues(name, FIRST, LAST, FIRST)
    assert [due.on for due in found] == sorted(due.on for due in found)
    assert {(due.on, str(due.what)) for due in found} == {
        (day, what) for what, days in TABLE[name].items() for day in days
    }


def test_every_programme_is_in_the_table(library: Library) -> None:
    assert {name.partition("-named-")[0] for name in TABLE} == set(library.programmes)


@pytest.mark.parametrize("name", TABLE)
def test_nothing_that_is_over_is_offered_as_open(name: str) -> None:
    for day in DAYS[::7]:
        for due in dues(name, date(2018, 1, 1), LAST, day):
            if due.what is What.APPLICATION_DEADLINE and name == "tcwta":
                assert day <= due.on
            if due.what is What.CALL_CLOSED:
                assert due.on < day
                assert "已经结束" in due.assumption
            if due.what is What.TARGET_DATE and due.on < day:
                assert "已过" in due.assumption


def test_what_is_not_certain_says_on_what_it_rests(library: Library) -> None:
    for programme in library.programmes.values():
        for duty in programme.duties:
            assert duty.is_certain == (duty.what not in UNCERTAIN), duty.id
            assert duty.assumption
            assert duty.lead_days
            assert duty.clause in programme.by_label


def test_rounds_have_dates_once_a_first_year_is_told() -> None:
    found = dues("jiaozuo", FIRST, LAST, TODAY, first_round=2024)
    rounds = [due.on for due in found if due.what is What.NAMING_ROUND]
    assert rounds == [date(2024, 12, 31), date(2027, 12, 31), date(2030, 12, 31), date(2033, 12, 31)]


DATES = st.dates(date(2000, 1, 1), date(2090, 12, 31))


@given(name=st.sampled_from(sorted(LIBRARY.programmes)), named=st.none() | DATES, days=st.tuples(DATES, DATES, DATES))
@settings(max_examples=300, deadline=None)
def test_windows_add_up_and_nothing_falls_outside(name: str, named: date | None, days: tuple[date, date, date]) -> None:
    first, middle, last = sorted(days)
    row = f"{name}-named-{named.isoformat()}" if named else name
    whole = dues(row, first, last, TODAY)
    halves = (*dues(row, first, middle, TODAY), *dues(row, middle + timedelta(days=1), last, TODAY))
    assert sorted(halves, key=lambda due: (due.on, due.duty)) == sorted(whole, key=lambda due: (due.on, due.duty))
    assert all(first <= due.on <= last for due in whole)
    assert named is None or all(due.on >= named for due in whole)
    assert len({(due.on, due.duty) for due in whole}) == len(whole)


def test_a_window_that_ends_before_it_begins_is_empty() -> None:
    assert dues("cccc", LAST, FIRST, TODAY) == ()


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ({"month": 2, "day": 31}, "day is out of range"),
        ({"month": 5, "day": 31, "lead_days": [1, 7]}, "the longest first"),
        ({"on": "2024-02-29"}, "on is a date"),
        ({}, "month"),
        ({"month": 5, "day": 31, "what": "tea"}, "tea"),
        ({"month": 5, "day": 31, "tea": 1}, "tea"),
    ],
)
def test_a_duty_that_is_written_down_wrong_is_refused(table: dict[str, object], what: str) -> None:
    right = {"id": "x", "what": "naming-round", "of": "programme", "says": "x", "certain": True, "lead_days": [7]}
    with pytest.raises((ValueError, KeyError, TypeError), match=what):
        duty_of("cccc", "二", {**right, **table})


def test_the_last_reminder_falls_on_a_working_day() -> None:
    calendar = Calendar()
    assert calendar.last_working_day_before(date(2026, 10, 8)) == date(2026, 9, 30)  # the national holiday
    assert calendar.last_working_day_before(date(2026, 11, 23)) == date(2026, 11, 20)  # a weekend
    assert calendar.last_working_day_before(date(2026, 11, 20)) == date(2026, 11, 19)


def test_years_that_are_not_announced_know_weekends_only() -> None:
    calendar = Calendar()
    assert calendar.is_working_day(date(2033, 10, 3))
    assert not calendar.is_working_day(date(2033, 10, 2))
    assert all(isinstance(calendar.last_working_day_before(day), date) for day in DAYS[::11])


def test_an_operator_adds_what_is_not_announced() -> None:
    calendar = Calendar(frozenset({date(2033, 10, 3)}), frozenset({date(2033, 10, 1)}))
    assert not calendar.is_working_day(date(2033, 10, 3))
    assert calendar.is_working_day(date(2033, 10, 1))
    assert calendar.last_working_day_before(date(2033, 10, 4)) == date(2033, 10, 1)
