"""When a due is announced: its lead days, then again after the day until it is done; which of these has come. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from knowledge.dues import Due
from knowledge.duties import What
from knowledge.working_days import Calendar

DAY = timedelta(days=1)
NEAR = 7  # days before, from which the second contact is told too
OVERDUE_EVERY, OVERDUE_UNTIL = 7, 84  # days after
FOLLOWED = (What.ASSESSMENT_FILING, What.ANNUAL_SUMMARY, What.CYCLE_REVIEW, What.RE_APPLICATION)  # until it is done
NEVER = (What.CALL_CLOSED,)


@dataclass(frozen=True)
class Stage:
    """One reminder of a due.

    Args:
        name: names it among those of the due: 30 (days before), -7 (days after), s2026-12-04 (put off until).
        on: the day it goes out.
    """

    name: str
    on: date


def stage_of(due: Due, today: date, calendar: Calendar, snoozed_until: date | None = None) -> Stage | None:
    """The newest reminder whose day has come; none before the first, or where the due is over and not followed.

    Args:
        due: what is due.
        today: the day it is looked at.
        calendar: working days: a reminder goes out on one, the last on the one before the due day.
        snoozed_until: nothing before this day.
    """
    if snoozed_until and today < snoozed_until:
        return None
    come = [one for one in _stages(due.on, due.lead_days, due.what in FOLLOWED, calendar) if one.on <= today]
    if snoozed_until:
        come = [one for one in come if one.on > snoozed_until]
        come.append(Stage(f"s{snoozed_until.isoformat()}", snoozed_until))
    if due.what in NEVER or (today > due.on and due.what not in FOLLOWED):
        return None
    if today > due.on + OVERDUE_UNTIL * DAY:
        return None
    return max(come, key=lambda one: one.on, default=None)


@lru_cache(maxsize=4096)  # thousands of studios have the same days
def _stages(on: date, lead_days: tuple[int, ...], is_followed: bool, calendar: Calendar) -> tuple[Stage, ...]:
    stages, last = [], min(lead_days)
    for lead in lead_days:
        day = on - lead * DAY
        is_last = lead == last and lead <= 1
        if is_last or not calendar.is_working_day(day):
            day = calendar.last_working_day_before(on if is_last else day)
        stages.append(Stage(str(lead), day))
    if is_followed:
        stages.append(Stage("-1", on + DAY))
        stages += [
            Stage(f"-{after}", on + after * DAY) for after in range(OVERDUE_EVERY, OVERDUE_UNTIL + 1, OVERDUE_EVERY)
        ]
    return tuple(stages)
