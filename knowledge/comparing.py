"""Several programmes side by side, composed from their cells and typed values."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz

from knowledge.amounts import asked_cases, money
from knowledge.claims import Ruling, rule
from knowledge.finding import pairs
from knowledge.library import Citation, Fact, Programme
from knowledge.phrasing import MOST_CITATIONS, Draft, choose, sentence
from knowledge.selecting import Cell
from knowledge.understanding import Manner, Question
from knowledge.vocabulary import Status

SAME_WORDS = 60.0  # shared characters of two sentences that make them much the same
ROOM = 420  # characters for all programmes together
_MEASURES = (
    ("yuan", "万元"),
    ("years", "年"),
    ("every_years", "年"),
    ("people_at_least", "人"),
    ("area_at_least", "平方米"),
    ("count", "个"),
    ("copies", "份"),
    ("in_row", "年"),
)
_MOST = re.compile(
    r"最多|最高|最长|最大|最宽|更多|更高|更长|谁多|谁高|谁长|多几|高几|长几|差多少|多多少|长多少|哪个多|哪家多|哪家长|哪个长|哪家时间长|划算|大方|时间长|钱多|久"
)
_LEAST = re.compile(
    r"最少|最短|最低|最小|最松|更少|更短|更低|谁少|谁短|哪家短|哪个短|哪个少|哪家少|时间短|最频|最勤|最快"
)
_SAME = re.compile(r"一样|相同|一致|同不同|统一|都是|区别|不同|差别|差异|不一样")
_BOTH = re.compile(
    r"都有|都要|都得|都能|都可|都给|都写|都规定|都会|都提|都设|均有|都需|都强调|都说|都允许|都是|都不|都没"
)
RATES = re.compile(r"年下来|算下来|摊到|年均|平均每年|每一年")  # numbers to be brought to the same years
_ITEMS = re.compile(r"[几多]少?条|条数|几项|几有|多少项")
_COUNTED = ("quota", "naming-number", "target", "leader-count")
_YES_WHICH = re.compile(r"哪[些家几个份一]|谁")


@dataclass(frozen=True)
class Column:
    """One programme's part of a comparison: what it says on the point, or that it is silent."""

    programme: Programme
    cell: Cell | None
    facts: tuple[Fact, ...]
    says: str

    @property
    def is_stated(self) -> bool:
        """Whether the document states the point."""
        return bool(self.facts)


