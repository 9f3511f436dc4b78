"""What the documents make due, on every day of eleven years, against a table read out of them by hand."""

import tomllib
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.dues import Due, programme_dues, studio_dues, undated
from knowledge.duties import Undated, What
from knowledge.library import Library, load
from tests.cast import TODAY

pytestmark = pytest.mark.no_cover  # so much of the same that measuring it would take most of the time

FIRST, LAST = date(2023, 1, 1), date(2033, 12, 31)
TABLE = tomllib.loads(Path(__file__).with_name("dues.toml").read_text(encoding="utf-8"))
CLAUSES = TABLE.pop("clauses")
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


def days(found: tuple[Due, ...], what: What) -> list[date]:
    return [due.on for due in found if due.what is what]


@pytest.mark.parametrize("name", TABLE)
def test_every_day_of_eleven_years_has_what_the_table_has(name: str) -> None:
    expected = {(day, what) for what, days in TABLE[name].items() for day in days}
    found = [due for day in DAYS for due in dues(name, day, day, day)]
    assert {(due.on, str(due.what)) for due in found} == expected
    assert len(found) == len(expected)


@pytest.mark.parametrize("name", TABLE)
def test_one_window_over_all_has_the_same_and_in_order(name: str) -> None:
    found = dues(name, FIRST, LAST, FIRST)
    assert [due.on for due in found] == sorted(due.on for due in found)
    assert sorted((due.on, str(due.what)) for due in found) == sorted(
        (day, what) for what, days in TABLE[name].items() for day in days
    )


@pytest.mark.parametrize("name", TABLE)
def test_each_due_names_the_clause_it_was_read_from(name: str) -> None:
    slug = name.partition("-named-")[0]
    for due in dues(name, FIRST, LAST, FIRST):
        assert due.citation.document == slug
        assert due.citation.clause == CLAUSES[slug][due.what]


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


def test_a_call_is_open_on_its_last_day_and_closed_on_the_next() -> None:
    last = date(2024, 2, 29)
    (on_the_day,), (after,) = (dues("tcwta", last, last, day) for day in (last, last + timedelta(days=1)))
    assert (on_the_day.what, after.what) == (What.APPLICATION_DEADLINE, What.CALL_CLOSED)
    assert (on_the_day.on, after.on) == (last, last)


def test_what_is_not_certain_says_on_what_it_rests(library: Library) -> None:
    for programme in library.programmes.values():
        for duty in programme.duties:
            if not isinstance(duty.when, Undated):
                assert duty.is_certain == (duty.what not in UNCERTAIN), duty.id
                assert duty.assumption


def test_rounds_have_dates_once_a_first_year_is_told() -> None:
    assert days(dues("jiaozuo", FIRST, LAST, TODAY), What.NAMING_ROUND) == []
    expected = [date(2024, 12, 31), date(2027, 12, 31), date(2030, 12, 31), date(2033, 12, 31)]
    for first_round in (2018, 2024):
        found = dues("jiaozuo", FIRST, LAST, TODAY, first_round)
        assert days(found, What.NAMING_ROUND) == expected
    assert days(dues("jiaozuo", FIRST, LAST, TODAY, 2030), What.NAMING_ROUND) == expected[2:]


def test_zhang_is_told_how_a_day_was_come_by() -> None:
    told = {
        "cccc": "每年5月31日",
        "jiaozuo-named-2024-03-01": "2024年3月1日命名后，每年12月31日",
        "tcwta-named-2024-03-01": "2024年3月1日命名，满4年",
        "shanghai-named-2024-02-29": "2024年2月29日命名，每3年一个周期，第1个周期末，当年没有2月29日，按2月28日",
    }
    for name, reckoning in told.items():
        assert dues(name, date(2027, 1, 1), LAST, TODAY)[0].reckoning == reckoning
    rounds = dues("jiaozuo", date(2027, 12, 31), date(2027, 12, 31), TODAY, first_round=2024)
    assert "从2024年起每3年一次，暂按12月31日" in {due.reckoning for due in rounds}


