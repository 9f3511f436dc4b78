"""One line about a studio: what stands in front, and what is named by its column (单位 …, 领衔人 …)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from handlers.registering.commands import NUMBER
from knowledge.entries import Column, headings, read_number
from knowledge.quantities import number

_GAPS = re.compile(r"[\s,，;；。]+")
_LABELS = sorted((word for word in headings() if word not in ("工作室", "台账编号")), key=len, reverse=True)
_LABEL = re.compile(
    rf"(?P<label>{'|'.join(map(re.escape, _LABELS))})(?P<sign>[:：]|改为|改成|变为|换成|为|是|改)?(?P<rest>.*)"
)
# These may be followed by their value at once, the others only by a figure.
_GLUED = frozenset(
    "所在单位 单位 主管工会 上级工会 领衔人 带头人 负责人 命名日期 命名时间 命名于 级别 类型 状态 备注".split()  # noqa: SIM905
)
_NUMBERS = re.compile(rf"(?:{NUMBER})(?:[\s,，、和及]*(?:{NUMBER}))*")
_ANYWHERE = re.compile(rf"(?<![A-Za-z]){NUMBER}(?!\d)")
_SHORT_DAY = re.compile(r"\d{1,2}\s*月\s*\d{1,2}|(?<!\d)\d{1,2}[./-]\d{1,2}(?!\d)")
_DAY = re.compile(
    r"\d{4}\s*(?:年\s*\d{1,2}\s*月\s*\d{1,2}\s*[日号]?|[-/.]\d{1,2}[-/.]\d{1,2})"
    r"|(?<!\d)(?:19|20)\d{6}(?!\d)|今天|昨天|前天"
)
_YEARS = re.compile(r"(20\d{2})\s*(?:年度|年)?(?:\s*[-—~～至到]\s*(20\d{2})\s*(?:年度|年)?)?")
_YEAR_WORDS = {"前年": -2, "去年": -1, "上年": -1, "今年": 0, "本年度": 0, "本年": 0}
_HAN_YEAR = re.compile(r"(二[〇零][一二三四五六七八九][〇零一二三四五六七八九])\s*年度?")


@dataclass(frozen=True)
class Line:
    """What was said of a studio.

    Args:
        head: the words before the first column.
        parts: what was said of each column, as it was written.
    """

    head: tuple[str, ...]
    parts: Mapping[Column, str]


def read_line(text: str) -> Line:
    """Take a line apart; a word that looks like a column but stands where a value must is the value."""
    head: list[str] = []
    parts: dict[Column, list[str]] = {}
    open_: list[str] = head
    for token in filter(None, _GAPS.split(text)):
        column, value = _label(token)
        is_awaited = open_ is not head and not open_
        if column is None or column in parts or (is_awaited and value):
            open_.append(token)
        else:
            open_ = parts[column] = [value] if value else []
    return Line(tuple(head), {column: " ".join(values) for column, values in parts.items()})


def _label(token: str) -> tuple[Column | None, str]:
    hit = _LABEL.fullmatch(token)
    if not hit:
        return None, ""
    is_marked = bool(hit["sign"]) or not hit["rest"]
    if is_marked or hit["label"] in _GLUED or hit["rest"][0].isdigit():
        return headings()[hit["label"]], hit["rest"]
    return None, ""


def take_numbers(text: str) -> tuple[tuple[int, ...], str]:
    """The numbers of the register at the beginning of a text (T12、T13), and what follows."""
    hit = _NUMBERS.match(text.strip())
    if not hit:
        return (), text.strip()
    found = (read_number(re.sub(r"\s", "", one)) for one in re.findall(NUMBER, hit[0]))
    return tuple(dict.fromkeys(one for one in found if isinstance(one, int))), text.strip()[hit.end() :].strip(
        " ,，、:："
    )


def take_all_numbers(text: str) -> tuple[tuple[int, ...], str]:
    """The numbers of the register wherever they stand in a text, and the text without them."""
    found = (read_number(re.sub(r"\s", "", one)) for one in _ANYWHERE.findall(text))
    numbers = tuple(dict.fromkeys(one for one in found if isinstance(one, int)))
    return numbers, _ANYWHERE.sub(" ", text).strip(" ,，、和及:：")


def has_short_day(text: str) -> bool:
    """Whether a day is named that lacks its year."""
    return bool(_SHORT_DAY.search(text))


def take_day(text: str) -> tuple[str, str]:
    """The day that is named in a text, as written, and the text without it."""
    hit = _DAY.search(text)
    return (hit[0], f"{text[: hit.start()]} {text[hit.end() :]}") if hit else ("", text)


def take_years(text: str, today: date) -> tuple[tuple[int, ...], str]:
    """The year, or the first and last year of a cycle, that is named in a text, and the text without it."""
    if hit := _YEARS.search(text):
        years = tuple(int(one) for one in hit.groups() if one)
        return years, f"{text[: hit.start()]} {text[hit.end() :]}"
    if hit := _HAN_YEAR.search(text):
        year = int("".join(str(int(number(one))) for one in hit[1].replace("〇", "零")))
        return (year,), f"{text[: hit.start()]} {text[hit.end() :]}"
    for word, offset in _YEAR_WORDS.items():
        if word in text:
            return (today.year + offset,), text.replace(word, " ", 1)
    return (), text
