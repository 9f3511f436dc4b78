"""The office: library and database joined for whoever keeps the register on the command line."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from sqlmodel import Session

from bot.config import CannotStart
from bot.desk import now
from bot.opening import open_database, open_library
from bot.settings import Settings
from bot.sheets.importing import SENTENCES, Plan, carry_out, complete, read_entries
from bot.sheets.reading import Sheet
from bot.sheets.writing import write_register
from handlers.conversation import BEIJING
from knowledge.entries import COLUMNS, Column, clean, read_number, read_programme, read_standing
from knowledge.library import Library
from knowledge.oddities import Odd
from knowledge.vocabulary import Role
from storage import assessments, contacts, filings, register, staff, trail
from storage.assessments import Assessment
from storage.database import Database
from storage.filings import Filing
from storage.register import MOST_WORDS, Search, Studio
from storage.scope import EVERYTHING, Scope
from storage.staff import CODE_LENGTH, SIGNS, Staff, show_code
from storage.trail import Step


@dataclass(frozen=True)
class File:
    """All that the register has of one studio."""

    studio: Studio
    filings: list[Filing]
    assessments: list[Assessment]


class Office:
    """What the commands on staff and studios do; each method is one transaction.

    Args:
        library: what the programmes are called.
        database: where the register is; the office closes it.
        clock: tells the moment, aware.
    """

    def __init__(self, library: Library, database: Database, clock: Callable[[], datetime] = now) -> None:
        self.library = library
        self._database = database
        self._clock = clock

    # ------------------------------------------------------------ staff
    def invite(self, name: str | None, is_admin: bool, scope: str, days: int) -> tuple[str, str]:
        """Make a code that lets one person in; it is told once and kept nowhere.

        Returns:
            the code, and what the person is called.

        Raises:
            CannotStart: a colleague has this name, or there is no such scope.
        """
        role, seen = Role.ADMIN if is_admin else Role.STAFF, read_scope(scope, self.library)
        wanted = clean(name)[: COLUMNS[Column.FIRST_CONTACT].longest]
        code = "".join(secrets.choice(SIGNS) for _ in range(CODE_LENGTH))
        moment = self._clock()

        def unit(session: Session) -> str | None:
            taken = {one.name for one in staff.current(session)}
            if wanted in taken:
                return None
            free = (f"{role.chinese}{number}" for number in count(1))
            called = wanted or next(one for one in free if one not in taken)
            invited = staff.invite(session, code, called, role, seen, moment, moment + timedelta(days=days))
            trail.keep(session, Step("invited", staff_id=invited.id), moment)
            return called

        called = self._database.run(unit).result()
        if called is None:
            raise CannotStart(f"There is a {wanted} already; choose a name that tells them apart.")
        return show_code(code), called

    def staff(self) -> list[Staff]:
        """All that were ever invited."""
        return self._database.run(staff.everybody).result()

    def names(self) -> dict[int, str]:
        """What the staff is called, by number."""
        return self._database.run(staff.names).result()

    def trail(self, limit: int) -> list[tuple[datetime, Step]]:
        """Who changed what and who was refused, newest first."""
        return self._database.run(lambda session: trail.newest(session, limit)).result()

    def revoke(self, asked: str) -> int | None:
        """End what somebody may see, by number (S2) or name.

        Returns:
            how many studios lost a contact; none if there was nobody to end.
        """
        moment = self._clock()

        def unit(session: Session) -> int | None:
            everybody = staff.current(session)
            who = next((one for one in everybody if asked.upper() == f"S{one.id}" or asked == one.name), None)
            if who is None or not staff.revoke(session, who.id, moment):
                return None
            if who.contact_id is not None:
                contacts.hold(session, who.contact_id, False)
            trail.keep(session, Step("revoked", staff_id=who.id), moment)
            return register.let_go(session, who.id)

        return self._database.run(unit).result()

    # ------------------------------------------------------------ studios
    def search(
        self, words: tuple[str, ...], programme: str | None, standing: str | None, most: int
    ) -> tuple[int, list[Studio]]:
        """How many studios are looked for, and the first of them.

        Raises:
            CannotStart: there is no such programme or standing.
        """
        if len(words) > MOST_WORDS:
            raise CannotStart(f"at most {MOST_WORDS} words can be looked for")
        wanted = Search(
            _known(read_programme(programme, self.library)) if programme else "",
            _known(read_standing(standing)) if standing else "",
            words,
        )

        def unit(session: Session) -> tuple[int, list[Studio]]:
            return register.count(session, EVERYTHING, wanted), register.search(session, EVERYTHING, wanted, 0, most)

        return self._database.run(unit).result()

    def show(self, number: str) -> File | None:
        """All that the register has of the studio with a number like T12."""
        asked = read_number(f"T{number}" if number.isdecimal() else number)

        def unit(session: Session) -> File | None:
            studio = None if isinstance(asked, Odd) else register.find(session, EVERYTHING, asked)
            if studio is None:
                return None
            return File(studio, filings.of(session, studio), assessments.of(session, studio))

        return self._database.run(unit).result()

    def add(self, given: Mapping[str, str]) -> Plan:
        """Enter one studio, its columns by name; a plan with problems has entered nothing."""
        columns = {Column(name): at for at, name in enumerate(given)}
        sheet = Sheet(columns, (), 1, iter([(1, tuple(given.values()))]))
        return self.import_sheet(sheet, False, lambda: None, lambda _: None, is_new=True)

    def import_sheet(
        self,
        sheet: Sheet,
        is_dry: bool,
        read_step: Callable[[], None],
        write_step: Callable[[int], None],
        is_new: bool = False,
    ) -> Plan:
        """Enter the rows of a sheet, all or nothing; a plan with problems has entered nothing.

        Args:
            sheet: what to enter.
            is_dry: enter nothing, only tell.
            read_step: called after each row that was read.
            write_step: called after some rows were written, with their number.
            is_new: a studio that the register has already is a problem.
        """
        moment = self._clock()
        entries, plan = read_entries(sheet, self.library, moment.astimezone(BEIJING).date(), read_step)

        def unit(session: Session) -> Plan:
            complete(session, entries, plan)
            if is_new:
                plan.refuse_known()
            if not (is_dry or plan.problems):
                carry_out(session, plan, moment, write_step)
                told = f"{len(plan.fresh)} new, {len(plan.changed)} changed"
                trail.keep(session, Step("imported", what=told), moment)
            return plan

        return self._database.run(unit).result()

    def export(self, file: Path, is_forced: bool) -> int:
        """Write the whole register into a file; returns how many studios."""
        names, moment = self.names(), self._clock()

        def unit(session: Session) -> int:
            written = write_register(file, register.walk(session, EVERYTHING), names, self.library, is_forced)
            trail.keep(session, Step("exported", what=str(written)), moment)
            return written

        return self._database.run(unit).result()

    def now(self) -> datetime:
        """The moment, aware."""
        return self._clock()

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def read_scope(text: str, library: Library) -> Scope:
    """What somebody is to see: 焦作, 焦作/山阳区总工会, or 全部.

    Raises:
        CannotStart: it names no programme.
    """
    if text in ("全部", "all"):
        return EVERYTHING
    programme, _, body = text.partition("/")
    return Scope(_known(read_programme(programme.strip(), library)), clean(body))


def _known(value: str | Odd) -> str:
    if isinstance(value, Odd):
        raise CannotStart(f"“{value.written}” {SENTENCES[value.reason]}")
    return value


def open_office(settings: Settings) -> Office:
    """An office as the settings want it.

    Raises:
        CannotStart: the database cannot be opened, or the programmes have a hole.
    """
    return Office(open_library(settings)[0], open_database(settings.storage.url))
