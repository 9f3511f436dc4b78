"""The columns of the register: what each is called, and how what was written in one becomes a value."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from knowledge.days import read_day
from knowledge.library import Library
from knowledge.oddities import Odd, Reason
from knowledge.understanding import find_programmes
from knowledge.vocabulary import Standing
from knowledge.wording import normalise

MOST_MEMBERS = 10_000
MOST_AREA = 1_000_000  # square metres

Value = str | int | float | date | Standing | None


class Column(StrEnum):
    """What is kept of a studio; the value is the name of its attribute."""

    NUMBER = "id"
    PROGRAMME = "programme"
    NAME = "name"
    UNIT = "unit"
    LEVEL = "level"
    KIND = "kind"
    UNION = "union_in_charge"
    LEADER = "leader"
    MEMBERS = "members"
    SITE_AREA = "site_area"
    CONFERRED = "conferred_on"
    STANDING = "standing"
    FIRST_CONTACT = "first_contact"
    SECOND_CONTACT = "second_contact"
    NOTES = "notes"

    @property
    def heading(self) -> str:
        """As people read it, above a column or in chat."""
        return COLUMNS[self].heading


@dataclass(frozen=True)
class About:
    """How a column is called and bounded.

    Args:
        heading: in the sheet and in chat.
        aliases: other words for it.
        longest: characters of its text at most.
    """

    heading: str
    aliases: tuple[str, ...] = ()
    longest: int = 100


COLUMNS: Mapping[Column, About] = {
    Column.NUMBER: About("台账编号"),
    Column.PROGRAMME: About("项目", ("所属项目", "项目名称", "命名项目")),
    Column.NAME: About("工作室名称", ("名称", "工作室", "工作室名")),
    Column.UNIT: About("所在单位", ("单位", "单位名称", "所属单位")),
    Column.LEVEL: About("级别", ("等级", "命名级别"), 40),
    Column.KIND: About("类型", ("工作室类型", "类别"), 40),
    Column.UNION: About("主管工会", ("上级工会", "主管单位", "所属工会")),
    Column.LEADER: About("领衔人", ("带头人", "负责人", "领衔人姓名"), 40),
    Column.MEMBERS: About("成员人数", ("成员", "人数", "团队人数")),
    Column.SITE_AREA: About("场地面积", ("面积", "场地", "场地面积(平方米)", "面积(平方米)")),
    Column.CONFERRED: About("命名日期", ("命名", "命名于", "命名时间", "认定日期", "认定时间", "授牌日期")),
    Column.STANDING: About("状态", ("现状",)),
    Column.FIRST_CONTACT: About("第一联系人", ("联系人", "经办人"), 40),
    Column.SECOND_CONTACT: About("第二联系人", (), 40),
    Column.NOTES: About("备注", ("说明",), 500),
}
REQUIRED = (Column.PROGRAMME, Column.NAME, Column.UNIT)
SHEET_ERRORS = ("#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!")

_BY_HEADING = {
    re.sub(r"[\s*]", "", word): column for column, about in COLUMNS.items() for word in (about.heading, *about.aliases)
}
_NUMBER_FORM = re.compile(r"[Tt]0*(\d{1,9})")
_FIGURE = re.compile(r"(\d{1,9}(?:\.\d+)?)(?:个人|人|名|位|平方米|平米|平方|平|㎡|m2|m²)?")
_NOT_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]+")


def column_of(heading: str) -> Column | None:
    """The column that is meant by a heading or by a word in chat."""
    return _BY_HEADING.get(re.sub(r"[\s*]", "", unicodedata.normalize("NFKC", heading)))


def headings() -> Mapping[str, Column]:
    """Every word that names a column."""
    return _BY_HEADING


def show_number(number: int) -> str:
    """A studio's number in the register, in a form that no row counter has."""
    return f"T{number}"


def clean(written: object) -> str:
    """What was written as one line of text without what cannot be printed."""
    if isinstance(written, float) and written.is_integer():
        written = int(written)
    return " ".join(_NOT_TEXT.sub(" ", "" if written is None else str(written)).split())


