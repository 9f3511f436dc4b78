"""Checks of the database and of what stands in it: the outbox, those who keep the register."""

from collections.abc import Iterator
from datetime import timedelta
from typing import NoReturn

from sqlmodel import Session

from bot.config import CannotStart
from bot.doctor.finding import Context, Finding, Level
from bot.figures import Stock, take_stock
from storage import contacts, staff
from storage.migrations import Stand
from storage.outbox import State

LATE = timedelta(hours=1)
FAR_TOO_LATE = timedelta(days=1)


def check_database(context: Context) -> Iterator[Finding]:
    """Whether the database is reached, has the tables of this release, and can be written."""
    if context.file and not context.file.exists():
        do = "steward serve, which makes it; if there was one, look at [storage] url"
        yield Finding("database", Level.WARNING, f"There is no {context.file} yet.", do)
        return
    database, do = context.database, "look at [storage] url, and whether the server runs"
    stand = database if isinstance(database, CannotStart) else context.attempt(database.stand)
    if isinstance(stand, CannotStart):
        yield Finding("database", Level.PROBLEM, f"The database cannot be reached: {stand}.", do)
    elif stand is Stand.NEWER:
        says = "A newer release of the program has written the database."
        yield Finding("database", Level.PROBLEM, says, "install that release again, or put an older copy back")
    elif stand is Stand.OLDER:
        do = "nothing: the next start brings it up to date; make a copy before"
        yield Finding("database", Level.WARNING, "The database has the tables of an older release.", do)
    else:
        yield _written(context)


class _Undone(Exception):
    """Takes a trial back."""


def _written(context: Context) -> Finding:
    def write(session: Session) -> NoReturn:
        contacts.find_or_make(session, "doctor", "trial", context.now)
        raise _Undone

    try:
        refused = context.ask(write)
    except _Undone:
        return Finding("database", Level.OK, "The database is reached, up to date, and can be written.")
    says = f"The database cannot be written: {refused}."
    return Finding("database", Level.PROBLEM, says, "look at who owns the file and its folder, and at free space")


def check_outbox(context: Context) -> Iterator[Finding]:
    """What was not delivered."""
    stock = context.ask(take_stock)
    if isinstance(stock, CannotStart):
        return
    if given_up := stock.outbox[State.FAILED]:
        do = "steward remind list --state failed tells which, steward remind why KEY tells why"
        yield Finding("outbox", Level.WARNING, f"Reminders that were given up: {given_up}.", do)
    if held := stock.outbox[State.HELD]:
        do = "call these people: steward remind list --state held"
        says = f"Reminders held until their person writes again: {held}."
        yield Finding("outbox", Level.WARNING, says, do)
    yield _late(context, stock)


def _late(context: Context, stock: Stock) -> Finding:
    late = context.now - stock.oldest if stock.oldest else timedelta()
    if late <= LATE:
        return Finding("outbox", Level.OK, "No reminder is late.")
    says = f"The oldest reminder that is not delivered is {late.total_seconds() / 3600:.0f} h late."
    level = Level.WARNING if late <= FAR_TOO_LATE else Level.PROBLEM
    return Finding("outbox", level, says, "see that the program runs, and its channels; steward remind list")


def check_staff(context: Context) -> Iterator[Finding]:
    """Whether anybody keeps the register."""
    invited = context.ask(staff.current)
    if isinstance(invited, CannotStart):
        return
    if not invited:
        says = "Nobody was invited to keep the register, so nobody is reminded either."
        yield Finding("staff", Level.WARNING, says, "steward staff invite NAME --admin")
        return
    here = sum(one.is_active() for one in invited)
    yield Finding("staff", Level.OK, f"Staff who have come in: {here} of {len(invited)} invited.")
