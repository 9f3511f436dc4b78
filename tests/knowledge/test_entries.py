"""What is written into the register becomes a value, or is told to be odd; nothing is guessed."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.days import read_day
from knowledge.entries import COLUMNS, Column, Value, column_of, read, read_number, show_number
from knowledge.library import Library
from knowledge.oddities import Odd, Reason
from knowledge.vocabulary import Standing
from tests.cast import TODAY

FORMS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y年%m月%d号", "%Y%m%d", "%Y-%m-%d 00:00:00"]


@given(day=st.dates(date(1950, 1, 1), TODAY), form=st.sampled_from(FORMS))
def test_a_day_is_read_in_every_form(day: date, form: str) -> None:
    assert read_day(day.strftime(form), TODAY) == day
    assert read_day(day.strftime(form).replace("0", "０"), TODAY) == day
    assert read_day(f" {day.year}年 {day.month}月{day.day}日", TODAY) == day
    assert read_day(f"{day.year}/{day.month}/{day.day}", TODAY) == day
    assert read_day(datetime(day.year, day.month, day.day, 12), TODAY) == day  # noqa: DTZ001 - as sheets have it
    assert read_day((day - date(1899, 12, 30)).days, TODAY) == day


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("二〇二四年二月二十九日", date(2024, 2, 29)),
        ("二零二四年十二月三十一日", date(2024, 12, 31)),
        (20240301.0, date(2024, 3, 1)),
        ("今天", TODAY),
        ("昨天", date(2026, 11, 19)),
    ],
)
def test_a_day_is_read_in_words_and_from_cells(written: object, day: date) -> None:
    assert read_day(written, TODAY) == day


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("2024-02-30", Reason.NO_SUCH_DAY),
        ("2024年13月1日", Reason.NO_SUCH_DAY),
        ("2024年3月", Reason.INCOMPLETE_DAY),
        ("2024.3", Reason.INCOMPLETE_DAY),
        ("2024", Reason.INCOMPLETE_DAY),
        ("24.3.1", Reason.SHORT_YEAR),
        ("3月1日", Reason.SHORT_YEAR),
        ("2026-11-21", Reason.AFTER_TODAY),
        ("1949-12-31", Reason.TOO_LONG_AGO),
        ("3/1/2024", Reason.NOT_A_DAY),
        ("2024-3/1", Reason.NOT_A_DAY),
        ("约2024年3月1日", Reason.NOT_A_DAY),
        ("45352", Reason.NOT_A_DAY),
        (float("nan"), Reason.NOT_A_DAY),
        (float("inf"), Reason.NOT_A_DAY),
        (True, Reason.NOT_A_DAY),
    ],
)
def test_a_day_with_a_doubt_is_not_taken(written: object, reason: Reason) -> None:
    found = read_day(written, TODAY)
    assert isinstance(found, Odd)
    assert found.reason is reason


@pytest.mark.parametrize(
    ("column", "written", "value"),
    [
        (Column.PROGRAMME, "焦作", "jiaozuo"),
        (Column.PROGRAMME, "焦作市职工技术创新工作室", "jiaozuo"),
        (Column.PROGRAMME, "交建", "cccc"),
        (Column.PROGRAMME, "上海技协", "shanghai"),
        (Column.PROGRAMME, "中国技协", "tcwta"),
        (Column.PROGRAMME, "changchun", "changchun"),
        (Column.NAME, " 王建国\n创新\u200b工作室 ", "王建国 创新 工作室"),
        (Column.NAME, 5.0, "5"),
        (Column.MEMBERS, "12人", 12),
        (Column.MEMBERS, 12.0, 12),
        (Column.MEMBERS, "1,200", 1200),
        (Column.SITE_AREA, "６０.5 平方米", 60.5),
        (Column.SITE_AREA, None, None),
        (Column.STANDING, "停用", Standing.SUSPENDED),
        (Column.STANDING, "", Standing.GOOD),
        (Column.NUMBER, "t012", 12),
        (Column.NUMBER, "", None),
        (Column.CONFERRED, "", None),
        (Column.LEADER, None, ""),
    ],
)
def test_an_entry_becomes_a_value(library: Library, column: Column, written: object, value: Value) -> None:
    assert read(column, written, library, TODAY) == value


@pytest.mark.parametrize(
    ("column", "written", "reason"),
    [
        (Column.PROGRAMME, "北京", Reason.NO_PROGRAMME),
        (Column.PROGRAMME, "解放区总工会", Reason.NO_PROGRAMME),
        (Column.PROGRAMME, "焦作和长春", Reason.SEVERAL_PROGRAMMES),
        (Column.NAME, " ", Reason.MISSING),
        (Column.UNIT, None, Reason.MISSING),
        (Column.NAME, "长" * 101, Reason.TOO_LONG),
        (Column.MEMBERS, "约12", Reason.NOT_A_NUMBER),
        (Column.MEMBERS, "12.5", Reason.NOT_WHOLE),
        (Column.MEMBERS, "0", Reason.OUT_OF_RANGE),
        (Column.SITE_AREA, "-3", Reason.NOT_A_NUMBER),
        (Column.STANDING, "很好", Reason.NO_STANDING),
        (Column.NUMBER, 12, Reason.NOT_A_REGISTER_NUMBER),
        (Column.LEADER, "#REF!", Reason.FORMULA_ERROR),
    ],
)
def test_an_odd_entry_is_told(library: Library, column: Column, written: object, reason: Reason) -> None:
    found = read(column, written, library, TODAY)
    assert isinstance(found, Odd)
    assert found.reason is reason


def test_every_word_for_a_column_means_one_column() -> None:
    words = [word for about in COLUMNS.values() for word in (about.heading, *about.aliases)]
    assert len(words) == len(set(words))
    assert {column_of(f" {about.heading}＊") for about in COLUMNS.values()} == set(Column)
    assert column_of("场地面积（平方米）") is Column.SITE_AREA
    assert column_of("序号") is None


@given(st.integers(1, 999_999_999))
def test_a_register_number_is_read_as_it_is_shown(number: int) -> None:
    assert read_number(show_number(number)) == number


@given(
    written=st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.dates()), column=st.sampled_from(Column)
)
def test_whatever_a_cell_holds_is_read_or_told(library: Library, column: Column, written: object) -> None:
    found = read(column, written, library, TODAY)
    assert found is None or isinstance(found, Odd | str | int | float | date)
    if isinstance(found, str):
        found.encode("utf-8")
        assert found == " ".join(found.split())
