"""Duties of a clause: what is due, of whom, when, and on what it rests where the document leaves the day open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class What(StrEnum):
    """What is due; the value is the identifier used in the data and by other programs."""

    APPLICATION_DEADLINE = "application-deadline"
    CALL_CLOSED = "call-closed"
    REVIEW_PERIOD_START = "review-period-start"
    REVIEW_PERIOD_END = "review-period-end"
    NAMING_ROUND = "naming-round"
    ASSESSMENT_FILING = "assessment-filing"
    ANNUAL_SUMMARY = "annual-summary"
    ANNUAL_CONFERENCE = "annual-conference"
    CYCLE_REVIEW = "cycle-review"
    TERM_END = "term-end"
    RE_APPLICATION = "re-application"
    TARGET_DATE = "target-date"
    # What comes again without a day. It never becomes a due.
    YEARLY_TOPIC = "yearly-topic"
    YEARLY_RESULT = "yearly-result"
    MONTHLY_ACTIVITY = "monthly-activity"
    YEARLY_ASSESSMENT = "yearly-assessment"
    RESULT_AWARDS = "result-awards"
    STUDIO_AWARDS = "studio-awards"

    @property
    def chinese(self) -> str:
        """As people read it."""
        return _NAMES[self]


_NAMES = {
    What.APPLICATION_DEADLINE: "申报截止",
    What.CALL_CLOSED: "征集已截止",
    What.REVIEW_PERIOD_START: "考核验收开始",
    What.REVIEW_PERIOD_END: "考核验收结束",
    What.NAMING_ROUND: "命名",
    What.ASSESSMENT_FILING: "考核情况报送备案",
    What.ANNUAL_SUMMARY: "年度工作总结",
    What.ANNUAL_CONFERENCE: "年度会议",
    What.CYCLE_REVIEW: "周期末审核",
    What.TERM_END: "有效期满",
    What.RE_APPLICATION: "重新申报",
    What.TARGET_DATE: "命名目标期限",
    What.YEARLY_TOPIC: "年度课题",
    What.YEARLY_RESULT: "年度成果",
    What.MONTHLY_ACTIVITY: "每月活动",
    What.YEARLY_ASSESSMENT: "上级考核",
    What.RESULT_AWARDS: "成果表彰",
    What.STUDIO_AWARDS: "优秀工作室表彰",
}


class Of(StrEnum):
    """Whose a duty is."""

    PROGRAMME = "programme"  # a date of the programme itself: calls, seasons, targets
    STUDIO = "studio"  # a date of each named studio
    BOTH = "both"  # yearly filings: a date of the programme, and of each studio from its naming on


@dataclass(frozen=True)
class Yearly:
    """On one day of each year, or of each n-th year from a first one that has to be told."""

    month: int
    day: int
    every_years: int = 1


@dataclass(frozen=True)
class Once:
    """On one day; once it is over it is called something else (an open call is a closed one)."""

    on: date
    afterwards: What


@dataclass(frozen=True)
class AfterNaming:
    """So many years after the studio was named, once or again and again."""

    years: int
    repeats: bool


@dataclass(frozen=True)
class Undated:
    """Again every so many months, on no day that could be told."""

    every_months: int


When = Yearly | Once | AfterNaming | Undated


@dataclass(frozen=True)
class Duty:
    """One duty of a clause.

    Args:
        says: what is to be done and who receives it, in our own words, without the full stop.
        is_certain: whether the document itself gives the day.
        assumption: on what the day rests beyond the words of the document, for people to read; may be empty.
        lead_days: how many days before it is announced, the longest first.
    """

    id: str
    programme: str
    clause: str
    what: What
    of: Of
    says: str
    when: When
    is_certain: bool
    assumption: str
    lead_days: tuple[int, ...]


def duty_of(programme: str, clause: str, table: Mapping[str, Any]) -> Duty:
    """A duty out of its table in a clause.

    Raises:
        ValueError, KeyError, TypeError: naming what is wrong with it.
    """
    rest = dict(table)
    what = What(rest.pop("what"))
    when = _when(rest, what)
    leads = rest.pop("lead_days", [])
    if not all(_is_number(one, 0) for one in leads) or leads != sorted(set(leads), reverse=True):
        raise ValueError("lead_days are whole numbers of days, the longest first")
    if type(certain := rest.pop("certain", False)) is not bool:
        raise ValueError("certain is true or false")
    duty = Duty(
        programme=programme,
        clause=clause,
        what=what,
        of=Of(rest.pop("of")),
        when=when,
        is_certain=certain,
        assumption=rest.pop("assumption", ""),
        lead_days=tuple(leads),
        **rest,
    )
    if not all(isinstance(one, str) for one in (duty.id, duty.says, duty.assumption)):
        raise ValueError("id, says and assumption are texts")
    return duty


def _when(table: dict[str, Any], what: What) -> When:
    kinds = {"on", "years_after_naming", "month", "every_months"} & table.keys()
    if len(kinds) != 1:
        raise ValueError("say when, in one way: on, years_after_naming, month with day, or every_months")
    match kinds.pop():
        case "on":
            if type(on := table.pop("on")) is not date:
                raise ValueError("on is a date, without quotes")
            return Once(on, What(table.pop("afterwards", what)))
        case "years_after_naming":
            return AfterNaming(_number(table, "years_after_naming"), table.pop("repeats", False) is True)
        case "every_months":
            return Undated(_number(table, "every_months"))
    month, day = _number(table, "month"), _number(table, "day")
    date(2000, month, day)  # a day no year has is an error here, not in some year to come
    return Yearly(month, day, _number(table, "every_years", 1))


def _number(table: dict[str, Any], name: str, *default: int) -> int:
    value = table.pop(name, *default)
    if not _is_number(value, 1):
        raise ValueError(f"{name} is a positive whole number")
    return int(value)


def _is_number(value: object, least: int) -> bool:
    return type(value) is int and value >= least
