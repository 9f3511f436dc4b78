"""Figures and days as people type them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.quantities import moments, number, quantities
from tests.cast import TODAY


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12", 12), ("2.5", 2.5), ("零", 0), ("十", 10), ("十二", 12), ("二十", 20), ("九十九", 99), ("两百", 200),
        ("一百零五", 105), ("三千", 3000), ("两", 2), ("俩", 2), ("仨", 3), ("二零二四", 2024),
    ],
)  # fmt: skip
def test_a_numeral_is_read(typed: str, value: float) -> None:
    assert number(typed) == value


@pytest.mark.parametrize("typed", ["工", "abc", ""])
def test_what_is_no_numeral_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        number(typed)


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("我们就 2 个人", "people", 2), ("俩人", "people", 2), ("就我们仨", "people", 3),
        ("团队有十二名成员", "people", 12),
        ("15 平米", "area", 15), ("十五平方", "area", 15), ("20m2", "area", 20), ("长5米宽4米", "area", 20),
        ("长5米5宽4米", "area", 22), ("三十多平", "area", 30),
        ("给3万块钱", "yuan", 30000), ("2.5万", "yuan", 25000), ("5000元", "yuan", 5000), ("两千五百元", "yuan", 2500),
        ("写800字", "characters", 800), ("一千字", "characters", 1000), ("2千字", "characters", 2000),
        ("交三份", "copies", 3), ("报20个", "count", 20), ("2家常务理事", "count", 2), ("三个月", "months", 3),
        ("连续三年", "years", 3), ("每3年一次", "years", 3), ("开两次", "times", 2),
    ],
)  # fmt: skip
def test_a_figure_is_read_with_its_kind(typed: str, kind: str, value: float) -> None:
    assert (kind, value) in [(one.kind, one.value) for one in quantities(typed)]


@pytest.mark.parametrize(
    "typed", ["第三年", "三年级", "一下", "2024年3月", "中国技协发〔2023〕49号", "第12条", "工作室"]
)
def test_what_is_no_figure_is_left_alone(typed: str) -> None:
    assert [one for one in quantities(typed) if one.kind in ("years", "people", "area", "yuan", "copies")] == []


def test_figures_come_in_their_order() -> None:
    found = quantities("2家常务理事、1家理事、3家小会员，场地15平，团队4个人")
    assert [(one.kind, one.value) for one in found] == [
        ("count", 2), ("count", 1), ("count", 3), ("area", 15), ("people", 4),
    ]  # fmt: skip


@given(value=st.integers(1, 99), unit=st.sampled_from(["个人", "平米", "万元", "份", "家"]))
def test_every_small_figure_is_read(value: int, unit: str) -> None:
    (found,) = quantities(f"有{value}{unit}")
    assert found.value == value * (10_000 if unit == "万元" else 1)
    assert f"有{value}{unit}"[found.start : found.end].startswith(str(value))


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2024年3月1日命名的", (2024, 3, 1)), ("2024.3.1", (2024, 3, 1)), ("2024-03-01", (2024, 3, 1)),
        ("2020年6月", (2020, 6, 0)), ("24年3月", (2024, 3, 0)), ("2023年没过", (2023, 0, 0)),
        ("2018命名的", (2018, 0, 0)),
        ("去年评上的", (2025, 0, 0)), ("去年3月", (2025, 3, 0)), ("前年", (2024, 0, 0)), ("大前年5月2号", (2023, 5, 2)),
        ("今年", (2026, 0, 0)), ("明年", (2027, 0, 0)), ("后年", (2028, 0, 0)),
    ],
)  # fmt: skip
def test_a_day_is_read(typed: str, moment: tuple[int, int, int]) -> None:
    assert [(one.year, one.month, one.day) for one in moments(typed, TODAY)] == [moment]


@pytest.mark.parametrize("typed", ["20180420", "焦工文〔2015〕6号", "沪工技协[2016]1号", "5月底", "三年", "2024年13月"])
def test_what_is_no_day_is_left_alone(typed: str) -> None:
    assert not any(one.month for one in moments(typed, TODAY))


@given(day=st.dates(date(1950, 1, 1), date(2049, 12, 31)))
def test_every_calendar_day_is_read(day: date) -> None:
    (found,) = moments(f"{day.year}年{day.month}月{day.day}日命名的", TODAY)
    assert (found.year, found.month, found.day) == (day.year, day.month, day.day)


@pytest.mark.parametrize("typed", ["2024年2月30日", "2023年2月29日", "2024年4月31日"])
def test_a_day_that_no_calendar_has_is_left_alone(typed: str) -> None:
    assert not any(one.day for one in moments(typed, TODAY))


def test_a_year_in_chinese_numerals_is_read() -> None:
    assert [(one.year, one.month) for one in moments("二〇二四年三月命名的", TODAY)] == [(2024, 3)]


@given(text=st.text(max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    for one in quantities(text):
        assert 0 <= one.start < one.end <= len(text)
    for moment in moments(text, TODAY):
        assert 0 <= moment.month <= 12
        assert 0 <= moment.day <= 31
