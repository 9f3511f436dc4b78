"""Figures and days in a question: 2个人, 十五平, 3万, 2024年3月, 每3年."""

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

NUMBER = r"(?:\d+(?:\.\d+)?|[零〇一二两俩三仨四五六七八九十百千]+)"
_UNITS = {
    "yuan": r"(?:个)?(万|千|百)?(?:多)?(?:元|块钱|块|圆)|(万)(?!年|人|平|字)(?:多)?",
    "people": (
        r"(?:个|名|位|号|口)?(?:人|名|位|成员|师傅|组员|队员|职工|员工|徒弟|工友)(?!万)"
        r"|(?:个|名|位)[\u4e00-\u9fff]{1,4}?(?:师傅|成员|职工|员工|工人|技师|徒弟|组员|队员|工友)"
    ),
    "area": r"(?:多)?(?:个)?(?:平方米|平方|平米|平|m2)",
    "characters": r"(千|百)?(?:多)?(?:个)?字",
    "copies": r"份",
    "months": r"个?月(?!\d|底|份|初|末)",
    "count": r"(?:个|家|项|间|块|所|处)(?!月|人|字|平|名|单位|企业|公司|厂|工会|部门)",
    "times": r"(?:次|回)",
}
_PATTERNS = {kind: re.compile(rf"({NUMBER})\s*(?:{unit})") for kind, unit in _UNITS.items()}
KIND_VALUES = {  # which typed values of a fact a figure of each kind can be held against
    "yuan": ("yuan", "yuan_at_least"),
    "people": ("people_at_least", "members"),
    "area": ("area_at_least",),
    "years": ("years", "every_years", "in_row"),
    "count": ("count", "count_about", "count_at_least", "per_year"),
    "copies": ("copies",),
    "characters": ("characters_at_least",),
}
_SCALE = {"万": 10_000, "千": 1_000, "百": 100}
_COLLOQUIAL = {"俩": 2, "仨": 3}
_SIDES = re.compile(
    r"长?\s*(\d+(?:\.\d+)?)\s*米\s*(\d|半)?[^\d]{0,3}?(?:长|宽|乘|x|×|\*)?[^\d]{0,2}?(\d+(?:\.\d+)?)\s*米\s*(\d|半)?\s*宽?"
)
_BARE_PEOPLE = re.compile(r"(俩|仨)(?!月|年)")
_DURATION = re.compile(rf"(?<!\d)({NUMBER})\s*(?:周)?年(?!级|轻|代|\d|[一二三四五六七八九十]+月|初|底|末|\s*\d+\s*月)")
_DATE = re.compile(
    r"(?<!\d)((?:19|20)?\d{2})\s*[年./-]\s*(?:(\d{1,2})\s*(?:[月./-]\s*(?:(\d{1,2})\s*[日号]?|底|末|份)?|$|(?=[^\d])))?"
)
_BARE_YEAR = re.compile(r"(?<![\d〔\[(])(20[0-4]\d)(?![\d年./\]〕)号-])")
_HAN_DIGITS = "〇一二三四五六七八九"
_HAN_YEAR = re.compile(r"(二[〇零][〇零一二三四五六七八九]{2})\s*年")
_YEAR_WORDS = {"大前年": -3, "前年": -2, "去年": -1, "今年": 0, "明年": 1, "后年": 2}
_MONTH_DAY = re.compile(rf"({NUMBER})\s*月\s*(?:({NUMBER})\s*[日号]|(底|末))?")


@dataclass(frozen=True)
class Quantity:
    """A figure with its kind: yuan, people, area (m²), years, count, copies, characters, times, months."""

    kind: str
    value: float
    start: int
    end: int
    is_about: bool = False


@dataclass(frozen=True)
class Moment:
    """A year, month or day somebody names; month and day are 0 where they are not given."""

    year: int
    month: int
    day: int
    start: int


def number(text: str) -> float:
    """Read an Arabic or Chinese numeral.

    Raises:
        ValueError: where it is neither.
    """
    if text[:1].isascii():
        return float(text)
    total, digit = 0.0, 0.0
    for character in text:
        value = _COLLOQUIAL.get(character) or (2 if character == "两" else unicodedata.numeric(character))
        if value >= 10:
            total, digit = total + (digit or 1) * value, 0.0
        else:
            digit = digit * 10 + value if digit else float(value)
    return total + digit


def quantities(text: str) -> tuple[Quantity, ...]:
    """All figures with a unit, in the order they stand."""
    found: list[Quantity] = []
    for kind, pattern in _PATTERNS.items():
        for hit in pattern.finditer(text):
            scale = next((_SCALE[group] for group in hit.groups()[1:] if group in _SCALE), 1)
            found.append(Quantity(kind, number(hit[1]) * scale, hit.start(), hit.end()))
    for hit in _BARE_PEOPLE.finditer(text):
        if not any(one.start <= hit.start() < one.end for one in found):
            found.append(Quantity("people", number(hit[1]), hit.start(), hit.end()))
    for hit in _DURATION.finditer(text):
        value = number(hit[1])
        if value < 20 and text[hit.start() - 1 : hit.start()] != "第":
            found.append(Quantity("years", value, hit.start(), hit.end()))
    if sides := _SIDES.search(text):
        long, wide = (_metres(sides[at], sides[at + 1]) for at in (1, 3))
        found.append(Quantity("area", round(long * wide, 2), sides.start(), sides.end()))
    return tuple(sorted(found, key=lambda one: one.start))


def _metres(whole: str, tenths: str | None) -> float:
    """3米5 and 3.5米, 3米半."""
    return float(whole) + (0.5 if tenths == "半" else int(tenths or 0) / 10)


def _is_day(year: int, month: int, day: int) -> bool:
    """Whether the calendar has it; month and day may be left open (0)."""
    return month <= 12 and (not day or (month >= 1 and day <= monthrange(year, month)[1]))


def moments(text: str, today: date) -> tuple[Moment, ...]:
    """All years and days somebody names, relative words (去年) counted from today."""
    found = []
    for hit in _DATE.finditer(text):
        year = int(hit[1])
        if len(hit[1]) == 2:
            if "年" not in hit[0][:3] or not 10 <= year <= 45:
                continue
            year += 2000
        month, day = int(hit[2] or 0), int(hit[3] or 0)
        if _is_day(year, month, day) and (len(hit[1]) == 4 or "年" in hit[0]):
            found.append(Moment(year, month, day, hit.start()))
    for hit in _HAN_YEAR.finditer(text):
        after = _MONTH_DAY.match(text, hit.end())
        month = int(number(after[1])) if after else 0
        year = int("".join(str(_HAN_DIGITS.index(one)) for one in hit[1].replace("零", "〇")))
        found.append(Moment(year, month if month <= 12 else 0, 0, hit.start()))
    for hit in _BARE_YEAR.finditer(text):
        if not any(one.start == hit.start() for one in found):
            found.append(Moment(int(hit[1]), 0, 0, hit.start()))
    for word, offset in _YEAR_WORDS.items():
        start = text.find(word)
        if start >= 0 and not (word == "前年" and text[start - 1 : start] == "大"):
            after = _MONTH_DAY.match(text, start + len(word))
            month = int(number(after[1])) if after else 0
            day = int(number(after[2])) if after and after[2] else 0
            month = month if month <= 12 else 0
            day = day if _is_day(today.year + offset, month, day) else 0
            found.append(Moment(today.year + offset, month, day, start))
    return tuple(sorted(found, key=lambda one: one.start))
