"""The last reminder falls on the working day before, in years whose holidays are announced and in others."""

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.working_days import Calendar

TABLE = tomllib.loads(Path(__file__).with_name("last_days.toml").read_text(encoding="utf-8"))
TOLD = TABLE["told"]
HOLIDAYS, WORKDAYS = frozenset(TOLD["holidays"]), frozenset(TOLD["workdays"])
CALENDARS = {"announced": Calendar(), "told": Calendar(HOLIDAYS, WORKDAYS)}
A_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("calendar", "rows"),
    [
        (Calendar(), [*TABLE["announced"], *TABLE["unannounced"]]),
        (Calendar(HOLIDAYS), TOLD["with_holidays"]),
        (Calendar(HOLIDAYS, WORKDAYS), TOLD["with_both"]),
    ],
)
def test_the_working_day_before_is_the_one_on_the_wall(calendar: Calendar, rows: list[list[date]]) -> None:
    assert [[due, calendar.last_working_day_before(due)] for due, _ in rows] == rows


@pytest.mark.parametrize("kind", CALENDARS)
def test_before_every_day_of_eleven_years_there_is_one(kind: str) -> None:
    calendar, day = CALENDARS[kind], date(2023, 1, 1)
    while day <= date(2033, 12, 31):
        last = calendar.last_working_day_before(day)
        between = [last + A_DAY * days for days in range(1, (day - last).days)]
        assert last < day
        assert calendar.is_working_day(last)
        assert not any(map(calendar.is_working_day, between))
        assert len(between) <= 9  # no break is longer
        day += A_DAY


@given(day=st.dates(date(1900, 1, 1)))
def test_no_year_is_too_far(day: date) -> None:
    assert day - Calendar().last_working_day_before(day) <= A_DAY * 10


def test_where_everything_is_said_to_be_free_the_day_before_does() -> None:
    day = date(2030, 6, 30)
    calendar = Calendar(frozenset(day - A_DAY * back for back in range(60)))
    assert calendar.last_working_day_before(day) == day - A_DAY
