"""`steward dues`: the dates that follow from the documents, as JSON lines and as a table."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, BinaryIO

from bot.channels.lines import LONGEST_LINE, encode, read_lines
from bot.console import table
from knowledge.dues import Due, programme_dues, studio_dues
from knowledge.library import Library
from knowledge.rules import add_years

LONGEST_WINDOW, USUAL_WINDOW = 200, 2  # years


class BadLine(ValueError):
    """A line that is not understood; the message says why."""


class Dates:
    """Answers which dates fall into a window.

    Args:
        library: has the duties.
        today: the day that tells whether a call is over.
        first_rounds: by programme, a year of a round of naming.
    """

    def __init__(self, library: Library, today: date, first_rounds: Mapping[str, int]) -> None:
        self._library = library
        self._today = today
        self._first_rounds = first_rounds

    def find(self, programme: str, conferred_on: date | None, start: date, end: date | None) -> tuple[Due, ...]:
        """The dues of a programme, or of a studio that it named on a day, within a window; both ends included.

        Args:
            programme: its slug.
            conferred_on: the day the studio was named; none for the programme itself.
            start: the first day.
            end: the last day; two years after the first if not given.
        """
        end = end or add_years(start, USUAL_WINDOW)
        found = self._library.programmes[programme]
        if conferred_on is None:
            return programme_dues(found, start, end, self._today, self._first_rounds.get(programme))
        return studio_dues(found, conferred_on, start, end, self._today)

    def answer_lines(self, source: BinaryIO, sink: BinaryIO) -> None:
        """Answer each line {"programme", "conferred_on", "from", "until"} with {"dues"}, or with {"error", "line"}."""
        for number, line in enumerate(read_lines(source), start=1):
            try:
                answer: dict[str, Any] = {"dues": [render(due) for due in self.find(*self._parse(line))]}
            except BadLine as error:
                answer = {"error": str(error), "line": number}
            sink.write(encode(answer) + b"\n")
            sink.flush()

    def _parse(self, line: bytes | None) -> tuple[str, date | None, date, date]:
        if line is None:
            raise BadLine(f"longer than {LONGEST_LINE} bytes")
        try:
            value = json.loads(line.decode("utf-8"))
        except (ValueError, RecursionError):
            raise BadLine("not JSON") from None
        if not isinstance(value, dict):
            raise BadLine('expected {"programme", "conferred_on", "from", "until"}')
        programme = value.get("programme")
        if not isinstance(programme, str) or programme not in self._library.programmes:
            raise BadLine(f"programme: expected one of {', '.join(self._library.programmes)}")
        conferred_on = None if value.get("conferred_on") is None else _day(value, "conferred_on")
        start, end = _day(value, "from"), _day(value, "until")
        if end.year - start.year > LONGEST_WINDOW:
            raise BadLine(f"until: more than {LONGEST_WINDOW} years after from")
        return programme, conferred_on, start, end


def _day(value: dict[str, Any], name: str) -> date:
    given = value.get(name)
    try:
        if isinstance(given, str) and len(given) == len("2027-05-31"):
            return date.fromisoformat(given)
    except ValueError:
        pass
    raise BadLine(f"{name}: expected a day such as 2027-05-31, got {given!r}")


def render(due: Due) -> dict[str, Any]:
    """A due as other programs read it."""
    return {
        "on": due.on.isoformat(),
        "what": due.what,
        "clause": due.citation.clause,
        "certain": due.is_certain,
        "assumption": due.assumption,
    }


def as_table(dues: tuple[Due, ...]) -> str:
    """Dues for a person to read: day, what, how sure, clause, what is to be done, on what the day rests."""
    rows = [
        [
            due.on.isoformat(),
            due.what.chinese,
            "" if due.is_certain else "日期待定",
            due.citation.clause,
            due.says,
            due.assumption,
        ]
        for due in dues
    ]
    return table([["日期", "事项", "", "条款", "内容", "说明"], *rows])