def read(column: Column, written: object, library: Library, today: date) -> Value | Odd:
    """The value of a column, or why it is not taken; an empty one is None, 0, empty or in good standing.

    Contacts are given back by name: whose they are, only the register knows.
    """
    text = clean(written)
    if text in SHEET_ERRORS:
        return Odd(Reason.FORMULA_ERROR, text)
    if not text:
        return Odd(Reason.MISSING, "") if column in REQUIRED else _EMPTY.get(column, "")
    if len(text) > COLUMNS[column].longest:
        return Odd(Reason.TOO_LONG, text)
    if column is Column.PROGRAMME:
        return read_programme(text, library)
    if column is Column.CONFERRED:
        return read_day(written if not isinstance(written, str) else text, today)
    reader = _READERS.get(column)
    return reader(text) if reader else text


def read_programme(text: str, library: Library) -> str | Odd:
    """The programme that is named: by its identifier, its name, its title or however people call it."""
    for programme in library.programmes.values():
        if text and text in (programme.id, programme.name, programme.studio, programme.title, programme.number):
            return programme.id
    plain, names = normalise(text), library.lexicon.programmes
    found = find_programmes(plain, library.lexicon)[0]
    named = [slug for slug in found if any(name in plain for name in names[slug].names)]  # a place is not enough
    if len(named) == 1:
        return named[0]
    return Odd(Reason.SEVERAL_PROGRAMMES if named else Reason.NO_PROGRAMME, text)


def programme_named(word: str, library: Library) -> str:
    """The programme whose name a word is, not only holds: 焦作机床厂 is a unit. Empty if it is none."""
    slug = read_programme(word, library)
    if isinstance(slug, Odd):
        return ""
    programme, names = library.programmes[slug], library.lexicon.programmes[slug].names
    return slug if word in (slug, programme.name, programme.studio, programme.title, *names) else ""


def read_number(text: str) -> int | Odd:
    """A studio's number in the register, as `show_number` writes it."""
    hit = _NUMBER_FORM.fullmatch(unicodedata.normalize("NFKC", text))
    return int(hit[1]) if hit else Odd(Reason.NOT_A_REGISTER_NUMBER, text)


def read_standing(text: str) -> Standing | Odd:
    """How a studio stands."""
    for standing in Standing:
        if text in (standing, standing.chinese, *_STANDING_WORDS[standing]):
            return standing
    return Odd(Reason.NO_STANDING, text)


def _read_members(text: str) -> int | Odd:
    value = _read_figure(text, MOST_MEMBERS)
    if isinstance(value, Odd):
        return value
    return int(value) if value == int(value) else Odd(Reason.NOT_WHOLE, text)


def _read_area(text: str) -> float | Odd:
    return _read_figure(text, MOST_AREA)


def _read_figure(text: str, most: int) -> float | Odd:
    plain = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", unicodedata.normalize("NFKC", text)).replace(" ", "")
    hit = _FIGURE.fullmatch(plain)
    if not hit:
        return Odd(Reason.NOT_A_NUMBER, text)
    value = round(float(hit[1]), 2)
    return value if 0 < value <= most else Odd(Reason.OUT_OF_RANGE, text)


_EMPTY: Mapping[Column, Value] = {
    Column.NUMBER: None,
    Column.MEMBERS: None,
    Column.SITE_AREA: None,
    Column.CONFERRED: None,
    Column.STANDING: Standing.GOOD,
}
_STANDING_WORDS = {
    Standing.GOOD: ("在册", "有效", "启用", "恢复"),
    Standing.SUSPENDED: ("已停用", "暂停"),
    Standing.EXPIRED: ("到期", "期满"),
    Standing.REVOKED: ("撤销", "取消", "已取消"),
}
_READERS: Mapping[Column, Callable[[str], Value | Odd]] = {
    Column.NUMBER: read_number,
    Column.STANDING: read_standing,
    Column.MEMBERS: _read_members,
    Column.SITE_AREA: _read_area,
}
