"""How the register is told in chat: studios, scopes, and what is odd about an entry."""

from collections.abc import Iterable, Mapping

from knowledge.entries import COLUMNS, Column, Value, show_number
from knowledge.library import Library
from knowledge.oddities import Odd, Reason
from knowledge.vocabulary import Standing
from storage.register import Studio
from storage.scope import Scope

SENTENCES: Mapping[Reason, str] = {
    Reason.MISSING: "不能空着",
    Reason.TOO_LONG: "太长了，最多{longest}字",
    Reason.NO_PROGRAMME: "不是五个项目里的，请写焦作、长春、上海、中国交建或中国技协",
    Reason.SEVERAL_PROGRAMMES: "写了不止一个项目，请只写一个",
    Reason.NO_STANDING: "请写正常、停用、已到期或已撤销",
    Reason.NOT_A_DAY: "看不出是哪一天，请写成 2024-03-01 或 2024年3月1日",
    Reason.NO_SUCH_DAY: "日历上没有这一天",
    Reason.INCOMPLETE_DAY: "要写到年月日，如 2024年3月1日",
    Reason.SHORT_YEAR: "年份要写四位，如 2024年3月1日",
    Reason.AFTER_TODAY: "这一天还没到",
    Reason.TOO_LONG_AGO: "早于1950年，请核对",
    Reason.NOT_A_NUMBER: "请只写数字",
    Reason.NOT_WHOLE: "要写整数",
    Reason.OUT_OF_RANGE: "数字不在合理范围内，请核对",
    Reason.NOT_A_REGISTER_NUMBER: "编号要写成 T12 这样",
    Reason.FORMULA_ERROR: "是表格公式的错误，请重新写",
}
UNITS = {Column.MEMBERS: "人", Column.SITE_AREA: "平方米"}


def odd(column: Column, found: Odd) -> str:
    """Why an entry is not taken."""
    sentence = SENTENCES[found.reason].format(longest=COLUMNS[column].longest)
    shown = f"“{found.written[:30]}”" if found.written else ""
    return f"{column.heading}{shown}：{sentence}。"


def programme(slug: str, library: Library) -> str:
    """What a programme is called."""
    return library.programmes[slug].name if slug in library.programmes else slug


def scope(seen: Scope, library: Library) -> str:
    """What somebody sees."""
    if seen.is_everything:
        return "全部项目"
    return "，".join(filter(None, (programme(seen.programme, library), seen.body)))


def value(column: Column, given: Value, library: Library, names: Mapping[int, str]) -> str:
    """A value as people read it; empty if there is none."""
    if column in (Column.FIRST_CONTACT, Column.SECOND_CONTACT):
        return names.get(given, "") if isinstance(given, int) else str(given or "")
    if isinstance(given, Standing):
        return given.chinese
    if column is Column.PROGRAMME:
        return programme(str(given), library)
    if given in (None, ""):
        return ""
    shown = f"{given:g}" if isinstance(given, float) else str(given)
    return shown + UNITS.get(column, "")


def lines(studio: Studio, library: Library, names: Mapping[int, str]) -> list[str]:
    """What the register has of a studio, a line a column, empty ones left out."""
    columns = [column for column in Column if column is not Column.NUMBER]
    shown = ((column.heading, value(column, getattr(studio, column), library, names)) for column in columns)
    return [f"{heading}：{text}" for heading, text in shown if text]


def short(studio: Studio) -> str:
    """A studio in a line of a list."""
    standing = "" if studio.standing is Standing.GOOD else f"（{studio.standing.chinese}）"
    return f"{show_number(studio.id)} {studio.name}{standing}，{studio.unit}"


def listed(studios: Iterable[Studio]) -> str:
    """Studios, a line each."""
    return "\n".join(map(short, studios))
