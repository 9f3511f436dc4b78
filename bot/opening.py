"""Opening: what the settings name becomes a desk, a library, a database, a planner."""

import gc
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.config import CannotStart, ConfigError
from bot.desk import Desk
from bot.observer import NOBODY, Observer
from bot.settings import Settings
from handlers.conversation import Terms
from handlers.reminding.planning import Planner
from handlers.reminding.reaching import warnings
from knowledge.library import Library, LibraryError, load
from knowledge.originals import Originals, read_originals
from knowledge.working_days import Calendar
from storage import backup
from storage.database import Database
from storage.engine import SchemaUnknown, UnknownDatabase
from storage.outbox import Letter


def open_desk(
    settings: Settings, url: str | None = None, today: date | None = None, observer: Observer = NOBODY
) -> Desk:
    """A desk as the settings want it, its tables up to date.

    Args:
        settings: the settings in force.
        url: another database than the configured one; `IN_MEMORY` keeps nothing.
        today: the day answers are for, if not the clock's.
        observer: looks on while messages are answered.

    Raises:
        CannotStart: a setting names what is not there, or the programmes have a hole.
    """
    library, originals = open_library(settings)
    database = open_database(url or settings.storage.url)
    gc.collect()
    gc.freeze()  # the library stays for good, so the collector need not walk it again
    return Desk(library, originals, database, today=today, terms=terms_of(settings), observer=observer)


def terms_of(settings: Settings) -> Terms:
    """What the operator has set, as the talk needs it."""
    privacy, days = settings.privacy, settings.calendar
    return Terms(
        privacy.operator,
        privacy.contact,
        settings.storage.keep_days,
        privacy.forget_on_leave,
        Calendar(frozenset(days.holidays), frozenset(days.workdays)),
        days.first_rounds,
        bool(settings.wechat.template),
    )


def planner_of(library: Library, settings: Settings) -> Planner:
    """What plans the reminders, with the operator's calendar."""
    terms = terms_of(settings)
    return Planner(library, terms.calendar, terms.first_rounds, terms.has_template)


def letters_of(planner: Planner) -> Callable[[Session, date, datetime], Sequence[Letter]]:
    """All that is sent of our own accord: the reminders, and who will not get them."""
    return lambda session, today, now: [
        *planner(session, today, now),
        *warnings(session, planner, today, now),
    ]


def open_library(settings: Settings) -> tuple[Library, Originals | None]:
    """The library and, where configured, the originals.

    Raises:
        CannotStart: the programmes have a hole, or there is no such folder of originals.
    """
    try:
        library = load()
    except LibraryError as error:
        raise CannotStart(f"The knowledge base is broken: {error}") from error
    folder = settings.knowledge.originals
    if folder is None:
        return library, None
    if not folder.is_dir():
        raise ConfigError(f"[knowledge] originals: there is no folder {folder}")
    try:
        return library, read_originals(folder, library)
    except OSError as error:
        raise ConfigError(f"[knowledge] originals: cannot be read ({error})") from error


def open_database(url: str) -> Database:
    """The database, its tables up to date.

    Raises:
        ConfigError: it cannot be opened.
    """
    try:
        database = Database(url)
        database.migrate()
    except UnknownDatabase as error:
        raise ConfigError(f"[storage] url: {error}; allowed: sqlite:///FILE or postgresql://USER@HOST/NAME") from None
    except (OSError, DBAPIError, SchemaUnknown) as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(f"[storage] url: the database cannot be opened ({reason})") from error
    return database


def back_up(settings: Settings, file: Path) -> int:
    """Copy the configured database into a file; returns its size in bytes.

    Raises:
        CannotStart: no copy was made.
    """
    try:
        return backup.back_up(settings.storage.url, file)
    except backup.BackupFailed as error:
        raise CannotStart(f"No copy was made: {error}") from error
