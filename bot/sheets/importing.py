"""Rows become studios: what is odd is told row by row, and nothing is entered unless everything can be."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from bot.sheets.reading import Sheet
from knowledge.entries import Column, Value, clean, read, show_number
from knowledge.library import Library
from knowledge.oddities import Odd, Reason
from storage import register, staff
from storage.register import Studio, fold
from storage.scope import EVERYTHING
from storage.staff import Staff

TOGETHER = 500  # rows written at once, so that progress can be shown
CONTACTS = (Column.FIRST_CONTACT, Column.SECOND_CONTACT)
SENTENCES: Mapping[Reason, str] = {
    Reason.MISSING: "must not be empty",
    Reason.TOO_LONG: "is too long",
    Reason.NO_PROGRAMME: "is none of the five programmes",
    Reason.SEVERAL_PROGRAMMES: "names several programmes",
    Reason.NO_STANDING: "is none of 正常, 停用, 已到期, 已撤销",
    Reason.NOT_A_DAY: "is not a day; write it like 2024-03-01",
    Reason.NO_SUCH_DAY: "is no day of the calendar",
    Reason.INCOMPLETE_DAY: "lacks the month or the day; write it like 2024-03-01",
    Reason.SHORT_YEAR: "has no year of four digits; write it like 2024-03-01",
    Reason.AFTER_TODAY: "lies in the future",
    Reason.TOO_LONG_AGO: "lies before 1950",
    Reason.NOT_A_NUMBER: "is not a plain number",
    Reason.NOT_WHOLE: "is not a whole number",
    Reason.OUT_OF_RANGE: "is out of range",
    Reason.NOT_A_REGISTER_NUMBER: "is not a number of the register like T12; leave it empty for a new studio",
    Reason.FORMULA_ERROR: "is an error of a formula",
}


@dataclass(frozen=True, order=True)
class Problem:
    """Why a row cannot be taken."""

    row: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.reason}"


@dataclass(frozen=True)
class Entry:
    """A row whose cells were read; columns that the sheet has not are not in it."""

    row: int
    values: Mapping[Column, Value]


@dataclass(frozen=True)
class Change:
    """A studio that the register has, and how the sheet has it."""

    row: int
    before: Studio
    after: Studio

    def __str__(self) -> str:
        columns = (column.heading for column in Column if getattr(self.before, column) != getattr(self.after, column))
        return f"row {self.row}: {show_number(self.before.id)} {self.before.name}: {', '.join(columns)}"


@dataclass
class Plan:
    """What an import would do."""

    rows: int = 0
    fresh: list[Studio] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    same: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def refuse_known(self) -> None:
        """Make a problem of each studio that the register has already."""
        for one in (*self.changed, *self.same):
            reason = f"the register has it as {show_number(one.before.id)}"
            self.problems.append(Problem(one.row, Column.NAME.heading, reason))


def read_entries(sheet: Sheet, library: Library, today: date, step: Callable[[], None]) -> tuple[list[Entry], Plan]:
    """The rows of a sheet as entries, and a plan that has the problems so far; `step` is called after each row."""
    plan, entries = Plan(), []
    for row, cells in sheet.rows:
        values, problems = _read_row(row, cells, sheet, library, today)
        plan.rows += 1
        plan.problems += problems
        if not problems:
            entries.append(Entry(row, values))
        step()
    return entries, plan


def _read_row(
    row: int, cells: tuple[object, ...], sheet: Sheet, library: Library, today: date
) -> tuple[dict[Column, Value], list[Problem]]:
    values: dict[Column, Value] = {}
    problems = []
    for column, at in sheet.columns.items():
        cell = cells[at] if at < len(cells) else None
        if column is Column.STANDING and not clean(cell):
            continue  # says nothing: a new studio is in good standing, a known one stays as it is
        value = read(column, cell, library, today)
        if isinstance(value, Odd):
            shown = f"“{value.written[:40]}” " if value.written else ""
            problems.append(Problem(row, column.heading, shown + SENTENCES[value.reason]))
        else:
            values[column] = value
    return values, problems


def complete(session: Session, entries: Iterable[Entry], plan: Plan) -> None:
    """Hold the entries against the register: which are new, changed or the same, and which cannot be."""
    known = _Known(session)
    for entry in entries:
        before, problem = known.before(entry)
        after, others = known.after(entry, before or Studio("", "", ""))
        problems = [problem] if problem else others or known.clashes(entry.row, after)
        if problems:
            plan.problems += problems
        elif before is None:
            plan.fresh.append(after)
        else:
            kind = plan.same if after == before else plan.changed
            kind.append(Change(entry.row, before, after))
    plan.problems.sort()


def carry_out(session: Session, plan: Plan, now: datetime, step: Callable[[int], None]) -> None:
    """Enter what is new and put what has changed in the place of what was; the caller commits all or nothing."""
    for at in range(0, len(plan.fresh), TOGETHER):
        some = plan.fresh[at : at + TOGETHER]
        register.add_all(session, EVERYTHING, some, now)
        step(len(some))
    after = [one.after for one in plan.changed]
    for at in range(0, len(after), TOGETHER):
        step(register.change_all(session, EVERYTHING, after[at : at + TOGETHER], now))


class _Known:
    """What the register has, and what the sheet has had so far."""

    def __init__(self, session: Session) -> None:
        self._by_number = {one.id: one for one in register.walk(session, EVERYTHING)}
        self._by_key = {one.key: one for one in self._by_number.values()}
        self._staff = {one.name: one for one in staff.current(session)}
        self._rows: dict[str | int, int] = {}

    def before(self, entry: Entry) -> tuple[Studio | None, Problem | None]:
        """The studio that an entry is of, by its number in the register or else by programme, name and unit."""
        given: dict[Any, Any] = dict(entry.values)
        asked = Studio(given[Column.PROGRAMME], given[Column.NAME], given[Column.UNIT])
        number = given.get(Column.NUMBER)
        if number is None:
            return self._by_key.get(asked.key), None
        found = self._by_number.get(number)
        if found is None:
            return None, _problem(entry.row, Column.NUMBER, f"the register has no {show_number(number)}")
        is_near = fold(found.name) == fold(asked.name) or fold(found.unit) == fold(asked.unit)
        if found.programme != asked.programme or not is_near:
            reason = f"{show_number(number)} is {found.name} of {found.unit}, which is not what this row says"
            return found, _problem(entry.row, Column.NUMBER, reason)
        return found, None

    def after(self, entry: Entry, before: Studio) -> tuple[Studio, list[Problem]]:
        """The studio as the entry has it."""
        given = {column: value for column, value in entry.values.items() if column is not Column.NUMBER}
        names = {column: str(given.pop(column)) for column in CONTACTS if column in given}
        changes: dict[str, Any] = {str(column): value for column, value in given.items()}
        studio, problems = replace(before, **changes), []
        for column, name in names.items():
            who = self._staff.get(name)
            if reason := _why_not(who, name, studio):
                problems.append(_problem(entry.row, column, reason))
            changes[column] = who.id if who else None
        return replace(before, **changes), problems

    def clashes(self, row: int, studio: Studio) -> list[Problem]:
        """Whether another row, or another studio of the register, is this studio already."""
        other = self._by_key.get(studio.key)
        problems = []
        if other and other.id != studio.id:
            reason = f"{show_number(other.id)} has this name and unit already"
            problems.append(_problem(row, Column.NAME, reason))
        marks: list[str | int] = [studio.key, studio.id] if studio.id else [studio.key]
        for mark in marks:
            first = self._rows.setdefault(mark, row)
            if first != row and not problems:
                problems.append(_problem(row, Column.NAME, f"is the same studio as row {first}"))
        return problems


def _why_not(who: Staff | None, name: str, studio: Studio) -> str:
    if not name:
        return ""
    if who is None:
        return f"“{name}” is not among the staff (see `steward staff list`)"
    return "" if who.scope.covers(studio) else f"“{name}” does not see this studio; the scope is another"


def _problem(row: int, column: Column, reason: str) -> Problem:
    return Problem(row, column.heading, reason)
