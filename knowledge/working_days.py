"""Working days: weekends, public holidays and the weekend days that are worked instead, where they are announced."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

A_DAY = timedelta(days=1)
SATURDAY = 5
LONGEST_BREAK = 31  # days; no break of working days is longer, whatever an operator writes down


@dataclass(frozen=True)
class Calendar:
    """What an operator adds to the announced holidays, for years that are not announced yet or for the place.

    Args:
        holidays: days that are free.
        workdays: days that are worked though they look free.
    """

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """Whether people are at work; of years whose holidays are not announced only weekends are known."""
        if day in self.workdays:
            return True
        return day not in self.holidays and not _is_free(day)

    def last_working_day_before(self, day: date) -> date:
        """The working day before a day, so that a reminder on it can still be acted on."""
        for back in range(1, LONGEST_BREAK + 1):
            if self.is_working_day(day - back * A_DAY):
                return day - back * A_DAY
        return day - A_DAY


def is_announced(year: int) -> bool:
    """Whether the public holidays of a year are known."""
    import chinese_calendar

    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


@lru_cache(maxsize=4096)
def _is_free(day: date) -> bool:
    import chinese_calendar  # loaded when a day is looked at: answering questions needs none

    try:
        return not chinese_calendar.is_workday(day)
    except NotImplementedError:
        return day.weekday() >= SATURDAY
