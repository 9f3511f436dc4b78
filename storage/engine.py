"""Opening SQLite and PostgreSQL so that one synchronous code path serves both."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import StaticPool
from sqlmodel import create_engine

POOL_SIZE = 8
BUSY_TIMEOUT_MS = 5_000  # how long to wait for another process that is writing
PRAGMAS = (
    "journal_mode = WAL",
    f"busy_timeout = {BUSY_TIMEOUT_MS}",
    "synchronous = FULL",  # a reply that was sent survives a power cut
    "foreign_keys = ON",
    "secure_delete = ON",  # what a person deleted is overwritten in the file
)


class UnknownDatabase(ValueError):
    """A database address that is neither SQLite nor PostgreSQL."""


class SchemaUnknown(Exception):
    """The database was written by a newer release of the program."""


def parse_url(url: str) -> URL:
    """The address in SQLAlchemy's form, PostgreSQL always through psycopg.

    Raises:
        UnknownDatabase: the address cannot be read or names another database.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        raise UnknownDatabase("not a database address") from None
    kind = address.get_backend_name()
    if kind in ("postgres", "postgresql"):
        return address.set(drivername="postgresql+psycopg")
    if kind == "sqlite":
        return address.set(drivername="sqlite")
    raise UnknownDatabase(f"{kind} is neither sqlite nor postgresql")


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite database; none for other kinds, and in memory.

    Raises:
        UnknownDatabase: the address cannot be read or names another database.
    """
    address = parse_url(url)
    return None if address.get_backend_name() != "sqlite" or is_in_memory(address) else Path(address.database or "")


def impatient(url: str, seconds: int) -> str:
    """The address, but a server that does not answer is waited for so long only.

    Raises:
        UnknownDatabase: the address cannot be read or names another database.
    """
    address = parse_url(url)
    if address.get_backend_name() == "sqlite":
        return url
    return address.update_query_dict({"connect_timeout": str(seconds)}).render_as_string(hide_password=False)


def is_in_memory(address: URL) -> bool:
    """Whether it is an SQLite database that ends with the process."""
    return address.get_backend_name() == "sqlite" and address.database in (None, "", ":memory:")


def open_engine(address: URL) -> Engine:
    """An engine with the project's settings; a new SQLite file is readable by its owner only."""
    if address.get_backend_name() != "sqlite":
        return create_engine(address, hide_parameters=True, pool_size=POOL_SIZE, max_overflow=0, pool_pre_ping=True)
    if is_in_memory(address):
        shared: dict[str, Any] = {"check_same_thread": False}
        engine = create_engine(address, hide_parameters=True, poolclass=StaticPool, connect_args=shared)
    else:
        _make_file(Path(address.database or ""))
        engine = create_engine(address, hide_parameters=True)
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin_immediately)
    return engine


def _make_file(file: Path) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediately(connection: Connection) -> None:
    """Take the write lock first: a transaction that only turns writer later cannot wait for it."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
