"""A duty that is written down wrong is refused, by file, clause, id and reason."""

import re
from pathlib import Path

import pytest

from knowledge.duties import duty_of
from knowledge.library import LibraryError, load
from tests.knowledge.asking import plant

RIGHT = {"id": "x", "what": "naming-round", "of": "programme", "says": "x", "certain": True, "lead_days": [7]}
YEARLY = {"month": 5, "day": 31}


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ({"month": 2, "day": 31}, "day is out of range"),
        ({"month": 5}, "day"),
        ({"month": True, "day": 1}, "month is a positive whole number"),
        ({**YEARLY, "every_years": 0}, "every_years is a positive whole number"),
        ({**YEARLY, "lead_days": [1, 7]}, "the longest first"),
        ({**YEARLY, "lead_days": [7, 7]}, "the longest first"),
        ({**YEARLY, "lead_days": [7, -1]}, "whole numbers"),
        ({**YEARLY, "lead_days": ["7"]}, "whole numbers"),
        ({**YEARLY, "certain": "yes"}, "certain is true or false"),
        ({**YEARLY, "says": 3}, "says and assumption are texts"),
        ({**YEARLY, "what": "tea"}, "tea"),
        ({**YEARLY, "of": "tea"}, "tea"),
        ({**YEARLY, "tea": 1}, "tea"),
        ({**YEARLY, "every_months": 1}, "in one way"),
        ({"on": "2024-02-29"}, "on is a date"),
        ({"years_after_naming": 0}, "years_after_naming is a positive whole number"),
        ({"every_months": 1.5}, "every_months is a positive whole number"),
        ({}, "say when"),
    ],
)
def test_a_duty_that_is_written_down_wrong_is_refused(table: dict[str, object], what: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError), match=what):
        duty_of("cccc", "二", {**RIGHT, **table})


def test_a_right_one_is_not() -> None:
    assert duty_of("cccc", "二", {**RIGHT, **YEARLY}).clause == "二"


@pytest.mark.parametrize(
    ("pattern", "replacement", "what"),
    [
        ("years_after_naming = 4", "years_after_naming = 0", "term-end: years_after_naming is a positive"),
        ('what = "term-end"', 'what = "tea"', "term-end: 'tea' is not a valid What"),
        ('what = "term-end"\n', "", "term-end: lacks 'what'"),
    ],
)
def test_the_loader_names_where_it_stands(copied: Path, pattern: str, replacement: str, what: str) -> None:
    plant(copied, "programmes/tcwta.toml", pattern, replacement)
    with pytest.raises(LibraryError, match=re.escape(f"tcwta.toml: 五、3: {what}")):
        load(copied)
