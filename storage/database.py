"""The database: plain functions on a session are handed in, futures come back once they are committed.

SQLite has one writer thread that commits several finished units together; PostgreSQL has a small pool of threads,
one transaction a unit. Both run the same units.
"""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import TYPE_CHECKING, Protocol, TypeVar

from sqlmodel import Session, SQLModel

from storage import (
    arrivals,
    assessments,
    contacts,
    doubts,
    farewells,
    filings,
    linking,
    matters,
    messages,
    outbox,
    passes,
    reaches,
    register,
    rulesets,
    selfchecks,
    staff,
    subscriptions,
    trail,
)
from storage.engine import is_in_memory, open_engine, parse_url
from storage.runners import Pool, Writer

if TYPE_CHECKING:
    from storage.migrations import Stand

# imported so that the metadata knows every table
TABLES = (
    contacts,
    messages,
    doubts,
    selfchecks,
    rulesets,
    staff,
    register,
    filings,
    assessments,
    trail,
    outbox,
    matters,
    subscriptions,
    linking,
    farewells,
    reaches,
    passes,
    arrivals,
)
MOST_WAITING = 4_096

T = TypeVar("T")


class Busy(Exception):
    """More units are waiting than the database takes; the caller may come back later."""


class Runner(Protocol):
    """What carries units out: `Writer` or `Pool`."""

    def submit(self, unit: Callable[[Session], T]) -> Future[T]:
        """Take one unit; its future ends after the commit."""

    def close(self) -> None:
        """Finish what was taken, then stop."""


class Database:
    """One database.

    Args:
        url: `sqlite:///file`, `sqlite://` (in memory) or `postgresql://user@host/name`.

    Raises:
        UnknownDatabase: another kind of address.
    """

    def __init__(self, url: str) -> None:
        self._address = parse_url(url)
        self._engine = open_engine(self._address)
        is_sqlite = self._address.get_backend_name() == "sqlite"
        self._runner: Runner = Writer(self._engine) if is_sqlite else Pool(self._engine)
        self._places = _Places(MOST_WAITING)

    def migrate(self) -> None:
        """Bring the tables up to date; a database in memory simply gets them.

        Raises:
            SchemaUnknown: a newer release of the program has written this database.
        """
        if is_in_memory(self._address):
            SQLModel.metadata.create_all(self._engine)
        else:
            from storage.migrations import upgrade

            upgrade(self._engine)

    def stand(self) -> "Stand":
        """How the tables stand beside those of this release."""
        from storage.migrations import stand

        return stand(self._engine)

    def run(self, unit: Callable[[Session], T]) -> Future[T]:
        """Carry out one unit of work in one transaction.

        A unit that raises leaves nothing behind, and its future raises the same.

        Raises:
            Busy: too many units are waiting already.
        """
        if not self._places.take():
            raise Busy
        try:
            future = self._runner.submit(unit)
        except BaseException:
            self._places.leave()
            raise
        future.add_done_callback(lambda _: self._places.leave())
        return future

    def waiting(self) -> int:
        """How many units are waiting or under way."""
        return self._places.taken

    def close(self) -> None:
        """Finish every unit already taken and let the database go."""
        self._runner.close()
        self._engine.dispose()


class _Places:
    """So many units may be there at a time."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self.taken = 0

    def take(self) -> bool:
        """Take a place, if there is one."""
        with self._lock:
            if self.taken >= self._most:
                return False
            self.taken += 1
            return True

    def leave(self) -> None:
        """Give a place back."""
        with self._lock:
            self.taken -= 1