def compare(question: Question, cells: Sequence[tuple[Programme, Cell | None]], today: date, share: int = 1) -> Draft:
    """A line per programme and, where the figures allow it, what follows from them.

    Args:
        question: for the words that want a verdict (谁多, 一样吗, 都有吗).
        cells: each programme with what it says on the point, or nothing.
        today: the day that decides what is over.
        share: between how many such comparisons the room is shared.
    """
    room = max(60, ROOM // max(1, len(cells) * share))
    cases = asked_cases(question.text, [fact for _, cell in cells if cell for fact in cell.facts])
    columns = [_column(programme, cell, cases, room, today) for programme, cell in cells]
    verdict = conclude(question, columns)
    lines = [f"{column.programme.name}：{_ruled(question, column)}{column.says}" for column in columns]
    text = (verdict + "\n" if verdict else "") + "\n".join(lines)
    rests_on = tuple(fact for column in columns for fact in (column.facts or _near(column)))
    citations = tuple(dict.fromkeys(fact.citation for fact in rests_on))
    status = Status.ANSWERED if any(column.is_stated for column in columns) else Status.NOT_STATED
    return Draft(text, _fair(citations), status, rests_on)


def _ruled(question: Question, column: Column) -> str:
    """可以， / 不能， before a programme's part, where its facts settle what is claimed."""
    if (
        not question.is_yes_no
        or question.manner is Manner.WHICH_OF
        or not column.facts
        or not re.search(r"能|可以|行不|行吗|要不要|必须|需要", question.text)
        or re.search(r"一样|相同|不同|区别|哪|一个调|差不多|意思|有吗|有没有", question.text)
    ):
        return ""
    ruling = rule(question, column.facts)
    if ruling is Ruling.OPEN:
        return ""
    return "可以，" if (ruling is Ruling.HOLDS) != question.is_negative else "不行，"


def _near(column: Column) -> tuple[Fact, ...]:
    quiet = column.cell.silence if column.cell else None
    return (quiet.near,) if quiet and quiet.near else ()


def _fair(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """At most so many clauses, each programme in turn."""
    turns: dict[str, int] = {}
    order = []
    for one in citations:
        turns[one.document] = turns.get(one.document, 0) + 1
        order.append((turns[one.document], one))
    kept = {one for _, one in sorted(order, key=lambda pair: pair[0])[:MOST_CITATIONS]}
    return tuple(one for one in citations if one in kept)


def _column(programme: Programme, cell: Cell | None, cases: Sequence[str], room: int, today: date) -> Column:
    if cell is None:
        return Column(programme, None, (), "文件没有写到这一点")
    if cell.silence:
        says = cell.silence.says.rstrip("。")
        near = cell.silence.near
        if not says:
            says = "文件没有写明" + (f"，相关的是：{sentence(near, today)}" if near and len(near.says) < 40 else "")
        elif not re.search(r"没有?|未|不", says[:12]):
            says = f"没有写明，{says}"
        return Column(programme, cell, (), says[: room + 40])
    facts = choose(cell, cases, (), room)
    return Column(programme, cell, facts, "；".join(sentence(fact, today) for fact in facts))


def conclude(question: Question, columns: Sequence[Column]) -> str:
    """What the typed values settle: who has more and by how much, the same or not, all or only some."""
    text = question.text
    stated = [column for column in columns if column.is_stated]
    silent = [column for column in columns if not column.is_stated]
    measured = _measured(stated, columns[0].cell.aspect if columns[0].cell else "")
    if _ITEMS.search(text) and (counted := _items(stated)):
        measured = counted
    if settled := _dated(stated, text) or _rates(stated, text) or _allowed(stated, silent, text):
        return settled
    parts: list[str] = []
    if measured and (_MOST.search(text) or _LEAST.search(text) or len(columns) == 2):
        parts.append(_ordered(measured, bool(_LEAST.search(text)), len(columns)))
    elif question.is_yes_no and re.search(
        r"一样|一个样|相同|一致|统一|同不同|一个调|一回事|差不多|差得多|意思差", text
    ):
        ratio = _likeness(stated)
        is_other = _differ(stated, silent) or (
            ratio < SAME_WORDS and any(rule(question, column.facts) is Ruling.FAILS for column in stated)
        )
        parts.append("不一样。" if is_other else "说法基本一样。" if ratio >= SAME_WORDS else "")
    elif _BOTH.search(text) and question.is_yes_no:
        if not silent and stated:
            parts.append("都有写到。")
        elif stated:
            parts.append(f"不是都有：{_names(stated)}写了，{_names(silent)}没有写。")
    if not parts and len(columns) == 2 and len(stated) == 1 and (_MOST.search(text) or _LEAST.search(text)):
        parts.append(f"只有{_names(stated)}写明了，{_names(silent)}没有写，比不出多少。")
    if not parts and len(columns) > 2 and stated and silent:
        parts.append(f"写明的有{_names(stated)}；{_names(silent)}没有写明。")
    return "".join(parts)


def _allowed(stated: Sequence[Column], silent: Sequence[Column], text: str) -> str:
    """Which allow it, which do not, which say nothing."""
    rows = [
        (column, fact.values.allowed) for column in stated for fact in column.facts if fact.values.allowed is not None
    ]
    yes = [column for column, is_allowed in rows if is_allowed]
    no = [column for column, is_allowed in rows if not is_allowed]
    if not yes or not no or not re.search(r"能|可以|行|许|准|一样|不同", text):
        return ""
    rest = f"；{_names(silent)}没有写" if silent else ""
    return f"{'不一样。' if len(rows) == 2 else ''}{_names(no)}不可以，{_names(yes)}可以{rest}。"


def _rates(stated: Sequence[Column], text: str) -> str:
    """Numbers at different intervals, brought to the same years (10个 a year, 20个 every 3 years: over three years)."""
    if not RATES.search(text):
        return ""
    rows: list[tuple[float, Column, int]] = []
    for column in stated:
        numbers = next((one for one in column.programme.facts_on("naming-number") if _named_each(one)), None)
        interval = next((one for one in column.programme.facts_on("naming-interval") if one.values.every_years), None)
        if numbers and interval:
            every = interval.values.every_years or 1
            rows.append((_named_each(numbers) / every, column, every))
    if len(rows) != 2:
        return ""
    (high, first, _), (low, second, _) = sorted(rows, key=lambda row: -row[0])
    years = max(every for *_, every in rows)
    more, fewer = (f"{column.programme.name}{rate * years:g}个" for rate, column in ((high, first), (low, second)))
    return f"{first.programme.name}多：按{years}年算，{more}，{fewer}左右。"


def _named_each(fact: Fact) -> int:
    return fact.values.count or fact.values.count_about or 0


def _items(stated: Sequence[Column]) -> list[tuple[Column, float, str]]:
    """How many items each column's list has."""
    rows = [
        (column, float(len({fact.item for fact in column.cell.facts if fact.item})), "条")
        for column in stated
        if column.cell
    ]
    return [row for row in rows if row[1] > 1] if len(rows) > 1 else []


def _dated(stated: Sequence[Column], text: str) -> str:
    """Which came first, and by how many days."""
    rows = sorted(
        (fact.values.on, column.programme.name) for column in stated for fact in column.facts[:1] if fact.values.on
    )
    if len(rows) != 2 or not re.search(r"先|早|晚|后|隔|差", text):
        return ""
    (first, one), (second, other) = rows
    return f"{one}在先：{first}；{other}：{second}，相隔{(second - first).days}天。"


def _names(columns: Sequence[Column]) -> str:
    return "、".join(column.programme.name for column in columns)


def _likeness(stated: Sequence[Column]) -> float:
    """How alike the first sentences of two columns are, 0 to 100."""
    says = [column.facts[0].says for column in stated]
    one, other = (" ".join(pairs(say)) for say in says[:2]) if len(says) == 2 else ("", "")
    return fuzz.token_set_ratio(one, other) if one and other else 0.0


def _differ(stated: Sequence[Column], silent: Sequence[Column]) -> bool:
    if stated and silent:
        return True
    allowed = {fact.values.allowed for column in stated for fact in column.facts if fact.values.allowed is not None}
    rows = _measured(stated, stated[0].cell.aspect if stated and stated[0].cell else "")
    return len(allowed) > 1 or len({value for _, value, _ in rows}) > 1


def _measured(stated: Sequence[Column], aspect: str) -> list[tuple[Column, float, str]]:
    """The same kind of figure in at least two columns, one figure each."""
    for name, unit in _MEASURES:
        if name == "count" and aspect not in _COUNTED:
            continue
        rows = []
        for column in stated:
            values = [value for fact in column.facts if (value := getattr(fact.values, name)) is not None]
            if not values and name == "yuan":
                values = [value for fact in column.facts if (value := fact.values.yuan_at_least) is not None]
            if not values and name == "count":
                values = [value for fact in column.facts if (value := fact.values.count_at_least) is not None]
            if not values and name == "years":
                values = [
                    value
                    for fact in column.facts
                    if (value := fact.values.every_years) is not None and "term" in fact.aspects
                ]
            if values:
                rows.append((column, float(max(values)), unit))
        if len(rows) >= 2:
            return rows
    return []


def _ordered(rows: list[tuple[Column, float, str]], least_first: bool, total: int) -> str:
    rows = sorted(rows, key=lambda row: row[1], reverse=not least_first)
    (first, high, unit), (second, low, _) = rows[0], rows[1]
    if high == low:
        return f"{first.programme.name}和{second.programme.name}一样，都是{_figure(high, unit)}。" if total == 2 else ""
    word = ("短" if least_first else "长") if unit == "年" else ("少" if least_first else "多")
    gap = _figure(abs(high - low), unit)
    mine, other = (f"{_most(column, unit)}{_figure(value, unit)}" for column, value, _ in rows[:2])
    return f"{first.programme.name}{word}：{mine}对{second.programme.name}{other}，差{gap}。"


def _most(column: Column, unit: str) -> str:
    """最高 before a sum that is the highest of several levels."""
    sums = {fact.values.yuan for fact in column.facts if fact.values.yuan}
    return "最高" if unit == "万元" and len(sums) > 1 else ""


def _figure(value: float, unit: str) -> str:
    return money(int(value)) if unit == "万元" else f"{value:g}{unit}"
