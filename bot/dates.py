"""`steward dues`: the dates that follow from the documents, as JSON lines, as a table and as a calendar file."""

import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, BinaryIO

from bot.channels.lines import LONGEST_LINE, encode, read_lines
from bot.console import table
from knowledge.dues import Due, doubted, programme_dues, studio_dues, undated
from knowledge.duties import What
from knowledge.library import Library, Programme
from knowledge.originals import Originals
from knowledge.rules import add_years
from knowledge.timing import day_in_words

USUAL_WINDOW = 2  # years
FIELDS = ("programme", "conferred_on", "from", "until")
HEAD = ["日期", "事项", "条款", "日期是否确定", "内容", "怎么算的"]
NONE = "这段时间里没有能算出日期的事项。"
UNDATED = "没有写日期的事项："
OVER = "已经过去的一次性日期："
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class BadLine(ValueError):
    """A line that is not understood; the message says why."""


class Dates:
    """Answers which dates fall into a window.

    Args:
        library: has the duties.
        today: the day that tells whether a call is over.
        first_rounds: by programme, a year of a round of naming.
        originals: the operator's copies; a day of a clause that has changed is told as not certain.
    """

    def __init__(
        self, library: Library, today: date, first_rounds: Mapping[str, int], originals: Originals | None
    ) -> None:
        self._library = library
        self._today = today
        self._first_rounds = first_rounds
        self._changed = originals.changed if originals else frozenset()

    def window(self, start: date | None, end: date | None) -> tuple[date, date]:
        """The days looked at where none are named: from today, for two years."""
        start = start or self._today
        years = min(USUAL_WINDOW, date.max.year - start.year)
        return start, end or add_years(start, years)

    def find(self, programme: str, conferred_on: date | None, start: date, end: date) -> tuple[Due, ...]:
        """The dues of a programme, or of a studio that it named on a day, within a window.

        Args:
            programme: its slug.
            conferred_on: the day the studio was named; none for the programme itself.
            start: the first day.
            end: the last day, included.
        """
        found = self._library.programmes[programme]
        if conferred_on is None:
            dues = programme_dues(found, start, end, self._today, self._first_rounds.get(programme))
        else:
            dues = studio_dues(found, conferred_on, start, end, self._today)
        return doubted(dues, self._changed)

    def answer_lines(self, source: BinaryIO, sink: BinaryIO) -> None:
        """Answer each line {"programme", "conferred_on", "from", "until"} with {"dues"}, or with {"error", "line"}."""
        for number, line in enumerate(read_lines(source), start=1):
            try:
                answer: dict[str, Any] = {"dues": [render(due) for due in self.find(*self._parse(line))]}
            except BadLine as error:
                answer = {"error": str(error), "line": number}
            sink.write(encode(answer) + b"\n")
            sink.flush()

    def as_table(self, programme: str, conferred_on: date | None, start: date, end: date) -> str:
        """The dates for a person to read, then what has no date and the one-off dates that are over."""
        found = self._library.programmes[programme]
        dues = self.find(programme, conferred_on, start, end)
        named = f"，{day_in_words(conferred_on)}命名" if conferred_on else ""
        lines = [f"{found.name}{named}，{start.isoformat()}至{end.isoformat()}", *_document(found), ""]
        lines.append(table([HEAD, *(_row(due) for due in dues)]) if dues else NONE)
        if duties := undated(found, conferred_on is not None):
            rows = [[f"  {one.what.chinese}", one.clause, one.says] for one in duties]
            lines += ["", UNDATED, table(rows)]
        if over := self._over(programme, conferred_on, start):
            lines += ["", OVER, table([["  " + due.on.isoformat(), *_row(due)[1:]] for due in over])]
        return "\n".join(lines)

    def as_ics(self, programme: str, conferred_on: date | None, start: date, end: date) -> bytes:
        """The dates as a calendar file."""
        from bot.ics import Entry, render_calendar

        name = self._library.programmes[programme].name
        whose, owner = (name, programme)
        if conferred_on:
            whose, owner = f"{name}（{day_in_words(conferred_on)}命名）", f"{programme}.{conferred_on:%Y%m%d}"
        entries = [Entry(due, whose, owner) for due in self.find(programme, conferred_on, start, end)]
        return render_calendar(f"{whose}的日期", entries, self._library, self._today)

    def _over(self, programme: str, conferred_on: date | None, start: date) -> list[Due]:
        """The calls and targets before the window that are over by today."""
        if conferred_on is not None or start == date.min:
            return []
        before = self.find(programme, None, date.min, min(start, self._today) - timedelta(days=1))
        return [due for due in before if due.what in (What.CALL_CLOSED, What.TARGET_DATE)]

    def _parse(self, line: bytes | None) -> tuple[str, date | None, date, date]:
        if line is None:
            raise BadLine(f"longer than {LONGEST_LINE} bytes")
        try:
            value = json.loads(line.decode("utf-8"))
        except (ValueError, RecursionError):
            raise BadLine("not JSON") from None
        if not isinstance(value, dict) or not value.keys() >= set(FIELDS):
            raise BadLine(f"expected {{{', '.join(json.dumps(one) for one in FIELDS)}}}")
        programme = value["programme"]
        if not isinstance(programme, str) or programme not in self._library.programmes:
            raise BadLine(f"programme: expected one of {', '.join(self._library.programmes)}")
        conferred_on = None if value["conferred_on"] is None else _day(value, "conferred_on")
        start, end = _day(value, "from"), _day(value, "until")
        if end < start:
            raise BadLine("until: before from")
        return programme, conferred_on, start, end


def _day(value: dict[str, Any], name: str) -> date:
    given = value[name]
    if isinstance(given, str) and _DAY.fullmatch(given):
        try:
            return date.fromisoformat(given)
        except ValueError:
            raise BadLine(f"{name}: there is no day {given}") from None
    raise BadLine(f'{name}: expected a day such as "2027-05-31"')


def render(due: Due) -> dict[str, Any]:
    """A due as other programs read it."""
    return {
        "on": due.on.isoformat(),
        "what": due.what,
        "clause": due.citation.clause,
        "certain": due.is_certain,
        "assumption": due.assumption,
    }


def _document(programme: Programme) -> tuple[str, str]:
    about = "" if programme.issued_on else "约"
    return (
        f"依据：{programme.reference}",
        f"（{about}{programme.year}年的文件，有无新规定请向{programme.inquire}核实）",
    )


def _row(due: Due) -> list[str]:
    sure = "确定" if due.is_certain else "不确定"
    why = "；".join(one for one in (due.reckoning, due.assumption) if one)
    return [due.on.isoformat(), due.what.chinese, due.citation.clause, sure, due.says, why]
