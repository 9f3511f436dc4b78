"""Days as people write them into a register: 2024-03-01, 2024年3月1日, 20240301, 二〇二四年三月一日, cells."""

import re
import unicodedata
from datetime import date, datetime, timedelta

from knowledge.oddities import Odd, Reason
from knowledge.quantities import number

EARLIEST = date(1950, 1, 1)
_FIRST_OF_SHEETS = date(1899, 12, 30)  # the day that sheets count from, so that day 61 is 1 March 1900
_SHEET_DAYS = range(18_264, 73_051)  # 1950 to 2099 in that count
_SIGNS = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_WORDS = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?")
_MIDNIGHT = re.compile(r"[ T]00:00(?::00(?:\.0+)?)?$|(?<=\d{8})\.0$")
_TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})")
_HAN = re.compile(r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]+)[日号]?")
_INCOMPLETE = re.compile(r"\d{4}年?|\d{4}[年/.-]\d{1,2}月?份?|\d{6}")
_SHORT_YEAR = re.compile(r"\d{2}[年/.-]\d{1,2}[月/.-]\d{1,2}[日号]?|\d{1,2}月\d{1,2}[日号]?")
_RELATIVE = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2}


def read_day(written: object, today: date) -> date | Odd:
    """The day that was written, not after today; nothing is guessed where a part is missing.

    Args:
        written: a text, or what a cell of a sheet held.
        today: the newest day that can be meant; 今天 and 昨天 are counted from it.
    """
    shown = str(written).strip()
    day = _of_cell(written) or _of_text(unicodedata.normalize("NFKC", shown), today)
    if isinstance(day, Odd):
        return day
    if day > today:
        return Odd(Reason.AFTER_TODAY, shown)
    return day if day >= EARLIEST else Odd(Reason.TOO_LONG_AGO, shown)


def _of_cell(written: object) -> date | None:
    if isinstance(written, datetime):
        return written.date()
    if isinstance(written, date):
        return written
    if isinstance(written, int | float) and written in _SHEET_DAYS:
        return _FIRST_OF_SHEETS + timedelta(days=int(written))
    return None


def _of_text(text: str, today: date) -> date | Odd:
    text = "".join(_MIDNIGHT.sub("", text).split())
    if text in _RELATIVE:
        return today - timedelta(days=_RELATIVE[text])
    if hit := _SIGNS.fullmatch(text):
        return _day(hit[1], hit[3], hit[4], text)
    if hit := _WORDS.fullmatch(text) or _TOGETHER.fullmatch(text):
        return _day(hit[1], hit[2], hit[3], text)
    if hit := _HAN.fullmatch(text):
        year = "".join(str("〇一二三四五六七八九".index(one)) for one in re.sub("[零○]", "〇", hit[1]))
        return _day(year, number(hit[2]), number(hit[3]), text)
    if _SHORT_YEAR.fullmatch(text):
        return Odd(Reason.SHORT_YEAR, text)
    return Odd(Reason.INCOMPLETE_DAY if _INCOMPLETE.fullmatch(text) else Reason.NOT_A_DAY, text)


def _day(year: str, month: str | float, day: str | float, text: str) -> date | Odd:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return Odd(Reason.NO_SUCH_DAY, text)