def test_nothing_is_due_before_the_document_was_issued() -> None:
    long_ago = date(1990, 1, 1)
    assert dues("jiaozuo", long_ago, LAST, TODAY)[0].on == date(2015, 12, 31)  # issued on 2 February 2015
    assert dues("changchun", long_ago, LAST, TODAY)[0].on == date(2023, 12, 31)  # issued on 6 December 2023
    assert dues("cccc", long_ago, LAST, TODAY)[0].on == date(2018, 5, 31)  # undated, about 2018
    assert dues("shanghai-named-2012-06-01", long_ago, LAST, TODAY)[0].on == date(2018, 6, 1)


def test_what_has_no_day_is_told_and_never_due() -> None:
    told = {
        slug: [[str(one.what) for one in undated(programme, is_named)] for is_named in (False, True)]
        for slug, programme in LIBRARY.programmes.items()
    }
    assert told == {
        "tcwta": [[], ["yearly-topic", "monthly-activity"]],  # 二、3
        "jiaozuo": [["result-awards", "studio-awards"], ["yearly-assessment"]],  # 第二十三条, 第二十四条; 第十六条
        "changchun": [[], []],
        "cccc": [[], ["yearly-topic", "yearly-result"]],  # 三（七）
        "shanghai": [["naming-round"], []],  # 第五条
    }


DATES = st.dates(date(2000, 1, 1), date(2090, 12, 31))
ANY = st.dates()
NAMES = st.sampled_from(sorted(LIBRARY.programmes))


@given(name=NAMES, named=st.none() | DATES, days=st.tuples(DATES, DATES, DATES), first_round=st.none() | ANY)
@settings(max_examples=300, deadline=None)
def test_windows_add_up_and_nothing_falls_outside(
    name: str, named: date | None, days: tuple[date, date, date], first_round: date | None
) -> None:
    first, middle, last = sorted(days)
    row, year = f"{name}-named-{named.isoformat()}" if named else name, first_round.year if first_round else None
    whole = dues(row, first, last, TODAY, year)
    halves = (*dues(row, first, middle, TODAY, year), *dues(row, middle + timedelta(days=1), last, TODAY, year))
    assert halves == whole
    assert all(first <= due.on <= last for due in whole)
    assert named is None or all(due.on >= named and due.conferred_on == named for due in whole)
    assert len({(due.on, due.duty) for due in whole}) == len(whole)


@given(name=NAMES, named=st.none() | ANY, days=st.tuples(ANY, ANY))
@settings(max_examples=30, deadline=None)
def test_a_wider_window_has_no_less_whatever_the_days(name: str, named: date | None, days: tuple[date, date]) -> None:
    start, end = sorted(days)
    row = f"{name}-named-{named.isoformat()}" if named else name
    narrow, wide = dues(row, start, end, TODAY), dues(row, date.min, date.max, TODAY)
    assert narrow == tuple(due for due in wide if start <= due.on <= end)


@given(name=st.sampled_from(["tcwta", "shanghai"]), named=st.dates(date(2016, 2, 3), date(2060, 12, 31)))
def test_terms_and_cycles_end_on_the_day_of_the_naming(name: str, named: date) -> None:
    found = dues(f"{name}-named-{named.isoformat()}", named, date(2100, 12, 31), TODAY)
    ends = sorted({due.on for due in found})
    assert all((on.month, on.day) in ((named.month, named.day), (2, 28)) for on in ends)
    if name == "tcwta":
        assert [on.year for on in ends] == [year for year in [named.year + 4] if ends]
    else:
        assert ends[0].year == named.year + 3
        assert {after.year - before.year for before, after in pairwise(ends)} == {3}


def test_a_window_that_ends_before_it_begins_is_empty() -> None:
    assert dues("cccc", LAST, FIRST, TODAY) == ()
